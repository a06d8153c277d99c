// How BatchRecords reads: one statement per kind of record and batch, each planned as index lookups. ask_…() only
// sends; what comes back is taken in at the next flush.
#include <algorithm>

#include "engine/store/columns.hpp"
#include "engine/store/pgsql/batch_records.hpp"

namespace gantry::store::pgsql {
namespace {

using effects::RecordKind;

// LATERAL: a lookup per key, whatever the statistics of a table say that was empty when it was analysed.
const Statement lock_patients{"lock_patients", "SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) AS k"};
const Statement find_identifiers{"find_identifiers",
                                 R"(SELECT k.key, i."patient" FROM unnest($1::text[]) AS k(key) CROSS JOIN LATERAL )"
                                 R"((SELECT "patient" FROM "patient_identifier" WHERE "key" = k.key LIMIT 1) AS i)"};
const Statement find_providers{"find_providers",
                               R"(SELECT k.key, p."id" FROM unnest($1::text[]) AS k(key) CROSS JOIN LATERAL )"
                               R"((SELECT "id" FROM "provider" WHERE "key" = k.key LIMIT 1) AS p)"};
const Statement find_order_keys{
    "find_order_keys", R"(SELECT o."key", o."study" FROM unnest($1::text[], $2::text[]) AS k(first, past) CROSS JOIN )"
                       R"(LATERAL (SELECT "key", "study" FROM "order_key" WHERE "key" >= k.first AND "key" < k.past )"
                       R"(OFFSET 0) AS o)"};
const Statement find_accessions{
    "find_accessions",
    R"(SELECT k.number, k.issuer, o."id" FROM unnest($1::text[], $2::text[]) AS k(number, issuer) CROSS JOIN LATERAL )"
    R"((SELECT "id" FROM "imaging_study" WHERE "accession_number" = k.number AND "accession_issuer" = k.issuer )"
    R"(OFFSET 0) AS o)"};
const Statement find_orders_of{"find_orders_of",
                               R"(SELECT "patient", "id" FROM "imaging_study" WHERE "patient" = ANY($1::bigint[]))"};
const Statement read_patients{"read_patients",
                              select_statement("patient", R"("id", "merged_into", "adt_fields", "last_change")",
                                               RecordKind::patient, R"("id" = ANY($1::bigint[]))")};
const Statement read_identifiers{"read_identifiers",
                                 R"(SELECT "patient", "value", "authority", "type" FROM "patient_identifier" )"
                                 R"(WHERE "patient" = ANY($1::bigint[]) ORDER BY "patient", "position")"};
const Statement read_orders{
    "read_orders",
    select_statement("imaging_study", R"("id", "patient", "ordered_by", "performed_by", "last_change", "event_time")",
                     RecordKind::order, R"("id" = ANY($1::bigint[]))")};
const Statement read_steps{"read_steps",
                           select_statement("scheduled_procedure_step", R"("id", "study")", RecordKind::step,
                                            R"("study" = ANY($1::bigint[]) ORDER BY "id")")};

template <class Keys>
Array texts(const Keys& keys) {
    Array out(Type::text);
    for (const auto& key : keys) out.add(std::string_view(key));
    return out;
}

template <class Keys>
Array bigints(const Keys& keys) {
    Array out(Type::bigint);
    for (const auto key : keys) out.add(std::int64_t{key});
    return out;
}

template <class Field>
void read_fields(const Answer& answer, int row, int first, effects::FieldValues<Field>& into) {
    for (std::size_t i = 0; i < into.size(); ++i) into.at(i) = answer.view(row, first + static_cast<int>(i));
}

// The first text that is greater than every text with this prefix, which ends with a separator.
std::string past(std::string prefix) {
    ++prefix.back();
    return prefix;
}

}  // namespace

void BatchRecords::ask_identifiers(const std::set<std::string>& keys) {
    if (keys.empty()) return;
    for (const auto& key : keys) identifiers_.try_emplace(key);
    const auto wanted = texts(keys);
    connection_.later(find_identifiers, Parameters().array(wanted), [this](const Answer& answer) {
        for (int row = 0; row < answer.rows(); ++row) identifiers_[answer.text(row, 0)] = {answer.integer(row, 1)};
    });
}

void BatchRecords::ask_providers(const std::set<std::string>& keys) {
    if (keys.empty()) return;
    for (const auto& key : keys) providers_.try_emplace(key);
    const auto wanted = texts(keys);
    connection_.later(find_providers, Parameters().array(wanted), [this](const Answer& answer) {
        for (int row = 0; row < answer.rows(); ++row) providers_[answer.text(row, 0)] = {answer.integer(row, 1)};
    });
}

void BatchRecords::ask_prefixes(const std::set<std::string>& prefixes) {
    if (prefixes.empty()) return;
    Array first(Type::text), last(Type::text);
    for (const auto& prefix : prefixes) {
        first.add(std::string_view(prefix));
        last.add(std::string_view(past(prefix)));
        prefixes_.insert(prefix);
    }
    connection_.later(find_order_keys, Parameters().array(first).array(last), [this](const Answer& answer) {
        for (int row = 0; row < answer.rows(); ++row)
            keys_.try_emplace(answer.text(row, 0), OrderId{answer.integer(row, 1)});
    });
}

void BatchRecords::ask_accessions(const std::set<Accession>& accessions) {
    if (accessions.empty()) return;
    Array numbers(Type::text), issuers(Type::text);
    for (const auto& accession : accessions) {
        numbers.add(std::string_view(accession.first));
        issuers.add(std::string_view(accession.second));
        accessions_[accession];
    }
    connection_.later(find_accessions, Parameters().array(numbers).array(issuers), [=, this](const Answer& answer) {
        for (int row = 0; row < answer.rows(); ++row)
            accessions_[{answer.text(row, 0), answer.text(row, 1)}].insert(answer.integer(row, 2));
        for (const auto& [id, changed] : changed_orders()) {
            for (const auto& accession : accessions) accessions_[accession].erase(id);
            refile(nullptr, changed->record);
        }
    });
}

void BatchRecords::ask_orders_of(const Ids& patients) {
    if (patients.empty()) return;
    for (const auto patient : patients) orders_of_[patient];
    const auto wanted = bigints(patients);
    connection_.later(find_orders_of, Parameters().array(wanted), [=, this](const Answer& answer) {
        for (int row = 0; row < answer.rows(); ++row) orders_of_[answer.integer(row, 0)].insert(answer.integer(row, 1));
        for (const auto& [id, changed] : changed_orders()) {
            for (const auto patient : patients) orders_of_[patient].erase(id);
            refile(nullptr, changed->record);
        }
    });
}

void BatchRecords::ask_patients(const Ids& ids) {
    if (ids.empty()) return;
    std::set<std::int64_t> locks;
    for (const auto id : ids) {
        locks.insert(patient_lock({id}));
        patients_.try_emplace(id);
    }
    const auto locked = bigints(locks), wanted = bigints(ids);
    connection_.later(lock_patients, Parameters().array(locked));
    connection_.later(read_patients, Parameters().array(wanted),
                      [this](const Answer& answer) { take_patients(answer); });
    connection_.later(read_identifiers, Parameters().array(wanted), [this](const Answer& answer) {
        for (int row = 0; row < answer.rows(); ++row) {
            if (auto& kept = patients_[answer.integer(row, 0)])
                kept->record.identifiers.push_back({answer.text(row, 1), answer.text(row, 2), answer.text(row, 3)});
        }
    });
}

void BatchRecords::take_patients(const Answer& answer) {
    for (int row = 0; row < answer.rows(); ++row) {
        auto& record = patients_[answer.integer(row, 0)].emplace().record;
        record.id = {answer.integer(row, 0)};
        record.merged_into = {answer.integer(row, 1)};
        record.adt_fields = static_cast<std::uint64_t>(answer.integer(row, 2));
        record.last_change = answer.integer(row, 3);
        read_fields(answer, row, 4, record.fields);
    }
}

void BatchRecords::ask_orders(const Ids& ids) {
    if (ids.empty()) return;
    for (const auto id : ids) orders_.try_emplace(id);
    const auto wanted = bigints(ids);
    connection_.later(read_orders, Parameters().array(wanted), [this](const Answer& answer) { take_orders(answer); });
    connection_.later(read_steps, Parameters().array(wanted), [this](const Answer& answer) {
        for (int row = 0; row < answer.rows(); ++row) {
            auto& kept = orders_[answer.integer(row, 1)];
            if (!kept) continue;
            auto& step = kept->record.steps.emplace_back();
            step.id = {answer.integer(row, 0)};
            read_fields(answer, row, 2, step.fields);
        }
    });
}

void BatchRecords::take_orders(const Answer& answer) {
    for (int row = 0; row < answer.rows(); ++row) {
        auto& record = orders_[answer.integer(row, 0)].emplace().record;
        record.id = {answer.integer(row, 0)};
        record.patient = {answer.integer(row, 1)};
        record.ordered_by = {answer.integer(row, 2)};
        record.performed_by = {answer.integer(row, 3)};
        record.last_change = answer.integer(row, 4);
        record.event_time = answer.view(row, 5);
        read_fields(answer, row, 6, record.fields);
    }
}

}  // namespace gantry::store::pgsql
