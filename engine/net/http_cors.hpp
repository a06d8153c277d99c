// Which web pages of other origins may ask (Fetch standard 3.2, CORS). Browsers hold to it; whoever is none needs no
// leave, so this protects nothing: tokens do.
#pragma once
#include <string>
#include <vector>

#include "engine/net/http.hpp"

namespace gantry::net {

struct CorsRule {
    std::string below;                 // "/fhir"
    std::vector<std::string> origins;  // "https://viewer.example.org"; "*": all
};

// "https://viewer.example.org:8443" or "*": a scheme, a host, perhaps a port, and nothing behind.
bool is_origin(std::string_view text);

// Tells a browser that the page may have this response, and answers what it asks before a request (OPTIONS). Requests
// without Origin, and of other places, stay as they are. Any thread.
void allow_origin(const CorsRule& rule, const HttpRequest& request, HttpResponse& response);

}  // namespace gantry::net
