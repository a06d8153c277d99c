#include "engine/hl7/location.hpp"

#include "engine/hl7/path.hpp"

namespace gantry::hl7 {
ErrorLocation error_location(std::string_view text) {
    auto path = Path::parse(text);
    const bool only_segment = !path;
    if (only_segment) path = Path::parse(std::string(text) + "-1");
    if (!path) return {};
    ErrorLocation out;
    out.segment = path->segment();
    const bool segment_chosen = text.size() > 3 && text[3] == '[';
    out.sequence = path->segment_index() || segment_chosen ? path->segment_index() : 1;
    if (only_segment) return out;
    out.field = path->field();
    const auto bracket = text.rfind('[');
    const bool chosen = bracket != std::string_view::npos && bracket != 3;
    out.repetition = path->repetition() || chosen ? path->repetition() : 1;
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
