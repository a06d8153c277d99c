#include "fhir/resources/human_names.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry::fhir;

namespace {

std::string written(std::string_view name) {
    ResourceWriter out("Basic", "1");
    out.array("name", [&] { write_human_names(out, name, "official"); });
    auto text = std::move(out).finish();
    const auto from = text.find("\"name\":");
    return from == std::string::npos ? std::string() : text.substr(from + 7, text.size() - from - 8);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(human_names)

BOOST_AUTO_TEST_CASE(the_five_components) {
    BOOST_TEST(written("Muster^Anna^Maria^Dr.^MD") ==
               R"([{"use":"official","text":"Dr. Anna Maria Muster MD","family":"Muster","given":["Anna","Maria"],)"
               R"("prefix":["Dr."],"suffix":["MD"]}])");
    BOOST_TEST(written("Muster") == R"([{"use":"official","text":"Muster","family":"Muster"}])");
    BOOST_TEST(written("^Anna") == R"([{"use":"official","text":"Anna","given":["Anna"]}])");
}

BOOST_AUTO_TEST_CASE(groups_say_which_they_are) {
    const std::string ideographic =
        R"({"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation",)"
        R"("valueCode":"IDE"}],"use":"official","text":"山田 太郎","family":"山田","given":["太郎"]})";
    BOOST_TEST(written("=山田^太郎") == "[" + ideographic + "]");
    const auto both = written("Yamada^Tarou=山田^太郎");
    BOOST_TEST(both.find(R"("valueCode":"ABC")") < both.find(R"("valueCode":"IDE")"));
    BOOST_TEST(both.find(R"("valueCode":"SYL")") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_of_nothing) {
    for (const auto* none : {"", "^^^^", "==", " ^ = ^", "==^^^^^^^^^"}) {
        BOOST_TEST(written(none).empty(), none);
        BOOST_TEST(display_of(none).empty(), none);
    }
}

BOOST_AUTO_TEST_CASE(more_than_a_name_has) {
    BOOST_TEST(written("a^b^c^d^e^f=g=h=i^j").find("\"f\"") == std::string::npos);
    BOOST_TEST(display_of("a^b^c^d^e^f=g=h=i^j") == "d b c a e");
}

BOOST_AUTO_TEST_CASE(for_people) {
    BOOST_TEST(display_of("Muster^Anna^Maria^Dr.^MD") == "Dr. Anna Maria Muster MD");
    BOOST_TEST(display_of("=山田^太郎=やまだ^たろう") == "山田 太郎");
}

BOOST_AUTO_TEST_SUITE_END()
