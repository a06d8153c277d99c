#include "fhir/interactions/exchange.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/net/http_date.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/xml_writer.hpp"

namespace gantry::fhir {
namespace {

constexpr std::int64_t second = 1'000'000;
std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

// "application/fhir+json;q=0.9" without what follows.
std::string media_type(std::string_view item) {
    return lower(trimmed(item.substr(0, item.find(';'))));
}

// RFC 9110 12.4.2, in thousandths.
int weight_of(std::string_view item) {
    constexpr int whole = 1000;
    const auto all = lower(item);
    const auto at = all.find("q=");
    if (at == std::string::npos) return whole;
    double weight = 1;
    std::from_chars(all.data() + at + 2, all.data() + all.size(), weight);
    return static_cast<int>(std::clamp(weight, 0.0, 1.0) * whole);
}

std::optional<Format> format_named(const std::string& type) {
    constexpr std::string_view json[] = {"application/fhir+json", "application/json", "text/json", "json", "*/*",
                                         "application/*"};
    constexpr std::string_view xml[] = {"application/fhir+xml", "application/xml", "text/xml", "xml", "text/*"};
    if (std::find(std::begin(json), std::end(json), type) != std::end(json)) return Format::json;
    if (std::find(std::begin(xml), std::end(xml), type) != std::end(xml)) return Format::xml;
    return std::nullopt;
}

template <class Take>
void for_each_item(std::string_view list, Take take) {
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        take(trimmed(list.substr(0, end)));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
}

// The form with the greatest weight; of equal ones the first. Nothing: none of them is ours.
std::optional<Format> accepted(const std::string& accept) {
    std::optional<Format> out;
    int best = 0;
    bool any = false;
    for_each_item(accept, [&](std::string_view item) {
        if (item.empty()) return;
        any = true;
        const auto format = format_named(media_type(item));
        const auto weight = weight_of(item);
        if (!format || weight <= best) return;
        best = weight;
        out = format;
    });
    return any ? out : std::optional(Format::json);
}

// The name by which the client calls this server; only what a host and port are made of.
std::string host_of(const net::HttpRequest& request) {
    const auto* host = request.headers.find("Host");
    if (!host || host->empty()) return "localhost";
    const bool plain = std::all_of(host->begin(), host->end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view(".-:[]_").find(c) != std::string_view::npos;
    });
    return plain ? *host : "localhost";
}

template <class Take>
void for_each_preference(std::string_view prefer, Take take) {
    for_each_item(prefer, [&](std::string_view item) {
        while (!item.empty()) {  // preferences may be separated by semicolons, too
            const auto end = std::min(item.find(';'), item.size());
            take(lower(trimmed(item.substr(0, end))));
            item.remove_prefix(std::min(end + 1, item.size()));
        }
    });
}

void read_preferences(std::string_view prefer, Wanted& out) {
    for_each_preference(prefer, [&](const std::string& preference) {
        if (preference == "handling=lenient") out.lenient = true;
        if (preference == "return=minimal") out.returned = Returned::nothing;
        if (preference == "return=representation") out.returned = Returned::resource;
        if (preference == "return=operationoutcome") out.returned = Returned::outcome;
    });
}

// What is wrong with them is told by the search; whoever reads one resource may say the same.
void read_subset(const net::HttpRequest& request, Wanted& out) {
    if (const auto* summary = request.query_value("_summary")) {
        if (*summary == "true") out.summary = r4::Summary::yes;
        if (*summary == "text") out.summary = r4::Summary::text;
        if (*summary == "data") out.summary = r4::Summary::data;
    }
    if (const auto* elements = request.query_value("_elements"))
        for_each_item(*elements, [&](std::string_view item) {
            if (!item.empty()) out.elements.emplace_back(item);
        });
}

}  // namespace

Result<Wanted> wanted_of(const net::HttpRequest& request) {
    Wanted out;
    if (const auto* name = request.query_value("_format"); name && !name->empty()) {
        // A plus that was not encoded arrives as a blank.
        auto type = media_type(*name);
        std::replace(type.begin(), type.end(), ' ', '+');
        const auto format = format_named(type);
        if (!format) return Error{ErrorCode::fhir_not_acceptable, "_format=" + type, "_format"};
        out.format = *format;
    } else if (const auto* accept = request.headers.find("Accept")) {
        const auto format = accepted(*accept);
        if (!format) return Error{ErrorCode::fhir_not_acceptable, "Accept: " + *accept, {}};
        out.format = *format;
    }
    const auto* pretty = request.query_value("_pretty");
    out.pretty = pretty && *pretty == "true";
    if (const auto* prefer = request.headers.find("Prefer")) read_preferences(*prefer, out);
    read_subset(request, out);
    return out;
}

bool prefers(const net::HttpRequest& request, std::string_view preference) {
    bool out = false;
    for (const auto& [name, value] : request.headers)
        if (lower(name) == "prefer")
            for_each_preference(value, [&](const std::string& one) { out = out || one == preference; });
    return out;
}

std::string base_of(const net::HttpRequest& request, const std::string& configured) {
    return configured.empty() ? "http://" + host_of(request) + "/fhir" : configured;
}

std::string capture(const net::HttpRequest& request, std::string_view name) {
    const auto at = request.captures.find(name);
    return at == request.captures.end() ? std::string() : at->second;
}

std::string_view header(const net::HttpRequest& request, std::string_view name) {
    const auto* value = request.headers.find(name);
    return value ? std::string_view(*value) : std::string_view();
}

std::string address(std::string url, const net::FormFields& parameters, std::string_view cursor) {
    char separator = '?';
    const auto add = [&](std::string_view name, std::string_view value) {
        url += separator + net::percent_encoded(name) + "=" + net::percent_encoded(value);
        separator = '&';
    };
    for (const auto& [name, value] : parameters) add(name, value);
    if (!cursor.empty()) add("_cursor", cursor);
    return url;
}

std::optional<Format> format_of_content(const net::HttpRequest& request) {
    const auto* type = request.headers.find("Content-Type");
    const auto named = type ? media_type(*type) : std::string();
    return named.starts_with("application/") ? format_named(named) : std::nullopt;
}

std::string_view content_type(const Wanted& wanted) {
    return wanted.format == Format::xml ? "application/fhir+xml; charset=utf-8"
                                        : "application/fhir+json; charset=utf-8";
}

std::string subset(std::string json, const Wanted& wanted) {
    if (!wanted.is_subset()) return json;
    const auto read = r4::read_json(json, {.lenient = true});
    if (!read.resource) return json;
    r4::WriteOptions options;
    options.summary = wanted.summary;
    options.elements = wanted.elements;
    return r4::write_json(*read.resource, options);
}

std::string laid_out(std::string json, const Wanted& wanted) {
    if (wanted.format == Format::json && !wanted.pretty) return json;
    const auto read = r4::read_json(json, {.lenient = true});
    if (!read.resource) return json;
    r4::WriteOptions options;
    options.pretty = wanted.pretty;
    return wanted.format == Format::xml ? r4::write_xml(*read.resource, options)
                                        : r4::write_json(*read.resource, options);
}

std::string etag_of(std::int64_t version) {
    return "W/\"" + std::to_string(version) + "\"";
}

bool is_known(const net::HttpRequest& request, std::int64_t version, Instant updated) {
    if (const auto* known = request.headers.find("If-None-Match")) {
        bool same = false;
        const auto number = "\"" + std::to_string(version) + "\"";
        for_each_item(*known, [&](std::string_view item) {
            if (item.starts_with("W/")) item.remove_prefix(2);
            same = same || item == "*" || item == number;
        });
        return same;
    }
    const auto* since = request.headers.find("If-Modified-Since");
    const auto at = since ? net::read_http_date(*since) : std::nullopt;
    return at && updated.micros / second <= at->micros / second;
}

}  // namespace gantry::fhir
