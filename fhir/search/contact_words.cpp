#include "fhir/search/contact_words.hpp"

#include "engine/text/spellings.hpp"
#include "fhir/resources/contacts.hpp"
#include "fhir/search/criteria.hpp"

namespace gantry::fhir {
namespace {

using store::Criterion;

constexpr std::string_view address = "address", telecom = "telecom";

Criterion address_contains(std::string_view text) {
    return store::contains(address, text::spellings_of(text));
}

Criterion word_begins(std::string_view text) {
    std::vector<std::string> any;
    for (const auto& one : text::spellings_of(text))
        for (const auto* before : {" ", ",", "\n"}) any.push_back(before + one);
    return store::contains_between(" ", address, "", std::move(any));
}

SearchParameter of_address(std::string_view code, std::string_view expression, std::string_view meaning) {
    SearchParameter out;
    out.code = code;
    out.type = ParameterType::string;
    out.expression = expression;
    out.meaning = meaning;
    out.contains = address_contains;
    return out;
}

Criterion listed(std::string_view contact) {
    // What separates contacts is in none of them.
    if (contact.find('\\') != std::string_view::npos) return nothing();
    std::vector<std::string> any;
    for (const auto& one : text::spellings_of(contact)) any.push_back("\\" + one + "\\");
    return store::contains_between("\\", telecom, "\\", std::move(any));
}

Criterion has_mail() {
    return store::contains(telecom, {"@"});
}

// system: of the parameter; value.system: of the contact, as its resource shows it.
Result<Criterion> contact_is(std::string_view system, const SearchValue& value) {
    const auto shown = value.code.empty() ? std::string_view(*value.system) : contact_system(value.code);
    const bool other = (!system.empty() && shown != system) || (value.system && *value.system != shown);
    if (other) return nothing();
    if (!value.code.empty()) return listed(value.code);
    if (shown == "email") return has_mail();
    return Error{ErrorCode::fhir_bad_parameter, "a contact is searched by its value", {}};
}

}  // namespace

SearchParameter address_parameter(std::string_view code, std::string_view expression, std::string_view meaning) {
    auto out = of_address(code, expression, meaning);
    out.where = [](const SearchValue& value, const SearchContext&) { return address_contains(value.text); };
    out.exact = [](std::string_view text) { return store::equal(address, std::vector{std::string(text)}); };
    out.present = [] { return has_text(address); };
    return out;
}

SearchParameter address_part_parameter(std::string_view code, std::string_view expression, std::string_view meaning) {
    auto out = of_address(code, expression, meaning);
    out.where = [](const SearchValue& value, const SearchContext&) { return word_begins(value.text); };
    return out;
}

SearchParameter contact_parameter(std::string_view code, std::string_view expression, std::string_view meaning,
                                  std::string_view system) {
    SearchParameter out;
    out.code = code;
    out.expression = expression;
    out.meaning = meaning;
    out.where = [system](const SearchValue& value, const SearchContext&) { return contact_is(system, value); };
    if (system.empty()) out.present = [] { return has_text(telecom); };
    if (system == "email") out.present = has_mail;
    return out;
}

}  // namespace gantry::fhir
