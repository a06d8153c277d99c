#include "fhir/resources/identifiers.hpp"

#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/coding_systems.hpp"
#include "fhir/resources/human_names.hpp"

namespace gantry::fhir {
namespace {

// The namespace, where that and the system are the whole of it.
std::string_view assigner_of(std::string_view authority, std::string_view system, const IdentifierSystems& systems) {
    const auto space = authority_of(authority).space;
    return systems.authority_for(system, space) == authority ? space : authority;
}

std::string path_of(std::string_view type, std::int64_t id) {
    return std::string(type).append("/").append(std::to_string(id));
}

}  // namespace

void write_identifier(ResourceWriter& out, std::string_view name, const Number& number,
                      const ProjectionContext& context) {
    if (is_blank(number.value)) return;
    out.object(name, [&] {
        out.word("use", number.use);
        const bool known = is_identifier_type(number.type);
        out.object("type", [&] {
            if (!known) return out.string("text", number.type);
            out.array("coding", [&] { write_coding(out, {}, systems::identifier_type, number.type, {}); });
        });
        const auto system = context.systems.system_of(number.authority);
        out.uri("system", system);
        out.string("value", number.value);
        out.object("assigner", [&] { out.string("display", assigner_of(number.authority, system, context.systems)); });
    });
}

void write_uid(ResourceWriter& out, std::string_view name, std::string_view uid) {
    if (is_blank(uid)) return;
    out.object(name, [&] {
        out.word("system", "urn:dicom:uid");
        out.string("value", std::string("urn:oid:").append(uid));
    });
}

void write_reference(ResourceWriter& out, std::string_view name, std::string_view type, std::int64_t id) {
    if (id == 0) return;
    out.object(name, [&] { out.word("reference", path_of(type, id)); });
}

void write_practitioner(ResourceWriter& out, std::string_view name, const Person& person) {
    const auto display = display_of(person.name);
    if (person.provider == 0 && display.empty() && is_blank(person.identifier)) return;
    out.object(name, [&] {
        if (person.provider != 0)
            out.word("reference", path_of("Practitioner", person.provider));
        else
            out.word("type", "Practitioner");
        out.object("identifier", [&] { out.string("value", person.identifier); });
        out.string("display", display);
    });
}

void write_named(ResourceWriter& out, std::string_view name, std::string_view type, std::string_view display) {
    if (is_blank(display)) return;
    out.object(name, [&] {
        out.word("type", type);
        out.string("display", display);
    });
}

}  // namespace gantry::fhir
