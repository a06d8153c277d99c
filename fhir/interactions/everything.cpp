#include "fhir/interactions/everything.hpp"

#include <algorithm>
#include <charconv>

#include "engine/json/diagnostic.hpp"
#include "fhir/interactions/compartment.hpp"
#include "fhir/interactions/export_request.hpp"
#include "fhir/interactions/operations.hpp"
#include "fhir/resources/code_pairs.hpp"
#include "fhir/search/criteria.hpp"
#include "fhir/search/cursor.hpp"

namespace gantry::fhir {
namespace {

constexpr std::string_view known_parameters[] = {"start", "end", "_since", "_type", "_count"};
constexpr std::string_view observation = "Observation", practitioner = "Practitioner",
                           diagnostic_report = "DiagnosticReport";

// When care was given, in each type that says so; the others are not narrowed by start and end.
struct CareDate {
    std::string_view type, parameter;
};
constexpr CareDate care_dates[] = {{"ServiceRequest", "authored"},
                                   {"ImagingStudy", "started"},
                                   {"Appointment", "date"},
                                   {diagnostic_report, "date"},
                                   {observation, "date"}};

std::vector<std::string_view> possible_types() {
    auto out = exported_types(ExportLevel::patient);
    if (std::find(out.begin(), out.end(), practitioner) == out.end()) out.push_back(practitioner);
    return out;
}

bool is_among(std::string_view word, const std::vector<std::string_view>& list) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

class RequestReader {
  public:
    explicit RequestReader(const Zone& zone) : zone_(zone) {}

    EverythingReading read(const QueryParameters& parameters) {
        for (const auto& [name, value] : parameters) {
            const auto before = out_.problems.size();
            if (name == "_cursor") {
                out_.request.cursor = value;
                continue;
            }
            take(name, value);
            if (out_.problems.size() == before) out_.request.self.emplace_back(name, value);
        }
        return std::move(out_);
    }

  private:
    void problem(std::string_view code, std::string_view name, std::string text) {
        out_.problems.push_back({"error", code, std::move(text), "http." + std::string(name)});
    }

    void take(const std::string& name, const std::string& value) {
        auto& request = out_.request;
        if (name == "_format" || name == "_pretty") return;
        if (name == "start") return moment(name, value, request.start);
        if (name == "end") return moment(name, value, request.end);
        if (name == "_since") return moment(name, value, request.since);
        if (name == "_type") return types(value);
        if (name == "_count") return count(value);
        problem("not-supported", name,
                "$everything takes no parameter \"" + name + "\"" + json::did_you_mean(name, known_parameters));
    }

    void moment(const std::string& name, const std::string& value, std::string& into) {
        if (!period_of(value, zone_)) return problem("invalid", name, name + " is a date or a moment");
        into = value;
    }

    // All of them or none, so that the link to the next page, which has only what was understood, says the same.
    void types(const std::string& value) {
        const auto possible = possible_types();
        std::vector<std::string_view> understood;
        const auto before = out_.problems.size();
        for (const auto& word : alternatives(value)) {
            const auto at = std::find(possible.begin(), possible.end(), word);
            if (at == possible.end())
                problem("not-supported", "_type",
                        "\"" + word + "\" is no type of a patient's record here" + json::did_you_mean(word, possible));
            else
                understood.push_back(*at);
        }
        auto& types = out_.request.types;
        if (out_.problems.size() == before) types.insert(types.end(), understood.begin(), understood.end());
    }

    void count(const std::string& value) {
        std::size_t number = 0;
        const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
        if (read.ec != std::errc() || read.ptr != value.data() + value.size() || number == 0)
            return problem("invalid", "_count", "_count is a number, 1 or more");
        out_.request.count = std::min(number, most_results);
    }

    const Zone& zone_;
    EverythingReading out_;
};

// What may change from page to page without the walk being another one.
std::string digest_of(std::int64_t patient, const QueryParameters& self) {
    QueryParameters rest;
    for (const auto& one : self)
        if (one.first != "_count" && one.first != "_format" && one.first != "_pretty") rest.push_back(one);
    return search_digest("Patient/" + std::to_string(patient) + "/$everything", rest);
}

std::string place_of(const std::string& base, std::int64_t patient) {
    return base + "/Patient/" + std::to_string(patient) + "/$everything";
}

// The practitioners named by rows of these types.
store::Criterion named_by(const std::vector<std::pair<const SearchableType*, store::Criterion>>& sources) {
    std::vector<store::Criterion> any;
    for (const auto& [type, rows] : sources)
        for (const auto& parameter : type->parameters)
            for (const auto& target : parameter.targets)
                if (target.type == practitioner && parameter.alias_of.empty()) any.push_back(target.referred(rows));
    return store::any_of(std::move(any));
}

}  // namespace

EverythingReading read_everything(const QueryParameters& parameters, const Zone& zone) {
    return RequestReader(zone).read(parameters);
}

void EverythingApi::add_to(net::HttpRouter& router) {
    for (const auto* method : {"GET", "POST"})
        router.add(method, "/fhir/Patient/{id}/$everything", [this](const net::HttpRequest& request) {
            const auto wanted = wanted_of(request);
            return wanted ? answer(request, *wanted) : outcome_response(wanted.error());
        });
}

net::HttpResponse EverythingApi::answer(const net::HttpRequest& request, const Wanted& wanted) {
    const auto grant = parts_.access(request);
    if (!grant) return outcome_response(grant.error(), wanted);
    const auto far = reach(*grant, "Patient", Action::read);
    if (far == Reach::nothing)
        return outcome_response({ErrorCode::access_scope, "it needs " + scope_text("Patient", Action::read), {}},
                                wanted);
    const auto parameters = operation_parameters(request);
    if (!parameters) return outcome_response(parameters.error(), wanted);
    auto reading = read_everything(*parameters, parts_.zone);
    if (!reading.problems.empty() && !wanted.lenient) return outcome_response(400, reading.problems, wanted);
    const auto& name = request.captures.at("id");
    const auto patient = record_id(name);
    const bool foreign = far == Reach::patient && patient != grant->patient;
    const Error none{ErrorCode::fhir_not_found, "Patient/" + name, {}};
    if (!patient || foreign) return outcome_response(none, wanted);
    const auto known = parts_.search.patients({&*patient, 1});
    if (!known) return outcome_response(known.error(), wanted);
    if (known->empty()) return outcome_response(none, wanted);
    const auto base = base_of(request, parts_.base);
    const SearchContext context{{parts_.zone, base, parts_.clock.now()}, parts_.projection};
    const auto all = stages(reading.request, *patient, *grant, context);
    if (!all) return outcome_response(all.error(), wanted);
    for (auto& problem : reading.problems) problem.severity = "warning";
    return page(reading.request, *patient, *all, wanted, base, std::move(reading.problems));
}

Result<store::Criterion> EverythingApi::narrowed(const SearchableType& type, store::Criterion rows,
                                                 const EverythingRequest& request, const SearchContext& context) const {
    std::vector<store::Criterion> all{std::move(rows)};
    if (type.rows) all.push_back(type.rows());
    for (const auto& date : care_dates) {
        if (date.type != type.name || (request.start.empty() && request.end.empty())) continue;
        std::vector<store::Criterion> within;
        for (const auto& [prefix, value] : {std::pair("ge", request.start), std::pair("le", request.end)}) {
            if (value.empty()) continue;
            auto bound = criterion_of(type, date.parameter, prefix + value, context);
            if (!bound) return bound.error();
            within.push_back(std::move(*bound));
        }
        std::vector<store::Criterion> either{store::all_of(std::move(within))};
        if (auto undated = criterion_of(type, std::string(date.parameter) + ":missing", "true", context))
            either.push_back(std::move(*undated));
        all.push_back(store::any_of(std::move(either)));
    }
    return store::all_of(std::move(all));
}

Result<std::vector<EverythingApi::Stage>> EverythingApi::stages(const EverythingRequest& request, std::int64_t patient,
                                                                const Grant& grant,
                                                                const SearchContext& context) const {
    const auto may = [&](std::string_view type) {
        const auto far = reach(grant, type, Action::read);
        return type == practitioner ? far == Reach::everything : far != Reach::nothing;
    };
    for (const auto type : request.types)
        if (!may(type)) return Error{ErrorCode::access_scope, "it needs " + scope_text(type, Action::read), {}};
    std::vector<Stage> out;
    std::vector<std::pair<const SearchableType*, store::Criterion>> sources;
    const auto add = [&](const SearchableType& type, store::Criterion rows) -> Result<void> {
        const bool asked = request.types.empty() || is_among(type.name, request.types) ||
                           (type.name == diagnostic_report && is_among(observation, request.types));
        if (!asked || !may(type.name)) return {};
        if (!request.since.empty()) {
            auto changed = criterion_of(type, "_lastUpdated", "ge" + request.since, context);
            if (!changed) return changed.error();
            rows = store::all_of({std::move(rows), std::move(*changed)});
        }
        const bool sections = type.name == diagnostic_report && !searchable_type(observation) && may(observation) &&
                              (request.types.empty() || is_among(observation, request.types));
        out.push_back({&type, std::move(rows), sections});
        return {};
    };
    for (const auto& type : searchable_types()) {
        if (type.name != "Patient" && !type.find("patient")) continue;
        auto rows = narrowed(type, in_compartment(type, patient, context), request, context);
        if (!rows) return rows.error();
        if (may(type.name)) sources.emplace_back(&type, *rows);
        if (auto added = add(type, std::move(*rows)); !added) return added.error();
    }
    if (auto added = add(*searchable_type(practitioner), named_by(sources)); !added) return added.error();
    return out;
}

// Observations come with the report that they are sections of, and count with it.
Result<void> EverythingApi::load(const Stage& stage, const std::vector<std::int64_t>& ids, SearchPage& into) const {
    auto found = shelf_.get(stage.type->name, ids);
    if (!found) return found.error();
    auto& list = stage.type->name == practitioner ? into.includes : into.matches;
    for (auto& resource : *found) {
        const auto report = resource.type == diagnostic_report ? record_id(resource.id) : std::nullopt;
        list.push_back(std::move(resource));
        for (std::size_t section = 1; stage.with_observations && report && section <= section_count; ++section) {
            auto one = shelf_.observation(*report, section);
            if (!one) return one.error();
            if (*one) list.push_back(std::move(**one));
        }
    }
    return {};
}

net::HttpResponse EverythingApi::page(const EverythingRequest& request, std::int64_t patient,
                                      const std::vector<Stage>& stages, const Wanted& wanted, const std::string& base,
                                      std::vector<Issue> problems) {
    const auto digest = digest_of(patient, request.self);
    Place place;
    if (!request.cursor.empty()) {
        auto after = read_cursor(request.cursor, digest, 1);
        const auto at = std::find_if(stages.begin(), stages.end(), [&](const auto& stage) {
            return after && stage.type->name == after->keys.front();
        });
        if (at == stages.end())
            return outcome_response({ErrorCode::fhir_bad_cursor, "it is none of this request", "http._cursor"}, wanted);
        after->keys.clear();
        place = {static_cast<std::size_t>(at - stages.begin()), std::move(after)};
    }
    SearchPage out;
    out.issues = std::move(problems);
    out.self = address(place_of(base, patient), request.self, request.cursor);
    store::FoundRecord last;
    std::size_t room = request.count;
    for (; place.stage < stages.size(); ++place.stage, place.after.reset()) {
        const auto& stage = stages[place.stage];
        const auto found = parts_.search.find({stage.type->table, stage.rows, {}}, place.after, room + 1);
        if (!found) return outcome_response(found.error(), wanted);
        const bool more = found->size() > room;
        std::vector<std::int64_t> ids;
        for (const auto& row : *found)
            if (ids.size() < room) ids.push_back(row.id);
        if (!ids.empty()) last = {ids.back(), {std::string(stage.type->name)}};
        room -= ids.size();
        if (auto loaded = load(stage, ids, out); !loaded) return outcome_response(loaded.error(), wanted);
        if (!more) continue;
        out.next = address(place_of(base, patient), request.self, cursor_text(last, digest));
        break;
    }
    if (!request.types.empty())
        std::erase_if(out.matches, [&](const auto& one) { return !is_among(one.type, request.types); });
    for (auto* list : {&out.matches, &out.includes})
        for (auto& one : *list) one.json = subset(std::move(one.json), wanted);
    return {200, {{"Content-Type", std::string(content_type(wanted))}}, laid_out(searchset_json(out, base), wanted)};
}

}  // namespace gantry::fhir
