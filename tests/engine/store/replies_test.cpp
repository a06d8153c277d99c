#include "engine/store/replies.hpp"

#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::Outcome;
using store::Deliveries;

namespace {

constexpr auto ris = "orders/ris";
const auto names = store::reply_names("RIS", "RAD", "HIS", "HOSP");

std::string matched(const store::Reply& reply, const std::vector<store::AwaitedReply>& awaited) {
    const auto match = store::match_reply(reply, awaited);
    return match.delivery.value != 0 ? std::to_string(match.delivery.value) : match.reason;
}

// A message that went to the RIS, or is about to.
struct Sent {
    Sent() {
        effects::Effects effects;
        effects.ordering_key = control_id;
        effects.deliveries.push_back({ris, {}, true});
        site.commit(unit(control_id, std::move(effects)));
        id = head().id;
        BOOST_REQUIRE(site->deliveries().expect(std::vector{store::AwaitedReply{id, ris, control_id, names}}).ok());
    }
    store::DeliveryHead head() {
        const auto heads = site->deliveries().heads(ris, {}, 10);
        BOOST_REQUIRE(heads.ok());
        return heads->empty() ? store::DeliveryHead() : heads->front();
    }
    void begin() { BOOST_REQUIRE(site->deliveries().begin(std::vector{id}, monday).ok()); }
    void record(Outcome state, Deliveries::Attempt::Kind kind, Instant until = {}, bool judged = false) {
        Deliveries::Attempt attempt;
        attempt.delivery = id;
        attempt.started = attempt.finished = monday;
        attempt.state = state;
        attempt.kind = kind;
        attempt.answer_until = until;
        attempt.judged = judged;
        BOOST_REQUIRE(site->deliveries().record({&attempt, 1}).ok());
    }
    void accept() { record(Outcome::pending, Deliveries::Attempt::Kind::made, {monday.micros + 1}); }
    // The message that brings the acknowledgment, and what became of it.
    std::string reply(const std::string& own, const std::string& answer = "AA 0", const std::string& from = names) {
        auto message = unit(own, {});
        message.reply_to = store::Reply{{"orders/pacs", ris}, control_id, from, answer};
        const auto done = site.commit(message);
        return std::string(to_text(done.outcome.outcome)) +
               (done.outcome.filtered_by.empty() ? "" : ": " + done.outcome.filtered_by);
    }

    const std::string control_id = "M1";
    Site site;
    DeliveryId id;
};

constexpr auto nobody = "filtered: no delivery awaits this acknowledgment";

}  // namespace

BOOST_AUTO_TEST_SUITE(store_replies)

BOOST_AUTO_TEST_CASE(a_reply_is_for_the_one_delivery_that_it_can_be_for) {
    const store::Reply reply{{"a/b", "a/c"}, "M1", names, "AA 0"};
    BOOST_TEST(matched(reply, {}) == "no delivery awaits this acknowledgment");
    BOOST_TEST(matched(reply, {{{7}, "a/b", "M1", names}}) == "7");
    BOOST_TEST(matched(reply, {{{7}, "a/d", "M1", names}}) == "no delivery awaits this acknowledgment");
    BOOST_TEST(matched(reply, {{{7}, "a/d", "M1", names}, {{8}, "a/c", "M1", names}}) == "8");
    BOOST_TEST(matched(reply, {{{7}, "a/b", "M1", names}, {{8}, "a/c", "M1", names}}) ==
               "more than one delivery awaits this acknowledgment");
    for (const auto& other :
         {store::reply_names("R", "RAD", "HIS", "HOSP"), store::reply_names("RIS", "R", "HIS", "HOSP"),
          store::reply_names("RIS", "RAD", "H", "HOSP"), store::reply_names("RIS", "RAD", "HIS", "H")})
        BOOST_TEST(matched(reply, {{{7}, "a/b", "M1", other}}) ==
                   "the message that this acknowledgment names went to another");
    // What one of them does not say, it may be.
    for (const auto& less : {store::reply_names("", "", "", ""), store::reply_names("RIS", "", "", "HOSP")})
        BOOST_TEST(matched(reply, {{{7}, "a/b", "M1", less}}) == "7");
}

BOOST_AUTO_TEST_CASE(names_with_the_separator_in_them_are_not_mistaken) {
    BOOST_TEST(store::reply_names("A\x1e"
                                  "B",
                                  "", "", "") == "AB\x1e\x1e\x1e");
    BOOST_TEST(!store::may_be_the_same("A\x1e\x1e\x1e", "B\x1e\x1e\x1e"));
    BOOST_TEST(store::may_be_the_same("", "B\x1e\x1e\x1e"));
}

STORE_TEST_CASE(a_reply_is_noted_with_its_delivery_once_and_stays_through_a_restart) {
    Sent sent;
    sent.begin();
    sent.accept();
    BOOST_TEST(sent.reply("R1", "AE 207") == "delivered");
    BOOST_TEST(sent.reply("R2", "AA 0") == nobody);
    sent.site.reopen();
    BOOST_TEST(sent.head().answer == "AE 207");
    BOOST_TEST(sent.head().answer_until.micros == monday.micros + 1);
    BOOST_TEST(sent.reply("R3", "AA 0") == nobody);
}

STORE_TEST_CASE(a_copy_of_a_reply_is_a_duplicate) {
    Sent sent;
    sent.begin();
    BOOST_TEST(sent.reply("R1") == "delivered");
    BOOST_TEST(sent.reply("R1") == "duplicate");
}

STORE_TEST_CASE(a_reply_may_come_as_soon_as_the_attempt_has_begun_and_no_sooner) {
    Sent sent;
    BOOST_TEST(sent.reply("R1") == nobody);
    sent.begin();
    BOOST_TEST(sent.reply("R2") == "delivered");
}

STORE_TEST_CASE(a_foreign_reply_changes_nothing) {
    Sent sent;
    sent.begin();
    sent.accept();
    BOOST_TEST(sent.reply("R1", "AE 0", store::reply_names("PACS", "RAD", "HIS", "HOSP")) ==
               "filtered: the message that this acknowledgment names went to another");
    BOOST_TEST(sent.head().answer.empty());
    BOOST_TEST(sent.reply("R2") == "delivered");
}

STORE_TEST_CASE(what_is_finished_or_was_answered_awaits_no_reply) {
    for (const auto state : {Outcome::delivered, Outcome::dead}) {
        Sent sent;
        sent.begin();
        sent.record(state, Deliveries::Attempt::Kind::made);
        BOOST_TEST(sent.reply("R1") == nobody);
        BOOST_TEST(sent.site.one("SELECT count(*) FROM awaited_reply") == "0");
    }
    // Answered, and to be sent again: only the next attempt can be answered again.
    Sent sent;
    sent.begin();
    BOOST_TEST(sent.reply("R1", "AR 0") == "delivered");
    sent.record(Outcome::pending, Deliveries::Attempt::Kind::made, {}, true);
    BOOST_TEST(sent.head().answer.empty());
    BOOST_TEST(sent.reply("R2") == nobody);
}

STORE_TEST_CASE(a_reply_that_comes_too_late_is_noted_with_the_delivery_in_doubt) {
    const auto answered = [](Sent& sent) {
        const auto heads = sent.site->deliveries().answered_in_doubt(ris);
        BOOST_REQUIRE(heads.ok());
        return heads->empty() ? std::string() : heads->front().answer;
    };
    for (const auto then : {Outcome::delivered, Outcome::dead, Outcome::pending, Outcome::held}) {
        Sent sent;
        sent.begin();
        sent.record(Outcome::in_doubt, Deliveries::Attempt::Kind::made);
        BOOST_TEST(answered(sent).empty());
        BOOST_TEST(sent.reply("R1", "AE 207") == "delivered");
        BOOST_TEST(sent.reply("R2") == nobody);
        sent.site.reopen();
        // In doubt until it is judged, and nothing but that judgement is recorded.
        BOOST_TEST(answered(sent) == "AE 207");
        BOOST_TEST(sent.head().id.value == 0);
        BOOST_TEST(sent.site->deliveries().load(std::vector{sent.id})->size() == 1u);
        sent.record(Outcome::delivered, Deliveries::Attempt::Kind::made);
        BOOST_TEST(sent.site.one("SELECT state FROM delivery") == "7");
        sent.record(then, Deliveries::Attempt::Kind::made, {}, true);
        BOOST_TEST(sent.site.one("SELECT state FROM delivery") == std::to_string(static_cast<int>(then)));
        BOOST_TEST(sent.site.one("SELECT answer FROM delivery").empty());
        BOOST_TEST(sent.site.one("SELECT outcome FROM message WHERE control_id = 'M1'") ==
                   std::to_string(static_cast<int>(then)));
        BOOST_TEST(answered(sent).empty());
        BOOST_TEST(sent.reply("R3") == nobody);
        BOOST_TEST(sent.site->ledger().sums()->difference() == 0);
        BOOST_TEST(sent.site->ledger().sums()->outcomes.at(static_cast<std::size_t>(Outcome::in_doubt)) == 0);
    }
}

STORE_TEST_CASE(a_person_who_decides_about_a_doubt_has_the_last_word) {
    using Action = store::Instruction::Action;
    for (const auto action : {Action::discard, Action::release}) {
        Sent sent;
        sent.begin();
        sent.record(Outcome::in_doubt, Deliveries::Attempt::Kind::made);
        BOOST_REQUIRE(sent.site->control().decide(std::vector{sent.id}, {action, "somebody", "", {}}).ok());
        // What is to be sent again need not be when the proof comes first.
        BOOST_TEST(sent.reply("R1") == (action == Action::discard ? nobody : "delivered"));
        BOOST_TEST(sent.head().answer == (action == Action::discard ? "" : "AA 0"));
    }
}

STORE_TEST_CASE(doubt_about_what_was_answered_meanwhile_is_none) {
    Sent sent;
    sent.begin();
    BOOST_TEST(sent.reply("R1") == "delivered");
    sent.record(Outcome::in_doubt, Deliveries::Attempt::Kind::doubtful);
    BOOST_TEST(sent.head().id.value == sent.id.value);
    BOOST_TEST(sent.head().answer == "AA 0");
    BOOST_TEST(sent.site.one("SELECT count(*) FROM delivery_attempt") == "0");
}

STORE_TEST_CASE(what_comes_over_the_connection_is_noted_once_too) {
    Sent sent;
    sent.begin();
    const auto hear = [&](const std::string& answer) {
        BOOST_REQUIRE(sent.site->deliveries().answered(std::vector{store::ReplyHeard{sent.id, answer}}).ok());
    };
    hear("AE 207");
    hear("AA 0");
    BOOST_TEST(sent.head().answer == "AE 207");
    BOOST_TEST(sent.reply("R1") == nobody);
}

STORE_TEST_CASE(several_replies_of_one_batch_answer_it_once) {
    Sent sent;
    sent.begin();
    std::vector<store::Unit> units;
    for (const auto* own : {"R1", "R2", "R3"}) {
        units.push_back(unit(own, {}));
        units.back().reply_to = store::Reply{{ris}, "M1", names, own == std::string("R1") ? "AA 0" : "AE 0"};
    }
    const auto done = sent.site.commit(std::move(units));
    BOOST_CHECK(done[0].outcome.outcome == Outcome::delivered);
    BOOST_CHECK(done[1].outcome.outcome == Outcome::filtered);
    BOOST_CHECK(done[2].outcome.outcome == Outcome::filtered);
    BOOST_TEST(sent.head().answer == "AA 0");
}

STORE_TEST_CASE(a_person_who_discards_or_sends_again_ends_the_wait) {
    for (const auto action : {store::Instruction::Action::discard, store::Instruction::Action::hold}) {
        Sent sent;
        sent.begin();
        sent.accept();
        BOOST_REQUIRE(sent.site->control().decide(std::vector{sent.id}, {action, "somebody", "", {}}).ok());
        const bool held = action == store::Instruction::Action::hold;
        BOOST_TEST(sent.reply("R1") == (held ? "delivered" : nobody));
        const auto after = held ? store::Instruction::Action::release : store::Instruction::Action::again;
        BOOST_REQUIRE(sent.site->control().decide(std::vector{sent.id}, {after, "somebody", "", {}}).ok());
        BOOST_TEST(sent.head().answer == (held ? "AA 0" : ""));
        BOOST_TEST((sent.head().answer_until.micros != 0) == held);
    }
}

STORE_TEST_CASE(an_answer_that_goes_another_way_is_a_delivery_whatever_the_outcome_is) {
    Site site;
    const struct {
        effects::Disposition disposition;
        Outcome outcome, when_it_has_left;
    } rows[] = {{effects::Disposition::apply, Outcome::pending, Outcome::delivered},
                {effects::Disposition::filter, Outcome::filtered, Outcome::filtered},
                {effects::Disposition::reject, Outcome::rejected, Outcome::rejected}};
    for (const auto& row : rows) {
        effects::Effects effects;
        effects.disposition = row.disposition;
        effects.filtered_by = "a rule";
        effects.error = Error{ErrorCode::hl7_unsupported_type, {}, {}};
        auto message = unit("M" + std::to_string(static_cast<int>(row.disposition)), effects);
        message.answer = [](const effects::UnitOutcome& outcome, Instant) {
            return "answer " + std::string(to_text(outcome.outcome));
        };
        message.answer_to = "orders/his";
        const auto done = site.commit(message);
        BOOST_CHECK(done.outcome.outcome == row.outcome);
        const auto work = site->deliveries().pending("orders/his", {}, 10);
        BOOST_REQUIRE_EQUAL(work->size(), 1u);
        BOOST_TEST(work->front().payload.substr(0, 7) == "answer ");
        Deliveries::Attempt attempt;
        attempt.delivery = work->front().id;
        attempt.state = Outcome::delivered;
        BOOST_REQUIRE(site->deliveries().record({&attempt, 1}).ok());
        BOOST_CHECK(site.latest(1).front().outcome == row.when_it_has_left);
        // A copy gets its answer on the spot, as it was.
        if (row.disposition == effects::Disposition::apply) {
            BOOST_CHECK(site.commit(message).outcome.outcome == Outcome::duplicate);
            BOOST_TEST(site->deliveries().pending("orders/his", {}, 10)->empty());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
