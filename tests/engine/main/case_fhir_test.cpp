#include "engine/main/case_fhir.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;

namespace {

Observation rows_of(const std::string& body) {
    auto out = observe_fhir({200, {}, body});
    BOOST_REQUIRE(out.ok());
    return std::move(*out);
}

// Of the first row; "(no such name)" where R4 has no such place.
std::string at(const Observation& rows, const std::string& path) {
    const auto found = rows.rows.at(0).find(path);
    return found ? found->text : "(no such name)";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(case_fhir)

BOOST_AUTO_TEST_CASE(elements_are_found_by_path) {
    const auto rows = rows_of(R"({"resourceType":"Observation","status":"final","code":{"coding":[{"code":"a"},
        {"code":"b","userSelected":true}]},"valueQuantity":{"value":1.50,"unit":"mm"}})");
    BOOST_TEST(rows.rows.size() == 1u);
    BOOST_TEST(at(rows, "resourceType") == "Observation");
    BOOST_TEST(at(rows, "status") == "final");
    BOOST_TEST(at(rows, "code.coding.code") == "a");
    BOOST_TEST(at(rows, "code.coding[0].code") == "a");
    BOOST_TEST(at(rows, "code.coding[1].code") == "b");
    BOOST_TEST(at(rows, "code.coding[1].userSelected") == "true");
    BOOST_TEST(at(rows, "valueQuantity.value") == "1.50");
    BOOST_TEST(at(rows, "issued") == "");
    BOOST_TEST(at(rows, "code.coding[7].code") == "");
    BOOST_TEST(at(rows, "subject.reference") == "");
}

BOOST_AUTO_TEST_CASE(what_r4_does_not_have_is_no_name) {
    const auto rows = rows_of(R"({"resourceType":"Patient","name":[{"family":"Doe"}]})");
    for (const auto* path : {"nome", "name.famly", "subject.x", "name[", "name[x].family", "name[0]x.family",
                             "name..family", "name", "active.x", ".", "name[99999999999999999999].family"})
        BOOST_TEST(at(rows, path) == "(no such name)", path);
}

BOOST_AUTO_TEST_CASE(each_resource_of_a_searchset_is_a_row) {
    const auto rows = rows_of(R"({"resourceType":"Bundle","type":"searchset","entry":[
        {"resource":{"resourceType":"Task","status":"ready"}},{"resource":{"resourceType":"Patient","active":true}}]})");
    BOOST_REQUIRE_EQUAL(rows.rows.size(), 2u);
    BOOST_TEST(rows.rows[0].find("status")->text == "ready");
    BOOST_TEST(rows.rows[1].find("resourceType")->text == "Patient");
    BOOST_TEST(rows_of(R"({"resourceType":"Bundle","type":"searchset"})").rows.empty());
}

BOOST_AUTO_TEST_CASE(a_refusal_is_told_with_its_reason) {
    const auto refused = observe_fhir({400, {}, R"({"resourceType":"OperationOutcome","issue":[{"severity":"error",
        "code":"invalid","diagnostics":"there is no such parameter"}]})"});
    BOOST_REQUIRE(!refused.ok());
    BOOST_TEST(refused.error().detail == "400 there is no such parameter");
    BOOST_TEST(!observe_fhir({200, {}, "nothing"}).ok());
}

BOOST_AUTO_TEST_SUITE_END()
