// What a request asks for beside its content, and the headers of answers (FHIR R4 http.html 3.1.0). Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"
#include "engine/base/result.hpp"
#include "engine/net/http.hpp"
#include "engine/net/http_form.hpp"
#include "fhir/json/json_writer.hpp"

namespace gantry::fhir {

enum class Format : std::uint8_t { json, xml };

// What the answer to a write has beside its headers: Prefer: return=…
enum class Returned : std::uint8_t { resource, nothing, outcome };

struct Wanted {
    Format format = Format::json;
    bool pretty = false;
    Returned returned = Returned::resource;
    bool lenient = false;                    // Prefer: handling=lenient
    r4::Summary summary = r4::Summary::all;  // of each resource; _summary=count is a matter of searches
    std::vector<std::string> elements;       // _elements
    bool is_subset() const { return summary != r4::Summary::all || !elements.empty(); }
};

// "https://host/fhir": as configured, else as the client calls this server.
std::string base_of(const net::HttpRequest& request, const std::string& configured);
// A part of the path that the route names; empty: there is none.
std::string capture(const net::HttpRequest& request, std::string_view name);
// The first of that name; empty: there is none.
std::string_view header(const net::HttpRequest& request, std::string_view name);
// The address with these parameters and, where there is one, the place where a page begins.
std::string address(std::string url, const net::FormFields& parameters, std::string_view cursor = {});
// Of Content-Type; nothing: it is no form of FHIR.
std::optional<Format> format_of_content(const net::HttpRequest& request);

// Errors: fhir_not_acceptable.
Result<Wanted> wanted_of(const net::HttpRequest& request);

// Whether the header Prefer (RFC 7240) names this, in lower case: "respond-async".
bool prefers(const net::HttpRequest& request, std::string_view preference);

std::string_view content_type(const Wanted& wanted);
// A resource in the form asked for, with what of it is asked for.
std::string subset(std::string json, const Wanted& wanted);    // still JSON
std::string laid_out(std::string json, const Wanted& wanted);  // the whole answer

std::string etag_of(std::int64_t version);  // W/"7"

// Whether the client has this version already (3.1.0.1.1, RFC 9110 13.1): If-None-Match, else If-Modified-Since.
bool is_known(const net::HttpRequest& request, std::int64_t version, Instant updated);

}  // namespace gantry::fhir
