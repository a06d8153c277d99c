// RFC 4648: base64 with padding (4), and base64url without (5).
#pragma once
#include <string>
#include <string_view>

namespace gantry::net {

std::string base64(std::string_view bytes);
std::string base64url(std::string_view bytes);

}  // namespace gantry::net
