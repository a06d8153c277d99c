#include "engine/store/pgsql/batch_reports.hpp"
#include "engine/store/report_content_text.hpp"

namespace gantry::store::pgsql {
namespace {

using effects::RecordKind;

Columns report_columns(bool as_read) {
    Columns out{{"id", Type::bigint},
                {"imaging_study", Type::bigint},
                {"reported_by", Type::bigint},
                {"current_version", Type::bigint},
                {"last_change", Type::bigint}};
    if (as_read) out.push_back({"as_read", Type::bigint});
    return with_fields(std::move(out), RecordKind::report);
}

const Columns order_columns{
    {"id", Type::bigint}, {"report", Type::bigint}, {"study", Type::bigint}, {"position", Type::integer}};

const Columns version_columns{{"id", Type::bigint},       {"report", Type::bigint}, {"change", Type::bigint},
                              {"event_time", Type::text}, {"status", Type::text},   {"content", Type::text}};

}  // namespace

ReportRows::ReportRows()
    : new_reports_("insert_reports", "radiology_report", report_columns(false)),
      new_orders_("insert_report_orders", "report_order", order_columns),
      new_keys_("insert_report_keys", "report_key", {{"key", Type::text}, {"report", Type::bigint}}),
      new_versions_("insert_report_versions", "report_version", version_columns),
      reports_("update_reports", "radiology_report", report_columns(true)) {}

void ReportRows::take(const BatchReports& reports) {
    for (auto* rows : {&new_reports_, &new_orders_, &new_keys_, &new_versions_}) rows->clear();
    reports_.clear();
    for (const auto& [id, kept] : reports.reports()) {
        if (!kept || (!kept->created && !kept->changed)) continue;
        const auto& record = kept->record;
        auto& row = kept->created ? new_reports_.row() : reports_.row();
        row.integer(id).integer(record.orders.front().value).integer(record.reported_by.value);
        row.integer(record.current_version).integer(record.last_change);
        if (!kept->created) row.integer(kept->stored_change);
        add_fields(row, record.fields);
    }
    for (const auto& added : reports.added()) take_added(added.write, added.change);
}

void ReportRows::take_added(const effects::ReportWrite& write, std::int64_t change) {
    const auto& after = write.after;
    auto position = after.orders.size() - write.new_orders.size();
    for (const auto row : write.new_orders) {
        auto& link = new_orders_.row().integer(row).integer(after.id.value).integer(after.orders[position].value);
        link.integer(static_cast<std::int64_t>(position++));
    }
    for (const auto& key : write.new_keys) new_keys_.row().text(key).integer(after.id.value);
    for (auto i = after.versions.size() - write.new_versions; i < after.versions.size(); ++i) {
        const auto& version = after.versions[i];
        auto& row = new_versions_.row().integer(version.id).integer(after.id.value).integer(change);
        row.text(version.time).text(version.sent).text(report_content_text(version));
    }
}

void ReportRows::send(Connection& connection) const {
    reports_.send(connection);
    for (const auto* rows : {&new_reports_, &new_orders_, &new_keys_, &new_versions_}) rows->send(connection);
}

}  // namespace gantry::store::pgsql
