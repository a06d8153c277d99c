// Fields of records that hold several values, separated by "\" as DICOM does it (PS3.5 6.4).
#pragma once
#include <string_view>

namespace gantry::fhir {

template <class Use>
void for_each_value(std::string_view values, Use use) {
    while (!values.empty()) {
        const auto end = values.find('\\');
        use(values.substr(0, end));
        if (end == std::string_view::npos) return;
        values.remove_prefix(end + 1);
    }
}

}  // namespace gantry::fhir
