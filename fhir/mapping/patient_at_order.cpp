#include "fhir/mapping/patient_at_order.hpp"

#include <algorithm>
#include <cstdlib>

#include "fhir/resources/coding_systems.hpp"

namespace gantry::fhir {
namespace {

using effects::OrderField;
using r4::Element;

constexpr std::string_view source = "ServiceRequest.supportingInfo";

// The decimal point of digits moved to the left, exactly: "175" by two is "1.75".
std::string divided(std::string_view digits, std::size_t places) {
    const auto point = std::min(digits.find('.'), digits.size());
    std::string whole(digits.substr(0, point)), part(digits.substr(std::min(point + 1, digits.size())));
    if (whole.size() <= places) whole.insert(0, places + 1 - whole.size(), '0');
    part.insert(0, whole, whole.size() - places, places);
    whole.resize(whole.size() - places);
    part.erase(part.find_last_not_of('0') + 1);
    const auto first = std::min(whole.find_first_not_of('0'), whole.size() - 1);
    return whole.substr(first) + (part.empty() ? "" : "." + part);
}

bool plain_decimal(std::string_view text) {
    return !text.empty() && text.size() < 16 && text.find_first_not_of("0123456789.") == std::string_view::npos &&
           std::count(text.begin(), text.end(), '.') <= 1 && text.front() != '.' && text.back() != '.';
}

// Bounds of imaging.md §1: what is beyond them was mistyped.
void read_quantity(ResourceReading& reading, Element quantity, effects::OrderChange& change, bool weight) {
    const auto digits = quantity["value"].value();
    auto unit = quantity["code"].value();
    if (unit.empty()) unit = quantity["unit"].value();
    if (!plain_decimal(digits)) return reading.lose(source);
    std::string value;
    if (unit == (weight ? "kg" : "m")) value = digits;
    if (weight && unit == "g") value = divided(digits, 3);
    if (!weight && unit == "cm") value = divided(digits, 2);
    const double size = std::strtod(value.c_str(), nullptr);
    if (value.empty() || size < 0.2 || size > (weight ? 350 : 2.8)) return reading.lose(source);
    reading.put(change.fields, weight ? OrderField::weight : OrderField::size, value, source);
}

bool is_text(Element observation, std::string_view name) {
    return observation["code"]["text"].value() == name;
}

void read_observation(ResourceReading& reading, Element observation, effects::OrderChange& change) {
    const auto code = observation["code"];
    const auto value = observation["value"];
    if (has_coding(code, systems::loinc, "29463-7")) return read_quantity(reading, value, change, true);
    if (has_coding(code, systems::loinc, "8302-2")) return read_quantity(reading, value, change, false);
    if (has_coding(code, systems::loinc, "82810-3")) {
        const bool pregnant = has_coding(value, systems::snomed, "77386006");
        return pregnant ? reading.put(change.fields, OrderField::pregnancy_status, "3", source) : reading.lose(source);
    }
    if (is_text(observation, "Medical Alerts"))
        return reading.put(change.fields, OrderField::medical_alerts, value.value(), source);
    if (is_text(observation, "Patient State"))
        return reading.put(change.fields, OrderField::patient_state, value.value(), source);
    reading.lose(source);
}

}  // namespace

void read_patient_at_order(ResourceReading& reading, Element request, effects::OrderChange& change) {
    for_each(request, "supportingInfo", [&](Element reference) {
        const auto referred = reading.refer(reference);
        const bool observation = referred.to == Referred::To::resource && type_of(referred.resource) == "Observation";
        observation ? read_observation(reading, referred.resource, change) : reading.lose(source);
    });
}

}  // namespace gantry::fhir
