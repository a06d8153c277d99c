#include "engine/runtime/believed_time.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::runtime;
using std::chrono::hours, std::chrono::microseconds, std::chrono::minutes;

namespace {

// A clock and the time that passes, in hand.
struct Watch {
    // The clock as it goes by itself.
    void passes(microseconds much) {
        steady += much;
        wall.micros += much.count();
    }
    void is_set(microseconds by) { wall.micros += by.count(); }
    // What is believed, as a distance from what the clock shows.
    microseconds behind() { return microseconds(wall.micros - time.at(wall, steady).micros); }

    BelievedTime time;
    BelievedTime::Steady steady{hours(1000)};
    Instant wall{1'795'424'400'000'000};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(believed_time)

BOOST_FIXTURE_TEST_CASE(a_clock_that_goes_as_time_passes_is_believed, Watch) {
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(behind().count() == 0);
        passes(hours(i));
        is_set(minutes(9));
    }
    BOOST_TEST(!time.doubts());
}

BOOST_FIXTURE_TEST_CASE(one_that_is_set_ahead_is_not_for_a_day, Watch) {
    BOOST_TEST(behind().count() == 0);
    is_set(hours(8760));
    BOOST_CHECK(behind() == hours(8760));
    BOOST_TEST(time.doubts());
    for (int i = 0; i < 23; ++i) {
        passes(hours(1));
        BOOST_CHECK(behind() == hours(8760));
    }
    passes(hours(1));
    BOOST_TEST(behind().count() == 0);
    BOOST_TEST(!time.doubts());
}

BOOST_FIXTURE_TEST_CASE(one_that_is_corrected_in_time_was_never_believed, Watch) {
    BOOST_TEST(behind().count() == 0);
    is_set(hours(5));
    BOOST_CHECK(behind() == hours(5));
    passes(hours(2));
    is_set(-hours(5));
    BOOST_TEST(behind().count() == 0);
    BOOST_TEST(!time.doubts());
    passes(hours(30));
    is_set(hours(2));
    BOOST_CHECK(behind() == hours(2));  // a day of its own
}

BOOST_FIXTURE_TEST_CASE(one_that_is_set_back_is_believed_at_once, Watch) {
    BOOST_TEST(behind().count() == 0);
    is_set(-hours(5));
    BOOST_TEST(behind().count() == 0);
    passes(hours(1));
    BOOST_TEST(behind().count() == 0);
    is_set(hours(4));  // what it was
    BOOST_CHECK(behind() == hours(4));
}

BOOST_AUTO_TEST_SUITE_END()
