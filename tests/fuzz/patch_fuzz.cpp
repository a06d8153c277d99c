// Any bytes as a patch. The first byte tells what they are: 0 a JSON Patch, 1 the Parameters of a FHIRPath Patch as
// JSON, 2 a FHIRPath. What fails changes nothing, what succeeds is JSON, and is the same each time.
#include "engine/json/value.hpp"
#include "fhir/json/fhirpath.hpp"
#include "fhir/json/fhirpath_patch.hpp"
#include "fhir/json/json_document.hpp"
#include "fhir/json/json_patch.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/json_writer.hpp"
#include "fhir/json/validation.hpp"
#include "tests/fuzz/parts.hpp"

namespace {

using namespace gantry;
using namespace gantry::fhir::r4;

const std::string person =
    R"({"resourceType":"Patient","id":"1","extension":[{"url":"http://x/a","valueString":"b"}],"identifier":[)"
    R"({"system":"urn:a","value":"1"},{"system":"urn:b","value":"2"}],"active":true,"name":[{"family":"Muster",)"
    R"("given":["Anna","Bea"],"_given":[null,{"id":"g"}]}],"birthDate":"1970-01-31"})";

void says_why(const PatchProblem& problem) {
    fuzz::must(!problem.text.empty(), "a problem says what is wrong");
}

void by_pointers(std::string_view patch) {
    std::string one = person, again = person;
    const auto problem = json_patch(one, patch);
    const auto second = json_patch(again, patch);
    fuzz::must(problem.has_value() == second.has_value() && one == again, "the same patch does the same");
    if (problem) {
        says_why(*problem);
        fuzz::must(one == person, "what fails changes nothing");
        return;
    }
    const auto node = read_json_node(one);
    fuzz::must(node.has_value(), "what is patched is JSON");
    fuzz::must(json_depth(*node) <= max_json_depth && json_size(*node) <= most_patched_values, "it has its bounds");
    fuzz::must(write_fhir_json(*node) == one, "written again it is the same");
}

void by_paths(std::string_view patch) {
    const auto parameters = read_json(patch);
    if (!parameters.ok() || parameters.resource->type().name() != "Parameters") return;
    auto resource = std::move(*read_json(person).resource);
    if (const auto problem = fhirpath_patch(resource, *parameters.resource)) return says_why(*problem);
    const auto text = write_json(resource);
    fuzz::must(gantry::json::parse(text).ok(), "what is patched is JSON");
    validate(resource);
}

void as_path(std::string_view text) {
    static const auto resource = std::move(*read_json(person).resource);
    const auto read = FhirPath::parse(text);
    if (!read.ok()) return fuzz::must(!read.error().detail.empty(), "an error says what is wrong");
    for (const auto& one : read->of(resource)) fuzz::must(!one.path().empty(), "what is found has a place");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const auto text = fuzz::text_of(data + 1, size - 1);
    const auto what = data[0] % 3;
    if (what == 0) by_pointers(text);
    if (what == 1) by_paths(text);
    if (what == 2) as_path(text);
    return 0;
}
