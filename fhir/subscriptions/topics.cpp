#include "fhir/subscriptions/topics.hpp"

#include <algorithm>

namespace gantry::fhir {

std::span<const Topic> topics() {
    using effects::RecordKind;
    static constexpr Topic all[] = {{"imaging-order", "urn:gantry:topic:imaging-order", "ServiceRequest",
                                     RecordKind::order, "an imaging order came or changed"},
                                    {"imaging-study", "urn:gantry:topic:imaging-study", "ImagingStudy",
                                     RecordKind::order, "the study of an order came or changed"},
                                    {"imaging-report", "urn:gantry:topic:imaging-report", "DiagnosticReport",
                                     RecordKind::report, "a report came or changed"}};
    return all;
}

const Topic* topic_with(std::string_view canonical) {
    const auto all = topics();
    const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.canonical == canonical; });
    return at == all.end() ? nullptr : &*at;
}

std::span<const std::string_view> filter_names() {
    static constexpr std::string_view all[] = {"patient", "status", "accession", "modality", "identifier"};
    return all;
}

std::optional<Filter> filter_named(std::string_view name) {
    if (name == "identifier") return Filter::accession;
    const auto all = filter_names();
    const auto at = std::find(all.begin(), all.end(), name);
    if (at == all.end()) return std::nullopt;
    return static_cast<Filter>(at - all.begin());
}

}  // namespace gantry::fhir
