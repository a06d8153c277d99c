// Batch and transaction (http://hl7.org/fhir/R4/http.html#transaction).
#include "engine/json/writer.hpp"
#include "engine/net/http_form.hpp"
#include "fhir/interactions/write_api.hpp"
#include "fhir/json/json_writer.hpp"
#include "fhir/json/reference.hpp"
#include "fhir/resources/moments.hpp"

namespace gantry::fhir {
namespace {

using r4::Element;

constexpr int succeeded_below = 300;

// What an entry asks for, as far as it is a write.
struct EntryRequest {
    std::string_view type, method, id;
    std::string_view criteria{};  // instead of an id
    Action action() const { return method == "POST" ? Action::create : Action::update; }
};

// "Patient?identifier=…": what stands behind the mark; nothing: there is no such mark.
std::optional<std::string_view> criteria_in(std::string_view url, std::string_view type) {
    if (!url.starts_with(type) || url.size() <= type.size() || url[type.size()] != '?') return std::nullopt;
    return url.substr(type.size() + 1);
}

Result<EntryRequest> patch_of(Element request, EntryRequest out) {
    const auto url = request["url"].value();
    const auto mark = std::min(url.find('?'), url.size());
    const auto place = r4::parse_reference(url.substr(0, mark));
    if (place.type && !place.id.empty() && mark == url.size()) {
        out.type = place.type->name();
        out.id = place.id;
        return out;
    }
    const auto type = r4::Type::find(url.substr(0, mark));
    if (!type || mark == url.size())
        return Error{ErrorCode::fhir_bad_resource, "the address is Type/id, or Type?criteria", request.path() + ".url"};
    out.type = type->name();
    out.criteria = url.substr(mark + 1);
    return out;
}

Result<EntryRequest> request_of(Element entry) {
    const auto request = entry["request"];
    EntryRequest out{{}, request["method"].value(), {}};
    const auto type = entry["resource"].type();
    if (out.method == "PATCH") return patch_of(request, out);
    if (out.method != "POST" && out.method != "PUT")
        return Error{ErrorCode::fhir_bad_resource, "an entry may create, update and patch", request.path() + ".method"};
    if (!type) return Error{ErrorCode::fhir_bad_resource, "an entry has a resource", entry.path()};
    out.type = type->name();
    const auto url = request["url"].value();
    if (out.method == "POST") {
        if (url != out.type)
            return Error{ErrorCode::fhir_bad_resource, "the address is the type", request.path() + ".url"};
        return out;
    }
    if (const auto criteria = criteria_in(url, out.type)) {
        out.criteria = *criteria;
        return out;
    }
    const auto parsed = r4::parse_reference(url);
    if (!parsed.type || parsed.type->name() != out.type || parsed.id != entry["resource"]["id"].value())
        return Error{ErrorCode::fhir_bad_resource, "the address is that of the resource", request.path() + ".url"};
    out.id = parsed.id;
    return out;
}

// "Patient/1", "Patient?family=x", "metadata": relative to this server, or with its address before it.
Result<net::HttpRequest> read_request(Element read, const net::HttpRequest& around, const std::string& base) {
    auto url = read["url"].value();
    if (url.starts_with(base + "/")) url.remove_prefix(base.size() + 1);
    while (url.starts_with('/')) url.remove_prefix(1);
    const auto mark = std::min(url.find('?'), url.size());
    auto fields = net::read_form(url.substr(std::min(mark + 1, url.size())));
    if (!fields) return Error{ErrorCode::fhir_bad_parameter, fields.error().detail, read.path() + ".url"};
    net::HttpRequest out;
    out.path = "/fhir/" + std::string(url.substr(0, mark));
    out.query = std::move(*fields);
    out.peer = around.peer;
    for (const auto* name : {"Authorization", "Host", "X-Forwarded-Host", "X-Forwarded-Proto", "Prefer"})
        if (const auto* value = around.headers.find(name)) out.headers.add(name, *value);
    out.headers.add("Accept", "application/fhir+json");
    if (const auto known = read["ifNoneMatch"].value(); !known.empty())
        out.headers.add("If-None-Match", std::string(known));
    // The answer becomes a part of another.
    std::erase_if(out.query, [](const auto& field) { return field.first == "_format" || field.first == "_pretty"; });
    return out;
}

std::string_view header_of(const net::HttpResponse& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers)
        if (key == name) return value;
    return {};
}

std::string bundle_json(std::string_view type, const std::vector<std::string>& entries) {
    json::Writer out;
    out.begin_object().member("resourceType", "Bundle").member("type", type).key("entry").begin_array();
    for (const auto& entry : entries) out.json(entry);
    out.end_array().end_object();
    return std::move(out).text();
}

net::HttpResponse bundle_response(std::string_view type, const std::vector<std::string>& entries,
                                  const Wanted& wanted) {
    return {200, {{"Content-Type", std::string(content_type(wanted))}}, laid_out(bundle_json(type, entries), wanted)};
}

}  // namespace

std::string WriteApi::entry_json(const Asked& asked, const Done& done) {
    json::Writer out;
    out.begin_object();
    const bool shown = done.resource && done.status < succeeded_below && asked.wanted.returned == Returned::resource;
    if (shown) out.key("resource").json(done.resource->json);
    out.key("response").begin_object().member("status", std::to_string(done.status));
    if (done.resource && done.status < succeeded_below) {
        out.member("location", location(asked, *done.resource)).member("etag", etag_of(done.resource->version));
        out.member("lastModified", instant_of(done.resource->updated));
    }
    if (!done.issues.empty()) out.key("outcome").json(outcome_json(done.issues));
    out.end_object().end_object();
    return std::move(out).text();
}

net::HttpResponse WriteApi::bundle(const Asked& asked) {
    auto content = content_of(asked, "Bundle");
    if (!content.resource) return std::move(content.refusal);
    const auto type = (*content.resource)["type"].value();
    if (type == "batch") return batch(asked, *content.resource);
    if (type == "transaction") return transaction(asked, *content.resource, content.format);
    return outcome_response({ErrorCode::fhir_bad_resource, "a batch or a transaction", "Bundle.type"}, asked.wanted);
}

// Each entry by itself, in its order.
net::HttpResponse WriteApi::batch(const Asked& asked, const r4::Resource& bundle) {
    // Whoever wants more asks more than once.
    constexpr std::size_t most_entries = 1000, most_bytes = 64u << 20;
    if (bundle.root().count("entry") > most_entries)
        return outcome_response({ErrorCode::net_too_large, "a batch has at most 1000 entries", "Bundle.entry"},
                                asked.wanted);
    std::vector<std::string> out;
    std::size_t bytes = 0;
    for (auto one = bundle["entry"]; one; one = one.again()) {
        const bool reads = one["request"]["method"].value() == "GET";
        if (reads && bytes > most_bytes)
            out.push_back(R"({"response":{"status":"413"}})");
        else
            out.push_back(reads ? read_entry_json(asked, one) : entry_json(asked, entry(asked, one)));
        bytes += out.back().size();
    }
    return bundle_response("batch-response", out, asked.wanted);
}

// As the same client would be answered who asked for it alone.
std::string WriteApi::read_entry_json(const Asked& asked, Element entry) const {
    const auto read = entry["request"];
    auto request = read_request(read, asked.request, asked.base);
    auto answer = !parts_.read ? outcome_response(Error{ErrorCode::http_method_not_allowed, {}, {}})
                  : request    ? parts_.read(std::move(*request))
                               : outcome_response(request.error());
    json::Writer out;
    out.begin_object();
    const bool found = answer.status < succeeded_below;
    if (found && !answer.body.empty()) out.key("resource").json(answer.body);
    out.key("response").begin_object().member("status", std::to_string(answer.status));
    out.member_if("etag", header_of(answer, "ETag"));
    if (!found && !answer.body.empty()) out.key("outcome").json(answer.body);
    out.end_object().end_object();
    return std::move(out).text();
}

WriteApi::Done WriteApi::entry(const Asked& asked, Element entry) {
    const auto failed = [](const Error& error) {
        return Done{info(error.code).http_status, {issue_of(error)}, std::nullopt};
    };
    const auto request = request_of(entry);
    if (!request) return failed(request.error());
    if (const auto error = forbidden(asked.grant, request->type, request->action())) return failed(*error);
    const auto condition = entry["request"];
    const auto if_match = condition["ifMatch"].value();
    const auto& peer = asked.request.peer;
    auto criteria = net::read_form(request->criteria);
    if (!criteria) return failed({ErrorCode::fhir_bad_parameter, criteria.error().detail, condition.path() + ".url"});
    if (!request->criteria.empty())
        if (const auto error = forbidden(asked.grant, request->type, Action::search)) return failed(*error);
    if (request->method == "PATCH") {
        const auto patch = patch_in(entry["resource"]);
        if (!patch) return failed(patch.error());
        if (request->criteria.empty()) return patched(request->type, request->id, *patch, peer.text(), if_match);
        return patched_by(request->type, *criteria, *patch, peer.text(), if_match, asked.base);
    }
    const auto resource = r4::Resource::extract(entry["resource"]);
    WriteRequest write{r4::write_json(resource), Format::json, peer.text(), {}};
    if (!request->criteria.empty()) {
        if (const auto error = forbidden(asked.grant, request->type, Action::create)) return failed(*error);
        return updated_by(resource, write, *criteria, if_match, asked.base);
    }
    if (request->method == "PUT") return updated(resource, std::move(write), request->id, if_match);
    return created(resource, std::move(write), condition["ifNoneExist"].value());
}

// One unit: all of it, or nothing.
net::HttpResponse WriteApi::transaction(const Asked& asked, const r4::Resource& bundle, Format format) {
    std::vector<EntryRequest> requests;
    for (auto one = bundle["entry"]; one; one = one.again()) {
        const auto request = request_of(one);
        if (!request) return outcome_response(request.error(), asked.wanted);
        if (request->method == "PATCH" || !request->criteria.empty())
            return outcome_response(
                {ErrorCode::fhir_bad_resource, "an entry of a transaction creates, or updates what its id names",
                 one.path() + ".request"},
                asked.wanted);
        if (const auto error = forbidden(asked.grant, request->type, request->action()))
            return outcome_response(*error, asked.wanted);
        const auto conditions = one["request"];
        if (conditions.has("ifMatch") || conditions.has("ifNoneExist"))
            return outcome_response(
                {ErrorCode::fhir_bad_resource, "an entry of a transaction has no condition", conditions.path()},
                asked.wanted);
        requests.push_back(*request);
    }
    const auto outcome = parts_.write({asked.request.body, format, asked.request.peer.text(), "transaction"});
    if (!outcome) return outcome_response(outcome.error(), asked.wanted);
    if (outcome->error) return outcome_response(*outcome->error, asked.wanted);
    std::vector<std::string> out;
    for (std::size_t i = 0; i < requests.size(); ++i)
        out.push_back(
            entry_json(asked, done_of(*outcome, requests[i].type, "Bundle.entry[" + std::to_string(i) + "].resource")));
    return bundle_response("transaction-response", out, asked.wanted);
}

}  // namespace gantry::fhir
