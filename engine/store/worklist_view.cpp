#include <odb/transaction.hxx>

#include <map>

#include "engine/store/records/readers.hpp"
#include "records-odb.hxx"

namespace gantry::store {
namespace {

using namespace effects;
using Query = odb::query<records::WorklistEntry>;

#define GANTRY_MEMBER(name, ...) &Record::name,
template <class Record>
std::vector<std::string Record::*> patient_members() {
    return {GANTRY_PATIENT_FIELDS(GANTRY_MEMBER)};
}
template <class Record>
std::vector<std::string Record::*> order_members() {
    return {GANTRY_ORDER_FIELDS(GANTRY_MEMBER)};
}
template <class Record>
std::vector<std::string Record::*> step_members() {
    return {GANTRY_STEP_FIELDS(GANTRY_MEMBER)};
}
#undef GANTRY_MEMBER

template <class Record, class Field>
void copy_fields(const Record& from, const std::vector<std::string Record::*>& members, FieldValues<Field>& to) {
    for (std::size_t i = 0; i < members.size(); ++i) to.at(i) = from.*members[i];
}

bool plain(const std::string& key) {
    return !key.empty() && key.find_first_of("*?") == std::string::npos;
}

// A step without a date is shown as today, so it belongs to every range that holds today.
Query dates(const WorklistQuery& asked) {
    Query range(true);
    if (!asked.date_from.empty()) range = range && Query::step::start_date >= asked.date_from;
    if (!asked.date_to.empty()) range = range && Query::step::start_date <= asked.date_to;
    const bool holds_today = (asked.date_from.empty() || asked.date_from <= asked.today) &&
                             (asked.date_to.empty() || asked.date_to >= asked.today);
    if (holds_today) return range || Query::step::start_date == "";
    return range && Query::step::start_date != "";
}

// Only keys that every database compares as we do; the catalogue matches the rest exactly.
Query narrowed(const WorklistQuery& asked) {
    Query query(true);
    // As text: the planner must see that the partial index fits.
    if (asked.statuses.empty())
        query = query && Query("\"step\".\"visible\"");
    else
        query = query && Query::step::status.in_range(asked.statuses.begin(), asked.statuses.end());
    if (!asked.date_from.empty() || !asked.date_to.empty()) query = query && dates(asked);
    if (plain(asked.accession_number)) query = query && Query::study::accession_number == asked.accession_number;
    if (!asked.study_instance_uids.empty())
        query = query && Query::study::study_instance_uid.in_range(asked.study_instance_uids.begin(),
                                                                   asked.study_instance_uids.end());
    if (asked.modalities.size() == 1 && plain(asked.modalities.front()))
        query = query && (Query::step::modality == asked.modalities.front() || Query::step::also_modalities != "");
    return query;
}

void add_identifiers(odb::database& database, std::vector<WorklistRow>& rows) {
    std::map<std::int64_t, std::vector<Identifier>> known;
    for (const auto& row : rows) known[row.patient];
    using IdentifierQuery = odb::query<records::PatientIdentifier>;
    std::vector<std::int64_t> chunk;
    auto load = [&] {
        if (chunk.empty()) return;
        const auto wanted = IdentifierQuery::patient.in_range(chunk.begin(), chunk.end()) + "ORDER BY" +
                            IdentifierQuery::patient + "," + IdentifierQuery::position;
        for (const auto& found : database.query<records::PatientIdentifier>(wanted))
            known[found.patient].push_back({found.value, found.authority, found.type});
        chunk.clear();
    };
    for (const auto& [patient, identifiers] : known) {
        chunk.push_back(patient);
        if (chunk.size() == 200) load();
    }
    load();
    for (auto& row : rows) row.identifiers = known[row.patient];
}

}  // namespace

Result<std::vector<WorklistRow>> WorklistView::candidates(const WorklistQuery& query) {
    return fenced<std::vector<WorklistRow>>([&] {
        static const auto patients = patient_members<records::Patient>();
        static const auto orders = order_members<records::ImagingStudy>();
        static const auto steps = step_members<records::ScheduledProcedureStep>();
        odb::transaction transaction(database_.begin());
        std::vector<WorklistRow> rows;
        for (const auto& entry : database_.query<records::WorklistEntry>(narrowed(query))) {
            auto& row = rows.emplace_back();
            row.step = entry.step->id;
            row.order = entry.study->id;
            row.patient = entry.person->id;
            copy_fields(*entry.person, patients, row.patient_fields);
            copy_fields(*entry.study, orders, row.order_fields);
            copy_fields(*entry.step, steps, row.step_fields);
            row.shown_date = entry.step->start_date.empty() ? query.today : entry.step->start_date;
        }
        add_identifiers(database_, rows);
        transaction.commit();
        return rows;
    });
}

}  // namespace gantry::store
