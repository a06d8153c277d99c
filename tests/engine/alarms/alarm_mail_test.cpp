#include "engine/alarms/alarm_mail.hpp"

#include <boost/test/unit_test.hpp>

namespace gantry::alarms {
namespace {

constexpr Instant now{1'795'424'400'000'000};  // 2026-11-23T09:00:00Z

}  // namespace

BOOST_AUTO_TEST_SUITE(alarm_mail_text)

BOOST_AUTO_TEST_CASE(each_alarm_has_its_place_its_count_and_its_time) {
    const Instant before{now.micros - 7'500'000'000};
    const auto mail = alarm_mail({{"delivery_dead", "orders/ris", "it needs a person", 12, before, false},
                                  {"destination_away", "orders/pacs", "nobody answers", 1, before, true},
                                  {"storage_unavailable", "", "nothing is stored", 1, now, false}},
                                 "pacs1", now, Zone("Europe/Berlin"));
    BOOST_TEST(mail.subject == "Gantry pacs1: delivery_dead orders/ris and 2 more");
    BOOST_TEST(mail.text.find("delivery_dead orders/ris\n    it needs a person\n    12 times since "
                              "2026-11-23T07:55:00\n") != std::string::npos,
               mail.text);
    BOOST_TEST(mail.text.find("for 2 h 5 min, since 2026-11-23T07:55:00\n") != std::string::npos, mail.text);
    BOOST_TEST(
        mail.text.find("storage_unavailable\n    nothing is stored\n    at 2026-11-23T10:00:00\n") != std::string::npos,
        mail.text);
}

BOOST_AUTO_TEST_CASE(a_subject_is_one_line_of_ascii) {
    const auto mail = alarm_mail({{"a", "r\xc3\xb6ntgen\r\nBcc: x@y", "s", 1, now, false}}, "h", now, Zone("UTC"));
    BOOST_TEST(mail.subject == "Gantry h: a r??ntgen??Bcc: x@y");
}

BOOST_AUTO_TEST_CASE(many_alarms_are_cut) {
    const std::vector<Alarm> many(1001, {"a", "b", "c", 1, now, false});
    BOOST_TEST(alarm_mail(many, "h", now, Zone("UTC")).text.find("and 801 more.") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::alarms
