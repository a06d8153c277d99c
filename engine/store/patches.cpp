#include "engine/store/patches.hpp"

#include "engine/json/writer.hpp"

namespace gantry::store {
namespace {

void write_fields(json::Writer& out, const effects::Patch& patch) {
    out.key("f").begin_object();
    for (const auto& field : patch.fields) {
        out.key(field.field);
        if (patch.created)
            out.value(field.source);
        else
            out.begin_array().value(field.before).value(field.source).end_array();
    }
    out.end_object();
}

}  // namespace

std::string patches_text(std::span<const effects::Patch> patches) {
    json::Writer out;
    out.begin_array();
    for (const auto& patch : patches) {
        out.begin_object().member("r", effects::to_text(patch.kind)).member("id", std::to_string(patch.id));
        if (patch.created) out.member("new", true);
        if (patch.previous_change != 0) out.member("prev", std::to_string(patch.previous_change));
        write_fields(out, patch);
        out.end_object();
    }
    out.end_array();
    return std::move(out).text();
}

}  // namespace gantry::store
