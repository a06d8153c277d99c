// A running engine removes what its configuration says, and only then.
#include <sstream>
#include <thread>

#include "engine/main/engine.hpp"
#include "engine/main/messages_command.hpp"
#include "tests/engine/main/configuration_copy.hpp"
#include "tests/engine/store/sample_units.hpp"

namespace gantry {
namespace {

using store::testing::monday;

// With a message that came on Monday.
struct Site {
    Site() {
        copy.change("engine.json", "8080", "0");
        copy.change("engine.json", "11112", "0");
        copy.change("channels/his.json", "2575", "0");
        copy.change("channels/adt.json", "2576", "0");
        store::StoreOptions options;
        auto opened = store::open(options, data(), clock, events::nowhere());
        BOOST_REQUIRE(opened.ok());
        auto one = store::testing::unit("M1", {});
        const auto done = (*opened)->intake().commit({&one, 1}).front();
        BOOST_REQUIRE(done.durable);
        message = std::to_string(done.outcome.message);
    }
    std::filesystem::path data() const { return copy.path() / "data"; }
    std::string contents() const {
        return store::testing::Onlooker(data() / "gantry.db").one("SELECT count(*) FROM message_body");
    }
    void start() {
        configuration = load_configuration(copy.path());
        for (const auto& problem : configuration->problems) BOOST_ERROR(problem.text());
        clock.set({monday.micros + 100 * 86'400'000'000});
        const auto started = engine.start(*configuration);
        BOOST_REQUIRE_MESSAGE(started.ok(), (started.ok() ? "" : started.error().text()));
    }
    // Whether the metrics come to say this; only a test that has gone wrong waits for long.
    bool comes_to_count(const std::string& line) const {
        for (int tries = 0; tries < 3000; ++tries) {
            if (log.metrics().find(line) != std::string::npos) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }

    ApiClient api() const {
        const std::string http = "http ";
        for (const auto& place : engine.places())
            if (place.starts_with(http)) return ApiClient(*api_place("http://" + place.substr(http.size())));
        BOOST_FAIL("no HTTP port");
        return ApiClient({});
    }

    std::string message;
    testing::ConfigurationCopy copy;
    FixedClock clock{monday};
    Zone zone{"UTC"};
    EventLog log{events::Level::error, clock, zone};
    std::unique_ptr<Configuration> configuration;
    Engine engine{copy.path() / "data", clock, log};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(engine_retention)

BOOST_FIXTURE_TEST_CASE(what_is_old_goes_and_is_counted, Site) {
    copy.change("engine.json", "\"duplicate_window\": \"7d\",",
                R"("duplicate_window": "7d", "retention": {"bodies": {"age": "90d"}, "pause": "1ms"},)");
    start();
    BOOST_TEST(comes_to_count("gantry_retention_pass_total 1"));
    BOOST_TEST(comes_to_count("gantry_retention_removed_total{what=\"contents\"} 1"));
    BOOST_TEST(comes_to_count("gantry_retention_removed_total{what=\"messages\"} 0"));
    engine.stop();
    BOOST_TEST(contents() == "0");
}

BOOST_FIXTURE_TEST_CASE(the_shell_says_what_was_removed, Site) {
    copy.change("engine.json", "\"duplicate_window\": \"7d\",",
                R"("duplicate_window": "7d", "retention": {"bodies": {"age": "90d"}},)");
    start();
    BOOST_TEST(comes_to_count("gantry_retention_removed_total{what=\"contents\"} 1"));
    const std::string sentence = "its content was removed by retention; the message came on 2026-11-23, 100 days ago";
    std::ostringstream out, err;
    BOOST_TEST(run_message_show(api(), {message, false, false}, out, err) == 0);
    BOOST_TEST(out.str().find("removed by retention; it cannot be sent again") != std::string::npos, out.str());
    BOOST_TEST(run_message_show(api(), {message, false, true}, out, err) == 1);
    BOOST_TEST(err.str().find(sentence) != std::string::npos, err.str());

    ReprocessOptions again;
    again.by = "anna";
    again.id = message;
    std::ostringstream alone;
    BOOST_TEST(run_reprocess(api(), again, out, alone) == 1);
    BOOST_TEST(alone.str().find(sentence) != std::string::npos, alone.str());
    again.id.clear();
    again.list.filters = {{"control_id", "M1"}};
    std::ostringstream many;
    BOOST_TEST(run_reprocess(api(), again, many, err) == 0);
    BOOST_TEST(many.str() == "reprocess: 0 messages, 0 deliveries; of 1 the content was removed by retention\n");
    engine.stop();
}

BOOST_FIXTURE_TEST_CASE(where_nothing_is_said_nothing_goes, Site) {
    start();
    engine.stop();
    BOOST_TEST(contents() == "1");
    BOOST_TEST(log.metrics().find("gantry_retention") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry
