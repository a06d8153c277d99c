// The rules of R4 that it writes as FHIRPath, by hand: what is not worth an interpreter in the hot path. Private to
// this room.
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "fhir/json/issue.hpp"
#include "fhir/json/resource.hpp"

namespace gantry::fhir::r4 {

struct Invariant {
    std::string_view type;  // of the elements that it is about, and of types derived from it
    std::string_view key, words;
    bool (*holds)(Element element);
    Severity severity = Severity::error;
};

std::span<const Invariant> data_type_invariants();
std::span<const Invariant> resource_invariants();

// Those of one type, inherited ones first. Valid for ever.
std::span<const Invariant* const> invariants_of(const rows::Type& type);

// --- words of their functions

inline bool exists(Element element, std::string_view name) {
    return element.has(name);
}
inline bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    for (const auto word : words)
        if (text == word) return true;
    return false;
}
// Whether every child of the name satisfies it.
template <class Test>
bool all(Element element, std::string_view name, Test test) {
    for (auto child = element[name]; child; child = child.again())
        if (!test(child)) return false;
    return true;
}

// -1, 0, 1 of two decimals as written, of any length; 2 when one of them is none.
int compare_decimals(std::string_view a, std::string_view b);
// -1, 0, 1 of two dates, dateTimes or instants; 2 when the precision of one leaves it open.
int compare_times(std::string_view a, std::string_view b);

}  // namespace gantry::fhir::r4
