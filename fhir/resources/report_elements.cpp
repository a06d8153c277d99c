#include "fhir/resources/report_elements.hpp"

#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/identifiers.hpp"
#include "fhir/resources/moments.hpp"

namespace gantry::fhir {

using effects::ReportField;
using effects::ReportRecord;

void write_orders_answered(ResourceWriter& out, const ReportRecord& report) {
    out.array("basedOn", [&] {
        for (const auto order : report.orders) write_reference(out, {}, "ServiceRequest", order.value);
    });
}

void write_report_times(ResourceWriter& out, const ReportRecord& report, const ProjectionContext& context) {
    const auto& f = report.fields;
    write_date_time(out, "effectiveDateTime", f[ReportField::observation_date], context.zone);
    write_instant(out, "issued", "_issued", f[ReportField::report_date], context.zone);
}

void write_radiologist(ResourceWriter& out, std::string_view name, const ReportRecord& report) {
    const auto& f = report.fields;
    out.array(name, [&] {
        write_practitioner(out, {},
                           {report.reported_by.value, f[ReportField::radiologist_id], f[ReportField::radiologist]});
    });
}

bool has_section(const ReportRecord& report, std::size_t number) {
    if (number < 1 || number > section_count) return false;
    return !is_blank(report.fields[report_sections()[number - 1].field]);
}

std::string section_id(ReportId report, std::size_t number) {
    return std::to_string(report.value) + "-" + std::to_string(number);
}

}  // namespace gantry::fhir
