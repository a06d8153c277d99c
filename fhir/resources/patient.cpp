#include "fhir/resources/patient.hpp"

#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/contacts.hpp"
#include "fhir/resources/extensions.hpp"
#include "fhir/resources/human_names.hpp"
#include "fhir/resources/identifiers.hpp"
#include "fhir/resources/lists.hpp"
#include "fhir/resources/moments.hpp"

namespace gantry::fhir {
namespace {

using effects::PatientField;
using effects::PatientRecord;

void write_telecom(ResourceWriter& out, std::string_view contact) {
    if (is_blank(contact)) return;
    out.object({}, [&] {
        out.word("system", contact_system(contact));
        out.string("value", contact);
    });
}

void write_deceased(ResourceWriter& out, std::string_view deceased, const Zone* zone) {
    if (deceased == "Y") return out.boolean("deceasedBoolean", true);
    write_date_time(out, "deceasedDateTime", deceased, zone);
}

void write_numbers(ResourceWriter& out, const PatientRecord& patient, const ProjectionContext& context) {
    out.array("identifier", [&] {
        bool first = true;
        for (const auto& number : patient.identifiers) {
            write_identifier(out, {}, {number.value, number.authority, number.type, first ? "usual" : ""}, context);
            first = false;
        }
    });
}

void write_names(ResourceWriter& out, const PatientRecord& patient) {
    out.array("name", [&] {
        write_human_names(out, patient.fields[PatientField::name], "official");
        for_each_value(patient.fields[PatientField::other_names],
                       [&](std::string_view name) { write_human_names(out, name, {}); });
    });
}

void write_replacement(ResourceWriter& out, PatientId other) {
    if (!other) return;
    out.array("link", [&] {
        out.object({}, [&] {
            write_reference(out, "other", "Patient", other.value);
            out.word("type", "replaced-by");
        });
    });
}

}  // namespace

std::string patient_json(const PatientRecord& patient, Instant updated, const ProjectionContext& context) {
    const auto& fields = patient.fields;
    ResourceWriter out("Patient", std::to_string(patient.id.value));
    write_meta(out, {patient.last_change, updated});
    out.array("extension", [&] {
        out.string_extension(extensions::mothers_maiden_name, display_of(fields[PatientField::mother_maiden_name]));
    });
    write_numbers(out, patient, context);
    out.boolean("active", !patient.merged_into);
    write_names(out, patient);
    out.array("telecom", [&] {
        for_each_value(fields[PatientField::telecom], [&](std::string_view contact) { write_telecom(out, contact); });
    });
    out.word("gender", fhir_code(gender_pairs(), fields[PatientField::sex]));
    out.word("birthDate", date_of(fields[PatientField::birth_date]));
    write_deceased(out, fields[PatientField::deceased], context.zone);
    out.array("address", [&] { out.object({}, [&] { out.string("text", fields[PatientField::address]); }); });
    write_replacement(out, patient.merged_into);
    return std::move(out).finish();
}

}  // namespace gantry::fhir
