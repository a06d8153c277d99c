#include "tests/durability/ledger_check.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "engine/store/stored_body.hpp"
#include "tests/durability/ledger.hpp"

namespace gantry::durability {
namespace {

struct Rule {
    const char* name;
    const char* violations;  // SQL of both databases: how many
};

constexpr auto nothing_is_lost = "every acknowledged message is in the ledger once as an original";

// `journal` holds what was acknowledged; states and outcomes are numbered as in engine/effects/effects.hpp.
constexpr Rule rules[] = {
    {nothing_is_lost,
     R"(SELECT count(*) FROM journal j WHERE
        (SELECT count(*) FROM message m WHERE m.control_id = j.control_id AND m.duplicate_of = 0) <> 1)"},
    {"the ledger holds the answer that was given",
     R"(SELECT count(*) FROM journal j JOIN message m ON m.control_id = j.control_id WHERE m.reply <> j.reply)"},
    {"nothing is in the ledger that was not sent",
     R"(SELECT count(*) FROM message WHERE control_id NOT IN (SELECT control_id FROM journal))"},
    {"received = the sum of the outcomes",
     R"(SELECT (SELECT count(*) FROM message WHERE outcome NOT BETWEEN 0 AND 7) +
        (SELECT count(*) FROM (SELECT outcome, count(*) AS n FROM message GROUP BY outcome) m LEFT JOIN
        (SELECT id % 256 AS what, sum(messages) AS n FROM ledger_count GROUP BY id % 256) c ON c.what = m.outcome
         WHERE c.n IS DISTINCT FROM m.n) +
        (SELECT abs(coalesce(sum(CASE WHEN id % 256 = 100 THEN messages ELSE -messages END), 0)) FROM ledger_count))"},
    {"a duplicate points at an original and carries its answer",
     R"(SELECT count(*) FROM message d LEFT JOIN message m ON m.id = d.duplicate_of
        WHERE (d.outcome = 4) <> (d.duplicate_of <> 0) OR
        d.duplicate_of <> 0 AND (m.duplicate_of IS DISTINCT FROM 0 OR m.reply IS DISTINCT FROM d.reply))"},
    {"every acknowledged order exists once",
     R"(SELECT count(*) FROM journal j LEFT JOIN
        (SELECT placer_number, count(*) n FROM imaging_study GROUP BY placer_number) s ON s.placer_number = j.placer
        WHERE j.placer <> '' AND coalesce(n, 0) <> 1)"},
    {"no order without an acknowledged message",
     R"(SELECT count(*) FROM imaging_study WHERE placer_number NOT IN (SELECT placer FROM journal))"},
    {"an order has one step, a step an order",
     R"(SELECT (SELECT count(*) FROM imaging_study s WHERE
        (SELECT count(*) FROM scheduled_procedure_step t WHERE t.study = s.id) <> 1) +
        (SELECT count(*) FROM scheduled_procedure_step WHERE study NOT IN (SELECT id FROM imaging_study)))"},
    {"an order has its placer key and its filler key, a key an order",
     R"(SELECT (SELECT count(*) FROM imaging_study s LEFT JOIN
        (SELECT study, count(CASE WHEN key LIKE 'P%' THEN 1 END) p, count(CASE WHEN key LIKE 'F%' THEN 1 END) f
         FROM order_key GROUP BY study) k ON k.study = s.id
        WHERE p IS DISTINCT FROM 1 OR f IS DISTINCT FROM 1) +
        (SELECT count(*) FROM order_key WHERE study NOT IN (SELECT id FROM imaging_study)))"},
    {"accession numbers and study UIDs are given once",
     R"(SELECT (SELECT count(*) FROM
        (SELECT accession_number FROM imaging_study GROUP BY accession_number HAVING count(*) > 1) a) +
        (SELECT count(*) FROM
        (SELECT study_instance_uid FROM imaging_study GROUP BY study_instance_uid HAVING count(*) > 1) u))"},
    {"every patient exists once",
     R"(SELECT abs((SELECT count(*) FROM patient) - (SELECT count(DISTINCT patient) FROM journal))
        + (SELECT count(*) FROM
          (SELECT value FROM patient_identifier GROUP BY value HAVING count(DISTINCT patient) > 1) i)
        + (SELECT count(*) FROM imaging_study WHERE patient NOT IN (SELECT id FROM patient)))"},
    {"a record's last change is in the change log, with its message",
     R"(SELECT (SELECT count(*) FROM change_log WHERE message NOT IN (SELECT id FROM message)) +
        (SELECT count(*) FROM imaging_study WHERE last_change NOT IN (SELECT id FROM change_log)) +
        (SELECT count(*) FROM patient WHERE last_change NOT IN (SELECT id FROM change_log)))"},
    {"a message changed records once, a duplicate never",
     R"(SELECT (SELECT count(*) FROM (SELECT message FROM change_log GROUP BY message HAVING count(*) > 1) c) +
        (SELECT count(*) FROM change_log c JOIN message m ON m.id = c.message WHERE m.duplicate_of <> 0))"},
    {"an original has one delivery, a duplicate none",
     R"(SELECT count(*) FROM message m WHERE (SELECT count(*) FROM delivery d WHERE d.message = m.id) <>
        CASE WHEN m.duplicate_of = 0 THEN 1 ELSE 0 END)"},
    {"a message's outcome is its delivery's",
     R"(SELECT count(*) FROM message m JOIN delivery d ON d.message = m.id WHERE m.outcome <> d.state)"},
    {"a delivery was recorded as made at most once, and counted its attempts",
     R"(SELECT count(*) FROM delivery d LEFT JOIN
        (SELECT delivery, count(*) n, count(CASE WHEN verdict = 1 THEN 1 END) made FROM delivery_attempt
         WHERE detail NOT LIKE '%ed by clerk%' GROUP BY delivery) a ON a.delivery = d.id
        WHERE coalesce(made, 0) <> CASE WHEN d.state = 1 THEN 1 ELSE 0 END OR coalesce(n, 0) <> d.attempts)"},
};

std::string content_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// As it was received; nothing else when it cannot be read.
std::string original(const std::string& encoding, const std::string& stored) {
    auto content = store::original_body(static_cast<std::int16_t>(std::stoi(encoding)), stored);
    return content ? std::move(*content) : "(damaged)";
}

long wrong_contents(Ledger& ledger) {
    const auto rows = ledger.rows(
        "SELECT j.content, b.encoding, b.content FROM journal j JOIN message m ON m.control_id = j.control_id "
        "LEFT JOIN message_body b ON b.id = m.id");
    return std::count_if(rows.begin(), rows.end(), [](const auto& row) {
        return row.at(1).empty() || original(row.at(1), row.at(2)) != row.at(0);
    });
}

// A file is named after its delivery, so it can be there once; it may be there before the database says so.
long wrong_files(Ledger& ledger, const std::filesystem::path& directory) {
    long wrong = 0, expected = 0;
    for (const auto& row :
         ledger.rows("SELECT d.id, d.state, b.encoding, b.content FROM delivery d JOIN message_body b ON "
                     "b.id = d.message")) {
        const auto file = directory / (row.at(0) + ".hl7");
        const bool there = std::filesystem::exists(file);
        expected += there;
        if (there ? content_of(file) != original(row.at(2), row.at(3)) : row.at(1) == "1") ++wrong;
    }
    std::error_code none;
    const auto files = std::count_if(std::filesystem::directory_iterator(directory, none), {},
                                     [](const auto& entry) { return entry.path().extension() == ".hl7"; });
    return wrong + std::abs(static_cast<long>(files) - expected);
}

// Of one sender, who waits for each answer; a control id is its name and a number. PostgreSQL has several committers,
// each with ids of its own.
long out_of_order(Ledger& ledger) {
    std::map<std::string, long> latest;  // by sender
    long out = 0;
    for (const auto& row : ledger.rows("SELECT control_id FROM message WHERE duplicate_of = 0 ORDER BY id")) {
        const auto cut = row.at(0).find_last_not_of("0123456789");
        const auto number = std::stol(row.at(0).substr(cut + 1));
        auto& before = latest[row.at(0).substr(0, cut)];
        if (number < before) ++out;
        before = number;
    }
    return out;
}

template <class Count>
long counted(const Count& count) {
    try {
        return count();
    } catch (const std::exception& failure) {
        std::printf("%s\n", failure.what());
        return -1;
    }
}

}  // namespace

std::vector<Finding> check_ledger(const std::string& store, const std::filesystem::path& data,
                                  const std::vector<Acknowledged>& journal, const LedgerScope& scope) {
    std::unique_ptr<Ledger> ledger;
    try {
        ledger = open_ledger(store, data);
        ledger->load(journal);
    } catch (const std::exception& failure) {
        std::printf("%s\n", failure.what());
        return {{"the database can be opened", -1}};
    }
    std::vector<Finding> out;
    for (const auto& rule : rules) out.push_back({rule.name, counted([&] { return ledger->count(rule.violations); })});
    out.push_back({"the ledger holds the bytes that were sent", counted([&] { return wrong_contents(*ledger); })});
    if (store.rfind("sqlite:", 0) == 0)
        out.push_back({"ids grow in the order in which a sender sent", counted([&] { return out_of_order(*ledger); })});
    if (scope.archive)
        out.push_back({"the file of a delivery is there once, whole",
                       counted([&] { return wrong_files(*ledger, data / "archive"); })});
    if (scope.drained)
        out.push_back({"every delivery was made",
                       counted([&] { return ledger->count("SELECT count(*) FROM delivery WHERE state <> 1"); })});
    out.push_back({"every page and index is whole", counted([&] { return ledger->damages(); })});
    return out;
}

long lost_messages(const std::vector<Finding>& findings) {
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [](const auto& finding) { return finding.rule == nothing_is_lost; });
    return found == findings.end() ? -1 : found->violations;
}

}  // namespace gantry::durability
