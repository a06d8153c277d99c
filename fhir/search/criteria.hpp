// Conditions that rows of several resource types share. Pure.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/effects/records.hpp"
#include "fhir/search/parameters.hpp"

namespace gantry::fhir {

// The number of a record; nothing: no record has such an id.
std::optional<std::int64_t> record_id(std::string_view id);

// A column with moments or dates of the records (engine/effects/fields.hpp) by the prefixes of 3.1.1.4.6.
store::Criterion moment_is(std::string_view column, const SearchValue& value);
// The rows that a change with this id or a later one has made what they are.
store::Criterion changed_since(std::int64_t change);
// The moment of the last change, by the prefixes. since: what "changed at or after" means for the rows.
store::Criterion changed_at(const SearchValue& value, store::Criterion (*since)(std::int64_t change) = changed_since);
store::Criterion has_text(std::string_view column);  // it is not empty
store::Criterion nothing();                          // no row

// The rows whose number, by an authority, is a token's.
struct NumberColumns {
    std::string_view number, authority;
};
store::Criterion number_is(const NumberColumns& columns, const SearchValue& value, const SearchContext& context);
// The rows with a code; scheme: the column of its coding scheme designator.
store::Criterion coded(std::string_view code, std::string_view scheme, const SearchValue& value);
// A value that every resource of the type has.
store::Criterion constant(std::string_view system, std::string_view code, const SearchValue& value);
// A token without a system of its own; system: that of the value set, which may be said.
bool is_code_of(std::string_view system, const SearchValue& value);

// The orders for which a function of status and hold flag gives the code.
store::Criterion orders_with(const std::function<std::string_view(const effects::OrderRecord&)>& status_of,
                             std::string_view code);

// Every type has these.
SearchParameter id_parameter();
SearchParameter last_updated_parameter();
// A reference that every resource of the type has.
SearchParameter always_refers(std::string_view code, std::string_view expression, std::string_view meaning,
                              std::vector<ReferenceTarget> targets);

// Tables of the files beside.
SearchableType patient_search();
SearchableType practitioner_search();
SearchableType service_request_search();
SearchableType imaging_study_search();
SearchableType task_search();
SearchableType appointment_search();
SearchableType diagnostic_report_search();

// References that several types have.
std::vector<ReferenceTarget> order_patient();    // from orders
std::vector<ReferenceTarget> order_requester();  // their ordering provider
std::vector<ReferenceTarget> order_of_order();   // another resource of the same order; target: ServiceRequest

}  // namespace gantry::fhir
