#include "engine/admin/moment.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;

namespace {

constexpr Instant now{1'795'424'400'000'000};  // 2026-11-23T09:00:00Z

std::string read(std::string_view text) {
    const auto at = admin::moment_of(text, Zone("Europe/Berlin"), now);
    return at ? Zone("UTC").local(*at).iso().substr(0, 19) : "no moment";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(admin_moment)

BOOST_AUTO_TEST_CASE(moments_are_read_in_the_zone_of_the_site_or_as_they_say) {
    const std::pair<const char*, const char*> rows[] = {{"2026-11-23", "2026-11-22T23:00:00"},
                                                        {"2026-11-23T09:30", "2026-11-23T08:30:00"},
                                                        {"2026-11-23 09:30:15", "2026-11-23T08:30:15"},
                                                        {"2026-07-01T09:30", "2026-07-01T07:30:00"},
                                                        {"2026-11-23Z", "2026-11-23T00:00:00"},
                                                        {"2026-11-23T09:30Z", "2026-11-23T09:30:00"},
                                                        {"2026-11-23T09:30+01:00", "2026-11-23T08:30:00"},
                                                        {"2026-11-23T09:30:15-0330", "2026-11-23T13:00:15"},
                                                        {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59"}};
    for (const auto& [text, expected] : rows) BOOST_TEST(read(text) == expected, text);
}

BOOST_AUTO_TEST_CASE(a_duration_is_how_long_ago) {
    BOOST_TEST(read("2h") == "2026-11-23T07:00:00");
    BOOST_TEST(read("30m") == "2026-11-23T08:30:00");
    BOOST_TEST(read("7d") == "2026-11-16T09:00:00");
}

BOOST_AUTO_TEST_CASE(anything_else_is_none) {
    for (const auto* text :
         {"", "yesterday", "2026", "2026-13-01", "2026-02-29", "2026-11-23T", "2026-11-23T9:30", "2026-11-23T09",
          "2026-11-23T24:00", "2026-11-23T09:60", "2026-11-23T09:30:15.5", "2026-11-23T09:30+", "2026-11-23T09:30+1",
          "2026-11-23T09:30+15:00", "2026-11-23T09:30ZZ", "2026-11-23T09:30+01:00x", "-2h", "20261123"})
        BOOST_TEST(read(text) == "no moment", text);
}

BOOST_AUTO_TEST_SUITE_END()
