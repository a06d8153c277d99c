#include "fhir/resources/provenance.hpp"

#include <vector>

#include "engine/json/value.hpp"
#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/element_map.hpp"
#include "fhir/resources/extensions.hpp"
#include "fhir/resources/moments.hpp"
#include "fhir/resources/resource_writer.hpp"

namespace gantry::fhir {
namespace {

constexpr std::string_view message_system = "urn:gantry:message", revision_system = "urn:gantry:channel-revision";

// One record of the change row, as a resource that it is shown as.
struct Target {
    std::string_view resource;
    std::string id;
    const json::Value* patch;
};

std::string_view text_of(const json::Value& object, std::string_view key) {
    const auto* value = object.find(key);
    return value ? std::string_view(value->string()) : std::string_view();
}

// "f": {field: source} of a new record, {field: [before, source]} of a changed one.
std::string_view source_of(const json::Value& said) {
    if (said.is_string()) return said.string();
    return said.items().size() == 2 ? std::string_view(said.items()[1].string()) : std::string_view();
}

bool says(const json::Value& patch, std::string_view field) {
    const auto* fields = patch.find("f");
    return fields && fields->find(field);
}

void add_sections(std::vector<Target>& out, std::string_view id, const json::Value& patch) {
    for (std::size_t number = 1; number <= section_count; ++number) {
        const auto field = static_cast<std::size_t>(report_sections()[number - 1].field);
        if (says(patch, effects::field_table(effects::RecordKind::report)[field].name))
            out.push_back({"Observation", std::string(id).append("-").append(std::to_string(number)), &patch});
    }
}

std::vector<Target> targets_of(const json::Value& patches) {
    std::vector<Target> out;
    for (const auto& patch : patches.items()) {
        const auto record = text_of(patch, "r");
        const std::string id(text_of(patch, "id"));
        if (record == "patient") out.push_back({"Patient", id, &patch});
        if (record == "order") out.push_back({"ServiceRequest", id, &patch});
        if (record == "order") out.push_back({"ImagingStudy", id, &patch});
        if (record == "step") out.push_back({"Task", id, &patch});
        if (record != "report") continue;
        out.push_back({"DiagnosticReport", id, &patch});
        add_sections(out, id, patch);
    }
    return out;
}

void write_element(ResourceWriter& out, std::string_view element, std::string_view source) {
    out.object({}, [&] {
        out.array("extension", [&] {
            out.string_extension("element", element);
            out.string_extension("source", source);
        });
        out.word("url", extensions::element_source);
    });
}

// Of the sections of a report each Observation says its own.
bool is_elsewhere(const Target& target, std::string_view field) {
    if (target.resource != "Observation") return false;
    const auto own = target.id.empty() ? 0 : static_cast<std::size_t>(target.id.back() - '1');
    for (std::size_t i = 0; i < section_count; ++i) {
        const auto index = static_cast<std::size_t>(report_sections()[i].field);
        if (effects::field_table(effects::RecordKind::report)[index].name == field) return i != own;
    }
    return false;
}

void write_sources(ResourceWriter& out, const Target& target) {
    const auto* fields = target.patch->find("f");
    if (!fields) return;
    const auto record = text_of(*target.patch, "r");
    for (const auto& row : element_map()) {
        if (to_text(row.kind) != record || row.resource() != target.resource) continue;
        const auto* said = fields->find(row.field);
        if (said && !is_elsewhere(target, row.field)) write_element(out, row.element, source_of(*said));
    }
}

std::string version_path(const Target& target, std::int64_t change) {
    return std::string(target.resource) + "/" + target.id + "/_history/" + std::to_string(change);
}

// `target` is 1..*: of a change that says nothing about any record, that it is unknown.
void write_unknown_target(ResourceWriter& out) {
    out.object({}, [&] {
        out.array("extension", [&] {
            out.object({}, [&] {
                out.word("url", extensions::data_absent_reason);
                out.word("valueCode", "unknown");
            });
        });
    });
}

void write_targets(ResourceWriter& out, const std::vector<Target>& targets, std::int64_t change) {
    out.array("target", [&] {
        if (targets.empty()) return write_unknown_target(out);
        for (const auto& target : targets) {
            out.object({}, [&] {
                out.array("extension", [&] { write_sources(out, target); });
                out.word("reference", version_path(target, change));
            });
        }
    });
}

void write_activity(ResourceWriter& out, const std::vector<Target>& targets) {
    if (targets.empty()) return;
    bool all_new = true;
    for (const auto& target : targets) all_new = all_new && target.patch->find("new");
    out.object("activity", [&] {
        out.array("coding", [&] {
            out.object({}, [&] {
                out.word("system", "http://terminology.hl7.org/CodeSystem/v3-DataOperation");
                out.word("code", all_new ? "CREATE" : "UPDATE");
            });
        });
    });
}

void write_numbered(ResourceWriter& out, std::string_view system, std::int64_t number) {
    if (number == 0) return;
    out.object("identifier", [&] {
        out.word("system", system);
        out.word("value", std::to_string(number));
    });
}

// A channel in its revision, or a person.
void write_agent(ResourceWriter& out, const RecordedChange& change) {
    out.array("agent", [&] {
        out.object({}, [&] {
            out.object("who", [&] {
                out.word("type", change.message != 0 ? "Device" : "Practitioner");
                write_numbered(out, revision_system, change.revision);
                out.string("display", change.actor);
            });
        });
    });
}

void write_message(ResourceWriter& out, const RecordedChange& change) {
    if (change.message == 0) return;
    out.array("entity", [&] {
        out.object({}, [&] {
            out.word("role", "source");
            out.object("what", [&] { write_numbered(out, message_system, change.message); });
        });
    });
}

}  // namespace

std::string provenance_json(const RecordedChange& change) {
    const auto patches = json::parse(change.patches);
    const auto targets = patches ? targets_of(*patches) : std::vector<Target>();
    ResourceWriter out("Provenance", std::to_string(change.id));
    write_meta(out, {change.id, change.at});
    write_targets(out, targets, change.id);
    out.word("recorded", instant_of(change.at));
    write_activity(out, targets);
    write_agent(out, change);
    write_message(out, change);
    return std::move(out).finish();
}

}  // namespace gantry::fhir
