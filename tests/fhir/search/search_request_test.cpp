#include "fhir/search/search_request.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/store/record_search_sql.hpp"
#include "fhir/search/cursor.hpp"

using namespace gantry;
using namespace gantry::fhir;

namespace {

const Zone utc("UTC");
const ProjectionContext projection;

SearchContext context() {
    return {{utc, "http://localhost/fhir", {1'795'424'400'000'000}}, projection};
}

SearchReading read(const char* type, const QueryParameters& parameters) {
    return read_search(*searchable_type(type), parameters, context());
}

// The problems, or else that the search can be asked.
std::string problems(const char* type, const QueryParameters& parameters) {
    const auto reading = read(type, parameters);
    std::string out;
    for (const auto& problem : reading.problems) out += problem.text + ";";
    (void)store::find_sql(reading.request.query, reading.request.after, 1);
    return out;
}

std::string problem(const char* type, const char* name, const char* value) {
    return problems(type, {{name, value}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(search_requests)

// Every parameter with a value of its type, with every modifier that is declared, can be asked of the store.
BOOST_AUTO_TEST_CASE(whatever_is_declared_can_be_asked) {
    std::size_t asked = 0;
    for (const auto& type : searchable_types()) {
        for (const auto& parameter : type.parameters) {
            const auto* resolved = type.find(parameter.code);
            BOOST_REQUIRE(resolved);
            const char* value = "x";
            if (resolved->type == ParameterType::date) value = "ge2026-11-23";
            if (resolved->type == ParameterType::reference) value = "12";
            QueryParameters all{{std::string(parameter.code), value}};
            if (resolved->present) all.push_back({std::string(parameter.code) + ":missing", "false"});
            if (resolved->type == ParameterType::token) all.push_back({std::string(parameter.code) + ":not", value});
            if (resolved->exact) all.push_back({std::string(parameter.code) + ":exact", value});
            if (resolved->contains) all.push_back({std::string(parameter.code) + ":contains", value});
            if (!resolved->sort.empty()) all.push_back({"_sort", "-" + std::string(resolved->code)});
            for (const auto& target : resolved->targets) {
                if (!searchable_type(target.type)) continue;
                all.push_back({std::string(parameter.code) + ":" + std::string(target.type), "12"});
                all.push_back({std::string(parameter.code) + "._id", "12"});
                all.push_back({"_include", std::string(type.name) + ":" + std::string(resolved->code)});
                const auto has = "_has:" + std::string(type.name) + ":" + std::string(resolved->code) + ":_id";
                BOOST_TEST(problems(std::string(target.type).c_str(), {{has, "12"}}) == "");
            }
            BOOST_TEST(problems(std::string(type.name).c_str(), all) == "", type.name << "?" << parameter.code);
            asked += all.size();
        }
    }
    BOOST_TEST(asked > 100u);
}

BOOST_AUTO_TEST_CASE(every_value_of_a_date_has_every_prefix) {
    for (const auto* prefix : {"", "eq", "ne", "gt", "ge", "lt", "le", "sa", "eb", "ap"})
        BOOST_TEST(problems("ServiceRequest", {{"authored", std::string(prefix) + "2026-11"},
                                               {"_lastUpdated", std::string(prefix) + "2026-11-23T09:00:00Z"}}) == "");
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_named_with_what_there_is) {
    BOOST_TEST(problem("Patient", "familly", "x") == "Patient has no parameter \"familly\", did you mean \"family\"?;");
    BOOST_TEST(problem("Patient", "_cuont", "1") == "there is no parameter \"_cuont\", did you mean \"_count\"?;");
    BOOST_TEST(problem("Patient", "family:exakt", "x").find("does not take :exakt") != std::string::npos);
    BOOST_TEST(problem("Patient", "family.given", "x").find("is no reference") != std::string::npos);
    BOOST_TEST(problem("ServiceRequest", "patient:Practitioner", "1").find("does not take :Practitioner") !=
               std::string::npos);
    BOOST_TEST(problem("ServiceRequest", "patient", "Group/1").find("never refers to Group") != std::string::npos);
    BOOST_TEST(problem("ServiceRequest", "patient.familly", "x").find("did you mean \"family\"") != std::string::npos);
    BOOST_TEST(problem("Patient", "_has:Nothing:patient:_id", "1").find("no type Nothing") != std::string::npos);
    BOOST_TEST(problem("Patient", "_has:Task", "1").find("_has:Type:reference") != std::string::npos);
    BOOST_TEST(problem("Patient", "_sort", "-birthdat").find("did you mean \"birthdate\"") != std::string::npos);
    BOOST_TEST(problem("Patient", "_count", "ten").find("_count is a number") != std::string::npos);
    BOOST_TEST(problem("Patient", "birthdate", "1.1.1980").find("birthdate: ") == 0u);
    BOOST_TEST(problem("Patient", "identifier", "").find("has no value") != std::string::npos);
    BOOST_TEST(problem("ServiceRequest", "_include", "ServiceRequest:status").find("no reference") !=
               std::string::npos);
    BOOST_TEST(problem("Patient", "gender:missing", "perhaps").find("true or false") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_chain_does_not_go_on_for_ever) {
    std::string name = "link";
    for (int i = 0; i < 200; ++i) name += ".link";
    BOOST_TEST(problem("Patient", name.c_str(), "1").find("a chain has at most") != std::string::npos);
    std::string has = "_id";
    for (int i = 0; i < 200; ++i) has = "_has:Patient:link:" + has;
    BOOST_TEST(problem("Patient", has.c_str(), "1").find("a chain has at most") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(whoever_is_lenient_gets_the_rest) {
    const auto reading = read("Patient", {{"familly", "x"}, {"given", "ann"}});
    BOOST_TEST(reading.problems.size() == 1u);
    BOOST_REQUIRE(reading.request.self.size() == 1u);
    BOOST_TEST(reading.request.self.front().first == "given");
}

BOOST_AUTO_TEST_CASE(a_cursor_belongs_to_its_search) {
    const auto first = read("Patient", {{"given", "ann"}, {"_count", "2"}});
    const auto cursor = cursor_text({77, {}}, first.request.digest);
    const auto next = read("Patient", {{"given", "ann"}, {"_count", "5"}, {"_cursor", cursor}});
    BOOST_REQUIRE(next.request.after);
    BOOST_TEST(next.request.after->id == 77);
    for (const auto* forged : {"", "77", "zz", "00", "ffffffffffffffff"})
        BOOST_TEST(problems("Patient", {{"given", "ann"}, {"_cursor", forged}}) != "", forged);
    BOOST_TEST(problems("Patient", {{"given", "bob"}, {"_cursor", cursor}}) != "");
    BOOST_TEST(problems("Patient", {{"given", "ann"}, {"_sort", "family"}, {"_cursor", cursor}}) != "");
    BOOST_TEST(problems("ServiceRequest", {{"_cursor", cursor}}) != "");
}

BOOST_AUTO_TEST_SUITE_END()
