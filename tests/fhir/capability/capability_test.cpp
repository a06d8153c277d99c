#include "fhir/capability/capability.hpp"

#include <boost/test/unit_test.hpp>

#include "fhir/json/json_reader.hpp"
#include "fhir/json/validation.hpp"
#include "fhir/search/parameters.hpp"

using namespace gantry;
using namespace gantry::fhir;

namespace {

std::string statement() {
    return capability_json({"http://localhost/fhir", "1.2.3", {1'795'424'400'000'000}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(capabilities)

BOOST_AUTO_TEST_CASE(the_statement_is_a_valid_resource) {
    const auto read = r4::read_json(statement());
    for (const auto& issue : read.issues) BOOST_TEST(issue.diagnostics == "", issue.expression);
    BOOST_REQUIRE(read.resource);
    for (const auto& issue : r4::validate(*read.resource)) BOOST_TEST(issue.diagnostics == "", issue.expression);
}

BOOST_AUTO_TEST_CASE(it_declares_every_type_and_parameter_of_the_table) {
    const auto text = statement();
    for (const auto& type : searchable_types()) {
        BOOST_TEST(text.find("\"type\":\"" + std::string(type.name) + "\"") != std::string::npos, type.name);
        for (const auto& parameter : type.parameters)
            BOOST_TEST(text.find("\"name\":\"" + std::string(parameter.code) + "\"") != std::string::npos,
                       parameter.code);
    }
}

// What R4 publishes is declared as it is published, and what is not is marked as ours.
BOOST_AUTO_TEST_CASE(parameters_of_r4_have_its_type_and_targets) {
    for (const auto& type : searchable_types()) {
        for (const auto& parameter : type.parameters) {
            auto published = r4::SearchParameter::find(type.name, parameter.code);
            if (!published) published = r4::SearchParameter::find("Resource", parameter.code);
            BOOST_TEST(published.has_value() == !parameter.ours, type.name << "?" << parameter.code);
            if (!published) continue;
            BOOST_TEST(published->type() == to_text(parameter.type), type.name << "?" << parameter.code);
            for (const auto& target : parameter.targets) {
                bool known = false;
                for (std::size_t i = 0; i < published->targets(); ++i)
                    known = known || published->target(i).name() == target.type;
                BOOST_TEST(known, type.name << "?" << parameter.code << " never refers to " << target.type);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(histories_are_declared_where_there_are_any) {
    const auto text = statement();
    for (const auto* code : {"vread", "history-instance", "history-type", "history-system"})
        BOOST_TEST(text.find("{\"code\":\"" + std::string(code) + "\"}") != std::string::npos, code);
    const auto practitioner = text.substr(text.find("\"type\":\"Practitioner\""), 400);
    BOOST_TEST(practitioner.find("history-instance") != std::string::npos);
    BOOST_TEST(practitioner.find("history-type") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(writing_is_declared_while_a_channel_takes_it) {
    const auto with = capability_json({"http://localhost/fhir", "1.2.3", {1'795'424'400'000'000}, true});
    // Of subscriptions it is declared always: no channel takes them.
    const auto times = [](const std::string& text, std::string_view code) {
        const auto declared = "{\"code\":\"" + std::string(code) + "\"}";
        std::size_t out = 0;
        for (auto at = text.find(declared); at != std::string::npos; at = text.find(declared, at + 1)) ++out;
        return out;
    };
    for (const auto* code : {"create", "update", "transaction"})
        BOOST_TEST(times(with, code) > times(statement(), code), code);
    for (const auto* code : {"create", "update"}) BOOST_TEST(times(statement(), code) == 1u, code);
    BOOST_TEST(times(statement(), "transaction") == 0u);
    BOOST_TEST(times(statement(), "batch") == 1u);  // who may not write may read in one
    const auto read = r4::read_json(with);
    BOOST_REQUIRE(read.ok());
    BOOST_TEST(r4::acceptable(r4::validate(*read.resource)));
}

BOOST_AUTO_TEST_CASE(operations_and_topics_are_declared) {
    const auto text = statement();
    for (const auto* one : {"{\"name\":\"export\"", "{\"name\":\"everything\"", "{\"name\":\"status\"",
                            "{\"name\":\"events\"", "\"valueCanonical\":\"urn:gantry:topic:imaging-order\""})
        BOOST_TEST(text.find(one) != std::string::npos, one);
}

BOOST_AUTO_TEST_SUITE_END()
