#include "fhir/search/criteria.hpp"

namespace gantry::fhir {

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
    return out;
}

}  // namespace gantry::fhir
