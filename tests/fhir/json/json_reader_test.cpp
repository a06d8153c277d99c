#include "fhir/json/json_reader.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/base/utf8.hpp"
#include "fhir/json/json_writer.hpp"

using namespace gantry::fhir::r4;

namespace {

// "line:column type path: words" of each issue.
std::string issues_of(std::string_view bytes, const ReadOptions& options = {}) {
    std::string out;
    for (const auto& issue : read_json(bytes, options).issues)
        out += std::to_string(issue.position.line) + ":" + std::to_string(issue.position.column) + " " +
               std::string(to_text(issue.type)) + " " + issue.expression + ": " + issue.diagnostics + "\n";
    return out;
}

std::string again(std::string_view bytes) {
    const auto outcome = read_json(bytes);
    BOOST_REQUIRE_MESSAGE(outcome.ok(), bytes);
    return write_json(*outcome.resource);
}

std::string nested(std::size_t levels) {
    std::string out = R"({"resourceType":"Questionnaire")";
    for (std::size_t i = 0; i < levels; ++i) out += R"(,"item":[{"linkId":"1")";
    for (std::size_t i = 0; i < levels; ++i) out += "}]";
    return out + "}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_reader)

BOOST_AUTO_TEST_CASE(elements_of_a_resource) {
    const auto outcome = read_json(R"({"resourceType": "Patient", "id": "p1", "active": true,
  "name": [{"family": "Muster", "given": ["Anna", "Lea"]}, {"text": "Anna"}],
  "multipleBirthInteger": 2})");
    BOOST_REQUIRE(outcome.ok());
    const auto& patient = *outcome.resource;
    BOOST_TEST(patient.type().name() == "Patient");
    BOOST_TEST(patient.id() == "p1");
    BOOST_TEST(patient["active"].value() == "true");
    BOOST_TEST(patient.root().count("name") == 2u);
    BOOST_TEST(patient["name"]["given"].again().value() == "Lea");
    BOOST_TEST(patient["name"]["given"].again().path() == "Patient.name[0].given[1]");
    BOOST_TEST(patient["name"].again()["text"].path() == "Patient.name[1].text");
    BOOST_TEST(patient["multipleBirth"].value() == "2");
    BOOST_TEST(patient["multipleBirth"].path() == "Patient.multipleBirth");
    BOOST_TEST(patient["multipleBirth"].position().line == 3u);
    BOOST_TEST(patient["multipleBirth"].position().column == 27u);
    BOOST_TEST(patient["name"]["family"].position().line == 2u);
    BOOST_TEST(!patient["gender"]);
    BOOST_TEST(patient["gender"]["id"].value().empty());
}

BOOST_AUTO_TEST_CASE(what_is_read_is_written_in_the_order_of_the_specification) {
    BOOST_TEST(again(R"({"gender":"female","id":"a","resourceType":"Patient","meta":{"versionId":"1"}})") ==
               R"({"resourceType":"Patient","id":"a","meta":{"versionId":"1"},"gender":"female"})");
}

BOOST_AUTO_TEST_CASE(numbers_keep_their_precision) {
    for (const auto* number : {"1.10", "0.0", "-0", "1E3", "100", "3.141592653589793238462643383279", "1e-7"}) {
        const auto text = R"({"resourceType":"Observation","valueQuantity":{"value":)" + std::string(number) + "}}";
        BOOST_TEST(again(text) == text);
    }
}

BOOST_AUTO_TEST_CASE(what_stands_beside_a_primitive) {
    for (
        const auto* text :
        {R"({"resourceType":"Patient","birthDate":"1970-01","_birthDate":{"id":"b","extension":[{"url":"x","valueCode":"y"}]}})",
         R"({"resourceType":"Patient","_birthDate":{"extension":[{"url":"x","valueCode":"y"}]}})",
         R"({"resourceType":"Patient","name":[{"given":["a",null,"c"],"_given":[null,{"id":"b"},{"id":"c"}]}]})",
         R"({"resourceType":"Patient","name":[{"_given":[{"id":"b"}]}]})",
         R"({"resourceType":"Patient","name":[{"given":["a"],"_given":[null]}]})"})
        BOOST_TEST(read_json(text).ok(), text);
    const std::string whole = R"({"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"id":"b"}]}]})";
    BOOST_TEST(again(whole) == whole);
    BOOST_TEST(again(R"({"_active":{"id":"x"},"resourceType":"Patient","active":false})") ==
               R"({"resourceType":"Patient","active":false,"_active":{"id":"x"}})");
}

BOOST_AUTO_TEST_CASE(null_stands_only_for_what_is_beside) {
    BOOST_TEST(issues_of(R"({"resourceType":"Patient","active":null})") ==
               "1:27 structure Patient.active: null is no value\n");
    BOOST_TEST(issues_of(R"({"resourceType":"Patient","name":[{"given":["a",null]}]})") ==
               "1:49 structure Patient.name[0].given[1]: null is no value, and nothing stands for it\n");
    BOOST_TEST(issues_of(R"({"resourceType":"Patient","name":[{"given":["a"],"_given":[null,null]}]})") ==
               "1:65 structure Patient.name[0].given[1]: null is no value, and nothing stands for it\n");
    BOOST_TEST(issues_of(R"({"resourceType":"Patient","name":[null]})") ==
               "1:35 structure Patient.name[0]: null is no value, and nothing stands for it\n");
}

BOOST_AUTO_TEST_CASE(arrays_are_where_r4_has_them) {
    BOOST_TEST(issues_of(R"({"resourceType":"Patient","name":{"family":"M"}})") ==
               "1:34 structure Patient.name[0]: it may repeat, so it is written as an array\n");
    BOOST_TEST(issues_of(R"({"resourceType":"Patient","gender":["male"]})") ==
               "1:36 structure Patient.gender: it does not repeat, so it is not written as an array\n");
    BOOST_TEST(issues_of(R"({"resourceType":"Patient","name":[]})") == "1:27 structure Patient.name: an empty array\n");
}

BOOST_AUTO_TEST_CASE(kinds_of_values) {
    BOOST_TEST(issues_of(R"({"resourceType":"Patient","active":"true"})") ==
               "1:36 structure Patient.active: it is written as true or false\n");
    BOOST_TEST(issues_of(R"({"resourceType":"Patient","birthDate":1970})") ==
               "1:39 structure Patient.birthDate: it is written as a string\n");
    BOOST_TEST(issues_of(R"({"resourceType":"Patient","maritalStatus":"M"})") ==
               "1:43 structure Patient.maritalStatus: it is written as an object\n");
    BOOST_TEST(issues_of(R"({"resourceType":"Patient","gender":{"code":"male"}})") ==
               "1:36 structure Patient.gender: it is written as a string\n");
}

BOOST_AUTO_TEST_CASE(all_problems_are_told_not_only_the_first) {
    const auto issues = read_json("{\"resourceType\":\"Patient\",\n\"nmae\":[],\n\"active\":1,\n\"photo\":{}}").issues;
    BOOST_REQUIRE_EQUAL(issues.size(), 3u);
    BOOST_TEST(issues[0].diagnostics == "Patient has no such element, did you mean \"name\"?");
    BOOST_TEST(issues[0].expression == "Patient.nmae");
    BOOST_TEST(issues[1].position.line == 3u);
    BOOST_TEST(issues[2].position.line == 4u);
}

BOOST_AUTO_TEST_CASE(a_long_name_does_not_make_a_long_outcome) {
    std::string key;
    for (int i = 0; i < 10'000; ++i) key += "é";
    const auto issues = read_json("{\"resourceType\":\"Patient\",\"" + key + "\":1}").issues;
    BOOST_REQUIRE_EQUAL(issues.size(), 1u);
    BOOST_TEST(issues[0].expression.size() == std::string("Patient.").size() + 64);
    BOOST_TEST(gantry::is_utf8(issues[0].expression));
}

BOOST_AUTO_TEST_CASE(unknown_elements_are_kept) {
    const std::string text = R"({"resourceType":"Patient","active":true,"note":{"a":[1.50,null,"é\n"],"b":{}},"_x":3})";
    BOOST_TEST(!read_json(text).ok());
    ReadOptions lenient;
    lenient.lenient = true;
    const auto outcome = read_json(text, lenient);
    BOOST_REQUIRE(outcome.ok());
    BOOST_TEST(outcome.issues.size() == 2u);
    BOOST_TEST(write_json(*outcome.resource) == text);
}

BOOST_AUTO_TEST_CASE(extensions_are_kept) {
    const std::string text =
        R"({"resourceType":"Patient","extension":[{"extension":[{"url":"b","valueDecimal":1.0}],"url":"http://a"}],)"
        R"("modifierExtension":[{"url":"http://m","valueBoolean":false}],"contact":[{"modifierExtension":[{"url":"n","valueString":"x"}]}]})";
    BOOST_TEST(again(text) == text);
}

BOOST_AUTO_TEST_CASE(resources_inside) {
    const std::string text =
        R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o"}],"active":true}}]})";
    BOOST_TEST(again(text) == text);
    BOOST_TEST(issues_of(R"({"resourceType":"Bundle","entry":[{"resource":{"active":true}}]})") ==
               "1:47 structure Bundle.entry[0].resource: resourceType is missing\n");
    BOOST_TEST(issues_of(R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Person2"}}]})") ==
               "1:63 not-supported Bundle.entry[0].resource: resourceType names no resource of R4\n");
}

BOOST_AUTO_TEST_CASE(what_is_no_resource) {
    for (const auto* text :
         {"", " ", "[]", "1", "null", "{}", R"({"resourceType":1})", R"({"resourceType":"Resource"})",
          R"({"resourceType":"HumanName"})", R"({"resourceType":"patient"})"}) {
        const auto outcome = read_json(text);
        BOOST_TEST(!outcome.resource, text);
        BOOST_TEST(outcome.issues.size() == 1u, text);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_json) {
    using namespace std::literals;
    for (const auto text :
         {R"({"resourceType":"Patient")"sv, R"({"resourceType":"Patient",})"sv, R"({"resourceType":"Patient"}})"sv,
          R"({resourceType:"Patient"})"sv, R"({"resourceType":"Patient"} // x)"sv, R"({'resourceType':'Patient'})"sv,
          "{\"resourceType\":\"Pat\x80ient\"}"sv, R"({"resourceType":"Patient","id":"\ud800"})"sv,
          R"({"resourceType":"Patient","id":"\udc00"})"sv, R"({"resourceType":"Patient","active":True})"sv,
          R"({"resourceType":"Observation","valueInteger":01})"sv,
          R"({"resourceType":"Observation","valueInteger":+1})"sv, "{\"resourceType\":\"Patient\"}\0"sv,
          "{\"resourceType\":\"Patient\",\"id\":\"a\nb\"}"sv}) {
        const auto outcome = read_json(text);
        BOOST_TEST(!outcome.resource, text);
        BOOST_REQUIRE_EQUAL(outcome.issues.size(), 1u);
        BOOST_TEST((outcome.issues[0].severity == Severity::fatal), text);
    }
    BOOST_TEST(issues_of("{\"resourceType\":\"Patient\",\n  \"id\" \"a\"}").substr(0, 4) == "2:8 ");
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_passed_over) {
    BOOST_TEST(read_json("\xEF\xBB\xBF{\"resourceType\":\"Patient\",\"active\":true}").ok());
}

BOOST_AUTO_TEST_CASE(a_key_is_there_once) {
    BOOST_TEST(issues_of(R"({"resourceType":"Patient","id":"a","id":"b"})") ==
               "1:36 structure : a key is there twice in one object\n");
    BOOST_TEST(!read_json(R"({"resourceType":"Patient","x":{"a":1,"b":2,"a":3}})").resource);
    std::string many = R"({"resourceType":"Patient")";
    for (int i = 0; i < 200; ++i) many += ",\"k" + std::to_string(i) + "\":1";
    BOOST_TEST(read_json(many + "}").resource.has_value());
    BOOST_TEST(!read_json(many + ",\"k77\":2}").resource);
    for (int i = 200; i < 1000; ++i) many += ",\"k" + std::to_string(i) + "\":1";
    BOOST_TEST((read_json(many + "}").issues.at(0).type == IssueType::too_costly));
}

BOOST_AUTO_TEST_CASE(limits) {
    BOOST_TEST(read_json(nested(48)).ok());
    BOOST_TEST(!read_json(nested(49)).resource);
    for (const std::size_t levels : {max_depth, std::size_t{10'000}}) {
        const auto outcome = read_json(nested(levels));
        BOOST_TEST(!outcome.resource);
        BOOST_TEST((outcome.issues.at(0).type == IssueType::too_costly));
    }
    BOOST_TEST(!read_json(std::string(1'000'000, '[')).resource);
    ReadOptions small;
    small.max_bytes = 20;
    BOOST_TEST(issues_of(R"({"resourceType":"Patient"})", small).find("too-costly") != std::string::npos);
    ReadOptions few;
    few.max_elements = 3;
    BOOST_TEST(!read_json(R"({"resourceType":"Patient","id":"a","active":true,"gender":"male"})", few).resource);
    few = {};
    few.max_issues = 5;
    const auto issues = read_json(R"({"resourceType":"Patient","a":1,"b":1,"c":1,"d":1,"e":1,"f":1})", few).issues;
    BOOST_REQUIRE_EQUAL(issues.size(), 5u);
    BOOST_TEST((issues[4].type == IssueType::too_costly));
}

BOOST_AUTO_TEST_SUITE_END()
