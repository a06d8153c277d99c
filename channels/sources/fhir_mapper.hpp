// From the bytes of a FHIR resource to the unit to commit: read, check, map, and the answer that the outcome will
// dictate. Shared by the FHIR service and by whoever has the bytes alone.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "channels/sources/resource_rule.hpp"
#include "engine/effects/reconcile.hpp"
#include "engine/runtime/ports.hpp"
#include "fhir/mapping/resource_effects.hpp"

namespace gantry::channels {

// A resource, or Bundle, for which the rule does not hold is filtered by it, under its name.
struct ResourceAcceptRule {
    std::string name;
    ResourceRule rule;
};
// A destination that gets each resource as it came.
struct QueuedResources {
    std::string name;  // "channel/name"
    std::optional<ResourceRule> when{};
    std::optional<ResourceRule> urgent_when{};  // not set: its deliveries are not ranked
};

// What one channel wants done with its resources. The zone must outlive the mapper.
struct FhirHandling {
    std::string channel;
    std::int64_t revision = 0;
    std::vector<std::string> types;
    effects::OrderPolicy orders;
    fhir::IdentifierSystems systems;
    const Zone* zone = nullptr;
    std::string base, placer_authority;
    std::function<std::string(std::string_view procedure)> modality_of;
    std::function<std::string(std::string_view modality)> station_of;
    // The records that references lead to, as they are now; one for each resource.
    std::function<std::unique_ptr<fhir::KnownRecords>()> known;
    std::vector<ResourceAcceptRule> accept;
    std::vector<QueuedResources> queued;
};

// One resource, or Bundle, with what the request around it says.
struct FhirSubmission {
    std::string bytes;
    bool xml = false;
    std::string peer;
    Instant received;
    std::string interaction;  // "create", "update", "transaction": with the type of resource the type of the message
    std::int64_t own = 0;     // the record that it is to change
    std::optional<effects::KnownBy> unless_known{};
    std::optional<effects::KnownVersion> only_version{};
};

// Any thread; never throws. The ledger keeps the bytes as they came; the reply that it keeps is an OperationOutcome.
// What comes twice is read twice: a record is found by its numbers, so that a copy changes nothing.
class FhirMapper final : public runtime::Mapper {
  public:
    explicit FhirMapper(FhirHandling handling) : handling_(std::move(handling)) {}
    // As a create: bytes alone do not say which record they were to change.
    store::Unit interpret(runtime::Inbound message) const override;
    store::Unit unit(FhirSubmission submission) const;

  private:
    FhirHandling handling_;
};

}  // namespace gantry::channels
