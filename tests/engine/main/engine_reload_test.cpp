// A running engine from one configuration to the next, over its own sockets.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/main/engine.hpp"
#include "engine/net/http_client.hpp"
#include "tests/channels/sources/file_parts.hpp"
#include "tests/engine/main/configuration_copy.hpp"

namespace gantry {
namespace {

using channels::testing::Sender;
using What = runtime::Supervisor::Change::What;

// Held by this object; freed, it is the next to be given to nobody for a while.
class HeldPort {
  public:
    HeldPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        BOOST_REQUIRE_EQUAL(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
        ::listen(socket_, 1);
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
        number_ = ntohs(address.sin_port);
    }
    ~HeldPort() { release(); }
    void release() {
        if (socket_ >= 0) ::close(socket_);
        socket_ = -1;
    }
    std::uint16_t number() const { return number_; }

  private:
    int socket_;
    std::uint16_t number_ = 0;
};

std::string order(const std::string& control_id) {
    return "MSH|^~\\&|HIS|H|G|RADIOLOGY|20261123090000||ORM^O01|" + control_id +
           "|P|2.3.1\rPID|1||1^^^X^MR||DOE^JANE||19800406|F\rORC|NW|P" + control_id +
           "^HIS|||SC||^^^202611231000||20261123090000\rOBR|1|P" + control_id +
           "^HIS||CTHEAD^CT head^LOCAL||||||||||||||A" + control_id + "||||||CT\r";
}

struct Running {
    Running() : log(events::Level::error, clock, zone), engine(copy.path() / "data", clock, log) {
        copy.change("engine.json", "8080", "0");
        copy.change("engine.json", "11112", "0");
        copy.change("channels/his.json", "2575", std::to_string(port.number()));
        copy.change("channels/adt.json", "2576", "0");
        configuration = load_configuration(copy.path());
        for (const auto& problem : configuration->problems) BOOST_ERROR(problem.text());
        port.release();
        const auto started = engine.start(*configuration);
        BOOST_REQUIRE_MESSAGE(started.ok(), (started.ok() ? "" : started.error().text()));
    }
    ~Running() { engine.stop(); }

    Engine::Reloaded reload() {
        auto next = load_configuration(copy.path(), configuration.get());
        for (const auto& problem : next->problems) BOOST_ERROR(problem.text());
        auto done = engine.reload(*next);
        BOOST_REQUIRE(done.ok());
        configuration = std::move(next);
        return std::move(*done);
    }
    net::HttpResponse ready() {
        for (const auto& place : engine.places()) {
            if (place.rfind("http ", 0) != 0) continue;
            const auto number = std::stoi(place.substr(place.rfind(':') + 1));
            auto answer = net::http_get("127.0.0.1", static_cast<std::uint16_t>(number), "/api/ready");
            BOOST_REQUIRE(answer.ok());
            return std::move(*answer);
        }
        BOOST_FAIL("there is no HTTP");
        return {};
    }
    std::string ask(Sender& sender, const std::string& control_id) {
        sender.send(order(control_id));
        return sender.receive();
    }

    testing::ConfigurationCopy copy;
    HeldPort port;
    SystemClock clock;
    Zone zone{"UTC"};
    EventLog log;
    std::unique_ptr<Configuration> configuration;
    Engine engine;
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(engine_reload)

BOOST_AUTO_TEST_CASE(channels_change_while_their_senders_stay_connected) {
    Running here;
    Sender sender(here.port.number());
    BOOST_TEST(has(here.ask(sender, "1"), "\rMSA|AA|1"));

    // Nothing has changed.
    BOOST_TEST(here.reload().channels.empty());

    // A rule: the next message of the same connection is filtered by it.
    here.copy.change("channels/his.json", "\"RADIOLOGY\"", "\"LABORATORY\"");
    auto done = here.reload();
    BOOST_REQUIRE_EQUAL(done.channels.size(), 1u);
    BOOST_TEST(done.channels[0].channel == "his");
    BOOST_CHECK(done.channels[0].what == What::changed);
    BOOST_TEST(has(here.ask(sender, "2"), "\rMSA|AA|2|filtered: for radiology"));
    here.copy.change("channels/his.json", "\"LABORATORY\"", "\"RADIOLOGY\"");
    here.reload();

    // A table changes the channels that use it.
    here.copy.change("tables/priority.json", "\"STAT\"", "\"URGENT\"");
    done = here.reload();
    BOOST_REQUIRE_EQUAL(done.channels.size(), 1u);
    BOOST_TEST(done.channels[0].channel == "his");
    BOOST_TEST(has(here.ask(sender, "3"), "\rMSA|AA|3"));

    // Options of the source: the socket and the connection stay.
    here.copy.change("channels/his.json", "\"idle_timeout\": \"10m\"", "\"idle_timeout\": \"9m\"");
    here.reload();
    Sender second(here.port.number());
    BOOST_TEST(has(here.ask(second, "4"), "\rMSA|AA|4"));
    BOOST_TEST(has(here.ask(sender, "5"), "\rMSA|AA|5"));

    // A port that somebody else has: it goes on where it is.
    HeldPort taken;
    const auto listening = "\"port\": " + std::to_string(here.port.number());
    here.copy.change("channels/his.json", listening, "\"port\": " + std::to_string(taken.number()));
    done = here.reload();
    BOOST_REQUIRE_EQUAL(done.channels.size(), 1u);
    BOOST_CHECK(done.channels[0].what == What::failed);
    BOOST_TEST(here.ready().status == 200);
    BOOST_TEST(has(here.ready().body, R"({"part":"source his","ready":true,"why":")"));
    BOOST_TEST(has(here.ask(sender, "6"), "\rMSA|AA|6"));
    Sender third(here.port.number());
    BOOST_TEST(has(here.ask(third, "7"), "\rMSA|AA|7"));

    // It is free now; those who are connected stay so.
    taken.release();
    done = here.reload();
    BOOST_REQUIRE_EQUAL(done.channels.size(), 1u);
    BOOST_CHECK(done.channels[0].what == What::changed);
    BOOST_TEST(has(here.ready().body, R"({"part":"source his","ready":true,"place":")"));
    Sender fourth(taken.number());
    BOOST_TEST(has(here.ask(fourth, "8"), "\rMSA|AA|8"));
    BOOST_TEST(has(here.ask(sender, "9"), "\rMSA|AA|9"));

    // Renamed, then gone.
    std::filesystem::rename(here.copy.path() / "channels/his.json", here.copy.path() / "channels/hospital.json");
    BOOST_TEST(here.reload().channels.size() == 2u);
    BOOST_TEST(has(here.ask(sender, "10"), "\rMSA|AA|10"));
    BOOST_TEST(has(here.ask(fourth, "11"), "\rMSA|AA|11"));
    here.copy.change("channels/hospital.json", "\"description\"", "\"enabled\": false, \"description\"");
    BOOST_TEST(here.reload().channels.size() == 1u);
    BOOST_TEST(sender.receive() == "");
    BOOST_TEST(fourth.receive() == "");
}

BOOST_AUTO_TEST_CASE(a_channel_comes_to_read_files_in_one_way_and_another) {
    Running here;
    const auto data = here.copy.path() / "data";
    const auto read = [&](const std::string& name, const std::string& done) {
        testing::write(data / "inbox/aside", "MSH|^~\\&|HIS|H|G|RADIOLOGY|20261123090000||ADT^A08|" + name +
                                                 "|P|2.3.1\rPID|1||1^^^X^MR||DOE^JANE||19800406|F\r");
        std::filesystem::rename(data / "inbox/aside", data / "inbox" / name);
        channels::testing::wait_until([&] { return std::filesystem::exists(data / done / name); });
    };
    const std::string mllp = R"({"mllp": {"port": 0}})";
    const std::string files =
        R"({"file": {"directory": "inbox", "archive": "done", "interval": "2ms", "min_age": "0s"}})";
    here.copy.change("channels/adt.json", mllp, files);
    auto done = here.reload();
    BOOST_REQUIRE_EQUAL(done.channels.size(), 1u);
    BOOST_CHECK(done.channels[0].what == What::changed);
    BOOST_TEST(done.channels[0].place == (data / "inbox").string());
    read("1.hl7", "done");
    // Another archive, while the one before may be looking.
    here.copy.change("channels/adt.json", "\"done\"", "\"finished\"");
    BOOST_TEST(here.reload().channels.size() == 1u);
    read("2.hl7", "finished");
    here.copy.change("channels/adt.json", "\"finished\"", "\"done\"");
    here.copy.change("channels/adt.json", files, R"({"http": {"port": 0, "path": "/adt"}})");
    done = here.reload();
    BOOST_REQUIRE_EQUAL(done.channels.size(), 1u);
    BOOST_CHECK(done.channels[0].what == What::changed);
    BOOST_TEST(has(done.channels[0].place, "/adt"));
}

BOOST_AUTO_TEST_CASE(a_channel_that_cannot_start_is_not_ready_until_it_can_or_nobody_wants_it) {
    Running here;
    BOOST_TEST(has(here.ready().body, R"({"ready":true,"parts":[{"part":"store","ready":true},{"part":"disk",)"));
    HeldPort taken;
    const auto file = here.copy.path() / "channels/third.json";
    std::filesystem::copy(here.copy.path() / "channels/adt.json", file);
    here.copy.change("channels/third.json", "\"copies\"}}", "\"third\"}}");
    here.copy.change("channels/third.json", "\"port\": 0", "\"port\": " + std::to_string(taken.number()));
    BOOST_TEST(here.reload().channels.size() == 1u);
    BOOST_TEST(here.ready().status == 503);
    BOOST_TEST(has(here.ready().body, R"({"part":"source third","ready":false,"why":")"));
    std::filesystem::remove(file);
    BOOST_TEST(here.reload().channels.empty());
    BOOST_TEST(here.ready().status == 200);
    BOOST_TEST(!has(here.ready().body, "third"));
}

BOOST_AUTO_TEST_CASE(what_needs_a_restart_is_said) {
    Running here;
    here.copy.change("engine.json", "\"node\": 3", "\"node\": 4");
    here.copy.change("engine.json", "\"ae_title\": \"GANTRY\"", "\"ae_title\": \"OTHER\"");
    here.copy.change("engine.json", "\"zone\": \"Europe/Berlin\"", "\"zone\": \"UTC\"");
    const auto done = here.reload();
    BOOST_TEST(done.channels.empty());
    const std::vector<std::string> expected{"zone", "node", "dicom"};
    BOOST_TEST(done.need_restart == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry
