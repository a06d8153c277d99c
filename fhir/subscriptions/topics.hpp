// What can be subscribed to (Subscriptions R4 Backport 1.1): one table, which subscriptions are read against, events
// are made from, and the CapabilityStatement declares.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/effects/records.hpp"

namespace gantry::fhir {

struct Topic {
    std::string_view name;                                  // "imaging-order"
    std::string_view canonical;                             // its URL
    std::string_view resource;                              // type of the focus
    effects::RecordKind kind = effects::RecordKind::order;  // whose changes are its events
    std::string_view meaning;
};
std::span<const Topic> topics();
const Topic* topic_with(std::string_view canonical);

// By which events are narrowed, in every topic.
enum class Filter : std::uint8_t { patient, status, accession, modality };
std::optional<Filter> filter_named(std::string_view name);  // "identifier" is another name of `accession`
std::span<const std::string_view> filter_names();

// What of an event the filters speak of.
struct EventFacts {
    std::int64_t patient = 0;  // 0: not known
    std::string status;        // of the focus
    std::vector<std::string> accessions, modalities;
};

}  // namespace gantry::fhir
