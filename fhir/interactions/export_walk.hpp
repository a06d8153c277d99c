// Every resource of some types, each once: the records behind them are walked by their numbers, and all resources of
// one record are made while it is in hand. While a part is projected the next one is read.
#pragma once
#include <functional>
#include <span>
#include <string_view>

#include "engine/store/record_walk.hpp"
#include "fhir/interactions/shelf.hpp"

namespace gantry::fhir {

struct ExportScope {
    std::span<const std::string_view> types;
    Instant since;          // resources changed at or after it; 0: all
    std::int64_t last = 0;  // records with numbers up to this one
};

// Takes one resource; an error ends the walk and is its answer.
using TakeResource = std::function<Result<void>(std::string_view type, std::string_view json)>;

// Any thread. Errors: storage_unavailable, and those of `take`. Memory: two parts of a thousand records.
Result<void> walk_resources(store::RecordWalk& walk, store::RecordSearch& search, const Shelf& shelf,
                            const ExportScope& scope, const TakeResource& take);

}  // namespace gantry::fhir
