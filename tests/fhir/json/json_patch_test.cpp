// RFC 6902, its appendix A among it.
#include "fhir/json/json_patch.hpp"

#include <boost/test/unit_test.hpp>

#include "fhir/json/json_document.hpp"

using namespace gantry::fhir::r4;

namespace {

struct Row {
    const char *before, *patch, *after;  // after: null where nothing is done
};

}  // namespace

BOOST_AUTO_TEST_SUITE(json_patches)

BOOST_AUTO_TEST_CASE(every_operation_does_what_the_rfc_says) {
    const Row rows[] = {
        // appendix A
        {R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux"}])", R"({"foo":"bar","baz":"qux"})"},
        {R"({"foo":["bar","baz"]})", R"([{"op":"add","path":"/foo/1","value":"qux"}])",
         R"({"foo":["bar","qux","baz"]})"},
        {R"({"baz":"qux","foo":"bar"})", R"([{"op":"remove","path":"/baz"}])", R"({"foo":"bar"})"},
        {R"({"foo":["bar","qux","baz"]})", R"([{"op":"remove","path":"/foo/1"}])", R"({"foo":["bar","baz"]})"},
        {R"({"baz":"qux","foo":"bar"})", R"([{"op":"replace","path":"/baz","value":"boo"}])",
         R"({"baz":"boo","foo":"bar"})"},
        {R"({"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}})",
         R"([{"op":"move","from":"/foo/waldo","path":"/qux/thud"}])",
         R"({"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}})"},
        {R"({"foo":["all","grass","cows","eat"]})", R"([{"op":"move","from":"/foo/1","path":"/foo/3"}])",
         R"({"foo":["all","cows","eat","grass"]})"},
        {R"({"baz":"qux","foo":["a",2,"c"]})",
         R"([{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}])",
         R"({"baz":"qux","foo":["a",2,"c"]})"},
        {R"({"baz":"qux"})", R"([{"op":"test","path":"/baz","value":"bar"}])", nullptr},
        {R"({"foo":"bar"})", R"([{"op":"add","path":"/child","value":{"grandchild":{}}}])", R"({"foo":"bar"})"},
        {R"({"foo":"bar"})", R"([{"op":"add","path":"/baz","value":"qux","xyz":123}])", R"({"foo":"bar","baz":"qux"})"},
        {R"({"foo":"bar"})", R"([{"op":"add","path":"/baz/bat","value":"qux"}])", nullptr},
        {R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":10}])", R"({"/":9,"~1":10})"},
        {R"({"/":9,"~1":10})", R"([{"op":"test","path":"/~01","value":"10"}])", nullptr},
        // Of primitives' extensions each stays in the place of its own.
        {R"({"given":["A","B"],"_given":[{"id":"a"},{"id":"b"}]})", R"([{"op":"remove","path":"/_given/0/id"}])",
         R"({"given":["A","B"],"_given":[null,{"id":"b"}]})"},
        {R"({"foo":["bar"]})", R"([{"op":"add","path":"/foo/-","value":["abc","def"]}])",
         R"({"foo":["bar",["abc","def"]]})"},
        // and what else stands in it
        {R"({"a":1.50})", R"([{"op":"test","path":"/a","value":15e-1}])", R"({"a":1.50})"},
        {R"({"a":0})", R"([{"op":"test","path":"/a","value":-0.0}])", R"({"a":0})"},
        {R"({"a":1})", R"([{"op":"test","path":"/a","value":10}])", nullptr},
        {R"({"a":{"b":1,"c":[2]}})", R"([{"op":"test","path":"/a","value":{"c":[2.0],"b":1}}])",
         R"({"a":{"b":1,"c":[2]}})"},
        {R"({"a":[1,2]})", R"([{"op":"test","path":"/a","value":[2,1]}])", nullptr},
        {R"({"a":1})", R"([{"op":"copy","from":"/a","path":"/b"},{"op":"replace","path":"/a","value":2}])",
         R"({"a":2,"b":1})"},
        {R"({"a":1})", R"([{"op":"move","from":"/a","path":"/a"}])", R"({"a":1})"},
        {R"({"a":{"b":1}})", R"([{"op":"move","from":"/a","path":"/a/b"}])", nullptr},
        {R"({"a":1})", R"([{"op":"move","from":"","path":"/a"}])", nullptr},
        {R"({"a":1})", R"([{"op":"replace","path":"","value":{"c":3}}])", R"({"c":3})"},
        {R"({"a":1})", R"([{"op":"remove","path":""}])", nullptr},
        {R"({"a":[1]})", R"([{"op":"add","path":"/a/2","value":3}])", nullptr},
        {R"({"a":[1]})", R"([{"op":"add","path":"/a/1","value":3}])", R"({"a":[1,3]})"},
        {R"({"a":[1]})", R"([{"op":"add","path":"/a/01","value":3}])", nullptr},
        {R"({"a":[1]})", R"([{"op":"remove","path":"/a/-"}])", nullptr},
        {R"({"a":[1]})", R"([{"op":"replace","path":"/a/1","value":3}])", nullptr},
        {R"({"a":[1]})", R"([{"op":"remove","path":"/b"}])", nullptr},
        {R"({"a":[1]})", R"([{"op":"replace","path":"/a/0/b","value":3}])", nullptr},
        // FHIR has nothing that is empty
        {R"({"a":[{"b":1}],"c":2})", R"([{"op":"remove","path":"/a/0/b"}])", R"({"c":2})"},
        {R"({"a":[1],"c":2})", R"([{"op":"remove","path":"/a/0"},{"op":"add","path":"/a/-","value":3}])",
         R"({"a":[3],"c":2})"},
        // the last of several that fails undoes those before
        {R"({"a":1})", R"([{"op":"add","path":"/b","value":2},{"op":"test","path":"/a","value":2}])", nullptr},
    };
    for (const auto& row : rows) {
        std::string resource = row.before;
        const auto problem = json_patch(resource, row.patch);
        BOOST_TEST(problem.has_value() == (row.after == nullptr), row.patch);
        BOOST_TEST(resource == (row.after ? row.after : row.before), row.patch);
        if (problem) BOOST_CHECK(problem->kind == PatchProblem::Kind::unfulfilled);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_patch_is_said_with_its_place) {
    const struct {
        const char *patch, *place;
    } rows[] = {{"", ""},
                {"{", ""},
                {"{}", ""},
                {"7", ""},
                {"[7]", "/0"},
                {R"([{}])", "/0"},
                {R"([{"op":"add","path":"/a","value":1},{"op":"add"}])", "/1"},
                {R"([{"op":7,"path":"/a"}])", "/0"},
                {R"([{"op":"spam","path":"/a","value":1}])", "/0/op"},
                {R"([{"op":"add","path":"a","value":1}])", "/0/path"},
                {R"([{"op":"add","path":"/~2","value":1}])", "/0/path"},
                {R"([{"op":"add","path":"/~","value":1}])", "/0/path"},
                {R"([{"op":"add","path":"/a"}])", "/0"},
                {R"([{"op":"test","path":"/a"}])", "/0"},
                {R"([{"op":"copy","path":"/a"}])", "/0/from"},
                {R"([{"op":"move","from":7,"path":"/a"}])", "/0/from"},
                {R"([{"op":"add","op":"remove","path":"/a","value":1}])", ""}};
    for (const auto& row : rows) {
        std::string resource = R"({"a":1})";
        const auto problem = json_patch(resource, row.patch);
        BOOST_REQUIRE_MESSAGE(problem, row.patch);
        BOOST_CHECK_MESSAGE(problem->kind == PatchProblem::Kind::unreadable, row.patch);
        BOOST_TEST(problem->place == row.place, row.patch);
        BOOST_TEST(resource == R"({"a":1})");
    }
}

// Doubling what is there, and nesting it, come to an end.
BOOST_AUTO_TEST_CASE(a_patch_that_grows_without_end_is_refused) {
    std::string doubling = "[", nesting = "[";
    for (int i = 0; i < 60; ++i) {
        doubling += std::string(i ? "," : "") + R"({"op":"copy","from":"/a","path":"/a/)" + std::to_string(i) + "\"}";
        nesting += std::string(i ? "," : "") + R"({"op":"copy","from":"/a","path":"/a/0"})";
    }
    for (const auto& patch : {doubling + "]", nesting + "]"}) {
        std::string resource = R"({"a":[1]})";
        const auto problem = json_patch(resource, patch);
        BOOST_REQUIRE(problem);
        BOOST_CHECK(problem->kind == PatchProblem::Kind::unfulfilled);
        BOOST_TEST(resource == R"({"a":[1]})");
    }
    std::string many = "[";
    for (std::size_t i = 0; i <= most_patch_operations; ++i)
        many += std::string(i ? "," : "") + R"({"op":"test","path":"/a","value":1})";
    std::string resource = R"({"a":1})";
    BOOST_TEST(json_patch(resource, many + "]").has_value());
    std::string deep(10'000, '[');
    BOOST_TEST(json_patch(resource, deep + std::string(10'000, ']')).has_value());
}

BOOST_AUTO_TEST_CASE(numbers_are_the_same_by_their_value) {
    const auto same = [](const char* a, const char* b) { return same_json(*read_json_node(a), *read_json_node(b)); };
    BOOST_TEST(same("100", "1e2"));
    BOOST_TEST(same("100", "1E+2"));
    BOOST_TEST(same("0.001", "1e-3"));
    BOOST_TEST(same("-0", "0.00"));
    BOOST_TEST(!same("-1", "1"));
    BOOST_TEST(!same("12345678901234567890", "12345678901234567891"));
    BOOST_TEST(!same("1e999999999999", "1e-999999999999"));
    BOOST_TEST(!same("1", "\"1\""));
    BOOST_TEST(!same("true", "false"));
}

BOOST_AUTO_TEST_SUITE_END()
