#include "engine/main/case_fhir.hpp"

#include <charconv>
#include <memory>

#include "fhir/json/json_reader.hpp"

namespace gantry {
namespace {

using fhir::r4::Element;
using fhir::r4::Resource;
using fhir::r4::Type;

// "identifier[1]": a name, and which of its repetitions, from 0.
struct PathStep {
    std::string_view name;
    std::size_t repetition = 0;
};

std::optional<PathStep> step_of(std::string_view text) {
    const auto bracket = text.find('[');
    PathStep out{text.substr(0, bracket)};
    if (bracket == std::string_view::npos) return out;
    const auto inside = text.substr(bracket + 1);
    const auto read = std::from_chars(inside.data(), inside.data() + inside.size(), out.repetition);
    if (read.ec != std::errc() || std::string_view(read.ptr, 1) != "]" || read.ptr + 1 != text.data() + text.size())
        return std::nullopt;
    return out;
}

Element child(Element parent, const PathStep& step) {
    auto out = parent[step.name];
    for (std::size_t n = 0; out && n < step.repetition; ++n) out = out.again();
    return out;
}

// Nothing: R4 has no such place, or no value stands there.
std::optional<std::string> value_at(const Resource& resource, std::string_view path) {
    if (path == "resourceType") return std::string(resource.type().name());
    auto at = resource.root();
    std::optional<Type> type = resource.type();
    while (!path.empty()) {
        const auto dot = path.find('.');
        const auto step = step_of(path.substr(0, dot));
        path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
        if (!step || !type) return std::nullopt;
        const auto below = type->child(step->name);
        if (!below) return std::nullopt;
        at = child(at, *step);
        type = at && at.type() ? at.type() : std::optional(below->type());
    }
    if (!type->is_primitive()) return std::nullopt;
    return std::string(at.value());
}

Observation row_of(Resource&& resource) {
    const auto shared = std::make_shared<const Resource>(std::move(resource));
    Observation out;
    out.kind = Observation::Kind::fields;
    out.other = [shared](const std::string& name) { return value_at(*shared, name); };
    out.usual = {"resourceType"};
    return out;
}

}  // namespace

Result<Observation> observe_fhir(const net::HttpResponse& answer) {
    auto read = fhir::r4::read_json(answer.body);
    if (!read.resource) return Error{ErrorCode::internal, "the answer is no resource", {}};
    if (answer.status != 200)
        return Error{
            ErrorCode::fhir_bad_parameter,
            std::to_string(answer.status) + " " + std::string((*read.resource)["issue"]["diagnostics"].value()),
            {}};
    std::vector<Observation> rows;
    if (read.resource->type().name() != "Bundle") {
        rows.push_back(row_of(std::move(*read.resource)));
        return Observation::of_rows(std::move(rows));
    }
    for (auto entry = (*read.resource)["entry"]; entry; entry = entry.again())
        if (const auto resource = entry["resource"]) rows.push_back(row_of(Resource::extract(resource)));
    return Observation::of_rows(std::move(rows));
}

}  // namespace gantry
