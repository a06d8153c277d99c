#include "fhir/json/definitions.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

#include "fhir/json/rows.hpp"

using namespace gantry::fhir::r4;

namespace {

Type type(std::string_view name) {
    const auto found = Type::find(name);
    BOOST_REQUIRE_MESSAGE(found, name);
    return *found;
}

ElementDefinition element(std::string_view owner, std::string_view name) {
    const auto found = type(owner).element(name);
    BOOST_REQUIRE_MESSAGE(found, owner << "." << name);
    return *found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(definitions)

BOOST_AUTO_TEST_CASE(every_resource_of_r4_is_there) {
    std::size_t resources = 0;
    for (std::size_t n = 0; n < Type::count(); ++n) resources += Type::at(n).is_resource() ? 1 : 0;
    BOOST_TEST(resources == 146u);
    BOOST_TEST(type("ImagingStudy").is_resource());
    BOOST_TEST(type("ImagingStudy").is_a("DomainResource"));
    BOOST_TEST(type("Bundle").is_a("Resource"));
    BOOST_TEST(!type("Bundle").is_a("DomainResource"));
    BOOST_TEST(!type("HumanName").is_resource());
    BOOST_TEST(type("Resource").is_abstract());
    BOOST_TEST(!Type::find("Imagingstudy"));
    BOOST_TEST(!Type::find(""));
}

BOOST_AUTO_TEST_CASE(elements_are_in_the_order_of_the_specification) {
    std::string names;
    const auto series = type("ImagingStudy.series");
    for (std::size_t n = 0; n < 8; ++n) names += std::string(series.element_at(n).name()) + " ";
    BOOST_TEST(names == "id extension modifierExtension uid number modality description numberOfInstances ");
    BOOST_TEST(type("Patient").element_at(0).name() == "id");
    BOOST_TEST(type("Patient").element_at(8).name() == "identifier");
}

BOOST_AUTO_TEST_CASE(an_element_knows_its_rules) {
    const auto status = element("ImagingStudy", "status");
    BOOST_TEST(status.required());
    BOOST_TEST(status.in_summary());
    BOOST_TEST(status.is_modifier());
    BOOST_TEST(!status.repeats());
    BOOST_REQUIRE(status.codes());
    BOOST_TEST(status.codes()->name() == "imagingstudy-status");
    BOOST_TEST(status.codes()->contains("available"));
    BOOST_TEST(!status.codes()->contains("Available"));
    BOOST_TEST(status.codes()->contains("http://hl7.org/fhir/imagingstudy-status", "available"));
    BOOST_TEST(!status.codes()->contains("http://hl7.org/fhir/event-status", "available"));
    const auto subject = element("ImagingStudy", "subject");
    BOOST_REQUIRE_EQUAL(subject.targets(), 3u);
    BOOST_TEST(subject.target(0).name() == "Patient");
    BOOST_TEST(element("Element", "id").is_xml_attribute());
    BOOST_TEST(!element("Patient", "id").is_xml_attribute());
}

BOOST_AUTO_TEST_CASE(a_choice_is_one_element_of_several_types) {
    const auto value = element("Observation", "valueQuantity");
    BOOST_TEST(value.is_choice());
    BOOST_TEST(value.stem() == "value");
    BOOST_TEST(value.type().name() == "Quantity");
    BOOST_TEST(element("Range", "low").type().name() == "SimpleQuantity");
    BOOST_TEST(element("Dosage.doseAndRate", "doseQuantity").type().is_a("Quantity"));
    BOOST_TEST(!type("Observation").element("value"));
    BOOST_TEST(!type("Observation").element("value[x]"));
}

BOOST_AUTO_TEST_CASE(content_that_is_defined_elsewhere) {
    BOOST_TEST(element("Observation.component", "referenceRange").type().name() == "Observation.referenceRange");
    BOOST_TEST(element("Questionnaire.item", "item").type().name() == "Questionnaire.item");
}

BOOST_AUTO_TEST_CASE(primitives_have_their_own_rules) {
    BOOST_TEST((type("positiveInt").primitive() == Primitive::positiveInt_));
    BOOST_TEST((type("xhtml").primitive() == Primitive::xhtml_));
    BOOST_TEST((type("Period").primitive() == Primitive::none));
    BOOST_TEST(type("date").element("extension").has_value());
}

// The validation counts the elements of a type in an array of fixed size; a resource inside another stands only where
// the readers look for one.
BOOST_AUTO_TEST_CASE(the_rows_are_what_the_code_takes_for_granted) {
    std::set<std::string> resource_elements;
    for (const auto& row : rows::types) {
        BOOST_TEST(row.slots.count < 128u);
        for (const auto& one : rows::part(rows::elements, row.elements))
            if (Type(rows::types[one.type]).name() == "Resource")
                resource_elements.insert(std::string(rows::text(one.name)));
    }
    BOOST_TEST((resource_elements == std::set<std::string>{"contained", "resource", "outcome"}));
}

BOOST_AUTO_TEST_CASE(search_parameters_are_those_of_one_type) {
    const auto patient = SearchParameter::find("ImagingStudy", "patient");
    BOOST_REQUIRE(patient);
    BOOST_TEST(patient->type() == "reference");
    BOOST_TEST(patient->expression() == "ImagingStudy.subject.where(resolve() is Patient)");
    BOOST_TEST(SearchParameter::find("ImagingStudy", "started")->comparators() == "eq,ne,gt,ge,lt,le,sa,eb,ap");
    BOOST_TEST(SearchParameter::find("ImagingStudy", "basedon").has_value());
    BOOST_TEST(!SearchParameter::find("ImagingStudy", "based-on"));
    BOOST_TEST(SearchParameter::find("Resource", "_lastUpdated").has_value());
    BOOST_TEST(SearchParameter::count("Observation") == 38u);
    BOOST_TEST(SearchParameter::count("Nothing") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
