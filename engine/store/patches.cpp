#include "engine/store/patches.hpp"

#include <charconv>

#include "engine/json/value.hpp"
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

std::int64_t number_of(const json::Value* value) {
    std::int64_t out = 0;
    if (value) std::from_chars(value->string().data(), value->string().data() + value->string().size(), out);
    return out;
}

std::optional<effects::RecordKind> kind_named(std::string_view text) {
    using effects::RecordKind;
    for (const auto kind : {RecordKind::patient, RecordKind::order, RecordKind::step, RecordKind::report})
        if (effects::to_text(kind) == text) return kind;
    return std::nullopt;
}

// Of a created record every value was empty before.
std::string before_of(const json::Value& field) {
    return field.items().empty() ? std::string() : field.items().front().string();
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

std::vector<effects::RecordChange> read_patches(const std::string& text) {
    const auto list = json::parse(text);
    if (!list) return {};
    std::vector<effects::RecordChange> out;
    for (const auto& patch : list->items()) {
        const auto* kind = patch.find("r");
        const auto known = kind ? kind_named(kind->string()) : std::nullopt;
        if (!known) continue;
        auto& change = out.emplace_back();
        change.kind = *known;
        change.id = number_of(patch.find("id"));
        const auto* created = patch.find("new");
        change.created = created && created->boolean();
        change.previous = number_of(patch.find("prev"));
        if (const auto* fields = patch.find("f"))
            for (const auto& [name, position, value] : fields->members())
                change.fields.push_back({name, before_of(value)});
    }
    return out;
}

}  // namespace gantry::store
