#include "fhir/search/patient_words.hpp"

#include "engine/base/utf8.hpp"
#include "engine/text/folding.hpp"

namespace gantry::fhir {
namespace {

using store::Criterion;

constexpr std::string_view family = "family_folded", given = "given_folded", name = "name";

// What separates the parts of a name in a record is none of its letters.
std::string letters(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != '^' && c != '=') out += c;
    return out;
}

bool has(NamePart part, NamePart wanted) {
    return part == wanted || part == NamePart::any;
}

// The first name stands at the beginning of its column, where an index finds it. Another begins after a blank or, in
// another script, after "=".
std::vector<Criterion> word_begins(std::string_view column, const std::string& wanted) {
    std::vector<Criterion> out{store::begins(column, wanted)};
    if (column == given) out.push_back(store::contains(column, {" " + wanted}));
    if (!is_ascii(wanted)) out.push_back(store::contains(column, {"=" + wanted}));
    return out;
}

}  // namespace

Criterion name_begins(NamePart part, std::string_view text) {
    const auto wanted = letters(text::folded_text(text));
    std::vector<Criterion> any;
    if (wanted.empty()) return store::any_of({});
    for (const auto& [column, which] : {std::pair{family, NamePart::family}, std::pair{given, NamePart::given}})
        if (has(part, which))
            for (auto& criterion : word_begins(column, wanted)) any.push_back(std::move(criterion));
    return store::any_of(std::move(any));
}

Criterion name_contains(NamePart part, std::string_view text) {
    const auto wanted = letters(text::folded_text(text));
    std::vector<Criterion> any;
    if (wanted.empty()) return store::any_of({});
    if (has(part, NamePart::family)) any.push_back(store::contains(family, {wanted}));
    if (has(part, NamePart::given)) any.push_back(store::contains(given, {wanted}));
    return store::any_of(std::move(any));
}

// A family name stands between "=" and "^" or, alone in its group, another "="; a given name between "^" and either.
Criterion name_is(NamePart part, std::string_view text) {
    const auto wanted = letters(text);
    if (wanted.empty()) return store::any_of({});
    std::vector<std::string> any;
    if (has(part, NamePart::family)) any.insert(any.end(), {"=" + wanted + "^", "=" + wanted + "="});
    if (has(part, NamePart::given)) any.insert(any.end(), {"^" + wanted + "^", "^" + wanted + "="});
    return store::all_of({name_begins(part, wanted), store::holds(name, std::move(any))});
}

}  // namespace gantry::fhir
