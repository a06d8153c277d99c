// What retention takes away and what it never does, on both databases.
#include "engine/store/retention.hpp"

#include <atomic>
#include <thread>

#include "engine/store/retention_pass.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::Outcome;
using store::Removed;
using store::RetentionPolicy;
using Action = store::Instruction::Action;
using Names = std::vector<std::string>;

namespace {

constexpr auto archive = "orders/archive", fhir = "orders/fhir";
constexpr std::chrono::hours day(24);

Instant after(std::chrono::seconds time) {
    return {monday.micros + std::chrono::microseconds(time).count()};
}

RetentionPolicy contents_older_than(std::chrono::seconds age) {
    RetentionPolicy out;
    out.content_age = age;
    return out;
}

RetentionPolicy messages_older_than(std::chrono::seconds age) {
    RetentionPolicy out;
    out.message_age = age;
    return out;
}

RetentionPolicy newest(std::int64_t count) {
    RetentionPolicy out;
    out.messages = count;
    return out;
}

RetentionPolicy no_more_than(std::int64_t bytes) {
    RetentionPolicy out;
    out.size = bytes;
    return out;
}

// A whole pass, in steps.
Removed pass(Site& site, const RetentionPolicy& policy, std::size_t most = 200) {
    Removed all;
    for (int steps = 0;; ++steps) {
        BOOST_REQUIRE(steps < 100'000);
        const auto step = site->retention().remove_some(policy, site.clock.now(), most);
        BOOST_REQUIRE_MESSAGE(step.ok(), (step.ok() ? "" : step.error().text()));
        BOOST_TEST(step->contents + step->messages <= static_cast<std::int64_t>(most));
        all.contents += step->contents;
        all.messages += step->messages;
        all.bytes += step->bytes;
        all.returned += step->returned;
        if (step->finished) return all;
    }
}

store::Unit delivering(const std::string& control_id, const std::vector<std::string>& destinations,
                       const std::string& payload = {}) {
    effects::Effects effects;
    effects.ordering_key = "100001";
    for (const auto& destination : destinations) effects.deliveries.push_back({destination, payload, payload.empty()});
    return unit(control_id, std::move(effects));
}

// A message with nothing to deliver.
store::Unit plain(const std::string& control_id, const std::string& content = {}) {
    return unit(control_id, {}, content);
}

std::vector<DeliveryId> deliveries_of(Site& site, std::int64_t message) {
    std::vector<DeliveryId> out;
    const auto found = site->messages().message({message});
    BOOST_REQUIRE(found.ok() && found->has_value());
    for (const auto& detail : (*found)->deliveries) out.push_back(detail.delivery.id);
    return out;
}

void end(Site& site, DeliveryId delivery, Outcome state) {
    store::Deliveries::Attempt one;
    one.delivery = delivery;
    one.started = one.finished = site.clock.now();
    one.state = state;
    one.detail = "what the receiver said";
    BOOST_REQUIRE(site->deliveries().record({&one, 1}).ok());
}

std::size_t decide(Site& site, DeliveryId delivery, Action action) {
    const auto changed = site->control().decide({&delivery, 1}, {action, "anna", {}, std::nullopt});
    BOOST_REQUIRE(changed.ok());
    return changed->size();
}

// Control ids of the messages that are there, oldest first; in capitals those whose content is.
Names left(const Site& site) {
    Names out;
    for (const auto& row : site.rows(R"(SELECT m."control_id", CASE WHEN b."id" IS NULL THEN 0 ELSE 1 END FROM )"
                                     R"("message" AS m LEFT JOIN "message_body" AS b ON b."id" = m."id" )"
                                     R"(ORDER BY m."id")")) {
        auto name = row[0];
        if (row[1] == "1")
            for (auto& c : name) c = static_cast<char>(std::toupper(c));
        out.push_back(name);
    }
    return out;
}

std::string count(const Site& site, const std::string& table) {
    return site.one("SELECT count(*) FROM \"" + table + "\"");
}

// What points at a message or delivery that is not there.
void check_nothing_dangles(const Site& site) {
    for (const auto* missing :
         {R"("message_body" AS x WHERE x."id" NOT IN (SELECT "id" FROM "message"))",
          R"("delivery" AS x WHERE x."message" NOT IN (SELECT "id" FROM "message"))",
          R"("delivery_body" AS x WHERE x."id" NOT IN (SELECT "id" FROM "delivery"))",
          R"("delivery_attempt" AS x WHERE x."delivery" NOT IN (SELECT "id" FROM "delivery"))",
          R"("change_log" AS x WHERE x."message" NOT IN (SELECT "id" FROM "message"))",
          R"("document_use" AS x WHERE x."message" NOT IN (SELECT 0 UNION SELECT "id" FROM "message_body"))",
          R"("document_use" AS x WHERE x."digest" NOT IN (SELECT "digest" FROM "report_document"))",
          R"("report_document" AS x WHERE x."digest" NOT IN (SELECT "digest" FROM "document_use"))"})
        BOOST_TEST(site.one(std::string("SELECT count(*) FROM ") + missing) == "0", missing);
    // Whatever has to leave can be sent.
    BOOST_TEST(site.one(R"(SELECT count(*) FROM "delivery" AS x WHERE x."state" IN (0, 5, 6, 7) AND x."as_received" )"
                        R"(AND x."message" NOT IN (SELECT "id" FROM "message_body"))") == "0");
}

std::vector<std::string> sorted(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_choice_ends_where_it_has_enough) {
    const std::vector<store::RetentionCandidate> all{{1, 10, false}, {2, 10, true}, {3, 10, false}, {4, 10, false}};
    store::RetentionPart part;
    part.most_removed = part.most_bytes = 100;
    auto choice = choose(all, part);
    BOOST_TEST(choice.ids == (std::vector<std::int64_t>{1, 3, 4}));
    BOOST_TEST(choice.last == 4);
    BOOST_TEST(choice.bytes == 30);
    part.most_removed = 2;
    BOOST_TEST(choose(all, part).ids == (std::vector<std::int64_t>{1, 3}));
    BOOST_TEST(choose(all, part).last == 3);
    part.most_removed = 100, part.most_bytes = 5;
    BOOST_TEST(choose(all, part).ids == (std::vector<std::int64_t>{1}));
    BOOST_TEST(choose({}, part).last == 0);
}

STORE_TEST_CASE(without_limits_nothing_goes) {
    Site site;
    site.commit(plain("a"));
    site.commit(plain("b"));
    site.clock.set(after(day * 36500));
    const auto removed = pass(site, {});
    BOOST_TEST(removed.contents + removed.messages == 0);
    BOOST_TEST(left(site) == (Names{"A", "B"}));
}

STORE_TEST_CASE(contents_go_when_they_are_older) {
    Site site;
    site.commit(plain("a"));
    site.clock.set(after(std::chrono::seconds(1)));
    site.commit(plain("b"));
    site.clock.set(after(day * 90));
    BOOST_TEST(pass(site, contents_older_than(day * 90)).contents == 0);  // exactly 90 days: not older
    BOOST_TEST(left(site) == (Names{"A", "B"}));
    site.clock.set({after(day * 90).micros + 1000});
    const auto removed = pass(site, contents_older_than(day * 90));
    BOOST_TEST(removed.contents == 1);
    BOOST_TEST(removed.messages == 0);
    BOOST_TEST(removed.bytes > 0);
    BOOST_TEST(left(site) == (Names{"a", "B"}));
    BOOST_TEST(pass(site, contents_older_than(day * 90)).contents == 0);
}

STORE_TEST_CASE(messages_go_with_all_that_is_theirs) {
    Site site;
    const auto gone = site.commit(delivering("a", {archive, fhir}, "a payload of its own")).outcome.message;
    for (const auto delivery : deliveries_of(site, gone)) end(site, delivery, Outcome::delivered);
    auto changing = order("b");
    site.commit(std::move(changing));
    site.clock.set(after(day * 400));
    site.commit(plain("c"));
    BOOST_TEST(pass(site, messages_older_than(day * 365)).messages == 2);
    BOOST_TEST(left(site) == (Names{"C"}));
    for (const auto* table : {"delivery", "delivery_body", "delivery_attempt", "change_log"})
        BOOST_TEST(count(site, table) == "0", table);
    BOOST_TEST(count(site, "message_body") == "1");
    // The records stay.
    for (const auto* table : {"patient", "imaging_study", "scheduled_procedure_step"})
        BOOST_TEST(count(site, table) == "1", table);
    const auto gone_now = site->messages().message({gone});
    BOOST_REQUIRE(gone_now.ok());
    BOOST_TEST(!gone_now->has_value());
}

STORE_TEST_CASE(what_needs_its_receiver_or_a_person_stays) {
    Site site;
    const auto ended = [&](const std::string& name, Outcome state) {
        const auto message = site.commit(delivering(name, {archive, fhir}, name + "'s payload")).outcome.message;
        const auto both = deliveries_of(site, message);
        end(site, both[0], Outcome::delivered);
        if (state != Outcome::pending) end(site, both[1], state);
        return both[1];
    };
    ended("delivered", Outcome::delivered);
    ended("pending", Outcome::pending);
    const auto dead = ended("dead", Outcome::dead);
    ended("in doubt", Outcome::in_doubt);
    const auto held = ended("held", Outcome::pending);
    BOOST_TEST(decide(site, held, Action::hold) == 1u);
    auto refused = plain("unclear");
    refused.effects.disposition = effects::Disposition::reject;
    refused.effects.error = Error{ErrorCode::patient_ambiguous, {}, {}};
    const MessageId unclear{site.commit(std::move(refused)).outcome.message};
    site.clock.set(after(day * 1000));
    site.commit(plain("last"));

    auto policy = messages_older_than(day * 365);
    policy.content_age = day * 90;
    policy.messages = 1;
    policy.size = 1;
    pass(site, policy, 2);
    BOOST_TEST(left(site) == (Names{"PENDING", "DEAD", "IN DOUBT", "HELD", "UNCLEAR", "last"}));
    check_nothing_dangles(site);
    BOOST_TEST(count(site, "delivery_body") == "8");

    // A person settles it; somebody may still have it in hand, so it waits an hour.
    BOOST_TEST(decide(site, dead, Action::discard) == 1u);
    pass(site, policy);
    BOOST_TEST(left(site)[1] == "DEAD");
    site.clock.set(after(day * 1001));
    pass(site, policy);
    BOOST_TEST(left(site) == (Names{"PENDING", "IN DOUBT", "HELD", "UNCLEAR", "last"}));
    BOOST_TEST(site->control().discard(unclear, "anna", "").value());
    pass(site, policy);
    BOOST_TEST(left(site) == (Names{"PENDING", "IN DOUBT", "HELD", "last"}));
    BOOST_TEST(count(site, "discarded_message") == "0");
    check_nothing_dangles(site);

    // What stayed can still be delivered.
    const auto pending = site->deliveries().pending(fhir, {}, 10);
    BOOST_REQUIRE(pending.ok() && pending->size() == 1);
    BOOST_TEST(pending->front().payload == "pending's payload");
}

STORE_TEST_CASE(a_copy_within_the_window_is_still_a_duplicate) {
    Site site;  // a window of 7 days
    const auto first = site.commit(plain("a"));
    site.clock.set(after(day * 7));
    auto policy = messages_older_than(std::chrono::minutes(1));
    policy.messages = 1;
    policy.size = 1;
    BOOST_TEST(pass(site, policy).messages == 0);
    BOOST_TEST(left(site) == (Names{"a"}));  // the content is not needed for that
    const auto again = site.commit(plain("a"));
    BOOST_TEST(outcome(again) == "duplicate");
    BOOST_TEST(again.reply == first.reply);
    site.clock.set({after(day * 7).micros + 1000});
    BOOST_TEST(pass(site, policy).messages == 1);
    // Its original is gone; the duplicate is read all the same, and the same message is a new one.
    const auto copy = site->messages().message({again.outcome.message});
    BOOST_REQUIRE(copy.ok() && copy->has_value());
    BOOST_TEST((*copy)->message.duplicate_of.value == first.outcome.message);
    BOOST_TEST(outcome(site.commit(plain("a"))) == "delivered");
}

STORE_TEST_CASE(the_newest_so_many_stay) {
    Site site;
    for (int i = 0; i < 10; ++i) site.commit(plain("m" + std::to_string(i)));
    site.clock.set(after(day * 30));
    BOOST_TEST(pass(site, newest(11), 3).messages == 0);
    BOOST_TEST(pass(site, newest(10), 3).messages == 0);
    BOOST_TEST(pass(site, newest(9), 3).messages == 1);
    BOOST_TEST(pass(site, newest(2), 3).messages == 7);
    BOOST_TEST(left(site) == (Names{"M8", "M9"}));
    // The very last one stays whatever is asked: ids go on after it.
    BOOST_TEST(pass(site, newest(0), 3).messages == 1);
    BOOST_TEST(left(site) == (Names{"M9"}));
    site.reopen();
    const auto next = site.commit(plain("next"));
    BOOST_TEST(next.outcome.message > std::stoll(site.one(R"(SELECT min("id") FROM "message")")));
}

STORE_TEST_CASE(beyond_a_size_contents_go_first) {
    Site site;
    const std::string large(100'000, 'x');
    std::string noise;  // PostgreSQL would compress the other
    std::uint32_t random = 1;
    while (noise.size() < large.size()) noise += static_cast<char>((random = random * 1664525 + 1013904223) >> 24);
    for (int i = 0; i < 40; ++i) site.commit(plain("m" + std::to_string(i), noise + std::to_string(i)));
    site.clock.set(after(day * 30));
    BOOST_TEST(pass(site, no_more_than(8'000'000)).contents == 0);
    const auto removed = pass(site, no_more_than(2'000'000));
    BOOST_TEST(removed.contents >= 19);
    BOOST_TEST(removed.contents <= 30);
    BOOST_TEST(removed.messages == 0);
    const auto names = left(site);
    BOOST_TEST(names.front() == "m0");
    BOOST_TEST(names.back() == "M39");
    BOOST_TEST(pass(site, no_more_than(2'000'000)).contents <= 1);  // enough is enough
    pass(site, no_more_than(1));
    BOOST_TEST(left(site) == (Names{"m39"}));
}

STORE_TEST_CASE(a_removed_content_is_said_and_not_sent_again) {
    Site site;
    const auto message = site.commit(delivering("a", {archive})).outcome.message;
    const auto own = site.commit(delivering("b", {fhir}, "a payload of its own")).outcome.message;
    const auto delivery = deliveries_of(site, message).front(), own_delivery = deliveries_of(site, own).front();
    end(site, delivery, Outcome::delivered);
    end(site, own_delivery, Outcome::delivered);
    site.clock.set(after(day * 91));
    site.commit(plain("c"));
    BOOST_TEST(pass(site, contents_older_than(day * 90)).contents == 2);
    const auto found = site->messages().message({message});
    BOOST_REQUIRE(found.ok() && found->has_value());
    BOOST_TEST((*found)->content_removed);
    BOOST_TEST((*found)->content.empty());
    BOOST_TEST(!(*found)->reply.empty());
    BOOST_TEST((*found)->deliveries.front().attempts.size() == 1u);
    BOOST_TEST(!(*found)->deliveries.front().payload_removed);
    const auto other = site->messages().message({own});
    BOOST_REQUIRE(other.ok() && other->has_value());
    BOOST_TEST((*other)->deliveries.front().payload_removed);
    for (const auto one : {delivery, own_delivery}) BOOST_TEST(decide(site, one, Action::again) == 0u);
    BOOST_TEST(site->ledger().pending_deliveries().value() == 0);
    const auto whole = site->messages().message({site.latest(1).front().id});
    BOOST_REQUIRE(whole.ok() && whole->has_value());
    BOOST_TEST(!(*whole)->content_removed);
}

STORE_TEST_CASE(history_ends_where_retention_was) {
    Site site;
    site.commit(order("a"));
    site.clock.set(after(day * 10));
    Order later;
    later.event_time = "20261203080000";
    later.action = effects::OrderAction::create_or_update;
    later.time = "1000";
    site.commit(order("b", later));
    site.clock.set(after(day * 20));
    pass(site, messages_older_than(day * 15));
    store::MessageQuery query;
    query.accession_number = "A1";
    const auto page = site->messages().find(query);
    BOOST_REQUIRE(page.ok());
    BOOST_REQUIRE_EQUAL(page->messages.size(), 1u);
    BOOST_TEST(page->messages.front().control_id == "b");
    BOOST_TEST(site.accessions() == (Names{"A1"}));
}

STORE_TEST_CASE(a_merge_is_undone_without_its_messages) {
    Site site;
    Order first, second;
    second.placer = "P2", second.patient = "200002", second.accession = "A2", second.name = "JONES^MARY";
    site.commit(order("a", first));
    site.commit(order("b", second));
    site.commit(unit("merge", merge("200002", "100001")));
    site.clock.set(after(day * 400));
    site.commit(plain("c"));
    BOOST_TEST(pass(site, messages_older_than(day * 365)).messages == 3);
    BOOST_TEST(count(site, "change_log") == "0");
    effects::Effects undo;
    undo.merges.push_back({identifier("200002"), {}, effects::PatientMerge::Of::undo, {}, {}, "unmerge", nullptr});
    const auto done = site.commit(unit("undo", std::move(undo)));
    BOOST_TEST(outcome(done) == "delivered");
    BOOST_TEST(site.one(R"(SELECT count(*) FROM "patient" WHERE "merged_into" <> 0)") == "0");
    BOOST_TEST(site.one(R"(SELECT count(DISTINCT "patient") FROM "imaging_study")") == "2");
}

STORE_TEST_CASE(every_stop_between_two_steps_leaves_a_sound_database) {
    Site site;
    for (int i = 0; i < 12; ++i) {
        const auto message = site.commit(delivering("m" + std::to_string(i), {archive}, "own")).outcome.message;
        if (i % 3 != 0) end(site, deliveries_of(site, message).front(), Outcome::delivered);
    }
    site.clock.set(after(day * 400));
    auto policy = messages_older_than(day * 365);
    policy.content_age = day * 90;
    bool finished = false;
    while (!finished) {
        const auto step = site->retention().remove_some(policy, site.clock.now(), 1);
        BOOST_REQUIRE(step.ok());
        finished = step->finished;
        check_nothing_dangles(site);
        if (step->contents + step->messages > 0) site.reopen();  // a new pass, as after a crash
        std::int64_t sum = 0;
        const auto counts = site->ledger().counts();
        BOOST_REQUIRE(counts.ok());
        for (const auto& one : *counts) sum += one.messages;
        BOOST_TEST(std::to_string(sum) == count(site, "message"));
    }
    BOOST_TEST(left(site) == (Names{"M0", "M3", "M6", "M9", "m11"}));  // and the newest row
}

STORE_TEST_CASE(intake_beside_retention_loses_nothing) {
    Site site;
    for (int i = 0; i < 300; ++i) site.commit(plain("old" + std::to_string(i)));
    site.clock.set(after(day * 400));
    std::atomic<bool> done{false};
    std::atomic<std::int64_t> removed{0};
    std::thread beside([&] {
        auto policy = messages_older_than(day * 365);
        policy.content_age = day * 90;
        for (bool finished = false; !done || !finished;) {
            const auto step = site->retention().remove_some(policy, site.clock.now(), 7);
            if (!step) break;
            finished = step->finished;
            removed += step->messages;
        }
    });
    Names sent;
    for (int i = 0; i < 200; ++i) {
        const auto name = "NEW" + std::to_string(i);
        const auto stored = site.commit(delivering(name, {archive}));
        BOOST_TEST(stored.durable);
        end(site, deliveries_of(site, stored.outcome.message).front(), Outcome::delivered);
        sent.push_back(name);
    }
    done = true;
    beside.join();
    BOOST_TEST(removed == 300);
    BOOST_TEST(sorted(left(site)) == sorted(sent));
    check_nothing_dangles(site);
}

// Who decides about a delivery has its message locked: nobody waits for anybody.
BOOST_AUTO_TEST_CASE(what_somebody_else_has_locked_is_left_to_the_next_pass,
                     *boost::unit_test::precondition(postgres_is_installed)) {
    const OnDatabase here(Kind::postgresql);
    Site site;
    for (const auto* name : {"a", "b", "c", "d"}) site.commit(plain(name));
    site.clock.set(after(day * 400));
    {
        const auto somebody = site.place().look();
        somebody->run(R"(BEGIN; SELECT * FROM "message" WHERE "control_id" = 'b' FOR UPDATE)");
        BOOST_TEST(pass(site, contents_older_than(day * 90)).contents == 3);
        BOOST_TEST(pass(site, messages_older_than(day * 365)).messages == 2);
        BOOST_TEST(left(site) == (Names{"B", "d"}));
        somebody->run("ROLLBACK");
    }
    BOOST_TEST(pass(site, messages_older_than(day * 365)).messages == 1);
    BOOST_TEST(left(site) == (Names{"d"}));
}

// An error takes nothing, and the next call goes on where this one was.
BOOST_AUTO_TEST_CASE(a_database_that_cannot_be_written_keeps_what_it_has) {
    Site site;
    for (const auto* name : {"a", "b", "c"}) site.commit(plain(name));
    site.clock.set(after(day * 400));
    const auto policy = contents_older_than(day * 90);
    BOOST_TEST(site->retention().remove_some(policy, site.clock.now(), 1)->contents == 1);
    site.run(R"(CREATE TRIGGER "refused" BEFORE DELETE ON "message_body" BEGIN SELECT raise(ABORT, 'no'); END)");
    const auto refused = site->retention().remove_some(policy, site.clock.now(), 1);
    BOOST_REQUIRE(!refused.ok());
    BOOST_CHECK(refused.error().code == ErrorCode::storage_unavailable);
    BOOST_TEST(left(site) == (Names{"a", "B", "C"}));
    BOOST_TEST(site.commit(plain("d")).durable);
    site.run(R"(DROP TRIGGER "refused")");
    BOOST_TEST(pass(site, policy).contents == 2);
    BOOST_TEST(left(site) == (Names{"a", "b", "c", "D"}));
}

BOOST_AUTO_TEST_CASE(the_file_gets_smaller) {
    Site site;
    for (int i = 0; i < 100; ++i) site.commit(plain("m" + std::to_string(i), incompressible(100'000)));
    site.clock.set(after(day * 400));
    site.reopen();  // all of it is in the file, none in its log
    site.commit(plain("last"));
    const auto before = std::filesystem::file_size(site.file());
    BOOST_TEST(before > 9'000'000u);
    const auto removed = pass(site, contents_older_than(day * 90));
    BOOST_TEST(removed.contents == 100);
    BOOST_TEST(removed.returned > 9'000'000);
    BOOST_TEST(site.one("PRAGMA freelist_count") == "0");
    BOOST_TEST(site.one("PRAGMA integrity_check") == "ok");
    BOOST_TEST(std::filesystem::file_size(site.file()) < 1'000'000u);
}

// A step never reads more than its part, however many messages there are that have to stay.
BOOST_AUTO_TEST_CASE(steps_go_on_behind_what_stays) {
    Site site;
    for (int i = 0; i < 50; ++i) site.commit(delivering("waits" + std::to_string(i), {archive}));
    site.commit(plain("old"));
    site.clock.set(after(day * 400));
    site.commit(plain("new"));
    int steps = 0;
    std::int64_t removed = 0;
    for (bool finished = false; !finished; ++steps) {
        const auto step = site->retention().remove_some(messages_older_than(day * 365), site.clock.now(), 10);
        BOOST_REQUIRE(step.ok());
        removed += step->messages;
        finished = step->finished;
    }
    BOOST_TEST(removed == 1);
    BOOST_TEST(steps >= 6);
    BOOST_TEST(steps <= 10);
}
