#include "engine/text/spellings.hpp"
#include "fhir/search/criteria.hpp"

namespace gantry::fhir {
namespace {

using store::Criterion;

// Their names are kept as they were written, without columns to compare them by: groups after "=", in each the family
// name and then the other parts, each after "^" (engine/effects/fields.hpp).
Criterion begins_after(std::initializer_list<const char*> marks, std::string_view text) {
    if (text.find_first_of("^=") != std::string_view::npos) return nothing();
    std::vector<std::string> any;
    for (const auto& one : text::spellings_of(text))
        for (const auto* mark : marks) any.push_back(mark + one);
    return store::contains_between("=", "name", "", std::move(any));
}

SearchParameter named(std::string_view code, std::string_view expression, std::string_view meaning,
                      Criterion (*begins)(std::string_view text)) {
    SearchParameter out;
    out.code = code;
    out.type = ParameterType::string;
    out.expression = expression;
    out.meaning = meaning;
    out.where = [begins](const SearchValue& value, const SearchContext&) { return begins(value.text); };
    return out;
}

std::vector<SearchParameter> name_parameters() {
    auto name = named("name", "Practitioner.name", "A word of the name", [](std::string_view text) {
        return begins_after({"=", "^", " "}, text);
    });
    name.present = [] { return has_text("name"); };
    return {std::move(name),
            named("family", "Practitioner.name.family", "The family name",
                  [](std::string_view text) { return begins_after({"="}, text); }),
            named("given", "Practitioner.name.given", "A part of the name other than the family name",
                  [](std::string_view text) { return begins_after({"^"}, text); })};
}

}  // namespace

SearchableType practitioner_search() {
    SearchableType out;
    out.name = "Practitioner";
    out.table = store::Table::provider;
    out.parameters = {id_parameter(),
                      {.code = "identifier",
                       .expression = "Practitioner.identifier",
                       .meaning = "A number of the practitioner",
                       .where =
                           [](const SearchValue& value, const SearchContext& context) {
                               return number_is({"identifier", "authority"}, value, context);
                           },
                       .present = [] { return has_text("identifier"); },
                       .sort = "identifier"}};
    for (auto& parameter : name_parameters()) out.parameters.push_back(std::move(parameter));
    return out;
}

}  // namespace gantry::fhir
