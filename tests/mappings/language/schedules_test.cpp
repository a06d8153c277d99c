#include "tests/mappings/language/shipped.hpp"

namespace gantry::mappings::testing {
namespace {

using effects::OrderField;
using effects::ScheduleAction;
using effects::StepField;

const std::string pid = "PID|1||100001^^^HOSPA^MR||SMITH^JOHN||19700101|M\n";
const std::string sch = "SCH||AP1^RIS|||||^Fall||||^^^202611240900^^STAT||||||||||||||Booked|P1^HIS|F1^RIS\n";

std::string siu(const std::string& event, const std::string& rest) {
    return "MSH|^~\\&|RIS|HOSP|ENGINE|RAD|20261122080000||SIU^" + event + "|M1|P|2.5.1\n" + rest;
}

std::string why(const std::string& message) {
    const auto effects = map(message);
    return effects.error ? std::string(info(effects.error->code).name) + " " + effects.error->place : "applied";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schedules)

BOOST_AUTO_TEST_CASE(an_appointment_without_services_is_every_steps) {
    const auto effects = map(siu("S12", sch + pid));
    BOOST_REQUIRE_MESSAGE(effects.schedule, (effects.error ? effects.error->text() : ""));
    const auto& schedule = *effects.schedule;
    BOOST_CHECK(schedule.action == ScheduleAction::schedule);
    BOOST_REQUIRE_EQUAL(schedule.orders.size(), 1u);
    BOOST_TEST(schedule.orders[0].placer.number == "P1");
    BOOST_TEST(schedule.orders[0].placer.authority == "HIS");
    BOOST_TEST(schedule.orders[0].filler.number == "F1");
    BOOST_TEST(schedule.appointment == "AP1");
    BOOST_TEST(schedule.event_time == "20261122080000");
    BOOST_TEST(schedule.items.empty());
    BOOST_TEST(schedule.every.value(StepField::start_date) == "20261124");
    BOOST_TEST(schedule.every.value(StepField::start_time) == "0900");
    BOOST_TEST(schedule.fields.value(OrderField::urgency) == "STAT");
    BOOST_TEST(schedule.fields[OrderField::reason].fills);
    BOOST_TEST(!effects.patient->from_adt);
    BOOST_TEST(effects.orders.empty());
}

BOOST_AUTO_TEST_CASE(every_service_is_an_item) {
    const auto effects = map(siu("S12", sch + pid +
                                            "RGS|1\nAIS|1||CTHEAD^CT head|202611240930\nAIG|1||CT01|CT\n"
                                            "AIS|2|D|CTCHEST^CT chest\nRGS|2\nAIL|1||ROOM1\nRGS|3\nAIG|1||MR01|MR\n"));
    BOOST_REQUIRE(effects.schedule);
    const auto& items = effects.schedule->items;
    BOOST_REQUIRE_EQUAL(items.size(), 3u);
    BOOST_TEST(items[0].procedure == "CTHEAD");
    BOOST_TEST(items[0].place == "AIS[1]");
    BOOST_TEST(items[0].fields.value(StepField::start_time) == "0930");
    BOOST_TEST(items[0].fields.value(StepField::station_ae) == "CT01");
    BOOST_TEST(items[0].fields.value(StepField::modality) == "CT");
    BOOST_TEST(items[1].removed);
    BOOST_TEST(items[1].fields.value(StepField::start_time) == "0900");
    BOOST_TEST(items[2].place == "AIG[2]");
    BOOST_TEST(items[2].fields.value(StepField::modality) == "MR");
    for (const auto& item : items) BOOST_TEST(item.fields.value(StepField::location) == "ROOM1");
}

BOOST_AUTO_TEST_CASE(services_without_resource_groups) {
    const auto effects = map(siu("S12", sch + pid + "AIS|1||CTHEAD^CT head\nAIS|2||CTCHEST^CT chest\n"));
    BOOST_REQUIRE(effects.schedule);
    BOOST_TEST(effects.schedule->items.size() == 2u);
}

BOOST_AUTO_TEST_CASE(event_and_status_decide) {
    const auto action = [](const std::string& event, const std::string& status) {
        auto head = sch;
        head.replace(head.find("Booked"), 6, status);
        return std::string(effects::to_text(map(siu(event, head + pid)).schedule->action));
    };
    BOOST_TEST(action("S14", "Noshow") == "no_show");
    BOOST_TEST(action("S14", "Cancelled") == "unschedule");
    BOOST_TEST(action("S13", "") == "schedule");
    BOOST_TEST(action("S17", "Booked") == "unschedule");
    BOOST_TEST(action("S22", "Booked") == "remove_items");
    BOOST_TEST(action("S26", "Booked") == "no_show");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_used) {
    BOOST_TEST(why(siu("S12", pid)) == "hl7.missing_segment SCH");
    BOOST_TEST(why(siu("S12", sch)) == "hl7.missing_segment PID");
    BOOST_TEST(why(siu("S12", "SCH||AP1\n" + pid)) == "order.missing_number SCH[1]-26");
    BOOST_TEST(why(siu("S12", sch + pid + pid)) == "hl7.bad_value PID[2]");
    BOOST_TEST(why(siu("S23", sch)) == "applied");
    std::string many;
    for (int i = 0; i < 1001; ++i) many += "AIS|1||CTHEAD\n";
    BOOST_TEST(why(siu("S12", sch + pid + many)) == "hl7.too_many AIS");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings::testing
