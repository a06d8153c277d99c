// What an export is asked for (FHIR Bulk Data Access 2.0, 2.4.1 "Bulk Data Kick-off Request"): read into values. Pure.
// Strict: what is not known is a problem; whoever wants to be lenient gets the export without it, and the problems.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "fhir/interactions/outcome.hpp"
#include "fhir/search/search_request.hpp"

namespace gantry::fhir {

enum class ExportLevel : std::uint8_t { system, patient };

struct ExportRequest {
    ExportLevel level = ExportLevel::system;
    std::vector<std::string_view> types;  // _type, each once, in the order of exported_types(); empty: not said
    std::optional<Instant> since;         // _since
};

struct ExportReading {
    ExportRequest request;
    std::vector<Issue> problems;
};

// The types of one level, as CapabilityStatement and routes have them.
std::vector<std::string_view> exported_types(ExportLevel level);

// parameters: of the query, or of the Parameters resource of a POST.
ExportReading read_export(ExportLevel level, const QueryParameters& parameters, const Zone& zone);

}  // namespace gantry::fhir
