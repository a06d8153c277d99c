#include "fhir/json/resource.hpp"

#include <boost/test/unit_test.hpp>

#include "fhir/json/issue.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/json_writer.hpp"
#include "fhir/json/reference.hpp"
#include "fhir/json/validation.hpp"

using namespace gantry::fhir::r4;

namespace {

Resource made(std::string_view type) {
    return Resource(*Type::find(type));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resource)

BOOST_AUTO_TEST_CASE(building) {
    auto patient = made("Patient");
    const auto name = patient.add(patient.root(), "name");
    BOOST_TEST(patient.add(name, "given", "B").value() == "B");
    patient.add(patient.root(), "id", "1");
    patient.add(name, "given", "C");
    patient.add(name, "family", "A");
    patient.add(patient.root(), "deceasedBoolean", "false");
    BOOST_TEST(!patient.add(patient.root(), "deceased", "false"));
    BOOST_TEST(!patient.add(name, "colour", "red"));
    const auto number = patient.add(patient.root(), "multipleBirthInteger", "2");
    BOOST_TEST((number.kind() == ValueKind::number));
    BOOST_TEST(number.position().line == 0u);
    BOOST_TEST(
        write_json(patient) ==
        R"({"resourceType":"Patient","id":"1","name":[{"family":"A","given":["B","C"]}],"deceasedBoolean":false,"multipleBirthInteger":2})");
    BOOST_TEST(validate(patient).empty());
}

BOOST_AUTO_TEST_CASE(changing) {
    auto patient = made("Patient");
    const auto a = patient.add(patient.root(), "identifier"), b = patient.add(patient.root(), "identifier");
    patient.add(a, "value", "1");
    const auto value = patient.add(b, "value", "2");
    patient.set_value(value, "3");
    patient.remove(a);
    BOOST_TEST(write_json(patient) == R"({"resourceType":"Patient","identifier":[{"value":"3"}]})");
    patient.remove(patient["identifier"]);
    patient.add(patient.root(), "active", "true");
    BOOST_TEST(write_json(patient) == R"({"resourceType":"Patient","active":true})");
    patient.remove(patient.root());
    BOOST_TEST(patient["active"].value() == "true");
}

BOOST_AUTO_TEST_CASE(a_bundle_of_copies) {
    const auto outcome =
        read_json(R"({"resourceType":"Patient","id":"1","name":[{"family":"A"}],"contact":[{"name":{"text":"x"}}]})");
    auto bundle = made("Bundle");
    bundle.add(bundle.root(), "type", "collection");
    for (int i = 0; i < 2; ++i)
        bundle.add_copy(bundle.add(bundle.root(), "entry"), "resource", outcome.resource->root());
    const auto basic = bundle.add_resource(bundle.add(bundle.root(), "entry"), "resource", *Type::find("Basic"));
    bundle.add(basic, "id", "b");
    BOOST_TEST(bundle["entry"]["resource"].is("Patient"));
    BOOST_TEST(bundle["entry"]["resource"]["contact"]["name"]["text"].path() ==
               "Bundle.entry[0].resource.contact[0].name.text");
    BOOST_TEST((bundle["entry"]["resource"]["name"].resource() == bundle["entry"]["resource"]));
    const auto out = Resource::extract(bundle["entry"].again()["resource"]);
    BOOST_TEST(write_json(out) == write_json(*outcome.resource));
    const auto text = write_json(bundle);
    BOOST_TEST(read_json(text).ok());
    BOOST_TEST(write_json(*read_json(text).resource) == text);
}

BOOST_AUTO_TEST_CASE(handles_survive_moving_and_adding) {
    auto patient = made("Patient");
    const auto name = patient.add(patient.root(), "name");
    for (int i = 0; i < 1000; ++i) patient.add(name, "given", std::to_string(i));
    const auto moved = std::move(patient);
    BOOST_TEST(name["given"].again().value() == "1");
    BOOST_TEST(name.count("given") == 1000u);
}

BOOST_AUTO_TEST_CASE(outcomes) {
    const std::vector<Issue> issues = {
        {Severity::error, IssueType::invariant, "no \"good\"", "Patient.contact[0]", {3, 7}, "pat-1"},
        {Severity::fatal, IssueType::too_costly, "too large", "", {}, ""}};
    BOOST_TEST(!acceptable(issues));
    const auto outcome = operation_outcome(issues);
    BOOST_TEST(validate(outcome).empty());
    BOOST_TEST(
        operation_outcome_json(issues) ==
        R"({"resourceType":"OperationOutcome","issue":[{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line","valueInteger":3},)"
        R"({"url":"http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col","valueInteger":7}],"severity":"error","code":"invariant",)"
        R"("details":{"coding":[{"system":"http://hl7.org/fhir/StructureDefinition/elementdefinition-constraint-key","code":"pat-1"}]},)"
        R"("diagnostics":"no \"good\"","expression":["Patient.contact[0]"]},{"severity":"fatal","code":"too-costly","diagnostics":"too large"}]})");
    BOOST_TEST(acceptable({}));
    BOOST_TEST(
        operation_outcome_json({}) ==
        R"({"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational","diagnostics":"All OK"}]})");
    BOOST_TEST(validate(operation_outcome({})).empty());
}

BOOST_AUTO_TEST_CASE(references_are_taken_apart) {
    using Kind = ReferenceText::Kind;
    const auto absolute = parse_reference("https://ehr.example/fhir/Patient/1/_history/2");
    BOOST_TEST((absolute.kind == Kind::absolute));
    BOOST_TEST(absolute.base == "https://ehr.example/fhir/");
    BOOST_REQUIRE(absolute.type);
    BOOST_TEST(absolute.type->name() == "Patient");
    BOOST_TEST(absolute.id == "1");
    BOOST_TEST(absolute.version == "2");
    const auto relative = parse_reference("ImagingStudy/a.b-C");
    BOOST_TEST((relative.kind == Kind::relative));
    BOOST_TEST(relative.id == "a.b-C");
    BOOST_TEST(relative.base.empty());
    BOOST_TEST((parse_reference("#x").kind == Kind::fragment));
    BOOST_TEST(parse_reference("#x").id == "x");
    BOOST_TEST((parse_reference("Patient?identifier=a|b").kind == Kind::conditional));
    BOOST_TEST((parse_reference("fhir/Patient/1").kind == Kind::wrong));
    BOOST_TEST((parse_reference("").kind == Kind::wrong));
}

BOOST_AUTO_TEST_SUITE_END()
