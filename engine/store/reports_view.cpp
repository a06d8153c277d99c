#include <odb/transaction.hxx>

#include <algorithm>

#include "engine/store/records/message_rows.hpp"
#include "engine/store/records/readers.hpp"
#include "engine/store/records/record_rows.hpp"

namespace gantry::store {
namespace {

using namespace effects;
using ReportQuery = odb::query<records::RadiologyReport>;
using OrderQuery = odb::query<records::ImagingStudy>;
using LinkQuery = odb::query<records::ReportOrder>;

std::vector<std::int64_t> reports_with_accession(odb::database& database, const std::string& accession) {
    std::vector<std::int64_t> orders, out;
    for (const auto& row : database.query<records::ImagingStudy>(OrderQuery::accession_number == accession))
        orders.push_back(row.id);
    for (const auto order : orders)
        for (const auto& row : database.query<records::ReportOrder>(LinkQuery::study == order))
            out.push_back(row.report);
    return out;
}

ReportQuery reports_like(odb::database& database, const RecordsReader::ReportFilter& filter) {
    ReportQuery query(true);
    if (filter.id) query = query && ReportQuery::id == filter.id.value;
    if (filter.accession_number.empty()) return query;
    const auto ids = reports_with_accession(database, filter.accession_number);
    return ids.empty() ? ReportQuery(false) : query && ReportQuery::id.in_range(ids.begin(), ids.end());
}

}  // namespace

Result<std::vector<ReportRecord>> RecordsView::reports(const ReportFilter& filter, std::size_t most) {
    return fenced<std::vector<ReportRecord>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<ReportRecord> out;
        const auto wanted =
            reports_like(database_, filter) + "ORDER BY" + ReportQuery::id + ("LIMIT " + std::to_string(most));
        for (const auto& row : database_.query<records::RadiologyReport>(wanted)) out.push_back(report_of(row));
        for (auto& report : out) {
            load_orders(database_, report);
            load_versions(database_, report);
        }
        transaction.commit();
        return out;
    });
}

Result<std::optional<StoredDocument>> RecordsView::document(const std::string& digest) {
    return fenced<std::optional<StoredDocument>>([&]() -> Result<std::optional<StoredDocument>> {
        odb::transaction transaction(database_.begin());
        records::ReportDocument row;
        if (!database_.find(digest, row)) return {std::nullopt};
        auto bytes = original_body(row.encoding, view_of(row.content));
        transaction.commit();
        if (!bytes) return bytes.error();
        const auto size = static_cast<std::int64_t>(bytes->size());
        return {StoredDocument{{row.digest, row.media_type, size, {}, {}}, std::move(*bytes)}};
    });
}

std::optional<std::string> document_bytes(odb::database& database, const std::string& digest) {
    records::ReportDocument row;
    if (!database.find(digest, row)) return std::nullopt;
    auto bytes = original_body(row.encoding, view_of(row.content));
    if (!bytes) return std::nullopt;
    const auto made = sha256(*bytes);
    if (hex({reinterpret_cast<const char*>(made.data()), made.size()}) != digest) return std::nullopt;
    return std::move(*bytes);
}

}  // namespace gantry::store
