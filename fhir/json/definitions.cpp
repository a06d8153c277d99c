#include "fhir/json/definitions.hpp"

#include <algorithm>

#include "fhir/json/rows.hpp"

namespace gantry::fhir::r4 {
namespace {

const rows::Type* find_type(std::string_view name) {
    const auto at = std::lower_bound(rows::types.begin(), rows::types.end(), name,
                                     [](const auto& row, std::string_view key) { return text(row.name) < key; });
    return at != rows::types.end() && text(at->name) == name ? &*at : nullptr;
}

const rows::SearchBase* find_base(std::string_view type) {
    const auto at = std::find_if(rows::search_bases.begin(), rows::search_bases.end(),
                                 [&](const auto& row) { return text(row.type) == type; });
    return at == rows::search_bases.end() ? nullptr : &*at;
}

Type target_at(const rows::Range& targets, std::size_t n) {
    return Type(rows::types[rows::targets[targets.first + n].value]);
}

}  // namespace

std::optional<Type> Type::find(std::string_view name) {
    const auto* row = find_type(name);
    return row ? std::optional(Type(*row)) : std::nullopt;
}

std::size_t Type::count() {
    return rows::types.size();
}

Type Type::at(std::size_t n) {
    return Type(rows::types[n]);
}

std::string_view Type::name() const {
    return text(row_->name);
}

bool Type::is_resource() const {
    return row_->kind == 'r';
}

bool Type::is_abstract() const {
    return row_->kind == 'a';
}

Primitive Type::primitive() const {
    return row_->primitive;
}

Type Type::base() const {
    return Type(rows::types[row_->base]);
}

bool Type::is_a(std::string_view name) const {
    for (Type type = *this;; type = type.base()) {
        if (type.name() == name) return true;
        if (type.base() == type) return false;
    }
}

std::size_t Type::elements() const {
    return row_->elements.count;
}

ElementDefinition Type::element_at(std::size_t n) const {
    return {rows::elements[row_->elements.first + n], *row_};
}

std::optional<ElementDefinition> Type::child(std::string_view name) const {
    for (std::size_t i = 0; i < elements(); ++i)
        if (const auto one = element_at(i); one.name() == name || one.stem() == name) return one;
    return std::nullopt;
}

std::optional<ElementDefinition> Type::element(std::string_view name) const {
    const auto elements = part(rows::elements, row_->elements);
    const auto order = part(rows::sorted, row_->sorted);
    const auto at = std::lower_bound(order.begin(), order.end(), name, [&](const auto& index, std::string_view key) {
        return text(elements[index.value].name) < key;
    });
    if (at == order.end() || text(elements[at->value].name) != name) return std::nullopt;
    return ElementDefinition(elements[at->value], *row_);
}

std::string_view Codes::name() const {
    return text(row_->name);
}

bool Codes::contains(std::string_view code) const {
    const auto codes = part(rows::codes, row_->codes);
    const auto at = std::lower_bound(codes.begin(), codes.end(), code,
                                     [](const auto& row, std::string_view key) { return text(row.code) < key; });
    return at != codes.end() && text(at->code) == code;
}

bool Codes::contains(std::string_view system, std::string_view code) const {
    const auto codes = part(rows::codes, row_->codes);
    auto at = std::lower_bound(codes.begin(), codes.end(), code,
                               [](const auto& row, std::string_view key) { return text(row.code) < key; });
    while (at != codes.end() && text(at->code) == code && text(at->system) != system) ++at;
    return at != codes.end() && text(at->code) == code;
}

std::size_t Codes::size() const {
    return row_->codes.count;
}

std::string_view Codes::code(std::size_t n) const {
    return text(rows::codes[row_->codes.first + n].code);
}

std::string_view Codes::system(std::size_t n) const {
    return text(rows::codes[row_->codes.first + n].system);
}

std::string_view ElementDefinition::name() const {
    return text(row_->name);
}

std::string_view ElementDefinition::stem() const {
    return text(rows::slots[owner_->slots.first + row_->slot].name);
}

Type ElementDefinition::type() const {
    return Type(rows::types[row_->type]);
}

bool ElementDefinition::is_choice() const {
    return (row_->flags & rows::choice) != 0;
}

bool ElementDefinition::required() const {
    return rows::slots[owner_->slots.first + row_->slot].required > 0;
}

bool ElementDefinition::repeats() const {
    return (row_->flags & rows::repeats) != 0;
}

bool ElementDefinition::in_summary() const {
    return (row_->flags & rows::summary) != 0;
}

bool ElementDefinition::is_modifier() const {
    return (row_->flags & rows::modifier) != 0;
}

bool ElementDefinition::is_xml_attribute() const {
    return (row_->flags & rows::xml_attribute) != 0;
}

std::optional<Codes> ElementDefinition::codes() const {
    if (row_->codes == 0) return std::nullopt;
    return Codes(rows::value_sets[row_->codes - 1u]);
}

std::size_t ElementDefinition::targets() const {
    return row_->targets.count;
}

Type ElementDefinition::target(std::size_t n) const {
    return target_at(row_->targets, n);
}

std::size_t SearchParameter::count(std::string_view type) {
    const auto* base = find_base(type);
    return base ? base->parameters.count : 0;
}

SearchParameter SearchParameter::at(std::string_view type, std::size_t n) {
    return SearchParameter(rows::search_parameters[find_base(type)->parameters.first + n]);
}

std::optional<SearchParameter> SearchParameter::find(std::string_view type, std::string_view code) {
    const auto* base = find_base(type);
    if (!base) return std::nullopt;
    for (const auto& row : part(rows::search_parameters, base->parameters))
        if (text(row.code) == code) return SearchParameter(row);
    return std::nullopt;
}

std::string_view SearchParameter::code() const {
    return text(row_->code);
}

std::string_view SearchParameter::type() const {
    return text(row_->type);
}

std::string_view SearchParameter::expression() const {
    return text(row_->expression);
}

std::string_view SearchParameter::comparators() const {
    return text(row_->comparators);
}

std::string_view SearchParameter::url() const {
    return text(row_->url);
}

std::size_t SearchParameter::targets() const {
    return row_->targets.count;
}

Type SearchParameter::target(std::size_t n) const {
    return target_at(row_->targets, n);
}

}  // namespace gantry::fhir::r4
