#include "engine/store/columns.hpp"
#include "engine/store/report_content_text.hpp"
#include "engine/store/sqlite/reports.hpp"

namespace gantry::store::sqlite {
namespace {

using namespace effects;

constexpr auto report_columns = R"("id", "imaging_study", "reported_by", "current_version", "last_change")";

}  // namespace

StoredReports::StoredReports(sqlite3* c)
    : by_key_(c, R"(SELECT "key", "report" FROM "report_key" WHERE "key" >= ? AND "key" < ?)"),
      of_order_(c, R"(SELECT "report" FROM "report_order" WHERE "study" = ? ORDER BY "report")"),
      report_(c, select_statement("radiology_report", report_columns, RecordKind::report, R"("id" = ?)")),
      orders_(c, R"(SELECT "study" FROM "report_order" WHERE "report" = ? ORDER BY "position")"),
      versions_(c, R"(SELECT "id", "change", "event_time", "status", "content" FROM "report_version" )"
                   R"(WHERE "report" = ? ORDER BY "id")") {}

std::vector<ReportKeyMatch> StoredReports::with_prefix(const std::string& key_prefix) {
    std::vector<ReportKeyMatch> out;
    const auto end = key_prefix + '\xff';  // greater than every key with this prefix
    by_key_.start().text(key_prefix).text(end);
    while (by_key_.step()) out.push_back({by_key_.column_text(0), {by_key_.column_integer(1)}});
    return out;
}

std::vector<ReportId> StoredReports::of(OrderId order) {
    std::vector<ReportId> out;
    of_order_.start().integer(order.value);
    while (of_order_.step()) out.push_back({of_order_.column_integer(0)});
    return out;
}

const ReportRecord* StoredReports::report(ReportId id) {
    const auto known = reports_.find(id.value);
    if (known != reports_.end()) return &known->second;
    if (!report_.start().integer(id.value).step()) return nullptr;
    ReportRecord record;
    record.id = id;
    record.reported_by = {report_.column_integer(2)};
    record.current_version = report_.column_integer(3);
    record.last_change = report_.column_integer(4);
    for (std::size_t i = 0; i < record.fields.size(); ++i)
        record.fields.at(i) = report_.column_text(5 + static_cast<int>(i));
    report_.start();
    record.orders = orders_of(id);
    record.versions = versions_of(id);
    return &reports_.emplace(id.value, std::move(record)).first->second;
}

std::vector<OrderId> StoredReports::orders_of(ReportId id) {
    std::vector<OrderId> out;
    orders_.start().integer(id.value);
    while (orders_.step()) out.push_back({orders_.column_integer(0)});
    return out;
}

std::vector<ReportVersion> StoredReports::versions_of(ReportId id) {
    std::vector<ReportVersion> out;
    versions_.start().integer(id.value);
    while (versions_.step()) {
        auto& version = out.emplace_back();
        version.id = versions_.column_integer(0);
        version.change = versions_.column_integer(1);
        version.time = versions_.column_text(2);
        version.sent = versions_.column_text(3);
        read_report_content(versions_.column_text(4), version);
    }
    return out;
}

ReportWriter::ReportWriter(sqlite3* c)
    : insert_report_(c, insert_statement("radiology_report", report_columns, RecordKind::report)),
      update_report_(c, update_statement("radiology_report", report_columns, RecordKind::report)),
      insert_order_(c, R"(INSERT INTO "report_order" ("id", "report", "study", "position") VALUES (?, ?, ?, ?))"),
      insert_key_(c, R"(INSERT INTO "report_key" ("key", "report") VALUES (?, ?))"),
      insert_version_(c,
                      R"(INSERT INTO "report_version" ("id", "report", "change", "event_time", "status", "content") )"
                      R"(VALUES (?, ?, ?, ?, ?, ?))"),
      documents_(c) {}

void ReportWriter::write(const ReportWrite& report, std::int64_t change) {
    const auto& record = report.after;
    auto& statement = report.created ? insert_report_ : update_report_;
    statement.start().integer(record.id.value).integer(record.orders.front().value);
    statement.integer(record.reported_by.value).integer(record.current_version).integer(change);
    for (std::size_t i = 0; i < record.fields.size(); ++i) statement.text(record.fields.at(i));
    if (!report.created) statement.integer(record.id.value);
    statement.run();
    write_links(report);
    write_versions(report, change);
}

void ReportWriter::write_links(const ReportWrite& report) {
    const auto& record = report.after;
    auto position = record.orders.size() - report.new_orders.size();
    for (const auto row : report.new_orders) {
        insert_order_.start().integer(row).integer(record.id.value).integer(record.orders[position].value);
        insert_order_.integer(static_cast<std::int64_t>(position++)).run();
    }
    for (const auto& key : report.new_keys) insert_key_.start().text(key).integer(record.id.value).run();
}

void ReportWriter::write_versions(const ReportWrite& report, std::int64_t change) {
    const auto& versions = report.after.versions;
    for (auto i = versions.size() - report.new_versions; i < versions.size(); ++i) {
        const auto content = report_content_text(versions[i]);
        insert_version_.start().integer(versions[i].id).integer(report.after.id.value).integer(change);
        insert_version_.text(versions[i].time).text(versions[i].sent).text(content).run();
    }
    for (const auto& document : report.new_documents) documents_.write(document);
}

}  // namespace gantry::store::sqlite
