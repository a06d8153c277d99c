#include "fhir/resources/patient_at_order.hpp"

#include <algorithm>

#include "fhir/resources/coding_systems.hpp"
#include "fhir/resources/extensions.hpp"
#include "fhir/resources/identifiers.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderField;
using effects::OrderRecord;

enum class Kind : std::uint8_t { kilograms, metres, pregnancy, text };

// id: of the contained resource. A text of DICOM has no code; its name is that of the attribute.
struct Observed {
    std::string_view id;
    OrderField field;
    Kind kind;
    std::string_view loinc, name;
};
constexpr Observed observed[] = {
    {"weight", OrderField::weight, Kind::kilograms, "29463-7", "Body weight"},
    {"height", OrderField::size, Kind::metres, "8302-2", "Body height"},
    {"pregnancy", OrderField::pregnancy_status, Kind::pregnancy, "82810-3", "Pregnancy status"},
    {"alerts", OrderField::medical_alerts, Kind::text, {}, "Medical Alerts"},
    {"state", OrderField::patient_state, Kind::text, {}, "Patient State"},
};

bool is_decimal(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto digits = [](char c) { return c >= '0' && c <= '9'; };
    const auto point = std::find(text.begin(), text.end(), '.');
    const auto part = point == text.end() ? point : point + 1;
    return point != text.begin() && std::all_of(text.begin(), point, digits) && std::all_of(part, text.end(), digits) &&
           (point == text.end() || part != text.end());
}

bool is_said(const Observed& row, const OrderRecord& order) {
    const auto& value = order.fields[row.field];
    switch (row.kind) {
        case Kind::kilograms:
        case Kind::metres:
            return is_decimal(value);
        case Kind::pregnancy:
            return value == "3";
        case Kind::text:
            return !is_blank(value);
    }
    return false;
}

void write_concept_of(ResourceWriter& out, std::string_view name, std::string_view system, std::string_view code,
                      std::string_view display) {
    out.object(name, [&] { out.array("coding", [&] { write_coding(out, {}, system, code, display); }); });
}

void write_quantity(ResourceWriter& out, std::string_view digits, std::string_view unit) {
    out.object("valueQuantity", [&] {
        out.number("value", digits);
        out.word("unit", unit);
        out.word("system", systems::ucum);
        out.word("code", unit);
    });
}

void write_value(ResourceWriter& out, const Observed& row, std::string_view value) {
    switch (row.kind) {
        case Kind::kilograms:
            return write_quantity(out, value, "kg");
        case Kind::metres:
            return write_quantity(out, centimetres_of(value), "cm");
        case Kind::pregnancy:
            return write_concept_of(out, "valueCodeableConcept", systems::snomed, "77386006", "Pregnant");
        case Kind::text:
            return out.string("valueString", value);
    }
}

// The profile of vital signs demands both; base resources none.
void write_vital_sign(ResourceWriter& out) {
    out.array("category", [&] {
        write_concept_of(out, {}, "http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs",
                         "Vital Signs");
    });
}

void write_time_unknown(ResourceWriter& out) {
    out.object("_effectiveDateTime", [&] {
        out.array("extension", [&] {
            out.object({}, [&] {
                out.word("url", extensions::data_absent_reason);
                out.word("valueCode", "unknown");
            });
        });
    });
}

void write_observation(ResourceWriter& out, const Observed& row, const OrderRecord& order) {
    out.object({}, [&] {
        out.word("resourceType", "Observation");
        out.word("id", row.id);
        out.word("status", "final");
        if (row.kind == Kind::kilograms || row.kind == Kind::metres) write_vital_sign(out);
        if (row.loinc.empty())
            out.object("code", [&] { out.word("text", row.name); });
        else
            write_concept_of(out, "code", systems::loinc, row.loinc, row.name);
        write_reference(out, "subject", "Patient", order.patient.value);
        write_time_unknown(out);
        write_value(out, row, order.fields[row.field]);
    });
}

}  // namespace

std::string centimetres_of(std::string_view metres) {
    if (!is_decimal(metres)) return {};
    const auto point = std::min(metres.find('.'), metres.size());
    std::string whole(metres.substr(0, point));
    std::string part(metres.substr(std::min(point + 1, metres.size())));
    part.append(part.size() < 2 ? 2 - part.size() : 0, '0');
    whole.append(part, 0, 2);
    return part.size() > 2 ? whole.append(".").append(part, 2) : whole;
}

void write_patient_at_order(ResourceWriter& out, const OrderRecord& order) {
    out.array("contained", [&] {
        for (const auto& row : observed)
            if (is_said(row, order)) write_observation(out, row, order);
    });
}

void write_references_to_patient_at_order(ResourceWriter& out, const OrderRecord& order) {
    out.array("supportingInfo", [&] {
        for (const auto& row : observed)
            if (is_said(row, order)) out.object({}, [&] { out.word("reference", std::string("#").append(row.id)); });
    });
}

}  // namespace gantry::fhir
