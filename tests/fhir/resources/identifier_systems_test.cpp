#include "fhir/resources/identifier_systems.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "fhir/resources/identifiers.hpp"
#include "records.hpp"

using namespace gantry::fhir;
using namespace gantry::fhir::testing;

namespace {

std::string system_of(std::string_view authority) {
    return context().systems.system_of(authority);
}

std::string written(std::string_view authority) {
    ResourceWriter out("Basic", "1");
    write_identifier(out, "identifier", {"4711", authority, {}}, context());
    return std::move(out).finish();
}

// The text after the first of "key":" up to the next quote.
std::string value_of(const std::string& json, const std::string& key) {
    const auto at = json.find("\"" + key + "\":\"");
    if (at == std::string::npos) return {};
    const auto from = at + key.size() + 4;
    return json.substr(from, json.find('"', from) - from);
}

constexpr const char* authorities[] = {"",
                                       "CITY",
                                       "RIS",
                                       "LAB",
                                       "1.2.276.0.76",
                                       "CITY&1.2.276.0.76&ISO",
                                       "LAB&1.2.3",
                                       "LAB&1.2.3&ISO",
                                       "&1.2.3&ISO",
                                       "LAB&x&DNS",
                                       "LAB&http://a&URI",
                                       "&http://a&URI",
                                       "01.2",
                                       "LAB&3.2.1&ISO",
                                       "&f81d&UUID",
                                       "&f81d4fae-7dec-11d0-a765-00a0c91e6bf6&UUID",
                                       "LAB&f81d&UUID",
                                       "LAB&a b&URI",
                                       "1..2",
                                       "&&",
                                       "LAB&",
                                       "0.1",
                                       "1.2.",
                                       "LAB&1.2.3&ISO&4",
                                       "CITY&1.2.3&UUID"};

}  // namespace

BOOST_AUTO_TEST_SUITE(identifier_systems)

BOOST_AUTO_TEST_CASE(of_an_authority) {
    BOOST_TEST(system_of("CITY") == "http://hospital.example/patients");
    BOOST_TEST(system_of("CITY&1.2.3&ISO") == "http://hospital.example/patients");
    BOOST_TEST(system_of("1.2.276.0.76") == "urn:oid:1.2.276.0.76");
    BOOST_TEST(system_of("LAB&1.2.3&ISO") == "urn:oid:1.2.3");
    BOOST_TEST(system_of("LAB&http://a&URI") == "http://a");
    BOOST_TEST(system_of("A&f81d4fae-7dec-11d0-a765-00a0c91e6bf6&UUID") ==
               "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
    for (const auto* none :
         {"", "LAB", "01.2", "1..2", "1.2.", "3.2.1", "LAB&x&DNS", "LAB&a b&URI", "&f81d&UUID", "LAB&urn:oid:x&URI"})
        BOOST_TEST(system_of(none).empty(), none);
}

BOOST_DATA_TEST_CASE(there_and_back, boost::unit_test::data::make(authorities), authority) {
    const auto json = written(authority);
    BOOST_TEST(context().systems.authority_for(value_of(json, "system"), value_of(json, "display")) == authority, json);
}

BOOST_AUTO_TEST_CASE(one_system_of_two_namespaces) {
    IdentifierSystems systems;
    systems.map("A", "http://both");
    systems.map("B", "http://both");
    BOOST_TEST(systems.authority_for("http://both", "A") == "A");
    BOOST_TEST(systems.authority_for("http://both", "B") == "B");
    BOOST_TEST(systems.authority_for("http://both", "") == "B");
}

BOOST_AUTO_TEST_SUITE_END()
