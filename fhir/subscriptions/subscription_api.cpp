#include "fhir/subscriptions/subscription_api.hpp"

#include <algorithm>
#include <charconv>

#include "engine/json/diagnostic.hpp"
#include "engine/json/writer.hpp"
#include "engine/net/http_date.hpp"
#include "engine/net/http_form.hpp"
#include "fhir/interactions/bundle.hpp"
#include "fhir/interactions/operations.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/json_writer.hpp"
#include "fhir/json/validation.hpp"
#include "fhir/json/xml_reader.hpp"
#include "fhir/search/criteria.hpp"

namespace gantry::fhir {
namespace {

constexpr std::string_view type_name = "Subscription";
constexpr std::size_t most_events = 1000;  // of one answer

net::HttpResponse answer(int status, const store::Subscription& row, const Wanted& wanted) {
    return {status,
            {{"Content-Type", std::string(content_type(wanted))},
             {"ETag", etag_of(row.version)},
             {"Last-Modified", net::http_date(row.updated)}},
            laid_out(subset(subscription_json(row), wanted), wanted)};
}

net::HttpResponse refused(std::span<const r4::Issue> issues, const Wanted& wanted) {
    return {400,
            {{"Content-Type", std::string(content_type(wanted))}},
            laid_out(r4::operation_outcome_json(issues), wanted)};
}

Error not_found(const std::string& id) {
    return {ErrorCode::fhir_not_found, "Subscription/" + id.substr(0, 64), {}};
}

// The version of If-Match; 0: none is asked for. Nothing: no version of ours.
std::optional<std::int64_t> version_asked(const net::HttpRequest& request) {
    const auto* header = request.headers.find("If-Match");
    if (!header) return 0;
    auto text = std::string_view(*header);
    if (text.starts_with("W/")) text.remove_prefix(2);
    if (text.size() < 3 || text.front() != '"' || text.back() != '"') return std::nullopt;
    return record_id(text.substr(1, text.size() - 2));
}

std::string field(const r4::Resource& resource, std::string_view name) {
    if (name == "criteria") return std::string(resource["criteria"].value());
    if (name == "type") return std::string(resource["channel"]["type"].value());
    if (name == "url") return std::string(resource["channel"]["endpoint"].value());
    if (name == "payload") return std::string(resource["channel"]["payload"].value());
    return {};
}

bool has(const store::Subscription& row, const std::string& name, const std::string& values) {
    const auto all = alternatives(values);
    const auto is = [&](const std::string& text) {
        return std::any_of(all.begin(), all.end(), [&](const auto& one) {
            const auto plain = unescaped(one);
            const auto bar = name == "criteria" || name == "url" ? std::string::npos : plain.rfind('|');
            return (bar == std::string::npos ? plain : plain.substr(bar + 1)) == text;
        });
    };
    if (name == "_id") return is(std::to_string(row.id));
    if (name == "status") return is(row.status);
    const auto read = r4::read_json(row.document, {.lenient = true});
    return read.resource && is(field(*read.resource, name));
}

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size() || out < 0) return std::nullopt;
    return out;
}

constexpr std::string_view result_parameters[] = {"_format", "_pretty", "_summary", "_elements", "_count", "_total"};

}  // namespace

std::span<const std::string_view> subscription_interactions() {
    static constexpr std::string_view all[] = {"create", "read", "update", "delete", "search-type"};
    return all;
}

std::span<const SubscriptionSearchParameter> subscription_parameters() {
    static constexpr SubscriptionSearchParameter all[] = {{"_id", "token", "the id"},
                                                          {"criteria", "string", "the address of the topic"},
                                                          {"payload", "token", "the media type of notifications"},
                                                          {"status", "token", "requested, active, error or off"},
                                                          {"type", "token", "of the channel: rest-hook"},
                                                          {"url", "uri", "the address that is notified"}};
    return all;
}

std::span<const SubscriptionOperation> subscription_operations() {
    static constexpr SubscriptionOperation all[] = {
        {"status", "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status"},
        {"events", "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-events"}};
    return all;
}

void SubscriptionApi::add_to(net::HttpRouter& router) {
    add(router, "POST", "/fhir/Subscription", Action::create, &SubscriptionApi::create);
    add(router, "GET", "/fhir/Subscription", Action::search, &SubscriptionApi::search);
    add(router, "POST", "/fhir/Subscription/_search", Action::search, &SubscriptionApi::search);
    add(router, "GET", "/fhir/Subscription/{id}", Action::read, &SubscriptionApi::read);
    add(router, "PUT", "/fhir/Subscription/{id}", Action::update, &SubscriptionApi::update);
    add(router, "DELETE", "/fhir/Subscription/{id}", Action::remove, &SubscriptionApi::remove);
    for (const auto* method : {"GET", "POST"}) {
        add(router, method, "/fhir/Subscription/$status", Action::read, &SubscriptionApi::status);
        add(router, method, "/fhir/Subscription/{id}/$status", Action::read, &SubscriptionApi::status);
        add(router, method, "/fhir/Subscription/{id}/$events", Action::read, &SubscriptionApi::events);
    }
}

void SubscriptionApi::add(net::HttpRouter& router, const char* method, const char* pattern, Action action,
                          Handler handler) {
    router.add(method, pattern, [this, action, handler](const net::HttpRequest& request) {
        const auto wanted = wanted_of(request);
        if (!wanted) return outcome_response(wanted.error());
        auto grant = parts_.access(request);
        if (!grant) return outcome_response(grant.error(), *wanted);
        if (reach(*grant, type_name, action) != Reach::everything)
            return outcome_response({ErrorCode::access_scope, "it needs " + scope_text(type_name, action), {}},
                                    *wanted);
        return (this->*handler)({request, *wanted, std::move(*grant), base_of(request, parts_.base)});
    });
}

SubscriptionApi::Content SubscriptionApi::content_of(const Asked& asked, const std::string& id) const {
    Content out;
    const auto refuse = [&](net::HttpResponse response) {
        out.refusal = std::move(response);
        return std::move(out);
    };
    const auto format = format_of_content(asked.request);
    if (!format) return refuse(outcome_response({ErrorCode::fhir_bad_media_type, {}, "Content-Type"}, asked.wanted));
    const auto& body = asked.request.body;
    const auto read = *format == Format::xml ? r4::read_xml(body) : r4::read_json(body);
    if (!read.ok()) return refuse(refused(read.issues, asked.wanted));
    const auto& resource = *read.resource;
    if (resource.type().name() != type_name)
        return refuse(outcome_response({ErrorCode::fhir_bad_resource, "it is no Subscription", {}}, asked.wanted));
    if (!id.empty() && resource.id() != id)
        return refuse(outcome_response(
            {ErrorCode::fhir_bad_resource, "its id is not that of the address", "Subscription.id"}, asked.wanted));
    const auto issues = r4::validate(resource);
    if (!r4::acceptable(issues)) return refuse(refused(issues, asked.wanted));
    out.reading = read_subscription(resource, parts_.desk.zone(), parts_.desk.options());
    constexpr int unprocessable = 422;
    if (!out.reading.problems.empty())
        return refuse(outcome_response(unprocessable, out.reading.problems, asked.wanted));
    const auto told = out.reading.terms.topic->resource;
    if (reach(asked.grant, told, Action::read) != Reach::everything)
        return refuse(outcome_response({ErrorCode::access_scope, "it needs " + scope_text(told, Action::read), {}},
                                       asked.wanted));
    out.document = stored_document(resource);
    return out;
}

Result<store::Subscription> SubscriptionApi::one(const Asked& asked) const {
    const auto name = capture(asked.request, "id");
    const auto id = record_id(name);
    if (!id) return not_found(name);
    const auto row = parts_.desk.stored().find(*id);
    if (!row) return row.error();
    if (!*row) return not_found(name);
    return **row;
}

net::HttpResponse SubscriptionApi::create(const Asked& asked) {
    if (asked.request.headers.find("If-None-Exist"))
        return outcome_response(
            400, {{"error", "not-supported", "subscriptions are not created on a condition", "http.If-None-Exist"}},
            asked.wanted);
    const auto content = content_of(asked, {});
    if (content.refusal) return *content.refusal;
    const auto row = parts_.desk.create(content.document, content.reading);
    if (!row) return outcome_response(row.error(), asked.wanted);
    auto out = answer(201, *row, asked.wanted);
    out.headers.emplace_back("Location", asked.base + "/Subscription/" + std::to_string(row->id) + "/_history/" +
                                             std::to_string(row->version));
    return out;
}

net::HttpResponse SubscriptionApi::read(const Asked& asked) {
    const auto row = one(asked);
    if (!row) return outcome_response(row.error(), asked.wanted);
    if (is_known(asked.request, row->version, row->updated)) return {304, {{"ETag", etag_of(row->version)}}, {}};
    return answer(200, *row, asked.wanted);
}

net::HttpResponse SubscriptionApi::update(const Asked& asked) {
    const auto before = one(asked);
    if (!before) return outcome_response(before.error(), asked.wanted);
    const auto version = version_asked(asked.request);
    const auto content = content_of(asked, std::to_string(before->id));
    if (content.refusal) return *content.refusal;
    const Error other{ErrorCode::fhir_precondition, "its version is another one", "http.If-Match"};
    if (!version) return outcome_response(other, asked.wanted);
    const auto row = parts_.desk.change(before->id, *version, content.document, content.reading);
    if (!row) return outcome_response(row.error(), asked.wanted);
    if (!*row) return outcome_response(other, asked.wanted);
    return answer(200, **row, asked.wanted);
}

// What is not there is as if it had been removed (http.html 3.1.0.7).
net::HttpResponse SubscriptionApi::remove(const Asked& asked) {
    const auto id = record_id(capture(asked.request, "id"));
    if (id)
        if (const auto removed = parts_.desk.remove(*id); !removed)
            return outcome_response(removed.error(), asked.wanted);
    return {204, {}, {}};
}

net::HttpResponse SubscriptionApi::searchset(const std::vector<store::Subscription>& rows, std::vector<Issue> issues,
                                             const QueryParameters& self, const Asked& asked) const {
    SearchPage page;
    page.total = static_cast<std::int64_t>(rows.size());
    page.self = address(asked.base + "/Subscription", self);
    for (const auto& row : rows)
        page.matches.push_back({type_name, std::to_string(row.id), row.version, row.updated,
                                subset(subscription_json(row), asked.wanted)});
    page.issues = std::move(issues);
    return {200,
            {{"Content-Type", std::string(content_type(asked.wanted))}},
            laid_out(searchset_json(page, asked.base), asked.wanted)};
}

// All of them on one page: there are never more than a thousand.
net::HttpResponse SubscriptionApi::search(const Asked& asked) {
    auto parameters = asked.request.query;
    if (asked.request.method == "POST") {
        const auto form = net::read_form(asked.request.body);
        if (!form) return outcome_response({ErrorCode::fhir_bad_parameter, form.error().detail, {}}, asked.wanted);
        parameters.insert(parameters.end(), form->begin(), form->end());
    }
    std::vector<std::string_view> known;
    for (const auto& one : subscription_parameters()) known.push_back(one.name);
    QueryParameters wanted, self;
    std::vector<Issue> issues;
    for (auto& parameter : parameters) {
        const auto& name = parameter.first;
        const auto is = [&](std::string_view other) { return other == name; };
        if (std::any_of(std::begin(result_parameters), std::end(result_parameters), is)) {
            self.push_back(parameter);
        } else if (std::any_of(known.begin(), known.end(), is)) {
            self.push_back(parameter);
            wanted.push_back(std::move(parameter));
        } else {
            issues.push_back(
                {asked.wanted.lenient ? "warning" : "error", "not-supported",
                 "Subscription has no parameter \"" + name.substr(0, 200) + "\"" + json::did_you_mean(name, known),
                 "http." + name.substr(0, 200)});
        }
    }
    if (!issues.empty() && !asked.wanted.lenient) return outcome_response(400, issues, asked.wanted);
    auto rows = parts_.desk.stored().all();
    if (!rows) return outcome_response(rows.error(), asked.wanted);
    std::erase_if(*rows, [&](const auto& row) {
        return !std::all_of(wanted.begin(), wanted.end(),
                            [&](const auto& one) { return has(row, one.first, one.second); });
    });
    return searchset(*rows, std::move(issues), self, asked);
}

Result<std::string> SubscriptionApi::status_of(const store::Subscription& row, const Asked& asked) const {
    const auto events = parts_.desk.stored().events_since_start(row.id);
    if (!events) return events.error();
    const auto read = r4::read_json(row.document, {.lenient = true});
    const auto topic = read.resource ? std::string((*read.resource)["criteria"].value()) : std::string();
    Notification told;
    told.type = NotificationType::query_status;
    told.subscription = row.id;
    told.topic = topic;
    told.status = row.status;
    told.events = *events;
    return status_parameters(told, asked.base);
}

// Of one, or of those that `id` and `status` name; all, where nothing is named.
net::HttpResponse SubscriptionApi::status(const Asked& asked) {
    auto parameters = operation_parameters(asked.request);
    if (!parameters) return outcome_response(parameters.error(), asked.wanted);
    std::vector<store::Subscription> rows;
    if (asked.request.captures.count("id") != 0) {
        const auto row = one(asked);
        if (!row) return outcome_response(row.error(), asked.wanted);
        rows.push_back(*row);
    } else {
        auto all = parts_.desk.stored().all();
        if (!all) return outcome_response(all.error(), asked.wanted);
        rows = std::move(*all);
    }
    for (const auto& parameter : *parameters) {
        const auto &name = parameter.first, &value = parameter.second;
        const auto field = name == "id" ? std::string("_id") : name;
        if (field == "_format" || field == "_pretty") continue;
        if (field != "_id" && field != "status")
            return outcome_response(400, {{"error", "not-supported", "$status takes id and status", "http." + name}},
                                    asked.wanted);
        std::erase_if(rows, [&](const auto& row) { return !has(row, field, value); });
    }
    json::Writer out;
    out.begin_object().member("resourceType", "Bundle").member("type", "searchset");
    out.member("total", static_cast<std::int64_t>(rows.size()));
    if (!rows.empty()) out.key("entry").begin_array();
    for (const auto& row : rows) {
        const auto status = status_of(row, asked);
        if (!status) return outcome_response(status.error(), asked.wanted);
        out.begin_object().key("resource").json(*status).key("search").begin_object().member("mode", "match");
        out.end_object().end_object();
    }
    if (!rows.empty()) out.end_array();
    out.end_object();
    return {200,
            {{"Content-Type", std::string(content_type(asked.wanted))}},
            laid_out(std::move(out).text(), asked.wanted)};
}

net::HttpResponse SubscriptionApi::events(const Asked& asked) {
    const auto row = one(asked);
    if (!row) return outcome_response(row.error(), asked.wanted);
    const auto parameters = operation_parameters(asked.request);
    if (!parameters) return outcome_response(parameters.error(), asked.wanted);
    const auto document = r4::read_json(row->document, {.lenient = true});
    const auto reading = document.resource
                             ? read_subscription(*document.resource, parts_.desk.zone(), parts_.desk.options())
                             : SubscriptionReading();
    if (!reading.terms.topic) return outcome_response(not_found(std::to_string(row->id)), asked.wanted);
    // What is answered here is read by whoever asks.
    const auto type = reading.terms.topic->resource;
    if (reach(asked.grant, type, Action::read) != Reach::everything)
        return outcome_response({ErrorCode::access_scope, "it needs " + scope_text(type, Action::read), {}},
                                asked.wanted);
    std::int64_t first = 1, last = INT64_MAX;
    auto content = reading.terms.content;
    for (const auto& [name, value] : *parameters) {
        const auto number = number_in(value);
        const auto wanted = payload_content(value);
        if (name == "eventsSinceNumber" && number)
            first = std::max<std::int64_t>(*number, 1);
        else if (name == "eventsUntilNumber" && number)
            last = *number;
        else if (name == "content" && wanted)
            content = *wanted;
        else if (name != "_format" && name != "_pretty")
            return outcome_response(400,
                                    {{"error", "invalid",
                                      "$events takes eventsSinceNumber, eventsUntilNumber and "
                                      "content",
                                      "http." + name}},
                                    asked.wanted);
    }
    const auto found = parts_.desk.stored().events(row->id, first, most_events);
    const auto total = parts_.desk.stored().events_since_start(row->id);
    if (!found) return outcome_response(found.error(), asked.wanted);
    if (!total) return outcome_response(total.error(), asked.wanted);
    const auto& context = parts_.desk.context();
    Notification told{
        NotificationType::query_event, row->id, reading.terms.topic->canonical, row->status, content, *total,
        context.clock.now(),           {}};
    for (const auto& event : *found) {
        const auto read = event.number <= last ? read_event(event.payload) : std::nullopt;
        if (!read) continue;
        auto& one = told.told.emplace_back(NumberedEvent{event.number, *read, {}});
        if (content != PayloadContent::full_resource) continue;
        auto focus = focus_of(*read, context);
        if (!focus) return outcome_response(focus.error(), asked.wanted);
        one.resource = std::move(*focus);
    }
    return {200,
            {{"Content-Type", std::string(content_type(asked.wanted))}},
            laid_out(notification_bundle(told, asked.base), asked.wanted)};
}

}  // namespace gantry::fhir
