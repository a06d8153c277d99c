// Resources by type and number: the records behind them, loaded and projected.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/record_search.hpp"
#include "fhir/resources/projection.hpp"

namespace gantry::fhir {

// One resource as it is now.
struct ServedResource {
    std::string_view type;
    std::string id;
    std::int64_t version = 0;  // meta.versionId
    Instant updated;
    std::string json;
};

// Any thread. What it refers to must outlive it.
class Shelf {
  public:
    Shelf(store::RecordSearch& records, const ProjectionContext& context) : records_(records), context_(context) {}

    // type: of searchable_types(). ids: of its table. In the order of the ids; what is not there, or is no such
    // resource, is left out. Errors: storage_unavailable.
    Result<std::vector<ServedResource>> get(std::string_view type, std::span<const std::int64_t> ids) const;

    // The same of records that are loaded already. type: one of those made of orders. Of reports the resources of the
    // types asked for. Errors: storage_unavailable.
    Result<std::vector<ServedResource>> shown(const std::vector<effects::PatientRecord>& patients) const;
    std::vector<ServedResource> shown(const std::vector<effects::ProviderRecord>& providers) const;
    Result<std::vector<ServedResource>> shown(std::string_view type,
                                              const std::vector<effects::OrderRecord>& orders) const;
    Result<std::vector<ServedResource>> shown(std::vector<effects::ReportRecord>& reports, bool with_reports,
                                              bool with_observations) const;

    // A section of a report as an Observation; nothing: there is no such report or section.
    Result<std::optional<ServedResource>> observation(std::int64_t report, std::size_t section) const;

  private:
    struct ReportFacts {
        std::int64_t version = 0;
        PatientId patient;
    };
    Result<std::vector<ReportFacts>> facts_of(const std::vector<effects::ReportRecord>& reports) const;
    using Resources = Result<std::vector<ServedResource>>;
    Resources patients(std::span<const std::int64_t> ids) const;
    Resources practitioners(std::span<const std::int64_t> ids) const;
    Resources of_orders(std::string_view type, std::span<const std::int64_t> ids) const;
    Resources tasks(std::span<const std::int64_t> ids) const;
    Resources reports(std::span<const std::int64_t> ids) const;

    store::RecordSearch& records_;
    const ProjectionContext& context_;
};

}  // namespace gantry::fhir
