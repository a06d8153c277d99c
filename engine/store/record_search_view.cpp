#include <odb/transaction.hxx>

#include <algorithm>

#include "engine/store/record_search_sql.hpp"
#include "engine/store/records/readers.hpp"
#include "engine/store/records/record_rows.hpp"
#include "engine/store/stored_body.hpp"

namespace gantry::store {
namespace {

using namespace effects;

// Bound with the type of some column that has it.
template <class Value, class Column>
odb::query_base bound(const Value& value, const Column& like) {
    odb::query_base out;
    out.append_val(value, like.native_info);
    return out;
}

template <class View>
odb::query<View> native(const Sql& sql) {
    using Typed = odb::query<records::Provider>;
    odb::query_base out;
    for (const auto& piece : sql) {
        out += piece.text;
        if (const auto* text = std::get_if<std::string>(&piece.value)) out += bound(*text, Typed::name);
        if (const auto* number = std::get_if<std::int64_t>(&piece.value)) out += bound(*number, Typed::id);
    }
    return odb::query<View>(out);
}

// Each row with one of the ids, in the order of the ids.
template <class Row, class Take>
void for_each_of(odb::database& database, std::span<const std::int64_t> ids, Take take) {
    for (const auto id : ids) {
        Row row;
        if (database.find(id, row)) take(row);
    }
}

// A range of changes that so many rows are not in is looked up first, and its rows are put in their order; one that
// more are in is met again and again on the way through all rows.
constexpr std::size_t few = 5'000;

bool is_about_changes(const Criterion& criterion) {
    using Is = Criterion::Is;
    if (criterion.is == Is::from || criterion.is == Is::before) return criterion.column == "last_change";
    return (criterion.is == Is::all || criterion.is == Is::none) && !criterion.parts.empty() &&
           std::all_of(criterion.parts.begin(), criterion.parts.end(), is_about_changes);
}

bool has_few(odb::database& database, Table table, const Criterion& changes) {
    const auto sql = limited_count_sql({table, changes, {}}, few + 1);
    for (const auto& row : database.query<records::FoundCount>(native<records::FoundCount>(sql)))
        return row.records <= static_cast<std::int64_t>(few);
    return false;
}

// In a transaction.
void look_up_first(odb::database& database, Table table, Criterion& where) {
    if (is_about_changes(where) && has_few(database, table, where)) {
        where = linked("id", table, "id", {std::move(where)});
    } else if (where.is == Criterion::Is::all || (where.is == Criterion::Is::any && where.parts.size() == 1)) {
        for (auto& part : where.parts) look_up_first(database, table, part);
    }
}

}  // namespace

Result<std::vector<FoundRecord>> RecordSearchView::find(const RecordQuery& query,
                                                        const std::optional<FoundRecord>& after, std::size_t most) {
    return fenced<std::vector<FoundRecord>>([&] {
        odb::transaction transaction(database_.begin());
        auto asked = query;
        if (query.sort.empty()) look_up_first(database_, query.table, asked.where);
        const auto sql = find_sql(asked, after, most);
        std::vector<FoundRecord> out;
        for (const auto& row : database_.query<records::FoundRecord>(native<records::FoundRecord>(sql))) {
            out.push_back({row.id, {row.key_1, row.key_2, row.key_3, row.key_4}});
            out.back().keys.resize(query.sort.size());
        }
        transaction.commit();
        return out;
    });
}

Result<std::int64_t> RecordSearchView::count(const RecordQuery& query) {
    const auto sql = count_sql(query);
    return fenced<std::int64_t>([&] {
        odb::transaction transaction(database_.begin());
        std::int64_t out = 0;
        for (const auto& row : database_.query<records::FoundCount>(native<records::FoundCount>(sql)))
            out = row.records;
        transaction.commit();
        return out;
    });
}

Result<std::vector<PatientRecord>> RecordSearchView::patients(std::span<const std::int64_t> ids) {
    return fenced<std::vector<PatientRecord>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<PatientRecord> out;
        for_each_of<records::Patient>(database_, ids, [&](const auto& row) { out.push_back(patient_of(row)); });
        for (auto& patient : out) load_identifiers(database_, patient);
        transaction.commit();
        return out;
    });
}

Result<std::vector<ProviderRecord>> RecordSearchView::providers(std::span<const std::int64_t> ids) {
    return fenced<std::vector<ProviderRecord>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<ProviderRecord> out;
        for_each_of<records::Provider>(database_, ids, [&](const auto& row) {
            out.push_back({{row.id}, row.key, row.identifier, row.authority, row.name});
        });
        transaction.commit();
        return out;
    });
}

Result<std::vector<OrderRecord>> RecordSearchView::orders(std::span<const std::int64_t> ids) {
    return fenced<std::vector<OrderRecord>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<OrderRecord> out;
        for_each_of<records::ImagingStudy>(database_, ids, [&](const auto& row) { out.push_back(order_of(row)); });
        for (auto& order : out) load_steps(database_, order);
        transaction.commit();
        return out;
    });
}

Result<std::vector<ReportRecord>> RecordSearchView::reports(std::span<const std::int64_t> ids) {
    return fenced<std::vector<ReportRecord>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<ReportRecord> out;
        for_each_of<records::RadiologyReport>(database_, ids, [&](const auto& row) { out.push_back(report_of(row)); });
        for (auto& report : out) {
            load_orders(database_, report);
            load_versions(database_, report);
        }
        transaction.commit();
        return out;
    });
}

Result<std::vector<RecordSearch::StepPlace>> RecordSearchView::places_of(std::span<const std::int64_t> steps) {
    return fenced<std::vector<StepPlace>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<StepPlace> out;
        for_each_of<records::ScheduledProcedureStep>(database_, steps, [&](const auto& row) {
            out.push_back({row.id, row.study});
        });
        transaction.commit();
        return out;
    });
}

Result<std::vector<RecordSearch::OrderHead>> RecordSearchView::heads_of(std::span<const std::int64_t> orders) {
    return fenced<std::vector<OrderHead>>([&] {
        using Head = odb::query<records::OrderHead>;
        std::vector<OrderHead> out;
        constexpr std::size_t most_at_once = 1000;  // a statement has room for so many values on every database
        odb::transaction transaction(database_.begin());
        for (auto rest = orders; !rest.empty(); rest = rest.subspan(std::min(most_at_once, rest.size()))) {
            const auto some = rest.first(std::min(most_at_once, rest.size()));
            for (const auto& row : database_.query<records::OrderHead>(Head::id.in_range(some.begin(), some.end())))
                out.push_back({row.id, row.patient, row.last_change});
        }
        transaction.commit();
        return out;
    });
}

Result<std::vector<PostedResource>> RecordSearchView::posted(const std::vector<std::string>& sums) {
    if (sums.empty()) return std::vector<PostedResource>();
    using Posted = odb::query<records::PostedResource>;
    std::vector<records::PostedResource> rows;
    const auto read = fenced<bool>([&] {
        odb::transaction transaction(database_.begin());
        for (const auto& row : database_.query<records::PostedResource>(Posted::sum.in_range(sums.begin(), sums.end())))
            rows.push_back(row);
        transaction.commit();
        return true;
    });
    if (!read) return read.error();
    std::vector<PostedResource> out;
    for (const auto& row : rows) {
        auto text =
            original_body(row.encoding, {reinterpret_cast<const char*>(row.content.data()), row.content.size()});
        if (!text) return text.error();
        out.push_back({row.sum, std::move(*text)});
    }
    return out;
}

}  // namespace gantry::store
