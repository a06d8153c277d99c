#include "fhir/json/reference.hpp"

#include <algorithm>

namespace gantry::fhir::r4 {
namespace {

using Kind = ReferenceText::Kind;

bool is_scheme(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    if (text.empty() || !letter(text[0])) return false;
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'; });
}

std::string_view take_last(std::string_view& path) {
    const auto slash = path.rfind('/');
    const auto word = slash == std::string_view::npos ? path : path.substr(slash + 1);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
    return word;
}

bool is_id(std::string_view text) {
    return wrong_with(Primitive::id_, text).empty();
}

// […/]Type/id[/_history/version]; what is before it becomes the base.
bool take_restful(std::string_view text, ReferenceText& out) {
    auto rest = text;
    auto word = take_last(rest);
    auto shorter = rest;
    if (take_last(shorter) == "_history" && !shorter.empty()) {
        if (!is_id(word)) return false;
        out.version = word;
        rest = shorter;
        word = take_last(rest);
    }
    const auto slash = rest.rfind('/');
    const auto type = Type::find(slash == std::string_view::npos ? rest : rest.substr(slash + 1));
    if (!type || !type->is_resource() || !is_id(word)) return false;
    out.type = type;
    out.id = word;
    out.base = text.substr(0, rest.size() - type->name().size());
    return true;
}

ReferenceText urn(std::string_view text) {
    const bool uuid = text.substr(0, 9) == "urn:uuid:";
    const bool right = !uuid || wrong_with(Primitive::uuid_, text).empty();
    ReferenceText out;
    out.kind = right && wrong_with(Primitive::uri_, text).empty() ? Kind::urn : Kind::wrong;
    return out;
}

}  // namespace

ReferenceText parse_reference(std::string_view text) {
    ReferenceText out;
    if (text.empty() || !wrong_with(Primitive::uri_, text).empty()) return out;
    if (text[0] == '#') {
        out.kind = Kind::fragment;
        out.id = text.substr(1);
        return out;
    }
    if (text.substr(0, 4) == "urn:") return urn(text);
    if (const auto colon = text.find(':'); colon != std::string_view::npos && is_scheme(text.substr(0, colon))) {
        ReferenceText restful;
        const bool found = take_restful(text, restful);
        if (found) out = restful;
        out.kind = Kind::absolute;
        return out;
    }
    if (const auto mark = text.find('?'); mark != std::string_view::npos) {
        out.type = Type::find(text.substr(0, mark));
        out.kind = out.type && out.type->is_resource() ? Kind::conditional : Kind::wrong;
        return out;
    }
    ReferenceText restful;
    if (!take_restful(text, restful) || !restful.base.empty()) return out;
    restful.kind = Kind::relative;
    return restful;
}

}  // namespace gantry::fhir::r4
