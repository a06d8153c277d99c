#include "fhir/resources/resource_writer.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::fhir;

namespace {

constexpr std::string_view head = R"({"resourceType":"Basic","id":"1")";

template <class Write>
std::string written(Write write) {
    ResourceWriter out("Basic", "1");
    write(out);
    auto text = std::move(out).finish();
    BOOST_REQUIRE(text.starts_with(head));
    return text.substr(head.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resource_writer)

BOOST_AUTO_TEST_CASE(nothing_empty_appears) {
    BOOST_TEST(written([](auto& out) {
                   out.object("a", [&] { out.array("b", [&] { out.object({}, [&] { out.string("c", ""); }); }); });
                   out.array("d", [] {});
                   out.object("e", [&] {
                       out.array("f", [&] { out.string({}, " \n"); });
                       out.word("g", "h");
                       out.object("i", [] {});
                   });
                   out.array("j", [&] {
                       out.object({}, [] {});
                       out.object({}, [&] { out.boolean("k", false); });
                       out.object({}, [] {});
                       out.object({}, [&] { out.word("l", "m"); });
                   });
               }) == R"(,"e":{"g":"h"},"j":[{"k":false},{"l":"m"}]})");
}

BOOST_AUTO_TEST_CASE(strings) {
    BOOST_TEST(written([](auto& out) { out.string("a", " x\n\t\"\\<\x01\x7F "); }) ==
               ",\"a\":\" x\\n\\t\\\"\\\\<\xEF\xBF\xBD\x7F \"}");
}

BOOST_AUTO_TEST_CASE(addresses) {
    BOOST_TEST(written([](auto& out) { out.uri("a", "http://a/b c\"<>\n\xC3\xA4%20"); }) ==
               ",\"a\":\"http://a/b%20c%22%3C%3E%0A\xC3\xA4%20\"}");
    BOOST_TEST(written([](auto& out) { out.uri("a", ""); }) == "}");
}

BOOST_AUTO_TEST_CASE(numbers) {
    const auto number = [](std::string_view digits) { return written([&](auto& out) { out.number("a", digits); }); };
    BOOST_TEST(number("72.50") == R"(,"a":72.50})");
    BOOST_TEST(number("-0.5") == R"(,"a":-0.5})");
    BOOST_TEST(number("007") == R"(,"a":7})");
    BOOST_TEST(number("000") == R"(,"a":0})");
    for (const auto* none : {"", "-", ".", "1.", ".5", "1e3", "1,5", "--1", "1.2.3", "0x1", "NaN"})
        BOOST_TEST(number(none) == "}", none);
}

BOOST_AUTO_TEST_SUITE_END()
