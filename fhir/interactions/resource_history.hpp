// The versions of one resource, newest first: what the change log says of its record, projected as the resource is now,
// over what had been posted about it then.
//
// Each change of the record is a version, and its number the change's: of what is made of an order (ServiceRequest,
// ImagingStudy, Task, Appointment) each change of the order; of a DiagnosticReport and its Observations each change of
// the report, and of an order it answers. A resource that a change leaves without content is deleted by it, and made
// by the one that gives it some again. A provider never changes.
#pragma once
#include <memory>
#include <optional>
#include <string_view>

#include "fhir/interactions/past.hpp"
#include "fhir/interactions/shelf.hpp"

namespace gantry::fhir {

struct PastVersion {
    enum class Was : std::uint8_t { created, updated, deleted } was = Was::updated;
    ServedResource resource;         // deleted: without json
    std::int64_t superseded_by = 0;  // the version after it; 0: it is the current one
    PatientId patient;               // whom it was about; none: nobody
};

// One state of a record, as one resource: the ways there are, by the kind of the record.
struct ResourceState {
    std::int64_t version = 0;
    PatientId patient;
    std::optional<std::string> json;  // nothing: no such resource
};
class ResourceStates {
  public:
    virtual ~ResourceStates() = default;
    virtual Result<ResourceState> now() const = 0;
    virtual Result<Before> back() = 0;
};

// One thread. What it refers to must outlive it.
class ResourceHistory {
  public:
    struct Records {
        store::RecordSearch& search;
        store::ChangeReader& changes;
        const ProjectionContext& projection;
    };
    // Null: there is no such record. type: of searchable_types(), or Observation; it must stay. Errors:
    // storage_unavailable.
    static Result<std::unique_ptr<ResourceHistory>> of(const Records& records, std::string_view type,
                                                       std::string_view id);
    // now: the first of the states.
    ResourceHistory(std::string_view type, std::string_view id, std::unique_ptr<ResourceStates> states,
                    ResourceState now);

    // Nothing: there are no more. Errors: storage_unavailable.
    Result<std::optional<PastVersion>> next();

    // After the last: whether there were earlier ones, which retention has removed.
    bool shortened() const { return shortened_; }
    // Whom the record is about now.
    PatientId patient() const { return patient_; }

  private:
    std::string_view type_;
    std::string id_;
    std::unique_ptr<ResourceStates> states_;
    std::optional<ResourceState> state_;  // the one that next() speaks of
    PatientId patient_;
    std::int64_t newer_ = 0;
    bool shortened_ = false;
};

}  // namespace gantry::fhir
