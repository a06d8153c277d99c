#include "fhir/interactions/stored_records.hpp"

namespace gantry::fhir {

template <class Record>
std::optional<Record> StoredRecords::first(Result<std::vector<Record>> found) {
    if (!found) failure_ = found.error();
    if (!found || found->empty()) return std::nullopt;
    return std::move(found->front());
}

std::optional<effects::PatientRecord> StoredRecords::patient(PatientId id) {
    return first(search_.patients({&id.value, 1}));
}
std::optional<effects::OrderRecord> StoredRecords::order(OrderId id) {
    return first(search_.orders({&id.value, 1}));
}
std::optional<effects::ReportRecord> StoredRecords::report(ReportId id) {
    return first(search_.reports({&id.value, 1}));
}
std::optional<effects::ProviderRecord> StoredRecords::provider(ProviderId id) {
    return first(search_.providers({&id.value, 1}));
}

std::vector<effects::OrderRecord> StoredRecords::orders_with_accession(const std::string& accession) {
    constexpr std::size_t enough = 100;
    store::RecordsReader::OrderFilter filter;
    filter.accession_number = accession;
    auto found = records_.orders(filter, enough);
    if (!found) failure_ = found.error();
    return found ? std::move(*found) : std::vector<effects::OrderRecord>();
}

std::optional<effects::DocumentContent> StoredRecords::document(const std::string& digest) {
    auto found = records_.document(digest);
    if (!found) failure_ = found.error();
    if (!found || !*found) return std::nullopt;
    return effects::DocumentContent{(*found)->about.media_type, std::move((*found)->bytes), {}, {}};
}

}  // namespace gantry::fhir
