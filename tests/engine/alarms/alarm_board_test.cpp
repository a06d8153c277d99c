#include "engine/alarms/alarm_board.hpp"

#include <boost/test/unit_test.hpp>

namespace gantry::alarms {
namespace {

using std::chrono::minutes, std::chrono::seconds;

Instant at(std::int64_t second) {
    return {1'795'392'000'000'000 + second * 1'000'000};
}

AlarmRules rules() {
    AlarmRules out;
    out.interval = minutes(10);
    out.gather = seconds(30);
    out.away_for = minutes(5);
    out.queue_age = minutes(20);
    return out;
}

std::string words(const std::vector<Alarm>& alarms) {
    std::string out;
    for (const auto& alarm : alarms)
        out += (out.empty() ? "" : ", ") + alarm.kind + "@" + alarm.place + " x" + std::to_string(alarm.count);
    return out;
}

void note(AlarmBoard& board, const std::string& place, std::int64_t second, const std::string& kind = "dead") {
    board.note(kind, place, "sentence", 1, at(second));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(alarm_board)

BOOST_AUTO_TEST_CASE(the_first_is_told_at_once_and_a_flood_once_an_interval_with_its_count) {
    AlarmBoard board(rules());
    BOOST_TEST(words(board.due(at(0))) == "");
    note(board, "ris", 0);
    BOOST_TEST(words(board.due(at(0))) == "dead@ris x1");
    for (int i = 1; i <= 599; ++i) {
        for (int n = 0; n < 100; ++n) note(board, "ris", i);
        BOOST_TEST(words(board.due(at(i))) == "");
    }
    const auto second = board.due(at(600));
    BOOST_TEST(words(second) == "dead@ris x59900");
    BOOST_TEST(second[0].first.micros == at(1).micros);
    BOOST_TEST(words(board.due(at(1300))) == "");
    note(board, "ris", 1301);
    BOOST_TEST(words(board.due(at(1301))) == "dead@ris x1");
}

BOOST_AUTO_TEST_CASE(what_comes_shortly_after_another_is_gathered) {
    AlarmBoard board(rules());
    note(board, "ris", 0);
    BOOST_TEST(words(board.due(at(0))) == "dead@ris x1");
    note(board, "pacs", 1);
    note(board, "ris", 2, "held");
    note(board, "pacs", 3);
    BOOST_TEST(words(board.due(at(29))) == "");
    BOOST_TEST(words(board.due(at(30))) == "dead@pacs x2, held@ris x1");
}

BOOST_AUTO_TEST_CASE(a_destination_is_told_when_it_was_away_for_long_and_when_it_is_back) {
    AlarmBoard board(rules());
    board.note_away("ris", at(0));
    board.note_away("ris", at(200));
    BOOST_TEST(words(board.due(at(299))) == "");
    const auto told = board.due(at(300));
    BOOST_TEST(words(told) == "destination_away@ris x1");
    BOOST_TEST(told[0].lasting);
    BOOST_TEST(told[0].first.micros == at(0).micros);
    BOOST_TEST(words(board.due(at(899))) == "");
    BOOST_TEST(words(board.due(at(900))) == "destination_away@ris x1");
    board.note_back("ris", at(1000));
    BOOST_TEST(words(board.due(at(1000))) == "destination_back@ris x1");
    BOOST_TEST(words(board.due(at(9000))) == "");
}

BOOST_AUTO_TEST_CASE(a_short_absence_is_no_alarm) {
    AlarmBoard board(rules());
    for (int i = 0; i < 20; ++i) {
        board.note_away("ris", at(i * 400));
        BOOST_TEST(words(board.due(at(i * 400 + 299))) == "");
        board.note_back("ris", at(i * 400 + 299));
        BOOST_TEST(words(board.due(at(i * 400 + 399))) == "");
    }
}

BOOST_AUTO_TEST_CASE(a_queue_is_told_when_its_oldest_has_waited_for_long) {
    AlarmBoard board(rules());
    board.note_queues({{"ris", at(0)}, {"pacs", at(600)}}, at(1199));
    BOOST_TEST(words(board.due(at(1199))) == "");
    board.note_queues({{"ris", at(0)}, {"pacs", at(600)}}, at(1200));
    BOOST_TEST(words(board.due(at(1200))) == "queue_old@ris x1");
    board.note_queues({{"pacs", at(1250)}}, at(1260));
    BOOST_TEST(words(board.due(at(1260))) == "queue_moves@ris x1");
    board.note_queues({{"ris", at(99'999)}}, at(5000));
    BOOST_TEST(words(board.due(at(5000))) == "");
}

BOOST_AUTO_TEST_CASE(what_could_not_be_told_is_due_again_with_what_came_since) {
    AlarmBoard board(rules());
    note(board, "ris", 0);
    board.note_away("pacs", at(-900));
    const auto unsent = board.due(at(0));
    BOOST_TEST(words(unsent) == "dead@ris x1, destination_away@pacs x1");
    note(board, "ris", 10);
    board.give_back(unsent);
    const auto again = board.due(at(60));
    BOOST_TEST(words(again) == "dead@ris x2, destination_away@pacs x1");
    BOOST_TEST(again[0].first.micros == at(0).micros);
    BOOST_TEST(words(board.due(at(120))) == "");
}

BOOST_AUTO_TEST_CASE(a_condition_that_ended_meanwhile_is_not_given_back) {
    AlarmBoard board(rules());
    board.note_away("ris", at(0));
    const auto unsent = board.due(at(300));
    board.note_back("ris", at(301));
    board.give_back(unsent);
    BOOST_TEST(words(board.due(at(400))) == "destination_back@ris x1");
}

BOOST_AUTO_TEST_CASE(more_places_than_can_be_told_apart_are_counted_as_one) {
    AlarmBoard board(rules());
    for (std::size_t i = 0; i < AlarmBoard::most_places + 500; ++i) note(board, std::to_string(i), 0);
    const auto told = board.due(at(0));
    BOOST_TEST(told.size() == AlarmBoard::most_places + 1);
    std::uint64_t sum = 0;
    for (const auto& alarm : told) sum += alarm.count;
    BOOST_TEST(sum == AlarmBoard::most_places + 500);
    // Forgotten when the interval is over.
    BOOST_TEST(words(board.due(at(600))) == "");
    note(board, "new", 601);
    BOOST_TEST(words(board.due(at(601))) == "dead@new x1");
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back_silences_nothing) {
    AlarmBoard board(rules());
    note(board, "ris", 1'000'000);
    BOOST_TEST(words(board.due(at(1'000'000))) == "dead@ris x1");
    note(board, "ris", 5);
    BOOST_TEST(words(board.due(at(5))) == "dead@ris x1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::alarms
