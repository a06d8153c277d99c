#include "fhir/search/order_parameters.hpp"

#include "fhir/resources/coding_systems.hpp"

namespace gantry::fhir {

using store::Criterion;
using store::Table;

namespace {

constexpr std::string_view uid_system = "urn:dicom:uid", oid_prefix = "urn:oid:";

}  // namespace

Criterion study_uid_is(const SearchValue& value) {
    if (value.code.empty()) return has_text("study_instance_uid");
    auto uid = value.code;
    if (uid.starts_with(oid_prefix)) uid.erase(0, oid_prefix.size());
    return store::equal("study_instance_uid", std::vector{std::move(uid)});
}

Criterion accession_is(const SearchValue& value, const SearchContext& context) {
    return number_is({"accession_number", "accession_issuer"}, value, context);
}

Criterion order_numbered(const SearchValue& value, const SearchContext& context) {
    if (value.system && *value.system == uid_system) return study_uid_is(value);
    std::vector<Criterion> any{number_is({"placer_number", "placer_authority"}, value, context),
                               number_is({"filler_number", "filler_authority"}, value, context),
                               accession_is(value, context)};
    if (!value.system && !value.code.empty()) any.push_back(study_uid_is(value));
    return store::any_of(std::move(any));
}

// A step may answer to further ones (PET/CT), separated by a backslash.
Criterion modality_is(const SearchValue& value) {
    if (!is_code_of(systems::dcm, value)) return nothing();
    if (value.code.empty()) return has_text("modality");
    return store::any_of(
        {store::equal("modality", std::vector{value.code}),
         store::linked("id", Table::step, "study", {store::equal("modality", std::vector{value.code})})});
}

SearchParameter order_moment(std::string_view code, std::string_view expression, std::string_view meaning,
                             std::string_view column) {
    SearchParameter out;
    out.code = code;
    out.type = ParameterType::date;
    out.expression = expression;
    out.meaning = meaning;
    out.where = [column](const SearchValue& value, const SearchContext&) { return moment_is(column, value); };
    out.present = [column] { return has_text(column); };
    out.sort = column;
    return out;
}

SearchParameter patient_of_order(std::string_view code, std::string_view expression) {
    return always_refers(code, expression, "The patient", order_patient());
}

}  // namespace gantry::fhir
