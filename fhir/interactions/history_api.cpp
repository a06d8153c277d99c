#include "fhir/interactions/history_api.hpp"

#include <algorithm>
#include <deque>

#include "engine/net/http_date.hpp"
#include "fhir/interactions/outcome.hpp"
#include "fhir/search/parameters.hpp"

namespace gantry::fhir {
namespace {

constexpr std::string_view of_instance_only[] = {"vread", "history-instance"};
constexpr std::string_view of_all[] = {"vread", "history-instance", "history-type"};

bool is_among(std::span<const std::string_view> all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

std::vector<Issue> issues_of(const std::vector<SearchProblem>& problems) {
    std::vector<Issue> out;
    out.reserve(problems.size());
    for (const auto& problem : problems)
        out.push_back({"error", info(problem.code).fhir_issue,
                       std::string(info(problem.code).sentence) + ": " + problem.text, "http." + problem.parameter});
    return out;
}

bool is_about(std::optional<std::int64_t> patient, PatientId record, PatientId version) {
    return !patient || (record.value == *patient && version.value == *patient);
}

// What of a request cannot be answered. Who is lenient gets the rest, but not another walk's page.
std::optional<net::HttpResponse> refusal_of(const HistoryReading& reading, const Wanted& wanted) {
    const auto& problems = reading.problems;
    const bool grave = std::any_of(problems.begin(), problems.end(),
                                   [](const auto& one) { return one.code == ErrorCode::fhir_bad_cursor; });
    if (problems.empty() || (wanted.lenient && !grave)) return std::nullopt;
    return outcome_response(info(problems.front().code).http_status, issues_of(problems), wanted);
}

}  // namespace

std::span<const std::string_view> history_interactions(std::string_view type) {
    if (is_among(changing_types(), type)) return of_all;
    return searchable_type(type) ? std::span<const std::string_view>(of_instance_only)
                                 : std::span<const std::string_view>();
}

void HistoryApi::add_to(net::HttpRouter& router) {
    add(router, "/fhir/{type}/{id}/_history/{version}", "vread", &HistoryApi::version);
    add(router, "/fhir/{type}/{id}/_history", "history-instance", &HistoryApi::of_instance);
    add(router, "/fhir/{type}/_history", "history-type", &HistoryApi::of_types);
    add(router, "/fhir/_history", "history-system", &HistoryApi::of_types);
}

void HistoryApi::add(net::HttpRouter& router, const char* pattern, std::string_view interaction, Handler handler) {
    router.add("GET", pattern, [this, interaction, handler](const net::HttpRequest& request) {
        const auto wanted = wanted_of(request);
        if (!wanted) return outcome_response(wanted.error());
        const auto asked = allowed(request, *wanted, interaction);
        return asked ? (this->*handler)(*asked) : outcome_response(asked.error(), *wanted);
    });
}

Result<HistoryApi::Asked> HistoryApi::allowed(const net::HttpRequest& request, const Wanted& wanted,
                                              std::string_view interaction) const {
    auto grant = parts_.access(request);
    if (!grant) return grant.error();
    Asked out{request, wanted, std::move(*grant), capture(request, "type"), capture(request, "id"), {}};
    if (interaction == "history-system") {
        for (const auto type : changing_types())
            if (reach(out.grant, type, Action::search) != Reach::nothing) return out;
        return Error{ErrorCode::access_scope, "it needs " + scope_text("*", Action::search), {}};
    }
    const auto there = history_interactions(out.type);
    if (there.empty()) return Error{ErrorCode::fhir_unknown_type, out.type + " has no history", {}};
    if (!is_among(there, interaction))
        return Error{ErrorCode::http_method_not_allowed, "each " + out.type + " has one version, the first", {}};
    const auto action = interaction == "history-type" ? Action::search : Action::read;
    const auto far = reach(out.grant, out.type, action);
    if (far == Reach::nothing) return Error{ErrorCode::access_scope, "it needs " + scope_text(out.type, action), {}};
    if (far == Reach::patient) out.patient = out.grant.patient;
    return out;
}

net::HttpResponse HistoryApi::version(const Asked& asked) {
    const auto wanted = capture(asked.request, "version");
    const auto name = asked.type + "/" + asked.id + "/_history/" + wanted;
    auto none = outcome_response({ErrorCode::fhir_not_found, name, {}}, asked.wanted);
    auto history = ResourceHistory::of(records(), asked.type, asked.id);
    if (!history) return outcome_response(history.error(), asked.wanted);
    if (!*history || !is_about(asked.patient, (*history)->patient(), (*history)->patient())) return none;
    for (;;) {
        auto next = (*history)->next();
        if (!next) return outcome_response(next.error(), asked.wanted);
        if (!*next) break;
        auto& [was, resource, superseded_by, patient] = **next;
        if (std::to_string(resource.version) != wanted) continue;
        if (!is_about(asked.patient, patient, patient)) return none;
        if (was == PastVersion::Was::deleted)
            return outcome_response({ErrorCode::fhir_gone, name + " is its deletion", {}}, asked.wanted);
        return {200,
                {{"Content-Type", std::string(content_type(asked.wanted))},
                 {"ETag", etag_of(resource.version)},
                 {"Last-Modified", net::http_date(resource.updated)}},
                laid_out(subset(std::move(resource.json), asked.wanted), asked.wanted)};
    }
    // Whether there was such a version before those that are kept, nobody knows any more.
    return (*history)->shortened() ? outcome_response({ErrorCode::fhir_gone, name, {}}, asked.wanted) : none;
}

net::HttpResponse HistoryApi::of_instance(const Asked& asked) {
    const auto place = asked.type + "/" + asked.id;
    auto history = ResourceHistory::of(records(), asked.type, asked.id);
    if (!history) return outcome_response(history.error(), asked.wanted);
    const auto reading = read_history_request(place, asked.request.query, parts_.zone);
    if (auto refused = refusal_of(reading, asked.wanted)) return std::move(*refused);
    const auto& request = reading.request;
    bool any = false;
    std::deque<PastVersion> found;  // newest first, at most one more than a page has
    const auto belongs = [&](const PastVersion& one) {
        if (!is_about(asked.patient, (*history)->patient(), one.patient)) return false;
        any = true;
        const auto version = one.resource.version;
        if (request.after && (request.oldest_first ? version <= request.after->id : version >= request.after->id))
            return false;
        return is_within(request, one);
    };
    while (*history && (request.oldest_first || found.size() <= request.count)) {
        auto next = (*history)->next();
        if (!next) return outcome_response(next.error(), asked.wanted);
        if (!*next) break;
        if (!belongs(**next)) continue;
        found.push_back(std::move(**next));
        if (found.size() > request.count + 1) found.pop_front();
    }
    if (!any) return outcome_response({ErrorCode::fhir_not_found, place, {}}, asked.wanted);
    if (request.oldest_first) std::reverse(found.begin(), found.end());
    HistoryPage page;
    std::optional<store::FoundRecord> last;
    if (found.size() > request.count) {
        found.pop_back();
        last = {found.back().resource.version, {asked.type, asked.id}};
    }
    page.entries.assign(std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    return response(asked, request, std::move(page), last);
}

net::HttpResponse HistoryApi::of_types(const Asked& asked) {
    const auto reading = read_history_request(asked.type, asked.request.query, parts_.zone);
    if (auto refused = refusal_of(reading, asked.wanted)) return std::move(*refused);
    const auto& grant = asked.grant;
    ChangedResources changed(records(), {[&](std::string_view type) {
                                             return (asked.type.empty() || asked.type == type) &&
                                                    reach(grant, type, Action::search) != Reach::nothing;
                                         },
                                         [&](std::string_view type, PatientId record, PatientId version) {
                                             const bool all = reach(grant, type, Action::search) == Reach::everything;
                                             return is_about(all ? std::nullopt : std::optional(grant.patient), record,
                                                             version);
                                         }});
    auto found = changed.page(reading.request);
    if (!found) return outcome_response(found.error(), asked.wanted);
    HistoryPage page;
    page.entries = std::move(found->entries);
    return response(asked, reading.request, std::move(page), found->last);
}

net::HttpResponse HistoryApi::response(const Asked& asked, const HistoryRequest& request, HistoryPage page,
                                       const std::optional<store::FoundRecord>& last) const {
    const auto base = base_of(asked.request, parts_.base);
    auto place = base;
    for (const auto* part : {&asked.type, &asked.id})
        if (!part->empty()) place += "/" + *part;
    const auto cursor = [&](const store::FoundRecord& entry) {
        return history_cursor(request, entry.id, entry.keys[0], entry.keys[1]);
    };
    place += "/_history";
    page.self = address(place, request.self, request.after ? cursor(*request.after) : "");
    if (request.after) page.first = address(place, request.self);
    if (last) page.next = address(place, request.self, cursor(*last));
    for (auto& entry : page.entries)
        if (!entry.resource.json.empty()) entry.resource.json = subset(std::move(entry.resource.json), asked.wanted);
    return {200,
            {{"Content-Type", std::string(content_type(asked.wanted))}},
            laid_out(history_json(page, base), asked.wanted)};
}

}  // namespace gantry::fhir
