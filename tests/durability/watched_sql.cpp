#include "tests/durability/watched_sql.hpp"

namespace gantry::durability {
namespace {

constexpr auto npos = std::string_view::npos;

// INSERT INTO "message" …, COPY "message" (…) FROM, UPDATE "imaging_study" SET …
bool writes(std::string_view sql, std::string_view table) {
    const auto quoted = sql.find('"');
    if (quoted == npos || sql.substr(quoted + 1, table.size()) != table) return false;
    if (sql.substr(quoted + 1 + table.size(), 1) != "\"") return false;
    return sql.starts_with("INSERT") || sql.starts_with("COPY") || sql.starts_with("UPDATE");
}

bool reads(std::string_view sql, std::string_view from, std::string_view with) {
    return sql.starts_with("SELECT") && sql.find(from) != npos && sql.find(with) != npos;
}

}  // namespace

SqlKind sql_kind(std::string_view sql) {
    const auto first = sql.find_first_not_of(" \n\t");
    if (first == npos) return SqlKind::other;
    sql.remove_prefix(first);
    if (sql.starts_with("BEGIN")) return SqlKind::begin;
    if (sql.starts_with("COMMIT")) return SqlKind::commit;
    if (sql == "ROLLBACK") return SqlKind::rollback;
    if (writes(sql, "delivery_attempt")) return SqlKind::ending;
    if (writes(sql, "delivery")) {
        if (!sql.starts_with("UPDATE")) return SqlKind::delivery;
        return sql.find("SET \"begun\" =") != npos ? SqlKind::noting : SqlKind::other;
    }
    if (writes(sql, "message")) return sql.starts_with("UPDATE") ? SqlKind::other : SqlKind::message;
    for (const auto* table : {"patient", "patient_identifier", "imaging_study", "scheduled_procedure_step"})
        if (writes(sql, table)) return SqlKind::record;
    if (reads(sql, "FROM \"delivery\"", "LIMIT")) return SqlKind::heads;
    if (reads(sql, "FROM \"message_body\"", "IN (")) return SqlKind::contents;
    return SqlKind::other;
}

std::vector<KillPoint> WatchedTransaction::before(SqlKind kind) const {
    std::vector<KillPoint> out;
    if (kind == SqlKind::begin) out.push_back(KillPoint::before_begin);
    if (kind != SqlKind::commit) return out;
    if (messages_) out.push_back(KillPoint::before_commit);
    if (noting_) out.push_back(KillPoint::noting);
    if (ending_) out.push_back(KillPoint::before_recording);
    return out;
}

std::vector<KillPoint> WatchedTransaction::after(SqlKind kind) {
    switch (kind) {
        case SqlKind::begin:
            *this = {};
            return {KillPoint::begun};
        case SqlKind::rollback:
            *this = {};
            return {};
        case SqlKind::commit: {
            std::vector<KillPoint> out;
            if (messages_) out.push_back(KillPoint::committed);
            if (noting_) out.push_back(KillPoint::noted);
            if (ending_) out.push_back(KillPoint::recorded);
            *this = {};
            return out;
        }
        case SqlKind::message:
            messages_ = true;
            return {KillPoint::message_written};
        case SqlKind::record:
            return {KillPoint::records_written};
        case SqlKind::delivery:
            return {KillPoint::deliveries_written};
        case SqlKind::noting:
            noting_ = true;
            return {};
        case SqlKind::ending:
            ending_ = true;
            return {};
        case SqlKind::heads:
            return {KillPoint::heads_read};
        case SqlKind::contents:
            return {KillPoint::loaded};
        case SqlKind::other:
            break;
    }
    return {};
}

}  // namespace gantry::durability
