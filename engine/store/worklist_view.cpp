#include <odb/transaction.hxx>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "engine/base/clock.hpp"
#include "engine/store/records/field_copy.hpp"
#include "engine/store/records/readers.hpp"

namespace gantry::store {
namespace {

using namespace effects;
using Query = odb::query<records::WorklistCandidate>;
using RowQuery = odb::query<records::WorklistEntry>;

bool plain(const std::string& key) {
    return !key.empty() && key.find_first_of("*?") == std::string::npos;
}

bool plain(const std::vector<std::string>& keys) {
    return !keys.empty() && std::all_of(keys.begin(), keys.end(), [](const auto& key) { return plain(key); });
}

bool holds_today(const WorklistQuery& asked) {
    return (asked.date_from.empty() || asked.date_from <= asked.today) &&
           (asked.date_to.empty() || asked.date_to >= asked.today);
}

// The days asked for when they are few: a database finds single days by modality in its index, a range it reads whole.
// A step without a date is shown as today, so it belongs to every range that holds today.
std::vector<std::string> few_days(const WorklistQuery& asked) {
    constexpr std::size_t few = 31;
    std::vector<std::string> out;
    if (asked.date_from.empty() || asked.date_to.empty()) return out;
    if (holds_today(asked)) out.emplace_back();
    for (auto day = asked.date_from; day <= asked.date_to; day = shifted_date(day, 1)) {
        if (out.size() > few) return {};
        out.push_back(day);
    }
    return out;
}

// One condition each, together what the dates asked for select; no condition with OR: for that, SQLite reads the whole
// index. A step without a date sorts before every date, and a range without a beginning holds it already.
std::vector<Query> of_the_days(const WorklistQuery& asked) {
    if (const auto days = few_days(asked); !days.empty()) return {Query::start_date.in_range(days.begin(), days.end())};
    Query range(true);
    if (!asked.date_from.empty())
        range = range && Query::start_date >= asked.date_from;
    else if (!holds_today(asked))
        range = range && Query::start_date > "";
    if (!asked.date_to.empty()) range = range && Query::start_date <= asked.date_to;
    if (holds_today(asked) && !asked.date_from.empty()) return {Query::start_date == "", range};
    return {range};
}

// A step that answers to further modalities (PET/CT) is looked for beside those of the modality, by an index of its
// own.
std::vector<Query> of_the_modalities(const WorklistQuery& asked) {
    if (!plain(asked.modalities)) return {Query(true)};
    const auto own = Query::modality.in_range(asked.modalities.begin(), asked.modalities.end());
    return {own && Query::also_modalities == "", Query("\"step\".\"also_modalities\" <> ''")};
}

// As text: the planner must see that the partial index fits.
Query of_the_statuses(const WorklistQuery& asked) {
    if (asked.statuses.empty()) return Query("\"step\".\"visible\"");
    return Query::status.in_range(asked.statuses.begin(), asked.statuses.end());
}

// Any of several titles may be the one, `*` among them answers to all, and none too.
Query of_the_station(const WorklistQuery& asked) {
    if (!plain(asked.station_ae) || asked.station_ae.find('\\') != std::string::npos) return Query(true);
    return Query::station_ae.like("%" + asked.station_ae + "%") || Query::station_ae.like("%*%") ||
           Query::station_ae == "";
}

std::vector<std::int64_t> patients_numbered(odb::database& database, const std::string& number) {
    using Number = odb::query<records::PatientIdentifier>;
    std::vector<std::int64_t> out;
    for (const auto& found : database.query<records::PatientIdentifier>(Number::value == number))
        out.push_back(found.patient);
    return out;
}

// The orders that a number of theirs or of their patient leads to; nothing when the query has none.
std::optional<std::vector<std::int64_t>> orders_numbered(odb::database& database, const WorklistQuery& asked) {
    using Order = odb::query<records::WorklistOrder>;
    const auto& uids = asked.study_instance_uids;
    Order query(true);
    if (plain(asked.accession_number)) query = query && Order::accession_number == asked.accession_number;
    if (!uids.empty()) query = query && Order::study_instance_uid.in_range(uids.begin(), uids.end());
    if (plain(asked.patient_id)) {
        const auto patients = patients_numbered(database, asked.patient_id);
        if (patients.empty()) return {{}};
        query = query && Order::patient.in_range(patients.begin(), patients.end());
    } else if (!plain(asked.accession_number) && uids.empty()) {
        return std::nullopt;
    }
    std::vector<std::int64_t> out;
    for (const auto& found : database.query<records::WorklistOrder>(query)) out.push_back(found.order);
    return out;
}

// What selects the candidates, one condition for each part of them. Only keys that every database compares as we do;
// the catalogue matches the rest exactly. A number leads to a few steps, whatever else is asked.
std::vector<Query> conditions(odb::database& database, const WorklistQuery& asked) {
    constexpr std::size_t few = 500;
    const auto always = of_the_statuses(asked) && of_the_station(asked);
    if (const auto orders = orders_numbered(database, asked); orders && orders->size() <= few) {
        if (orders->empty()) return {};
        return {always && Query::study.in_range(orders->begin(), orders->end())};
    }
    std::vector<Query> out;
    for (const auto& days : of_the_days(asked))
        for (const auto& modalities : of_the_modalities(asked)) out.push_back(always && days && modalities);
    return out;
}

WorklistRow row_of(const records::WorklistEntry& entry, const std::string& today) {
    WorklistRow row;
    row.step = entry.step->id;
    row.order = entry.study->id;
    row.patient = entry.person->id;
    copy_fields(*entry.person, row.patient_fields);
    copy_fields(*entry.study, row.order_fields);
    copy_fields(*entry.step, row.step_fields);
    row.shown_date = entry.step->start_date.empty() ? today : entry.step->start_date;
    return row;
}

std::map<std::int64_t, std::vector<Identifier>> identifiers_of(odb::database& database,
                                                               const std::vector<std::int64_t>& patients) {
    std::map<std::int64_t, std::vector<Identifier>> out;
    if (patients.empty()) return out;
    using IdentifierQuery = odb::query<records::PatientIdentifier>;
    const auto wanted = IdentifierQuery::patient.in_range(patients.begin(), patients.end()) + "ORDER BY" +
                        IdentifierQuery::patient + "," + IdentifierQuery::position;
    for (const auto& found : database.query<records::PatientIdentifier>(wanted))
        out[found.patient].push_back({found.value, found.authority, found.type});
    return out;
}

}  // namespace

Result<std::vector<StepId>> WorklistView::candidates(const WorklistQuery& query) {
    return fenced<std::vector<StepId>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<records::WorklistCandidate> found;
        for (const auto& condition : conditions(database_, query))
            for (const auto& one : database_.query<records::WorklistCandidate>(condition)) found.push_back(one);
        transaction.commit();
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
            return std::tie(a.start_date, a.start_time, a.step) < std::tie(b.start_date, b.start_time, b.step);
        });
        std::vector<StepId> out;
        for (const auto& candidate : found) out.push_back({candidate.step});
        return out;
    });
}

Result<std::vector<WorklistRow>> WorklistView::rows(std::span<const StepId> steps, const std::string& today) {
    return fenced<std::vector<WorklistRow>>([&] {
        std::vector<std::int64_t> ids, patients;
        for (const auto step : steps) ids.push_back(step.value);
        odb::transaction transaction(database_.begin());
        std::map<std::int64_t, WorklistRow> loaded;
        if (!ids.empty()) {
            const auto wanted = RowQuery::step::id.in_range(ids.begin(), ids.end());
            for (const auto& entry : database_.query<records::WorklistEntry>(wanted)) {
                patients.push_back(entry.person->id);
                loaded.emplace(entry.step->id, row_of(entry, today));
            }
        }
        const auto identifiers = identifiers_of(database_, patients);
        transaction.commit();
        std::vector<WorklistRow> out;
        for (const auto id : ids) {
            const auto row = loaded.find(id);
            if (row == loaded.end()) continue;
            const auto own = identifiers.find(row->second.patient);
            if (own != identifiers.end()) row->second.identifiers = own->second;
            out.push_back(std::move(row->second));
        }
        return out;
    });
}

}  // namespace gantry::store
