// What a history is asked for (http://hl7.org/fhir/R4/http.html#history). Pure; strict as a search is.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "fhir/search/search_request.hpp"

namespace gantry::fhir {

struct HistoryRequest {
    std::size_t count = 20;  // 1 to most_results
    std::optional<Instant> since;
    std::optional<Period> at;  // versions that were current at some time of it
    bool oldest_first = false;
    // The last entry of the page before: its version, then type and id.
    std::optional<store::FoundRecord> after;
    QueryParameters self;  // what was understood, without the cursor: for the links
    std::string digest;    // of it and the place
};

struct HistoryReading {
    HistoryRequest request;
    std::vector<SearchProblem> problems;
};

// place: what it is the history of, "Patient/1", "Patient" or nothing: a cursor belongs to it.
HistoryReading read_history_request(std::string_view place, const QueryParameters& parameters, const Zone& zone);

// `last`: the last entry of this page.
std::string history_cursor(const HistoryRequest& request, std::int64_t version, std::string_view type,
                           std::string_view id);

}  // namespace gantry::fhir
