#include <map>

#include "fhir/json/invariants_internal.hpp"
#include "fhir/json/rows.hpp"

namespace gantry::fhir::r4 {
namespace {

using ByType = std::vector<std::vector<const Invariant*>>;

ByType by_type() {
    std::map<std::string_view, std::vector<const Invariant*>> own;
    for (const auto list : {data_type_invariants(), resource_invariants()})
        for (const auto& one : list) own[one.type].push_back(&one);
    ByType out(rows::types.size());
    for (std::size_t n = 0; n < out.size(); ++n) {
        std::vector<std::string_view> line;
        for (auto type = Type::at(n); line.empty() || line.back() != type.name(); type = type.base())
            line.push_back(type.name());
        for (auto name = line.rbegin(); name != line.rend(); ++name)
            out[n].insert(out[n].end(), own[*name].begin(), own[*name].end());
    }
    return out;
}

}  // namespace

std::span<const Invariant* const> invariants_of(const rows::Type& type) {
    static const auto all = by_type();
    return all[static_cast<std::size_t>(&type - rows::types.data())];
}

}  // namespace gantry::fhir::r4
