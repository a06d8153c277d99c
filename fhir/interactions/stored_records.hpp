// The records that references of incoming resources lead to, from the store.
#pragma once
#include "engine/store/record_search.hpp"
#include "engine/store/store.hpp"
#include "fhir/mapping/known_records.hpp"

namespace gantry::fhir {

// One thread. What it refers to must outlive it.
class StoredRecords final : public KnownRecords {
  public:
    StoredRecords(store::RecordSearch& search, store::RecordsReader& records) : search_(search), records_(records) {}

    std::optional<effects::PatientRecord> patient(PatientId id) override;
    std::optional<effects::OrderRecord> order(OrderId id) override;
    std::optional<effects::ReportRecord> report(ReportId id) override;
    std::optional<effects::ProviderRecord> provider(ProviderId id) override;
    std::vector<effects::OrderRecord> orders_with_accession(const std::string& accession) override;
    std::optional<effects::DocumentContent> document(const std::string& digest) override;
    std::optional<Error> failure() const override { return failure_; }

  private:
    template <class Record>
    std::optional<Record> first(Result<std::vector<Record>> found);

    store::RecordSearch& search_;
    store::RecordsReader& records_;
    std::optional<Error> failure_;
};

}  // namespace gantry::fhir
