#include "engine/main/coverage_counts.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;

namespace {

struct Counting {
    FixedClock clock{{0}};
    Zone zone{"UTC"};
    EventLog log{events::Level::error, clock, zone};
    CoverageCounts counts{log};

    void receive(const std::string& channel, const effects::Coverage& coverage, std::int64_t message = 0) {
        store::Unit unit;
        unit.channel = channel;
        unit.effects.coverage = coverage;
        store::Committed result;
        result.outcome.message = message;
        counts.count({&unit, 1}, {&result, 1});
    }
    bool shows(const std::string& line) const { return log.metrics().find(line + "\n") != std::string::npos; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(coverage_counts)

BOOST_FIXTURE_TEST_CASE(a_field_nobody_read_shows_with_its_first_message, Counting) {
    receive("his", {{FieldName("ZPI", 3)}, {}});
    BOOST_TEST(shows(R"(gantry_fields_unread_total{channel="his",field="ZPI-3"} 1)"));
    receive("his", {{FieldName("ZPI", 3)}, {}});
    receive("ris", {{FieldName("ZPI", 3)}, {}});
    BOOST_TEST(shows(R"(gantry_fields_unread_total{channel="his",field="ZPI-3"} 2)"));
    BOOST_TEST(shows(R"(gantry_fields_unread_total{channel="ris",field="ZPI-3"} 1)"));
}

BOOST_FIXTURE_TEST_CASE(a_code_is_counted_by_its_table_and_not_shown, Counting) {
    receive("his", {{}, {{"priority", "SECRET"}, {"priority", "OTHER"}}});
    BOOST_TEST(shows(R"(gantry_codes_unmapped_total{channel="his",table="priority"} 2)"));
    BOOST_TEST(log.metrics().find("SECRET") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_sender_that_makes_up_fields_does_not_fill_the_memory, Counting) {
    effects::Coverage many;
    for (std::size_t field = 1; field <= 3000; ++field) many.unread.emplace_back("ZZZ", field);
    receive("his", many);
    BOOST_TEST(shows(R"(gantry_fields_unread_total{channel="his",field="other"} 2000)"));
}

BOOST_FIXTURE_TEST_CASE(programs_get_the_same_counts_with_the_first_message_of_each, Counting) {
    BOOST_TEST(counts.as_json() == R"({"channels":[]})");
    receive("his", {{FieldName("ZPI", 3)}, {}}, 9'007'199'254'740'993);
    receive("his", {{FieldName("ZPI", 3)}, {{"priority", "SECRET"}}}, 9'007'199'254'740'994);
    receive("ris", {{FieldName("OBR", 4)}, {}}, 7);
    const std::string
        his = R"({"channel":"his","unread":[{"field":"ZPI-3","count":2,"first_message":"9007199254740993"}],)"
              R"("unmapped":[{"table":"priority","count":1,"first_message":"9007199254740994"}]})",
        ris = R"({"channel":"ris","unread":[{"field":"OBR-4","count":1,"first_message":"7"}],"unmapped":[]})";
    BOOST_TEST(counts.as_json() == "{\"channels\":[" + his + "," + ris + "]}");
    BOOST_TEST(counts.as_json("ris") == "{\"channels\":[" + ris + "]}");
    BOOST_TEST(counts.as_json("nobody") == R"({"channels":[]})");
}

BOOST_AUTO_TEST_CASE(a_field_name_holds_nothing_but_a_field_name) {
    const auto unknown = std::string(3, '?') + "-1";
    BOOST_TEST(FieldName("PV1", 44).text() == "PV1-44");
    BOOST_TEST(FieldName("Smi", 1).text() == unknown);
    BOOST_TEST(FieldName("SMITH", 1).text() == unknown);
    BOOST_TEST(FieldName("PID", 100000).text() == "PID-65535");
}

BOOST_AUTO_TEST_SUITE_END()
