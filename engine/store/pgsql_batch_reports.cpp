#include <algorithm>

#include "engine/store/columns.hpp"
#include "engine/store/pgsql/batch_reports.hpp"
#include "engine/store/report_content_text.hpp"

namespace gantry::store::pgsql {
namespace {

using effects::RecordKind;

const Statement find_report_keys{
    "find_report_keys", R"(SELECT "key", "report" FROM "report_key" WHERE "key" >= $1::text AND "key" < $2::text)"};
const Statement find_reports_of{"find_reports_of",
                                R"(SELECT "report" FROM "report_order" WHERE "study" = $1::bigint ORDER BY "report")"};
const Statement read_report{
    "read_report",
    select_statement("radiology_report", R"("id", "imaging_study", "reported_by", "current_version", "last_change")",
                     RecordKind::report, R"("id" = $1::bigint)")};
const Statement read_report_orders{
    "read_report_orders", R"(SELECT "study" FROM "report_order" WHERE "report" = $1::bigint ORDER BY "position")"};
const Statement read_report_versions{
    "read_report_versions", R"(SELECT "id", "change", "event_time", "status", "content" FROM "report_version" )"
                            R"(WHERE "report" = $1::bigint ORDER BY "id")"};

effects::ReportRecord record_of(const Answer& row) {
    effects::ReportRecord out;
    out.id = {row.integer(0, 0)};
    out.reported_by = {row.integer(0, 2)};
    out.current_version = row.integer(0, 3);
    out.last_change = row.integer(0, 4);
    for (std::size_t i = 0; i < out.fields.size(); ++i) out.fields.at(i) = row.view(0, 5 + static_cast<int>(i));
    return out;
}

effects::ReportVersion version_of(const Answer& rows, int row) {
    effects::ReportVersion out;
    out.id = rows.integer(row, 0);
    out.change = rows.integer(row, 1);
    out.time = rows.text(row, 2);
    out.sent = rows.text(row, 3);
    read_report_content(rows.text(row, 4), out);
    return out;
}

}  // namespace

void BatchReports::clear() {
    reports_.clear();
    new_keys_.clear();
    added_.clear();
}

void BatchReports::apply(const effects::ReportWrite& write, std::int64_t change) {
    auto& kept = reports_[write.after.id.value];
    if (!kept) kept.emplace();
    if (write.created)
        kept->created = true;
    else if (!kept->created && !kept->changed)
        kept->changed = true, kept->stored_change = kept->record.last_change;
    kept->record = write.after;
    kept->record.last_change = change;
    auto& versions = kept->record.versions;
    for (auto i = versions.size() - write.new_versions; i < versions.size(); ++i) versions[i].change = change;
    for (const auto& key : write.new_keys) new_keys_[key] = write.after.id;
    added_.push_back({write, change});
}

std::vector<effects::ReportKeyMatch> BatchReports::with_prefix(const std::string& key_prefix) {
    std::vector<effects::ReportKeyMatch> out;
    auto past = key_prefix;
    ++past.back();  // a separator: the first text that is greater than every text with this prefix
    const auto found = connection_.run(find_report_keys, Parameters().text(key_prefix).text(past));
    for (int row = 0; row < found.rows(); ++row) out.push_back({found.text(row, 0), {found.integer(row, 1)}});
    for (auto it = new_keys_.lower_bound(key_prefix); it != new_keys_.end() && it->first.starts_with(key_prefix); ++it)
        out.push_back({it->first, it->second});
    return out;
}

std::vector<ReportId> BatchReports::of(OrderId order) {
    std::vector<ReportId> out;
    const auto found = connection_.run(find_reports_of, Parameters().integer(order.value));
    for (int row = 0; row < found.rows(); ++row) out.push_back({found.integer(row, 0)});
    for (const auto& [id, kept] : reports_) {
        if (!kept || (!kept->created && !kept->changed)) continue;
        std::erase(out, ReportId{id});
        const auto& orders = kept->record.orders;
        if (std::find(orders.begin(), orders.end(), order) != orders.end()) out.push_back({id});
    }
    return out;
}

const effects::ReportRecord* BatchReports::report(ReportId id) {
    auto known = reports_.find(id.value);
    if (known == reports_.end()) known = reports_.emplace(id.value, read(id)).first;
    return known->second ? &known->second->record : nullptr;
}

std::optional<BatchReports::Kept> BatchReports::read(ReportId id) {
    const auto row = connection_.run(read_report, Parameters().integer(id.value));
    if (row.rows() == 0) return std::nullopt;
    Kept out;
    out.record = record_of(row);
    const auto orders = connection_.run(read_report_orders, Parameters().integer(id.value));
    for (int i = 0; i < orders.rows(); ++i) out.record.orders.push_back({orders.integer(i, 0)});
    const auto versions = connection_.run(read_report_versions, Parameters().integer(id.value));
    for (int i = 0; i < versions.rows(); ++i) out.record.versions.push_back(version_of(versions, i));
    return out;
}

}  // namespace gantry::store::pgsql
