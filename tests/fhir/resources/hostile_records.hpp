// Records in which every text is something that nobody should send.
#pragma once
#include <string>
#include <vector>

#include "records.hpp"

namespace gantry::fhir::testing {

inline const std::vector<std::string>& hostile_values() {
    static const std::vector<std::string> all{" ",
                                              "\n\t ",
                                              "\x01\x02\x1F\x7F",
                                              "\"},{\"resourceType\":\"Patient\"",
                                              "</div><script>alert(1)</script>&amp;",
                                              "a\\b\\\\c\\",
                                              "^^^^^^=^=^=",
                                              "&&&",
                                              "urn:oid:",
                                              "1.2.3",
                                              "http://a b",
                                              "\xF0\x9F\x92\x89 \xE5\xB1\xB1 \xC3\xA4",
                                              "\xEF\xBF\xBE\xEF\xBF\xBF",
                                              "-0",
                                              "00000000",
                                              "99999999999999+9999",
                                              "NaN",
                                              std::string(5000, 'x'),
                                              std::string(300, '^'),
                                              std::string(300, '\\')};
    return all;
}

template <class Fields>
void fill(Fields& fields, const std::string& value) {
    for (std::size_t i = 0; i < fields.size(); ++i) fields.at(i) = value;
}

inline PatientRecord hostile_patient(const std::string& value) {
    auto out = full_patient();
    out.identifiers = {{value, value, value}, {"1", value, "MR"}, {value, "CITY", value}};
    fill(out.fields, value);
    return out;
}

inline ProviderRecord hostile_provider(const std::string& value) {
    return {{201}, value, value, value, value};
}

inline OrderRecord hostile_order(const std::string& value) {
    auto out = full_order();
    fill(out.fields, value);
    fill(out.steps.front().fields, value);
    return out;
}

inline ReportRecord hostile_report(const std::string& value) {
    auto out = full_report();
    fill(out.fields, value);
    return out;
}

}  // namespace gantry::fhir::testing
