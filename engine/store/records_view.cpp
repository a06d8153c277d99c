#include <odb/transaction.hxx>

#include "engine/store/records/readers.hpp"
#include "engine/store/records/record_rows.hpp"

namespace gantry::store {
namespace {

using namespace effects;
using OrderQuery = odb::query<records::ImagingStudy>;
using PatientQuery = odb::query<records::Patient>;

OrderQuery orders_like(const RecordsReader::OrderFilter& filter) {
    OrderQuery query(true);
    if (filter.id) query = query && OrderQuery::id == filter.id.value;
    if (!filter.accession_number.empty()) query = query && OrderQuery::accession_number == filter.accession_number;
    if (!filter.placer_number.empty()) query = query && OrderQuery::placer_number == filter.placer_number;
    return query;
}

std::string at_most(std::size_t most) {
    return "LIMIT " + std::to_string(most);
}

}  // namespace

Result<std::vector<OrderRecord>> RecordsView::orders(const OrderFilter& filter, std::size_t most) {
    return fenced<std::vector<OrderRecord>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<OrderRecord> out;
        const auto wanted = orders_like(filter) + "ORDER BY" + OrderQuery::id + at_most(most);
        for (const auto& row : database_.query<records::ImagingStudy>(wanted)) out.push_back(order_of(row));
        for (auto& order : out) load_steps(database_, order);
        transaction.commit();
        return out;
    });
}

Result<std::vector<PatientRecord>> RecordsView::patients(PatientId id, std::size_t most) {
    return fenced<std::vector<PatientRecord>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<PatientRecord> out;
        const auto which = id ? PatientQuery(PatientQuery::id == id.value) : PatientQuery(true);
        const auto wanted = which + "ORDER BY" + PatientQuery::id + at_most(most);
        for (const auto& row : database_.query<records::Patient>(wanted)) out.push_back(patient_of(row));
        for (auto& patient : out) load_identifiers(database_, patient);
        transaction.commit();
        return out;
    });
}

}  // namespace gantry::store
