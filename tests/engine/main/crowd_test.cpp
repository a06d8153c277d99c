// Peers that say nothing, or almost nothing, delay nobody (tests/bench/bench_crowd.cpp measures it).
#include "tests/crowd/crowd.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/crowd/running_engine.hpp"

using namespace gantry::testing;

BOOST_AUTO_TEST_SUITE(crowd)

BOOST_AUTO_TEST_CASE(idle_and_slow_peers_delay_nobody) {
    const CrowdSizes sizes;
    // Both ends of each connection are here.
    if (descriptors_allowed() < 2 * sizes.all() + 500) {
        BOOST_TEST_MESSAGE("skipped: this process may not have enough open files");
        return;
    }
    RunningEngine engine(GANTRY_SOURCE_DIR);
    Crowd peers(engine.mllp, engine.http, engine.dicom, sizes);
    BOOST_TEST(peers.associated() == sizes.idle_associations);
    BOOST_TEST(peers.connected() == sizes.all());
    BOOST_TEST(echo(engine.dicom));
    BOOST_TEST(order(engine.mllp, 1));
    BOOST_TEST(ready(engine.http));
    BOOST_TEST(peers.association_answers(0));
    BOOST_TEST(peers.association_answers(sizes.idle_associations - 1));
}

// PS3.8 table 9-21: result 2 (transient), source 3 (service provider, presentation), reason 2 (local limit exceeded).
BOOST_AUTO_TEST_CASE(one_association_too_many_is_told_to_come_again) {
    RunningEngine engine(GANTRY_SOURCE_DIR, R"("max_associations": 1)");
    RawAssociation first(engine.dicom), second(engine.dicom);
    BOOST_REQUIRE(first.open());
    BOOST_TEST(!second.open());
    BOOST_TEST(second.greeting.substr(6) == std::string("\0\2\3\2", 4));
    BOOST_TEST(first.echo());
    BOOST_REQUIRE(first.release());
    const auto give_up = std::chrono::steady_clock::now() + RawAssociation::patience;
    bool let_in = false;
    while (!let_in && std::chrono::steady_clock::now() < give_up) let_in = echo(engine.dicom);
    BOOST_TEST(let_in);
}

BOOST_AUTO_TEST_SUITE_END()
