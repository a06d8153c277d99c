#include "fhir/resources/code_pairs.hpp"
#include "fhir/search/contact_words.hpp"
#include "fhir/search/criteria.hpp"
#include "fhir/search/patient_words.hpp"

namespace gantry::fhir {
namespace {

using store::Criterion;
using store::Table;

Criterion identified(const SearchValue& value, const SearchContext& context) {
    return store::linked("id", Table::identifier, "patient", {number_is({"value", "authority"}, value, context)});
}

Criterion identified_at_all() {
    return store::linked("id", Table::identifier, "patient", {});
}

Criterion gender_is(const SearchValue& value, const SearchContext&) {
    std::vector<std::string> codes;
    for (const auto& pair : gender_pairs())
        if (pair.fhir == value.code) codes.emplace_back(pair.record);
    if (!is_code_of("http://hl7.org/fhir/administrative-gender", value)) return nothing();
    return store::equal("sex", std::move(codes));
}

// Whether the patient stands for himself: a merged one does not.
Criterion active_is(const SearchValue& value, const SearchContext&) {
    const auto own = [] { return store::equal("merged_into", std::vector<std::int64_t>{0}); };
    if (value.code == "true") return own();
    return value.code == "false" ? store::none_of({own()}) : nothing();
}

Criterion deceased_is(const SearchValue& value, const SearchContext&) {
    if (value.code == "true") return has_text("deceased");
    return value.code == "false" ? store::none_of({has_text("deceased")}) : nothing();
}

SearchParameter named(std::string_view code, std::string_view expression, std::string_view meaning, NamePart part) {
    SearchParameter out;
    out.code = code;
    out.type = ParameterType::string;
    out.expression = expression;
    out.meaning = meaning;
    out.where = [part](const SearchValue& value, const SearchContext&) { return name_begins(part, value.text); };
    out.contains = [part](std::string_view text) { return name_contains(part, text); };
    out.exact = [part](std::string_view text) { return name_is(part, text); };
    out.present = [] { return has_text("name"); };
    return out;
}

std::vector<ReferenceTarget> merged_patient() {
    return {
        {"Patient",
         [](Criterion survivor) { return store::linked("merged_into", Table::patient, "id", {std::move(survivor)}); },
         [](Criterion merged) { return store::linked("id", Table::patient, "merged_into", {std::move(merged)}); }}};
}

std::vector<SearchParameter> contact_parameters() {
    return {
        address_parameter("address", "Patient.address", "A part of the address"),
        address_part_parameter("address-city", "Patient.address.city", "A word of the address, such as its city"),
        address_part_parameter("address-state", "Patient.address.state", "A word of the address, such as its state"),
        address_part_parameter("address-postalcode", "Patient.address.postalCode",
                               "A word of the address, such as its postal code"),
        address_part_parameter("address-country", "Patient.address.country",
                               "A word of the address, such as its country"),
        contact_parameter("telecom", "Patient.telecom", "A telephone number or another contact", {}),
        contact_parameter("phone", "Patient.telecom.where(system='phone')", "A telephone number", "phone"),
        contact_parameter("email", "Patient.telecom.where(system='email')", "An address of mail", "email")};
}

}  // namespace

SearchableType patient_search() {
    SearchableType out;
    out.name = "Patient";
    out.table = Table::patient;
    auto family = named("family", "Patient.name.family", "A part of the family name", NamePart::family);
    family.sort = "family_folded";
    auto name = named("name", "Patient.name", "A part of any name", NamePart::any);
    name.sort = "family_folded";
    out.parameters = {
        id_parameter(),
        last_updated_parameter(),
        {.code = "identifier",
         .expression = "Patient.identifier",
         .meaning = "A number of the patient",
         .where = identified,
         .present = identified_at_all},
        std::move(name),
        std::move(family),
        named("given", "Patient.name.given", "A part of a given name", NamePart::given),
        {.code = "birthdate",
         .type = ParameterType::date,
         .expression = "Patient.birthDate",
         .meaning = "The day of birth",
         .where = [](const SearchValue& value, const SearchContext&) { return moment_is("birth_date", value); },
         .present = [] { return has_text("birth_date"); },
         .sort = "birth_date"},
        {.code = "gender",
         .expression = "Patient.gender",
         .meaning = "The administrative gender",
         .where = gender_is,
         .present = [] { return has_text("sex"); },
         .sort = "sex"},
        {.code = "active",
         .expression = "Patient.active",
         .meaning = "Whether the patient was not merged into another one",
         .where = active_is,
         .present = [] { return store::all_of({}); }},
        {.code = "deceased",
         .expression = "Patient.deceased.exists() and Patient.deceased != false",
         .meaning = "Whether the patient is known to have died",
         .where = deceased_is,
         .present = [] { return has_text("deceased"); }},
        {.code = "death-date",
         .type = ParameterType::date,
         .expression = "(Patient.deceased as dateTime)",
         .meaning = "When the patient died",
         .where =
             [](const SearchValue& value, const SearchContext&) {
                 return store::all_of({store::none_of({store::equal("deceased", std::vector<std::string>{"Y"})}),
                                       moment_is("deceased", value)});
             },
         .present =
             [] {
                 return store::none_of({store::equal("deceased", std::vector<std::string>{"", "Y"})});
             },
         .sort = "deceased"},
        {.code = "link",
         .type = ParameterType::reference,
         .expression = "Patient.link.other",
         .meaning = "The patient whom this one was merged into",
         .present = [] { return store::none_of({store::equal("merged_into", std::vector<std::int64_t>{0})}); },
         .targets = merged_patient()}};
    for (auto& parameter : contact_parameters()) out.parameters.push_back(std::move(parameter));
    return out;
}

}  // namespace gantry::fhir
