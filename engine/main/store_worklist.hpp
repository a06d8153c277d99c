// The DICOM room's worklist port over the store: pages of rows, no transaction held while a slow peer reads.
#pragma once
#include "engine/dicom/port.hpp"
#include "engine/dicom/worklist_matching.hpp"
#include "engine/store/store.hpp"

namespace gantry {

class StoreWorklist final : public dicom::WorklistCatalog {
  public:
    StoreWorklist(store::WorklistReader& reader, dicom::MatchRules rules) : reader_(reader), rules_(std::move(rules)) {}
    Result<void> find(const effects::WorklistQuery& query, const Take& take) override;

  private:
    store::WorklistReader& reader_;
    dicom::MatchRules rules_;
};

}  // namespace gantry
