#include "engine/base/clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;

namespace {

constexpr std::int64_t second = 1'000'000, hour = 3600 * second;

Instant utc(int year, int month, int day, int hours, int minutes, int seconds = 0) {
    return {(days_from_civil(year, month, day) * 86400 + hours * 3600 + minutes * 60 + seconds) * second};
}

// What every zone must keep: an instant, shown and read again, is that instant; or the reading is ambiguous, and the
// first of the two is at most two hours earlier.
void shown_and_read_again(const char* name, Instant from, Instant to, std::int64_t step) {
    const Zone zone(name);
    BOOST_REQUIRE_MESSAGE(zone.known(), name);
    int wrong = 0;
    for (auto at = from; at < to; at.micros += step) {
        const auto shown = zone.local(at);
        const auto read = zone.at(shown.year, shown.month, shown.day, shown.hour, shown.minute, shown.second);
        const bool same = read.at == at && read.offset_minutes == shown.offset_minutes;
        const bool earlier = read.ambiguous && read.at < at && at.micros - read.at.micros <= 2 * hour;
        if (read.missing || !(same || earlier)) ++wrong;
    }
    BOOST_TEST(wrong == 0, name << ": " << wrong);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(base_clock)

BOOST_AUTO_TEST_CASE(a_fixed_clock_says_what_it_is_told) {
    FixedClock clock({5});
    BOOST_TEST(clock.now().micros == 5);
    clock.set({7});
    BOOST_TEST(clock.now().micros == 7);
}

BOOST_AUTO_TEST_CASE(the_system_clock_is_in_this_century) {
    BOOST_TEST((SystemClock().now() > utc(2024, 1, 1, 0, 0)));
    BOOST_TEST((SystemClock().now() < utc(2100, 1, 1, 0, 0)));
}

BOOST_AUTO_TEST_CASE(summer_and_winter_in_berlin) {
    const Zone berlin("Europe/Berlin");
    BOOST_REQUIRE(berlin.known());
    BOOST_TEST(berlin.local(utc(2026, 11, 23, 8, 0)).iso() == "2026-11-23T09:00:00.000000+01:00");
    BOOST_TEST(berlin.local(utc(2026, 7, 1, 22, 30)).iso() == "2026-07-02T00:30:00.000000+02:00");
    BOOST_TEST((berlin.at(2026, 11, 23, 9, 0, 0).at == utc(2026, 11, 23, 8, 0)));
}

BOOST_AUTO_TEST_CASE(the_hour_that_happens_twice) {
    const auto reading = Zone("Europe/Berlin").at(2026, 10, 25, 2, 30, 0);
    BOOST_TEST(reading.ambiguous);
    BOOST_TEST(!reading.missing);
    BOOST_TEST(reading.offset_minutes == 120);
    BOOST_TEST((reading.at == utc(2026, 10, 25, 0, 30)));
}

BOOST_AUTO_TEST_CASE(the_hour_that_never_happens) {
    const Zone berlin("Europe/Berlin");
    const auto day_before = berlin.at(2026, 3, 28, 2, 30, 0);
    BOOST_TEST(!day_before.missing);
    BOOST_TEST(!day_before.ambiguous);
    BOOST_TEST(day_before.offset_minutes == 60);
    BOOST_TEST(berlin.at(2026, 3, 29, 2, 30, 0).missing);
    BOOST_TEST(!berlin.at(2026, 3, 29, 1, 59, 59).missing);
    BOOST_TEST(!berlin.at(2026, 3, 29, 3, 0, 0).missing);
    BOOST_TEST(berlin.at(2026, 3, 29, 3, 0, 0).offset_minutes == 120);
}

BOOST_AUTO_TEST_CASE(edges_of_the_ambiguous_hour) {
    const Zone berlin("Europe/Berlin");
    BOOST_TEST(!berlin.at(2026, 10, 25, 1, 59, 59).ambiguous);
    BOOST_TEST(berlin.at(2026, 10, 25, 2, 0, 0).ambiguous);
    BOOST_TEST(berlin.at(2026, 10, 25, 2, 59, 59).ambiguous);
    BOOST_TEST(!berlin.at(2026, 10, 25, 3, 0, 0).ambiguous);
    BOOST_TEST(berlin.at(2026, 10, 25, 3, 0, 0).offset_minutes == 60);
}

BOOST_AUTO_TEST_CASE(readings_around_every_change_of_a_year) {
    for (const auto* name : {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"})
        shown_and_read_again(name, utc(2026, 1, 1, 0, 0), utc(2027, 1, 1, 0, 0), hour / 4);
    shown_and_read_again("Europe/Berlin", utc(1938, 1, 1, 0, 0), utc(1950, 1, 1, 0, 0), hour);
}

BOOST_AUTO_TEST_CASE(names_that_are_no_zone) {
    for (const auto* name : {"Europe/Nowhere", "../../../etc/passwd", "/etc/passwd", "zone.tab", "Europe"}) {
        const Zone zone(name);
        BOOST_TEST(!zone.known(), name);
        BOOST_TEST(zone.local(utc(2026, 7, 1, 12, 0)).hour == 12, name);
    }
}

BOOST_AUTO_TEST_CASE(before_1970) {
    BOOST_TEST(Zone("UTC").local({-1}).iso() == "1969-12-31T23:59:59.999999+00:00");
}

BOOST_AUTO_TEST_CASE(texts_of_a_local_time) {
    const LocalTime time{2026, 1, 2, 3, 4, 5, 6, -210};
    BOOST_TEST(time.date() == "20260102");
    BOOST_TEST(time.time() == "030405");
    BOOST_TEST(time.stamp() == "20260102030405-0330");
    BOOST_TEST(time.iso() == "2026-01-02T03:04:05.000006-03:30");
}

BOOST_AUTO_TEST_CASE(the_calendar) {
    BOOST_TEST(days_from_civil(1970, 1, 1) == 0);
    BOOST_TEST(days_from_civil(2000, 3, 1) - days_from_civil(2000, 2, 28) == 2);
    BOOST_TEST(valid_date(2024, 2, 29));
    BOOST_TEST(valid_date(2000, 2, 29));
    BOOST_TEST(!valid_date(1900, 2, 29));
    BOOST_TEST(!valid_date(2026, 2, 29));
    BOOST_TEST(!valid_date(2026, 13, 1));
    BOOST_TEST(!valid_date(2026, 0, 1));
    BOOST_TEST(!valid_date(2026, 1, 0));
    BOOST_TEST(!valid_date(0, 1, 1));
    BOOST_TEST(shifted_date("20261231", 1) == "20270101");
    BOOST_TEST(shifted_date("20240301", -1) == "20240229");
    BOOST_TEST(shifted_date("20260101", 0) == "20260101");
}

BOOST_AUTO_TEST_SUITE_END()
