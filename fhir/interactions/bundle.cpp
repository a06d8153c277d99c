#include "fhir/interactions/bundle.hpp"

#include "engine/json/writer.hpp"

namespace gantry::fhir {
namespace {

void link(json::Writer& out, std::string_view relation, const std::string& url) {
    if (url.empty()) return;
    out.begin_object().member("relation", relation).member("url", url).end_object();
}

void entry(json::Writer& out, const ServedResource& resource, std::string_view mode, std::string_view base) {
    const auto url = std::string(base) + "/" + std::string(resource.type) + "/" + resource.id;
    out.begin_object().member("fullUrl", url).key("resource").json(resource.json);
    out.key("search").begin_object().member("mode", mode).end_object().end_object();
}

}  // namespace

std::string searchset_json(const SearchPage& page, std::string_view base) {
    json::Writer out;
    out.begin_object().member("resourceType", "Bundle").member("type", "searchset");
    if (page.total) out.member("total", *page.total);
    out.key("link").begin_array();
    link(out, "self", page.self);
    link(out, "first", page.first);
    link(out, "next", page.next);
    out.end_array();
    if (!page.matches.empty() || !page.includes.empty() || !page.issues.empty()) {
        out.key("entry").begin_array();
        for (const auto& resource : page.matches) entry(out, resource, "match", base);
        for (const auto& resource : page.includes) entry(out, resource, "include", base);
        if (!page.issues.empty()) {
            out.begin_object().key("resource").json(outcome_json(page.issues));
            out.key("search").begin_object().member("mode", "outcome").end_object().end_object();
        }
        out.end_array();
    }
    out.end_object();
    return std::move(out).text();
}

}  // namespace gantry::fhir
