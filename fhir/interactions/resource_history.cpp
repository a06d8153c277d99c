#include "fhir/interactions/resource_history.hpp"

#include "engine/base/ids.hpp"
#include "fhir/interactions/posted_resources.hpp"
#include "fhir/resources/appointment.hpp"
#include "fhir/resources/diagnostic_report.hpp"
#include "fhir/resources/imaging_study.hpp"
#include "fhir/resources/observation.hpp"
#include "fhir/resources/patient.hpp"
#include "fhir/resources/practitioner.hpp"
#include "fhir/resources/service_request.hpp"
#include "fhir/resources/task.hpp"
#include "fhir/search/criteria.hpp"

namespace gantry::fhir {
namespace {

// What was posted, laid under what the record said then. Errors: storage_unavailable.
template <class Record, class... As>
Result<std::string> over_posted(store::RecordSearch& search, const std::string& sum, const Record& record,
                                std::string json, As... posted_as) {
    if (sum.empty()) return json;
    PostedResources posted(search);
    if constexpr (std::is_same_v<Record, effects::ReportRecord>)
        posted.want(record);
    else
        posted.want(sum);
    if (const auto read = posted.read(); !read) return read.error();
    return posted.over(record, posted_as..., std::move(json));
}

class PatientStates final : public ResourceStates {
  public:
    PatientStates(Past<effects::PatientRecord> past, store::RecordSearch& search, const ProjectionContext& context)
        : past_(std::move(past)), search_(search), context_(context) {}
    Result<ResourceState> now() const override {
        const auto& record = past_.record();
        auto json = over_posted(search_, record.fields[effects::PatientField::posted], record,
                                patient_json(record, IdSource::time_of(past_.version()), context_));
        if (!json) return json.error();
        return ResourceState{past_.version(), record.id, std::move(*json)};
    }
    Result<Before> back() override { return past_.back(); }

  private:
    Past<effects::PatientRecord> past_;
    store::RecordSearch& search_;
    const ProjectionContext& context_;
};

class ProviderStates final : public ResourceStates {
  public:
    ProviderStates(effects::ProviderRecord record, const ProjectionContext& context)
        : record_(std::move(record)), context_(context) {}
    Result<ResourceState> now() const override {
        return ResourceState{1, {}, practitioner_json(record_, IdSource::time_of(record_.id.value), context_)};
    }
    Result<Before> back() override { return Before::none; }

  private:
    effects::ProviderRecord record_;
    const ProjectionContext& context_;
};

class OrderStates final : public ResourceStates {
  public:
    // step: of a Task.
    OrderStates(std::string_view type, std::int64_t step, Past<effects::OrderRecord> past, store::RecordSearch& search,
                const ProjectionContext& context)
        : type_(type), step_(step), past_(std::move(past)), search_(search), context_(context) {}
    Result<ResourceState> now() const override {
        ResourceState out{past_.version(), past_.record().patient, json(IdSource::time_of(past_.version()))};
        const auto posted_as = PostedResources::field_of(type_);
        if (!out.json || !posted_as) return out;
        const auto& order = past_.record();
        auto whole = over_posted(search_, order.fields[*posted_as], order, std::move(*out.json), *posted_as);
        if (!whole) return whole.error();
        out.json = std::move(*whole);
        return out;
    }
    Result<Before> back() override { return past_.back(); }

  private:
    std::optional<std::string> json(Instant updated) const {
        const auto& order = past_.record();
        if (type_ == "ServiceRequest") return service_request_json(order, updated, context_);
        if (type_ == "ImagingStudy") return imaging_study_json(order, updated, context_);
        if (type_ == "Appointment") return appointment_json(order, updated, context_);
        for (const auto& step : order.steps)
            if (step.id.value == step_) return task_json(order, step, updated, context_);
        return std::nullopt;
    }

    std::string_view type_;
    std::int64_t step_;
    Past<effects::OrderRecord> past_;
    store::RecordSearch& search_;
    const ProjectionContext& context_;
};

class ReportStates final : public ResourceStates {
  public:
    // section: of an Observation; 0: the report.
    ReportStates(std::size_t section, PastReport past, store::RecordSearch& search, const ProjectionContext& context)
        : section_(section), past_(std::move(past)), search_(search), context_(context) {}
    Result<ResourceState> now() const override {
        const auto version = past_.version();
        const auto updated = IdSource::time_of(version);
        // The writer of the resource takes its version from the record.
        auto report = past_.record();
        report.last_change = version;
        const auto patient = past_.patient();
        if (section_ != 0)
            return ResourceState{version, patient, observation_json(report, patient, section_, updated, context_)};
        auto json = over_posted(search_, report.fields[effects::ReportField::posted], report,
                                diagnostic_report_json(report, patient, updated, context_));
        if (!json) return json.error();
        return ResourceState{version, patient, std::move(*json)};
    }
    Result<Before> back() override { return past_.back(); }

  private:
    std::size_t section_;
    PastReport past_;
    store::RecordSearch& search_;
    const ProjectionContext& context_;
};

using Records = ResourceHistory::Records;
using States = Result<std::unique_ptr<ResourceStates>>;

States states_of_order(const Records& records, std::string_view type, std::int64_t id) {
    std::int64_t step = 0;
    if (type == "Task") {
        const auto place = records.search.places_of({&id, 1});
        if (!place) return place.error();
        if (place->empty()) return {nullptr};
        step = id, id = place->front().order;
    }
    auto found = records.search.orders({&id, 1});
    if (!found) return found.error();
    if (found->empty()) return {nullptr};
    return {std::make_unique<OrderStates>(type, step, Past(records.changes, std::move(found->front())), records.search,
                                          records.projection)};
}

States states_of_report(const Records& records, std::int64_t id, std::size_t section) {
    auto found = records.search.reports({&id, 1});
    if (!found) return found.error();
    if (found->empty()) return {nullptr};
    PastReport past(records.changes, records.search, std::move(found->front()));
    if (const auto loaded = past.load_orders(); !loaded) return loaded.error();
    return {std::make_unique<ReportStates>(section, std::move(past), records.search, records.projection)};
}

States states_of(const Records& records, std::string_view type, std::string_view id) {
    if (type == "Observation") {  // "{report}-{section}"
        const auto dash = std::min(id.find('-'), id.size());
        const auto report = record_id(id.substr(0, dash));
        const auto section = record_id(id.substr(std::min(dash + 1, id.size())));
        if (!report || !section) return {nullptr};
        return states_of_report(records, *report, static_cast<std::size_t>(*section));
    }
    const auto number = record_id(id);
    if (!number) return {nullptr};
    if (type == "DiagnosticReport") return states_of_report(records, *number, 0);
    if (type == "Patient") {
        auto found = records.search.patients({&*number, 1});
        if (!found) return found.error();
        if (found->empty()) return {nullptr};
        return {std::make_unique<PatientStates>(Past(records.changes, std::move(found->front())), records.search,
                                                records.projection)};
    }
    if (type == "Practitioner") {
        auto found = records.search.providers({&*number, 1});
        if (!found) return found.error();
        if (found->empty()) return {nullptr};
        return {std::make_unique<ProviderStates>(std::move(found->front()), records.projection)};
    }
    return states_of_order(records, type, *number);
}

}  // namespace

Result<std::unique_ptr<ResourceHistory>> ResourceHistory::of(const Records& records, std::string_view type,
                                                             std::string_view id) {
    auto states = states_of(records, type, id);
    if (!states) return states.error();
    if (!*states) return {nullptr};
    auto now = (*states)->now();
    if (!now) return now.error();
    return {std::make_unique<ResourceHistory>(type, id, std::move(*states), std::move(*now))};
}

ResourceHistory::ResourceHistory(std::string_view type, std::string_view id, std::unique_ptr<ResourceStates> states,
                                 ResourceState now)
    : type_(type), id_(id), states_(std::move(states)), state_(std::move(now)), patient_(state_->patient) {}

Result<std::optional<PastVersion>> ResourceHistory::next() {
    while (state_) {
        auto state = std::move(*state_);
        const auto before = states_->back();
        if (!before) return before.error();
        shortened_ = *before == Before::removed;
        state_.reset();
        if (*before == Before::there) {
            auto earlier = states_->now();
            if (!earlier) return earlier.error();
            state_ = std::move(*earlier);
        }
        const bool was_there = state_ && state_->json;
        const auto superseded_by = std::exchange(newer_, state.version);
        if (!state.json && !was_there) continue;
        PastVersion out;
        out.superseded_by = superseded_by;
        out.patient = state.patient;
        out.was = !state.json               ? PastVersion::Was::deleted
                  : was_there || shortened_ ? PastVersion::Was::updated
                                            : PastVersion::Was::created;
        const auto updated =
            type_ == "Practitioner" ? IdSource::time_of(record_id(id_).value_or(0)) : IdSource::time_of(state.version);
        out.resource = {type_, id_, state.version, updated, state.json ? std::move(*state.json) : std::string()};
        return {std::move(out)};
    }
    return {std::nullopt};
}

}  // namespace gantry::fhir
