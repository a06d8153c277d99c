#include "fhir/resources/diagnostic_report.hpp"

#include "engine/base/base64.hpp"
#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/coding_systems.hpp"
#include "fhir/resources/extensions.hpp"
#include "fhir/resources/identifiers.hpp"
#include "fhir/resources/moments.hpp"
#include "fhir/resources/report_elements.hpp"
#include "fhir/resources/statuses.hpp"
#include "fhir/resources/uri_forms.hpp"

namespace gantry::fhir {
namespace {

using effects::ReportField;
using effects::ReportRecord;

// Of a report that was final before the version shown.
void write_first_final(ResourceWriter& out, const ReportRecord& report, const ProjectionContext& context) {
    const auto& first = report.fields[ReportField::finalized_date];
    if (first.empty() || first == report.fields[ReportField::report_date]) return;
    const auto moment = date_time_of(first, context.zone);
    if (moment.empty()) return;
    out.array("extension", [&] {
        out.object({}, [&] {
            out.word("url", extensions::first_final);
            out.word("valueDateTime", moment);
        });
    });
}

void write_categories(ResourceWriter& out, std::string_view service) {
    out.array("category", [&] {
        out.object(
            {}, [&] { out.array("coding", [&] { write_coding(out, {}, systems::loinc, "LP29684-5", "Radiology"); }); });
        out.object({}, [&] {
            if (!is_diagnostic_service(service)) return out.string("text", service);
            out.array("coding", [&] { write_coding(out, {}, systems::diagnostic_service, service, {}); });
        });
    });
}

// `code` is 1..1: of a report that does not say what it is about, that it is one of imaging.
void write_code(ResourceWriter& out, const ReportRecord& report) {
    const auto& f = report.fields;
    const auto& title = f[ReportField::title];
    if (is_blank(f[ReportField::code]) && is_blank(title))
        return write_concept(out, "code", {"18748-4", "LN", "Diagnostic imaging study", {}});
    write_concept(out, "code", {f[ReportField::code], f[ReportField::code_scheme], {}, title});
}

void write_sections(ResourceWriter& out, const ReportRecord& report) {
    out.array("result", [&] {
        for (std::size_t number = 1; number <= section_count; ++number) {
            if (!has_section(report, number)) continue;
            out.object({}, [&] { out.word("reference", "Observation/" + section_id(report.id, number)); });
        }
    });
}

// The study of each order; what the report itself says about its study is that of the primary one.
void write_studies(ResourceWriter& out, const ReportRecord& report) {
    const auto& uid = report.fields[ReportField::study_instance_uid];
    out.array("imagingStudy", [&] {
        bool primary = true;
        for (const auto order : report.orders) {
            out.object({}, [&] {
                out.word("reference", "ImagingStudy/" + std::to_string(order.value));
                if (primary) write_uid(out, "identifier", uid);
            });
            primary = false;
        }
    });
}

// As a reader wants it: with the addenda below, unless they stand under a heading in the text itself.
std::string whole_text(const ReportRecord& report) {
    auto out = report.fields[ReportField::text];
    const auto& addenda = report.fields[ReportField::addenda];
    if (addenda.empty() || out.find(addenda) != std::string::npos) return out;
    return out.append(out.empty() ? "" : "\n\n").append(addenda);
}

void write_text(ResourceWriter& out, const ReportRecord& report) {
    const auto text = whole_text(report);
    if (is_blank(text)) return;
    out.object({}, [&] {
        out.word("contentType", "text/plain;charset=utf-8");
        out.word("data", to_base64(text));
        out.number("size", std::to_string(text.size()));
        out.string("title", report.fields[ReportField::title]);
    });
}

void write_document(ResourceWriter& out, const ReportRecord& report) {
    const auto& f = report.fields;
    if (is_blank(f[ReportField::document_digest])) return;
    out.object({}, [&] {
        const auto& type = f[ReportField::document_type];
        out.code("contentType", is_media_type(type) ? type : "application/octet-stream");
        out.uri("url", "Binary/" + f[ReportField::document_digest]);
        out.number("size", f[ReportField::document_size]);
        out.string("title", f[ReportField::title]);
    });
}

// OBX-5 of type RP is a pointer of whatever kind. One that is no address, relative or absolute, stands as a title.
void write_location(ResourceWriter& out, std::string_view location) {
    if (is_blank(location)) return;
    const bool false_urn = location.starts_with("urn:") && !is_uri(location);
    out.object({}, [&] { false_urn ? out.string("title", location) : out.uri("url", location); });
}

void write_forms(ResourceWriter& out, const ReportRecord& report) {
    out.array("presentedForm", [&] {
        write_text(out, report);
        write_document(out, report);
        write_location(out, report.fields[ReportField::document_location]);
    });
}

}  // namespace

std::string diagnostic_report_json(const ReportRecord& report, PatientId patient, Instant updated,
                                   const ProjectionContext& context) {
    const auto& f = report.fields;
    ResourceWriter out("DiagnosticReport", std::to_string(report.id.value));
    write_meta(out, {report.last_change, updated});
    write_first_final(out, report, context);
    out.array("identifier", [&] {
        write_identifier(out, {}, {f[ReportField::report_number], f[ReportField::report_authority], "FILL"}, context);
    });
    write_orders_answered(out, report);
    out.word("status", diagnostic_report_status(report));
    write_categories(out, f[ReportField::category]);
    write_code(out, report);
    write_reference(out, "subject", "Patient", patient.value);
    write_report_times(out, report, context);
    write_radiologist(out, "resultsInterpreter", report);
    write_sections(out, report);
    write_studies(out, report);
    out.string("conclusion", f[ReportField::impression]);
    write_forms(out, report);
    return std::move(out).finish();
}

}  // namespace gantry::fhir
