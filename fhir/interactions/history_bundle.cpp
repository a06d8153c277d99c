#include "fhir/interactions/history_bundle.hpp"

#include "engine/json/writer.hpp"
#include "fhir/interactions/exchange.hpp"
#include "fhir/resources/moments.hpp"

namespace gantry::fhir {
namespace {

using Was = PastVersion::Was;

void write_link(json::Writer& out, std::string_view relation, const std::string& url) {
    if (!url.empty()) out.begin_object().member("relation", relation).member("url", url).end_object();
}

void write_entry(json::Writer& out, const PastVersion& version, std::string_view base) {
    const auto& resource = version.resource;
    const auto place = std::string(resource.type) + "/" + resource.id;
    const bool created = version.was == Was::created, deleted = version.was == Was::deleted;
    out.begin_object().member("fullUrl", std::string(base) + "/" + place);
    if (!deleted) out.key("resource").json(resource.json);
    out.key("request").begin_object().member("method", created ? "POST" : deleted ? "DELETE" : "PUT");
    out.member("url", created ? std::string(resource.type) : place).end_object();
    out.key("response").begin_object().member("status", created ? "201" : deleted ? "204" : "200");
    out.member("etag", etag_of(resource.version)).member("lastModified", instant_of(resource.updated)).end_object();
    out.end_object();
}

}  // namespace

std::string history_json(const HistoryPage& page, std::string_view base) {
    json::Writer out;
    out.begin_object().member("resourceType", "Bundle").member("type", "history").key("link").begin_array();
    write_link(out, "self", page.self);
    write_link(out, "first", page.first);
    write_link(out, "next", page.next);
    out.end_array();
    if (!page.entries.empty()) {
        out.key("entry").begin_array();
        for (const auto& entry : page.entries) write_entry(out, entry, base);
        out.end_array();
    }
    out.end_object();
    return std::move(out).text();
}

}  // namespace gantry::fhir
