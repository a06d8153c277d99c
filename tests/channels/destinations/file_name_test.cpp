#include "channels/destinations/file_name.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using channels::FileName;

namespace {

store::DeliveryWork work(const std::string& payload) {
    store::DeliveryWork out;
    out.id = {81236};
    out.payload = payload;
    return out;
}

std::string named(const std::string& pattern, const std::string& pid3 = "4711^^^HOSP") {
    return FileName(pattern, ".hl7")
        .of(work("MSH|^~\\&|HIS|WARD|RIS|RAD|20260101||ORM^O01|MSG 17|P|2.5\rPID|1||" + pid3 + "||DOE^JANE\r"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_file_name)

BOOST_AUTO_TEST_CASE(a_name_is_made_of_text_number_and_places_of_the_message) {
    BOOST_TEST(named("{id}") == "81236.hl7");
    BOOST_TEST(named("{PID-3.1}_{MSH-10}_{id}") == "4711_MSG_17_81236.hl7");
    BOOST_TEST(named("order-{id}.v2") == "order-81236.v2.hl7");
    BOOST_TEST(named("{MSH-9}-{id}-{PID-5.2}") == "ORM_O01-81236-JANE.hl7");
}

BOOST_AUTO_TEST_CASE(no_sender_chooses_where_a_file_goes_or_hides_it) {
    BOOST_TEST(named("{PID-3.1}_{id}", "../../etc/cron.d/x") == "_._.._etc_cron.d_x_81236.hl7");
    BOOST_TEST(named("{PID-3.1}{id}", ".hidden") == "_hidden81236.hl7");
    BOOST_TEST(named("{PID-3.1}-{id}", "a b\xc3\xa4\\F\\\x01z") == "a_b____z-81236.hl7");
    BOOST_TEST(named("{PID-3.1}-{id}", std::string(3000, 'x')) == std::string(40, 'x') + "-81236.hl7");
}

BOOST_AUTO_TEST_CASE(what_is_not_there_leaves_its_place_empty) {
    BOOST_TEST(named("{PV1-19}_{id}") == "_81236.hl7");
    BOOST_TEST(FileName("{MSH-10}_{id}", ".json").of(work("{\"no\": \"HL7\"}")) == "_81236.json");
    BOOST_TEST(FileName("{MSH-10}_{id}", "").of(work("")) == "_81236");
}

BOOST_AUTO_TEST_CASE(a_wrong_pattern_is_told_in_words) {
    const auto says = [](const std::string& pattern, const std::string& words) {
        const auto wrong = FileName::wrong(pattern);
        BOOST_TEST(wrong.find(words) != std::string::npos, pattern << ": " << wrong);
    };
    for (const auto* good : {"{id}", "x{id}", "{MSH-10}{id}", "{PID-3[type=MR].1}.{id}"})
        BOOST_TEST(FileName::wrong(good) == "", good);
    says("", "without {id}");
    says("{MSH-10}", "without {id}");
    says("{id", "{ without }");
    says("id}{id}", "has '}'");
    says("sub/{id}", "has '/'");
    says("{id} {MSH-10}", "has ' '");
    says("{ID}", "neither {id} nor a place");
    says("{}{id}", "neither {id} nor a place");
    says(".{id}", "begins with '.'");
    says(std::string(181, 'x') + "{id}", "longer than 200");
    BOOST_TEST(FileName::wrong(std::string(180, 'x') + "{id}") == "");
}

BOOST_AUTO_TEST_SUITE_END()
