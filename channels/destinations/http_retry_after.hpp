// When a receiver asks to be tried again (RFC 9110 10.2.3). Pure.
#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "engine/base/clock.hpp"
#include "engine/net/http.hpp"

namespace gantry::channels {

// From now on; 0: it does not say so. A date counts from the field Date of the same response, so that the clocks of
// both sides need not agree; without that field it says nothing.
std::chrono::seconds retry_after(const net::HttpResponse& response);

// The value of the first header of that name, whose case does not matter; nothing: there is none.
std::optional<std::string_view> header_of(const net::HttpResponse& response, std::string_view name);

}  // namespace gantry::channels
