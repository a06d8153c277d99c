#include <odb/transaction.hxx>

#include <map>

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

// What the dates asked for select, in the order of the answer. A step without a date is shown as today, so it belongs
// to every range that holds today; it sorts before every date, and a range without a beginning holds it already. Not
// one condition with OR: for that, SQLite reads the whole index.
std::vector<Query> date_ranges(const WorklistQuery& asked) {
    const bool holds_today = (asked.date_from.empty() || asked.date_from <= asked.today) &&
                             (asked.date_to.empty() || asked.date_to >= asked.today);
    Query range(true);
    if (!asked.date_from.empty())
        range = range && Query::step::start_date >= asked.date_from;
    else if (!holds_today)
        range = range && Query::step::start_date > "";
    if (!asked.date_to.empty()) range = range && Query::step::start_date <= asked.date_to;
    if (holds_today && !asked.date_from.empty()) return {Query::step::start_date == "", range};
    return {range};
}

// Only keys that every database compares as we do; the catalogue matches the rest exactly.
Query narrowed(const WorklistQuery& asked) {
    Query query(true);
    // As text: the planner must see that the partial index fits.
    if (asked.statuses.empty())
        query = query && Query("\"step\".\"visible\"");
    else
        query = query && Query::step::status.in_range(asked.statuses.begin(), asked.statuses.end());
    if (plain(asked.accession_number)) query = query && Query::study::accession_number == asked.accession_number;
    if (!asked.study_instance_uids.empty())
        query = query && Query::study::study_instance_uid.in_range(asked.study_instance_uids.begin(),
                                                                   asked.study_instance_uids.end());
    if (asked.modalities.size() == 1 && plain(asked.modalities.front()))
        query = query && (Query::step::modality == asked.modalities.front() || Query::step::also_modalities != "");
    return query;
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
        std::vector<StepId> out;
        const auto order = "ORDER BY" + Query::step::start_date + "," + Query::step::start_time + "," + Query::step::id;
        for (const auto& range : date_ranges(query))
            for (const auto& found : database_.query<records::WorklistCandidate>((narrowed(query) && range) + order))
                out.push_back({found.step});
        transaction.commit();
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
