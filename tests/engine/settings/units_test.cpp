#include "engine/settings/units.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::settings;

BOOST_AUTO_TEST_SUITE(settings_units)

BOOST_AUTO_TEST_CASE(durations) {
    const auto millis = [](std::string_view text) {
        const auto duration = parse_duration(text);
        return duration ? duration->count() : -1;
    };
    BOOST_TEST(millis("500ms") == 500);
    BOOST_TEST(millis("30s") == 30'000);
    BOOST_TEST(millis("5m") == 300'000);
    BOOST_TEST(millis("2h") == 7'200'000);
    BOOST_TEST(millis("7d") == 604'800'000);
    BOOST_TEST(millis("0s") == 0);
    for (const auto* wrong : {"", "30", "s", "-1s", "+1s", "1.5s", "1 s", "1s ", "1sec", "1h30m", "36526d",
                              "99999999999999999999s", "9223372036854775807d"})
        BOOST_TEST(millis(wrong) == -1, wrong);
}

BOOST_AUTO_TEST_CASE(durations_are_written_with_the_largest_whole_unit) {
    for (const auto* text : {"0s", "1ms", "1500ms", "90s", "2m", "25h", "7d"})
        BOOST_TEST(to_string(*parse_duration(text)) == text);
    BOOST_TEST(to_string(std::chrono::milliseconds(120'000)) == "2m");
}

BOOST_AUTO_TEST_CASE(sizes) {
    const auto bytes = [](std::string_view text) {
        const auto size = parse_size(text);
        return size ? static_cast<std::int64_t>(size->count) : -1;
    };
    BOOST_TEST(bytes("17") == 17);
    BOOST_TEST(bytes("17B") == 17);
    BOOST_TEST(bytes("64KiB") == 65536);
    BOOST_TEST(bytes("16MB") == 16'000'000);
    BOOST_TEST(bytes("2GiB") == 2147483648);
    BOOST_TEST(bytes("9007199254740992") == 9007199254740992);
    for (const auto* wrong : {"", "MB", "-1MB", "1.5MB", "1 MB", "1mb", "9007199254740993", "99999999TiB"})
        BOOST_TEST(bytes(wrong) == -1, wrong);
    for (const auto* text : {"0B", "17B", "64KiB", "16MB", "16MiB", "1GiB"})
        BOOST_TEST(to_string(*parse_size(text)) == text);
}

BOOST_AUTO_TEST_CASE(addresses) {
    BOOST_TEST((parse_host_port("127.0.0.1:104") == HostPort{"127.0.0.1", 104}));
    BOOST_TEST((parse_host_port("pacs.example:11112") == HostPort{"pacs.example", 11112}));
    BOOST_TEST((parse_host_port("[::1]:104") == HostPort{"::1", 104}));
    for (const auto* wrong : {"", ":104", "host", "host:", "host:0", "host:65536", "host:-1", "host: 1", "::1:104",
                              "[]:1", "[::1]", "ho st:1", "http://host:1", "host:1x"})
        BOOST_TEST(!parse_host_port(wrong).has_value(), wrong);
    BOOST_TEST(to_string(HostPort{"::1", 104}) == "[::1]:104");
    BOOST_TEST(to_string(HostPort()).empty());
}

BOOST_AUTO_TEST_SUITE_END()
