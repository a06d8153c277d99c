#include "fhir/resources/observation.hpp"

#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/coding_systems.hpp"
#include "fhir/resources/identifiers.hpp"
#include "fhir/resources/report_elements.hpp"
#include "fhir/resources/statuses.hpp"

namespace gantry::fhir {
namespace {

void write_imaging(ResourceWriter& out) {
    out.array("category", [&] {
        out.object({}, [&] {
            out.array("coding", [&] {
                write_coding(out, {}, "http://terminology.hl7.org/CodeSystem/observation-category", "imaging",
                             "Imaging");
            });
        });
    });
}

void write_section(ResourceWriter& out, const ReportSection& section) {
    out.object("code", [&] {
        out.array("coding", [&] {
            write_coding(out, {}, systems::loinc, section.loinc, {});
            write_coding(out, {}, systems::dcm, section.dcm, {});
        });
        out.word("text", section.display);
    });
}

}  // namespace

std::optional<std::string> observation_json(const effects::ReportRecord& report, PatientId patient, std::size_t number,
                                            Instant updated, const ProjectionContext& context) {
    if (!has_section(report, number)) return std::nullopt;
    const auto& section = report_sections()[number - 1];
    ResourceWriter out("Observation", section_id(report.id, number));
    write_meta(out, {report.last_change, updated});
    write_orders_answered(out, report);
    out.word("status", observation_status(report));
    write_imaging(out);
    write_section(out, section);
    write_reference(out, "subject", "Patient", patient.value);
    write_report_times(out, report, context);
    write_radiologist(out, "performer", report);
    out.string("valueString", report.fields[section.field]);
    return std::move(out).finish();
}

}  // namespace gantry::fhir
