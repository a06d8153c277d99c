#include "engine/hl7/location.hpp"

#include "engine/hl7/path.hpp"

namespace gantry::hl7 {
namespace {

bool has_condition(std::string_view part) {
    return part.find_first_of("=*") != std::string_view::npos;
}

}  // namespace

ErrorLocation error_location(std::string_view text) {
    auto path = Path::parse(text);
    const bool only_segment = !path;
    if (only_segment) path = Path::parse(std::string(text) + "-1");
    if (!path) return {};
    ErrorLocation out;
    out.segment = path->segment();
    const auto field_bracket = text.rfind('[');
    const auto segment_part =
        text.size() > 3 && text[3] == '[' ? text.substr(3, text.find(']') - 2) : std::string_view();
    out.sequence = path->segment_index() ? path->segment_index() : has_condition(segment_part) ? 0 : 1;
    if (only_segment) return out;
    out.field = path->field();
    const bool chosen =
        field_bracket != std::string_view::npos && field_bracket != 3 && has_condition(text.substr(field_bracket));
    out.repetition = path->repetition() ? path->repetition() : chosen ? 0 : 1;
    out.component = path->component();
    out.subcomponent = path->subcomponent();
    return out;
}

std::string ErrorLocation::text() const {
    std::string out = segment;
    if (segment.empty()) return out;
    if (sequence > 1) out += "[" + std::to_string(sequence) + "]";
    if (field == 0) return out;
    out += "-" + std::to_string(field);
    if (repetition > 1) out += "[" + std::to_string(repetition) + "]";
    if (component > 0) out += "." + std::to_string(component);
    if (component > 0 && subcomponent > 0) out += "." + std::to_string(subcomponent);
    return out;
}

}  // namespace gantry::hl7
