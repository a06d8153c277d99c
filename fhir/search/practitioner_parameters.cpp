#include "engine/text/spellings.hpp"
#include "fhir/search/criteria.hpp"

namespace gantry::fhir {
namespace {

// Their names are kept as they were written, without columns to compare them by.
store::Criterion name_contains(std::string_view text) {
    return text.find_first_of("^=") == std::string_view::npos ? store::contains("name", text::spellings_of(text))
                                                              : nothing();
}

SearchParameter practitioner_name() {
    SearchParameter out;
    out.code = "name";
    out.type = ParameterType::string;
    out.expression = "Practitioner.name";
    out.meaning = "Something in a part of the name";
    out.where = [](const SearchValue& value, const SearchContext&) { return name_contains(value.text); };
    out.contains = name_contains;
    out.present = [] { return has_text("name"); };
    return out;
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
                       .sort = "identifier"},
                      practitioner_name()};
    return out;
}

}  // namespace gantry::fhir
