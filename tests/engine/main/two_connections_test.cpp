// Scenario 9 with real sockets: one order on two connections at the same time, then once more under a new control id.
#include "channels/sources/mllp_source.hpp"
#include "engine/main/trial.hpp"
#include "engine/runtime/intake_pipeline.hpp"
#include "tests/channels/sources/mllp_parts.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using channels::testing::Sender;
using store::testing::Site;

namespace {

const auto* const source_tree = GANTRY_SOURCE_DIR;

std::string order(const std::string& control_id, const std::string& placer) {
    return "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|20261123085900||ORM^O01|" + control_id +
           "|P|2.5.1\rPID|1||100001^^^HOSPA^MR||Doe^Jane||19800406|F\rORC|NW|" + placer +
           "^HIS|||SC||^^^202611231000||20261123085900\rOBR|1|" + placer + "^HIS||CTHEAD^CT head^LOCAL||||||||||||||" +
           "A" + placer + "\r";
}

// The shipped channel on a port of its own, with a database of the kind that the test is for.
struct Hospital {
    Hospital()
        : configuration(load_configuration(std::filesystem::path(source_tree) / "conf")),
          zone("Europe/Berlin"),
          lobby(events::nowhere()),
          pipeline(site->intakes(), {}, [](auto, auto) {}) {
        const auto* channel = configuration->channel("his-orders");
        BOOST_REQUIRE(channel);
        channels::MllpOptions options;
        options.port = 0;
        source = std::make_unique<channels::MllpSource>(
            ConfigName("his-orders"), options, lobby, pipeline,
            std::make_shared<runtime::CurrentMapper>(make_mapper(*channel, zone, 1)), site.clock);
        BOOST_REQUIRE(source->start().ok());
        lobby.start();
    }
    ~Hospital() {
        source->stop();
        pipeline.drain();
        lobby.stop(std::chrono::milliseconds(2000));
    }

    std::unique_ptr<Configuration> configuration;
    Zone zone;
    Site site;
    net::Lobby lobby;
    runtime::IntakePipeline pipeline;
    std::unique_ptr<channels::MllpSource> source;
};

bool accepted(const std::string& reply, const std::string& control_id) {
    return reply.find("\rMSA|AA|" + control_id) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(two_connections)

STORE_TEST_CASE(one_order_on_two_connections_is_one_order_with_one_answer) {
    Hospital hospital;
    const int rounds = 20;
    for (int n = 0; n < rounds; ++n) {
        const auto name = std::to_string(n);
        Sender first(hospital.source->bound_port()), second(hospital.source->bound_port());
        first.send(order("M" + name, "P" + name));
        second.send(order("M" + name, "P" + name));
        const auto one = first.receive(), other = second.receive();
        BOOST_TEST(accepted(one, "M" + name));
        BOOST_TEST(one == other);
        second.send(order("N" + name, "P" + name));
        BOOST_TEST(accepted(second.receive(), "N" + name));
    }
    const auto orders = hospital.site->records().orders({}, 1000);
    BOOST_REQUIRE(orders.ok());
    BOOST_TEST(orders->size() == static_cast<std::size_t>(rounds));
    for (const auto& each : *orders) BOOST_TEST(each.steps.size() == 1u);
    BOOST_TEST(hospital.site.one("SELECT count(DISTINCT \"study_instance_uid\") FROM \"imaging_study\"") ==
               std::to_string(rounds));
    BOOST_TEST(hospital.site.one("SELECT count(*) FROM \"delivery\"") == std::to_string(rounds));
    BOOST_TEST(hospital.site.one("SELECT count(*) FROM \"message\" WHERE \"outcome\" = 4") == std::to_string(rounds));
}

STORE_TEST_CASE(two_orders_for_one_patient_on_two_connections_are_two) {
    Hospital hospital;
    Sender first(hospital.source->bound_port()), second(hospital.source->bound_port());
    for (int n = 0; n < 10; ++n) {
        const auto name = std::to_string(n);
        first.send(order("M" + name, "P" + name));
        second.send(order("N" + name, "Q" + name));
        BOOST_TEST(accepted(first.receive(), "M" + name));
        BOOST_TEST(accepted(second.receive(), "N" + name));
    }
    BOOST_TEST(hospital.site.one("SELECT count(*) FROM \"patient\"") == "1");
    BOOST_TEST(hospital.site.one("SELECT count(*) FROM \"imaging_study\"") == "20");
}

BOOST_AUTO_TEST_SUITE_END()
