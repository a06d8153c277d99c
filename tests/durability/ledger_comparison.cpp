#include "tests/durability/ledger_comparison.hpp"

namespace gantry::durability {
namespace {

using effects::Outcome;

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

void compare_messages(const LedgerModel& model, Ledger& ledger, std::int64_t floor) {
    const auto rows =
        ledger.rows("SELECT \"id\", \"outcome\" FROM \"message\" WHERE \"id\" > " + std::to_string(floor));
    require(rows.size() == model.messages().size(), "the ledger has another number of messages");
    for (const auto& row : rows) {
        const auto id = std::stoll(row[0]);
        const auto outcome = static_cast<Outcome>(std::stoi(row[1]));
        require(model.messages().count(id) > 0, "a message that nobody sent: " + row[0]);
        const auto expected = model.outcome_of(id);
        require(outcome == expected, "message " + row[0] + " is " + std::string(to_text(outcome)) + ", not " +
                                         std::string(to_text(expected)));
    }
}

void compare_deliveries(const LedgerModel& model, Ledger& ledger, std::int64_t floor) {
    const auto rows = ledger.rows(
        "SELECT d.\"id\", d.\"state\", d.\"attempts\", CASE WHEN d.\"begun\" = 0 THEN 0 ELSE 1 END, "
        "(SELECT count(*) FROM \"delivery_attempt\" a WHERE a.\"delivery\" = d.\"id\" AND a.\"verdict\" = 7), "
        "(SELECT count(*) FROM \"delivery_attempt\" a WHERE a.\"delivery\" = d.\"id\") FROM \"delivery\" d "
        "WHERE d.\"id\" > " +
        std::to_string(floor) + " ORDER BY d.\"id\"");
    require(rows.size() == model.deliveries().size(), "the ledger has another number of deliveries");
    auto row = rows.begin();
    for (const auto& [id, delivery] : model.deliveries()) {
        const std::vector<std::string> expected{std::to_string(id),
                                                std::to_string(static_cast<int>(delivery.state)),
                                                std::to_string(delivery.attempts),
                                                std::to_string(delivery.begun ? 1 : 0),
                                                std::to_string(delivery.doubts),
                                                std::to_string(delivery.attempts + delivery.decisions)};
        require(*row == expected,
                "delivery, state, attempts, begun, in doubt, rows: " + joined(*row) + "; expected " + joined(expected));
        ++row;
    }
}

}  // namespace

void compare_with_ledger(const LedgerModel& model, Ledger& ledger, std::int64_t floor) {
    compare_messages(model, ledger, floor);
    compare_deliveries(model, ledger, floor);
}

void compare_documents(Ledger& ledger) {
    for (const auto* wrong :
         {R"("document_use" AS u WHERE u."digest" NOT IN (SELECT "digest" FROM "report_document"))",
          R"("report_document" AS d WHERE d."digest" NOT IN (SELECT "digest" FROM "document_use"))",
          R"("document_use" AS u WHERE u."message" <> 0 AND u."message" NOT IN (SELECT "id" FROM "message_body"))",
          R"("message_body" AS b WHERE b."encoding" = 2 AND b."id" NOT IN (SELECT "message" FROM "document_use"))"})
        require(ledger.rows(std::string("SELECT count(*) FROM ") + wrong).at(0).at(0) == "0",
                std::string("attachments: there is ") + wrong);
}

void compare_what_is_kept(const LedgerModel& model, Ledger& ledger) {
    std::set<std::int64_t> kept;
    for (const auto* all : {&model.closed(), &model.messages()})
        for (const auto& [id, message] : *all) kept.insert(id);
    std::set<std::int64_t> found;
    for (const auto& row : ledger.rows("SELECT \"id\" FROM \"message\"")) found.insert(std::stoll(row[0]));
    require(found == kept, "retention left other messages than it should");
    require(ledger.count("SELECT count(*) FROM \"message_body\"") == model.contents(),
            "retention left other contents than it should");
    for (const auto* orphans : {R"("message_body" WHERE "id" NOT IN (SELECT "id" FROM "message"))",
                                R"("delivery" WHERE "message" NOT IN (SELECT "id" FROM "message"))",
                                R"("delivery_body" WHERE "id" NOT IN (SELECT "id" FROM "delivery"))",
                                R"("delivery_attempt" WHERE "delivery" NOT IN (SELECT "id" FROM "delivery"))",
                                R"("change_log" WHERE "message" NOT IN (SELECT "id" FROM "message"))"})
        require(ledger.count(std::string("SELECT count(*) FROM ") + orphans) == 0,
                std::string("retention left ") + orphans);
    compare_documents(ledger);
}

}  // namespace gantry::durability
