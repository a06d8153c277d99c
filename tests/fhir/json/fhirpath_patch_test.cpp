// http://hl7.org/fhir/R4/fhirpatch.html, and the subset of FHIRPath that it is written with.
#include "fhir/json/fhirpath_patch.hpp"

#include <boost/test/unit_test.hpp>

#include "fhir/json/fhirpath.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/json_writer.hpp"
#include "fhir/json/validation.hpp"

using namespace gantry;
using namespace gantry::fhir::r4;

namespace {

Resource resource_of(const std::string& json) {
    auto read = read_json(json);
    BOOST_REQUIRE_MESSAGE(read.ok(), json);
    return std::move(*read.resource);
}

const std::string person =
    R"({"resourceType":"Patient","id":"1","extension":[{"url":"http://x/a","valueString":"b"}],)"
    R"("identifier":[{"system":"urn:a","value":"1"},{"system":"urn:b","value":"2"},)"
    R"({"system":"urn:c","value":"3"}],"active":true,)"
    R"("name":[{"family":"Muster","given":["Anna","Bea"]}],"telecom":[)"
    R"({"system":"phone","value":"555","use":"home"},{"system":"phone","value":"556","use":"work"}],)"
    R"("birthDate":"1970-01-31"})";

// "type", path and the further parts.
std::string operation(const std::string& type, const std::string& path, const std::string& more = {}) {
    return R"({"name":"operation","part":[{"name":"type","valueCode":")" + type +
           R"("},{"name":"path","valueString":")" + path + "\"}" + (more.empty() ? "" : "," + more) + "]}";
}
std::string patch_of(const std::string& operations) {
    return R"({"resourceType":"Parameters","parameter":[)" + operations + "]}";
}
std::string named(const std::string& name, const std::string& value) {
    return R"({"name":"name","valueString":")" + name + R"("},{"name":"value",)" + value + "}";
}
std::string value(const std::string& text) {
    return R"({"name":"value",)" + text + "}";
}
std::string number(const std::string& name, int what) {
    return R"({"name":")" + name + R"(","valueInteger":)" + std::to_string(what) + "}";
}

// The patched resource; empty: it was not, and `problem` says why.
std::string patched(const std::string& json, const std::string& operations,
                    std::optional<PatchProblem>* problem = nullptr) {
    auto resource = resource_of(json);
    const auto patch = resource_of(patch_of(operations));
    const auto failed = fhirpath_patch(resource, patch);
    if (problem) *problem = failed;
    return failed ? std::string() : write_json(resource);
}

std::string changed(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, from);
    return text.replace(at, from.size(), to);
}

std::vector<std::string> found(const std::string& path) {
    static const auto resource = resource_of(person);
    const auto parsed = FhirPath::parse(path);
    BOOST_REQUIRE_MESSAGE(parsed.ok(), path);
    std::vector<std::string> out;
    for (const auto one : parsed->of(resource)) out.push_back(one.path());
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fhirpath_patches)

BOOST_AUTO_TEST_CASE(paths_lead_to_elements) {
    using Paths = std::vector<std::string>;
    const struct {
        const char* path;
        Paths leads_to;
    } rows[] = {
        {"Patient.birthDate", {"Patient.birthDate"}},
        {"birthDate", {"Patient.birthDate"}},
        {"Patient", {"Patient"}},
        {"Resource.id", {"Patient.id"}},
        {"Patient.name.given", {"Patient.name[0].given[0]", "Patient.name[0].given[1]"}},
        {"Patient.name[0].given[1]", {"Patient.name[0].given[1]"}},
        {"Patient.name.given.first()", {"Patient.name[0].given[0]"}},
        {"Patient.name.given.last()", {"Patient.name[0].given[1]"}},
        {"name.where(family = 'Muster').given[0]", {"Patient.name[0].given[0]"}},
        {"telecom.where(system='phone' and use = 'work')", {"Patient.telecom[1]"}},
        {"telecom.where(system='phone').where(use='home').value", {"Patient.telecom[0].value"}},
        {"Patient.where(active = true).birthDate", {"Patient.birthDate"}},
        {"Patient.where(birthDate = @1970-01-31).name", {"Patient.name[0]"}},
        {"name.where(given.first() = 'Anna')", {"Patient.name[0]"}},
        {"extension('http://x/a').value", {"Patient.extension[0].value"}},
        {"extension.where(url = 'http://x/a').valueString", {"Patient.extension[0].value"}},
        {"`birthDate`", {"Patient.birthDate"}},
        {"name[7]", {}},
        {"photo", {}},
        {"nothing", {}},
        {"telecom.where(use = 'x\\'\\\\n')", {}},
    };
    for (const auto& row : rows) BOOST_TEST(found(row.path) == row.leads_to, row.path);
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_of_a_path_is_refused) {
    for (const std::string path : {"",
                                   ".",
                                   "a.",
                                   "a..b",
                                   "a[",
                                   "a[x]",
                                   "a[1",
                                   "a[-1]",
                                   "where(a='b')",
                                   "a.where(b)",
                                   "a.where(b='c'",
                                   "a.where(b='c",
                                   "a.where(b ~ 'c')",
                                   "a.where(b='c' or d='e')",
                                   "a.exists()",
                                   "a | b",
                                   "a.first(1)",
                                   "a.where(b.where(c='d')='e')",
                                   "a b",
                                   "'a'",
                                   "extension(x)",
                                   "a.where(b=c)",
                                   "a.ofType(b)",
                                   "%resource",
                                   "a\n",
                                   "`a",
                                   "a.where(b='c\\"})
        BOOST_TEST(!FhirPath::parse(path).ok(), path);
    BOOST_TEST(!FhirPath::parse(std::string(longest_fhirpath + 1, 'a')).ok());
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "a.where(";
    BOOST_TEST(!FhirPath::parse(deep).ok());
}

BOOST_AUTO_TEST_CASE(every_operation_does_what_the_specification_says) {
    const struct {
        std::string operation, from, to;
    } rows[] = {
        {operation("add", "Patient", named("gender", R"("valueCode":"female")")), R"("birthDate")",
         R"("gender":"female","birthDate")"},
        {operation("add", "Patient.name[0]", named("given", R"("valueString":"Cia")")), R"("Bea")", R"("Bea","Cia")"},
        {operation("add", "Patient", named("maritalStatus", R"("valueCodeableConcept":{"text":"M"})")),
         R"("birthDate":"1970-01-31")", R"("birthDate":"1970-01-31","maritalStatus":{"text":"M"})"},
        {operation("add", "Patient", named("deceased", R"("valueBoolean":true)")), R"("birthDate":"1970-01-31")",
         R"("birthDate":"1970-01-31","deceasedBoolean":true)"},
        {operation("add", "Patient", named("deceased", R"("valueDateTime":"2026")")), R"("birthDate":"1970-01-31")",
         R"("birthDate":"1970-01-31","deceasedDateTime":"2026")"},
        // an element whose type has no name: its value is told by parts
        {operation("add", "Patient",
                   named("contact", R"("part":[{"name":"name","valueHumanName":{"text":"a name"}},)"
                                    R"({"name":"gender","valueCode":"male"}])")),
         R"("birthDate":"1970-01-31")",
         R"("birthDate":"1970-01-31","contact":[{"name":{"text":"a name"},"gender":"male"}])"},
        {operation("insert", "Patient.identifier",
                   number("index", 1) + "," + value(R"("valueIdentifier":{"system":"urn:d","value":"4"})")),
         R"({"system":"urn:b")", R"({"system":"urn:d","value":"4"},{"system":"urn:b")"},
        {operation("insert", "Patient.identifier",
                   number("index", 0) + "," + value(R"("valueIdentifier":{"system":"urn:d"})")),
         R"({"system":"urn:a")", R"({"system":"urn:d"},{"system":"urn:a")"},
        {operation("insert", "Patient.identifier",
                   number("index", 3) + "," + value(R"("valueIdentifier":{"system":"urn:d"})")),
         R"("value":"3"})", R"("value":"3"},{"system":"urn:d"})"},
        {operation("delete", "Patient.birthDate"), R"(,"birthDate":"1970-01-31")", ""},
        {operation("delete", "Patient.identifier.where(system='urn:b')"), R"({"system":"urn:b","value":"2"},)", ""},
        {operation("delete", "Patient.maritalStatus"), "", ""},
        // what is left without content is none
        {operation("delete", "Patient.extension[0].value") + "," + operation("delete", "Patient.extension[0].url"),
         R"("extension":[{"url":"http://x/a","valueString":"b"}],)", ""},
        {operation("replace", "Patient.birthDate", value(R"("valueDate":"1971")")), "1970-01-31", "1971"},
        {operation("replace", "Patient.identifier[1]", value(R"("valueIdentifier":{"value":"9"})")),
         R"({"system":"urn:b","value":"2"})", R"({"value":"9"})"},
        {operation("replace", "Patient.extension.value", value(R"("valueQuantity":{"value":1.50})")),
         R"("valueString":"b")", R"("valueQuantity":{"value":1.50})"},
        {operation("replace", "Patient.name.given.where($this)"), "", "refused"},
        {operation("move", "Patient.identifier", number("source", 2) + "," + number("destination", 0)),
         R"({"system":"urn:a","value":"1"},{"system":"urn:b","value":"2"},{"system":"urn:c","value":"3"})",
         R"({"system":"urn:c","value":"3"},{"system":"urn:a","value":"1"},{"system":"urn:b","value":"2"})"},
        {operation("move", "Patient.identifier", number("source", 0) + "," + number("destination", 1)),
         R"({"system":"urn:a","value":"1"},{"system":"urn:b","value":"2"})",
         R"({"system":"urn:b","value":"2"},{"system":"urn:a","value":"1"})"},
        // one after the other
        {operation("delete", "Patient.name[0].given[0]") + "," +
             operation("replace", "Patient.name[0].given[0]", value(R"("valueString":"Cia")")),
         R"(["Anna","Bea"])", R"(["Cia"])"},
    };
    for (const auto& row : rows) {
        const auto out = patched(person, row.operation);
        if (row.to == "refused") {
            BOOST_TEST(out.empty(), row.operation);
            continue;
        }
        BOOST_TEST(out == (row.from.empty() ? person : changed(person, row.from, row.to)), row.operation);
        if (!out.empty()) BOOST_TEST(acceptable(validate(resource_of(out))), out);
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_done_is_told_from_what_is_no_patch) {
    const auto unfulfilled = {
        operation("add", "Patient", named("birthDate", R"("valueDate":"1971")")),
        operation("add", "Patient", named("unheard", R"("valueDate":"1971")")),
        operation("add", "Patient.photo", named("title", R"("valueString":"a")")),
        operation("add", "Patient.name.given", named("id", R"("valueString":"a")")),
        operation("add", "Patient", named("maritalStatus", R"("valueIdentifier":{"value":"a"})")),
        operation("add", "Patient", named("maritalStatus", R"("valueString":"a")")),
        operation("replace", "Patient", value(R"("resource":)" + person)),
        operation("replace", "Patient.gender", value(R"("valueCode":"male")")),
        operation("replace", "Patient.identifier", value(R"("valueIdentifier":{"value":"a"})")),
        operation("delete", "Patient.identifier"),
        operation("delete", "Patient"),
        operation("insert", "Patient.birthDate", number("index", 0) + "," + value(R"("valueDate":"1971")")),
        operation("insert", "Patient.identifier",
                  number("index", 4) + "," + value(R"("valueIdentifier":{"value":"a"})")),
        operation("insert", "Patient.photo", number("index", 0) + "," + value(R"("valueAttachment":{"title":"a"})")),
        operation("move", "Patient.identifier", number("source", 3) + "," + number("destination", 0)),
        operation("move", "Patient.telecom.where(use='home')", number("source", 0) + "," + number("destination", 0))};
    const auto unreadable = {operation("spoil", "Patient"),
                             operation("add", "Patient.where("),
                             operation("add", "Patient"),
                             operation("replace", "Patient.birthDate"),
                             operation("insert", "Patient.identifier", value(R"("valueIdentifier":{"value":"a"})")),
                             operation("move", "Patient.identifier", number("source", 1)),
                             operation("move", "Patient.identifier", number("source", -1)),
                             std::string(R"({"name":"other"})"),
                             std::string(R"({"name":"operation"})")};
    for (const auto& row : unfulfilled) {
        std::optional<PatchProblem> problem;
        BOOST_TEST(patched(person, row, &problem).empty(), row);
        BOOST_REQUIRE_MESSAGE(problem, row);
        BOOST_CHECK_MESSAGE(problem->kind == PatchProblem::Kind::unfulfilled, row);
        BOOST_TEST(problem->place == "Parameters.parameter[0]");
    }
    for (const auto& row : unreadable) {
        std::optional<PatchProblem> problem;
        BOOST_TEST(patched(person, row, &problem).empty(), row);
        BOOST_REQUIRE_MESSAGE(problem, row);
        BOOST_CHECK_MESSAGE(problem->kind == PatchProblem::Kind::unreadable, row);
    }
    auto nothing = resource_of(person);
    BOOST_TEST(fhirpath_patch(nothing, resource_of(R"({"resourceType":"Parameters"})")).has_value());
}

BOOST_AUTO_TEST_CASE(what_stands_beside_a_primitive_goes_with_it) {
    const auto out = patched(person, operation("add", "Patient",
                                               R"({"name":"name","valueString":"gender"},{"name":"value",)"
                                               R"("valueCode":"male","_valueCode":{"id":"g"}})"));
    BOOST_TEST(out.find(R"("gender":"male","_gender":{"id":"g"})") != std::string::npos, out);
}

BOOST_AUTO_TEST_SUITE_END()
