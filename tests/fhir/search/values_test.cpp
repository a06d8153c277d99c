#include "fhir/search/values.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::fhir;

namespace {

const Zone berlin("Europe/Berlin");
constexpr Instant now{1'795'424'400'000'000};  // 2026-11-23T09:00:00Z

ValueContext context() {
    return {berlin, "https://fhir.example.org/fhir", now};
}

std::string period(std::string_view text) {
    const auto out = period_of(text, berlin);
    return out ? out->from + "-" + out->before : "none";
}

using Names = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(search_values)

BOOST_AUTO_TEST_CASE(commas_separate_alternatives_unless_escaped) {
    BOOST_TEST(alternatives("a,b") == (Names{"a", "b"}), boost::test_tools::per_element());
    BOOST_TEST(alternatives(R"(a\,b,c)") == (Names{R"(a\,b)", "c"}), boost::test_tools::per_element());
    BOOST_TEST(alternatives("a,") == (Names{"a", ""}), boost::test_tools::per_element());
    BOOST_TEST(alternatives("\\") == (Names{"\\"}), boost::test_tools::per_element());
    BOOST_TEST(unescaped(R"(a\,b\|c\$d\\e\f)") == R"(a,b|c$d\e\f)");
}

BOOST_AUTO_TEST_CASE(a_token_has_a_system_or_a_code_or_both) {
    const auto plain = token_value("A1").value();
    BOOST_TEST(!plain.system);
    BOOST_TEST(plain.code == "A1");
    const auto both = token_value("urn:dicom:uid|urn:oid:1.2").value();
    BOOST_TEST(*both.system == "urn:dicom:uid");
    BOOST_TEST(both.code == "urn:oid:1.2");
    BOOST_TEST(token_value("|A1").value().system->empty());
    BOOST_TEST(token_value("http://x|").value().code.empty());
    BOOST_TEST(token_value(R"(a\|b)").value().code == "a|b");
    BOOST_TEST(!token_value("").ok());
    BOOST_TEST(!token_value("|").ok());
}

BOOST_AUTO_TEST_CASE(a_reference_is_an_id_a_path_or_an_address) {
    const auto typed = reference_value("Patient/12", context()).value();
    BOOST_TEST(typed.type == "Patient");
    BOOST_TEST(typed.id == "12");
    BOOST_TEST(reference_value("12", context()).value().type.empty());
    BOOST_TEST(reference_value("https://fhir.example.org/fhir/Patient/12", context()).value().id == "12");
    BOOST_TEST(reference_value("https://elsewhere.example/fhir/Patient/12", context()).value().elsewhere);
    BOOST_TEST(reference_value("urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7", context()).value().elsewhere);
    for (const auto* broken : {"Patient/", "/12", "patient/12", "Patient/1 2", "Patient/1/2", "a b"})
        BOOST_TEST(!reference_value(broken, context()).ok(), broken);
}

BOOST_AUTO_TEST_CASE(a_date_is_the_period_that_it_leaves_open) {
    BOOST_TEST(period("2026") == "20260101-20270101");
    BOOST_TEST(period("2026-12") == "20261201-20270101");
    BOOST_TEST(period("2026-02-28") == "20260228-20260301");
    BOOST_TEST(period("2026-11-23T09:30") == "202611230930-202611230931");
    BOOST_TEST(period("2026-11-23T09:30:15") == "20261123093015-20261123093016");
    BOOST_TEST(period("2026-11-23T23:59") == "202611232359-20261124");
}

BOOST_AUTO_TEST_CASE(a_zone_is_read_as_the_sites_clock) {
    BOOST_TEST(period("2026-11-23T09:30:00Z") == "202611231030-20261123103001");
    BOOST_TEST(period("2026-07-01T23:30:00Z") == "202607020130-20260702013001");
    BOOST_TEST(period("2026-11-23T09:30:00+01:00") == "202611230930-20261123093001");
    BOOST_TEST(period("2026-11-23T09:30:00 01:00") == "202611230930-20261123093001");  // a plus that was not encoded
    BOOST_TEST(period("9999") == "99990101-99991231235959");
}

BOOST_AUTO_TEST_CASE(what_is_no_date_is_none) {
    for (const auto* broken : {"", "26", "2026-", "2026-13", "2026-1", "2026-02-30", "2026-11-23T", "2026-11-23T09",
                               "2026-11-23T24:00", "2026-11-23T09:60", "2026-11-23T09:30:15.", "2026-11-23 09:30",
                               "2026-11-23T09:30+25:00", "2026-11-23T09:30Zx", "0000", "yesterday", "20261123"})
        BOOST_TEST(period(broken) == "none", broken);
}

BOOST_AUTO_TEST_CASE(prefixes_stand_before_dates) {
    BOOST_CHECK(date_value("ge2026", context()).value().prefix == Prefix::ge);
    BOOST_CHECK(date_value("2026", context()).value().prefix == Prefix::eq);
    BOOST_CHECK(date_value("sa2026-11-23", context()).value().prefix == Prefix::sa);
    BOOST_TEST(!date_value("xx2026", context()).ok());
    const auto about = date_value("ap2026-11-13", context()).value().period;  // nine days and a half before now
    BOOST_TEST((about.from < "20261113"));
    BOOST_TEST((about.before > "20261114"));
}

BOOST_AUTO_TEST_SUITE_END()
