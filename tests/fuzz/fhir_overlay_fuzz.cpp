// Any resource that can be read, kept and laid under a projection: what is served is readable, has our id and version,
// and posted again, while the record says what it said, it is served the same.
#include <array>
#include <string>

#include "fhir/documents/overlay.hpp"
#include "fhir/documents/posted_resource.hpp"
#include "tests/fuzz/fhir_round_trip.hpp"

namespace {

using namespace gantry;
using namespace gantry::fhir;

struct Projected {
    const char* type;
    effects::RecordKind kind;
    std::string json;
};

const std::array<Projected, 4>& projections() {
    static const std::string meta = R"(,"id":"7","meta":{"versionId":"9","lastUpdated":"2026-11-29T08:00:00.123Z"},)";
    static const std::array<Projected, 4> all{
        {{"Patient", effects::RecordKind::patient,
          R"({"resourceType":"Patient")" + meta + R"("identifier":[{"value":"4711"}],"name":[{"family":"M"}]})"},
         {"ServiceRequest", effects::RecordKind::order,
          R"({"resourceType":"ServiceRequest")" + meta +
              R"("contained":[{"resourceType":"Observation","id":"weight"}],"identifier":[{"value":"P"}],"status":"active",)"
              R"("intent":"order","subject":{"reference":"Patient/1"},"supportingInfo":[{"reference":"#weight"}]})"},
         {"ImagingStudy", effects::RecordKind::order,
          R"({"resourceType":"ImagingStudy")" + meta +
              R"("status":"available","subject":{"reference":"Patient/1"},"basedOn":[{"reference":"ServiceRequest/7"}]})"},
         {"DiagnosticReport", effects::RecordKind::report,
          R"({"resourceType":"DiagnosticReport")" + meta +
              R"("status":"final","category":[{"text":"RAD"}],"code":{"text":"CT"},"result":[{"reference":"Observation/7-1"}]})"}}};
    return all;
}

std::string served(const Projected& over, const r4::Resource& posted, const FieldNow& now) {
    return overlay(over.json, over.kind, now, posted_resource(posted.root(), {{"name", "M"}}).text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const auto read = r4::read_json(fuzz::text_of(data, size));
    if (!read.ok() || !r4::acceptable(r4::validate(*read.resource))) return 0;
    for (const auto& over : projections()) {
        if (read.resource->type().name() != over.type) continue;
        for (const char* name : {"M", "other"}) {
            const FieldNow now = [name](std::string_view field) {
                return field == "name" ? std::string_view(name) : std::string_view();
            };
            const auto once = served(over, *read.resource, now);
            const auto again = r4::read_json(once);
            fuzz::must(again.resource.has_value(), "what is served is read");
            fuzz::must(again.resource->id() == "7" && (*again.resource)["meta"]["versionId"].value() == "9",
                       "id and version are ours");
            fuzz::must(name[0] != 'M' || served(over, *again.resource, now) == once,
                       "posted again it is served the same");
        }
    }
    return 0;
}
