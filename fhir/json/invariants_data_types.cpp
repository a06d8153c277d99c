// http://hl7.org/fhir/R4/datatypes.html and the pages of the other data types.
#include "fhir/json/invariants_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

constexpr std::string_view ucum = "http://unitsofmeasure.org";

// The value is there and compares with zero as asked.
bool is_below_zero(Element number) {
    return number.has_value() && compare_decimals(number.value(), "0") == -1;
}
bool system_is_ucum(Element quantity) {
    return !exists(quantity, "system") || quantity["system"].value() == ucum;
}
bool coded(Element quantity) {
    return exists(quantity, "code") || !exists(quantity, "value");
}
bool exactly_one(bool a, bool b) {
    return a != b;
}

bool age(Element one) {
    const auto value = one["value"];
    const bool positive = !value.has_value() || compare_decimals(value.value(), "0") == 1;
    return coded(one) && system_is_ucum(one) && positive;
}

bool count(Element one) {
    const bool whole = one["value"].value().find('.') == std::string_view::npos;
    return coded(one) && system_is_ucum(one) && (!exists(one, "code") || one["code"].value() == "1") && whole;
}

bool duration(Element one) {
    return !exists(one, "code") || (one["system"].value() == ucum && exists(one, "value"));
}

bool ratio(Element one) {
    const bool numerator = exists(one, "numerator");
    return numerator == exists(one, "denominator") && (numerator || exists(one, "extension"));
}

bool range(Element one) {
    const auto low = one["low"], high = one["high"];
    // Of different units nothing is known.
    if (low["code"].value() != high["code"].value() || low["unit"].value() != high["unit"].value()) return true;
    return compare_decimals(low["value"].value(), high["value"].value()) != 1;
}

bool period(Element one) {
    return compare_times(one["start"].value(), one["end"].value()) != 1;
}

bool timing_offset(Element repeat) {
    return !exists(repeat, "offset") || (exists(repeat, "when") && all(repeat, "when", [](Element when) {
                                             return !is_one_of(when.value(), {"C", "CM", "CD", "CV"});
                                         }));
}

bool trigger_by_type(Element one) {
    const auto type = one["type"].value();
    if (type == "named-event") return exists(one, "name");
    if (type == "periodic") return exists(one, "timing");
    return type.substr(0, 5) != "data-" || exists(one, "data");
}

bool implies(Element element, std::string_view name, std::string_view other) {
    return !exists(element, name) || exists(element, other);
}

constexpr Invariant table[] = {
    {"Extension", "ext-1", "Must have either extensions or value[x], not both",
     [](Element one) { return exactly_one(exists(one, "extension"), exists(one, "value")); }},
    {"Attachment", "att-1", "If the Attachment has data, it SHALL have a contentType",
     [](Element one) { return implies(one, "data", "contentType"); }},
    {"ContactPoint", "cpt-2", "A system is required if a value is provided",
     [](Element one) { return implies(one, "value", "system"); }},
    {"Expression", "exp-1", "An expression or a reference must be provided",
     [](Element one) { return exists(one, "expression") || exists(one, "reference"); }},
    {"Period", "per-1", "If present, start SHALL have a lower value than end", period},
    {"Quantity", "qty-3", "If a code for the unit is present, the system SHALL also be present",
     [](Element one) { return implies(one, "code", "system"); }},
    {"SimpleQuantity", "sqty-1", "The comparator is not used on a SimpleQuantity",
     [](Element one) { return !exists(one, "comparator"); }},
    {"Age", "age-1",
     "There SHALL be a code if there is a value and it SHALL be an expression of time. If system is present, it SHALL "
     "be UCUM. If value is present, it SHALL be positive",
     age},
    {"Count", "cnt-3",
     "There SHALL be a code with a value of \"1\" if there is a value. If system is present, it SHALL be UCUM. If "
     "present, the value SHALL be a whole number",
     count},
    {"Distance", "dis-1",
     "There SHALL be a code if there is a value and it SHALL be an expression of length. If system is present, it "
     "SHALL be UCUM",
     [](Element one) { return coded(one) && system_is_ucum(one); }},
    {"Duration", "drt-1",
     "There SHALL be a code if there is a value and it SHALL be an expression of time. If system is present, it SHALL "
     "be UCUM",
     duration},
    {"Range", "rng-2", "If present, low SHALL have a lower value than high", range},
    {"Ratio", "rat-1",
     "Numerator and denominator SHALL both be present, or both are absent. If both are absent, there SHALL be some "
     "extension present",
     ratio},
    {"DataRequirement.codeFilter", "drq-1", "Either a path or a searchParam must be provided, but not both",
     [](Element one) { return exactly_one(exists(one, "path"), exists(one, "searchParam")); }},
    {"DataRequirement.dateFilter", "drq-2", "Either a path or a searchParam must be provided, but not both",
     [](Element one) { return exactly_one(exists(one, "path"), exists(one, "searchParam")); }},
    {"Timing.repeat", "tim-1", "if there's a duration, there needs to be duration units",
     [](Element one) { return implies(one, "duration", "durationUnit"); }},
    {"Timing.repeat", "tim-2", "if there's a period, there needs to be period units",
     [](Element one) { return implies(one, "period", "periodUnit"); }},
    {"Timing.repeat", "tim-4", "duration SHALL be a non-negative value",
     [](Element one) { return !is_below_zero(one["duration"]); }},
    {"Timing.repeat", "tim-5", "period SHALL be a non-negative value",
     [](Element one) { return !is_below_zero(one["period"]); }},
    {"Timing.repeat", "tim-6", "If there's a periodMax, there must be a period",
     [](Element one) { return implies(one, "periodMax", "period"); }},
    {"Timing.repeat", "tim-7", "If there's a durationMax, there must be a duration",
     [](Element one) { return implies(one, "durationMax", "duration"); }},
    {"Timing.repeat", "tim-8", "If there's a countMax, there must be a count",
     [](Element one) { return implies(one, "countMax", "count"); }},
    {"Timing.repeat", "tim-9", "If there's an offset, there must be a when (and not C, CM, CD, CV)", timing_offset},
    {"Timing.repeat", "tim-10", "If there's a timeOfDay, there cannot be a when, or vice versa",
     [](Element one) { return !exists(one, "timeOfDay") || !exists(one, "when"); }},
    {"TriggerDefinition", "trd-1", "Either timing, or a data requirement, but not both",
     [](Element one) { return !exists(one, "data") || !exists(one, "timing"); }},
    {"TriggerDefinition", "trd-2", "A condition only if there is a data requirement",
     [](Element one) { return implies(one, "condition", "data"); }},
    {"TriggerDefinition", "trd-3",
     "A named event requires a name, a periodic event requires timing, and a data event requires data",
     trigger_by_type},
};

}  // namespace

std::span<const Invariant> data_type_invariants() {
    return table;
}

}  // namespace gantry::fhir::r4
