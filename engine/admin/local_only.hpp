// Who may use what has no accounts yet: programs on this machine. That a browser here is led by a page from elsewhere
// is refused, too: by a name that was made to point here (the header Host), and by a POST of another type than JSON,
// the only one that a page cannot send without asking first.
#pragma once
#include <optional>

#include "engine/net/http.hpp"

namespace gantry::admin {

// Why the request is not answered; nothing: it is.
std::optional<net::HttpResponse> refusal(const net::HttpRequest& request);

}  // namespace gantry::admin
