// One parameter of a search as a condition: modifiers, chains (3.1.1.5.1) and _has (3.1.1.5.3).
#include <algorithm>

#include "engine/json/diagnostic.hpp"
#include "fhir/search/criteria.hpp"
#include "fhir/search/search_request.hpp"

namespace gantry::fhir {
namespace {

using store::Criterion;

constexpr int deepest = 8;  // links of a chain

Error unknown(const SearchableType& type, std::string_view code) {
    std::vector<std::string_view> known;
    for (const auto& parameter : type.parameters) known.push_back(parameter.code);
    return {
        ErrorCode::fhir_unknown_parameter,
        std::string(type.name) + " has no parameter \"" + std::string(code) + "\"" + json::did_you_mean(code, known),
        {}};
}

Error bad_modifier(std::string sentence) {
    return {ErrorCode::fhir_bad_modifier, std::move(sentence), {}};
}

Error about(const SearchParameter& parameter, Error error) {
    error.detail = std::string(parameter.code) + ": " + error.detail;
    return error;
}

struct Name {
    std::string_view code, modifier, chain;  // the chain without its dot
};

Name parts_of(std::string_view name) {
    Name out;
    const auto dot = name.find('.');
    if (dot != std::string_view::npos) out.chain = name.substr(dot + 1);
    const auto head = name.substr(0, dot);
    const auto colon = head.find(':');
    out.code = head.substr(0, colon);
    if (colon != std::string_view::npos) out.modifier = head.substr(colon + 1);
    return out;
}

class Reader {
  public:
    explicit Reader(const SearchContext& context) : context_(context) {}

    Result<Criterion> read(const SearchableType& type, std::string_view name, std::string_view value, int depth) const {
        if (depth > deepest) return bad_modifier("a chain has at most " + std::to_string(deepest) + " links");
        if (name.starts_with("_has:")) return has(type, name.substr(5), value, depth);
        const auto parts = parts_of(name);
        const auto* parameter = type.find(parts.code);
        if (!parameter) return unknown(type, parts.code);
        if (value.empty()) return about(*parameter, {ErrorCode::fhir_bad_parameter, "it has no value", {}});
        if (parts.modifier == "missing" && parts.chain.empty()) return missing(*parameter, value);
        if (parameter->type == ParameterType::reference) return reference(*parameter, parts, value, depth);
        if (!parts.chain.empty())
            return bad_modifier(std::string(parts.code) + " is no reference, so nothing can follow a dot");
        return plain(*parameter, parts.modifier, value);
    }

  private:
    // "true": rows without a value.
    static Result<Criterion> missing(const SearchParameter& parameter, std::string_view value) {
        if (!parameter.present) return bad_modifier(std::string(parameter.code) + " does not take :missing");
        if (value != "true" && value != "false")
            return about(parameter, {ErrorCode::fhir_bad_parameter, ":missing is true or false", {}});
        if (value == "false") return parameter.present();
        return store::none_of({parameter.present()});
    }

    Result<Criterion> plain(const SearchParameter& parameter, std::string_view modifier, std::string_view value) const {
        std::vector<Criterion> any;
        const bool negated = modifier == "not" && parameter.type == ParameterType::token;
        const bool known = modifier.empty() || negated || is_string_modifier(parameter, modifier);
        if (!known)
            return bad_modifier(std::string(parameter.code) + " is a " + std::string(to_text(parameter.type)) +
                                " and does not take :" + std::string(modifier));
        for (const auto& one : alternatives(value)) {
            auto criterion = one_of(parameter, modifier, one);
            if (!criterion) return about(parameter, criterion.error());
            any.push_back(std::move(*criterion));
        }
        if (negated) return store::none_of(std::move(any));
        return any.size() == 1 ? std::move(any.front()) : store::any_of(std::move(any));
    }

    static bool is_string_modifier(const SearchParameter& parameter, std::string_view modifier) {
        return parameter.type == ParameterType::string &&
               ((modifier == "exact" && parameter.exact) || (modifier == "contains" && parameter.contains));
    }

    Result<Criterion> one_of(const SearchParameter& parameter, std::string_view modifier, std::string_view text) const {
        if (text.empty()) return Error{ErrorCode::fhir_bad_parameter, "one of its values is empty", {}};
        auto value = value_of(parameter, text);
        if (!value) return value.error();
        if (modifier == "exact") return parameter.exact(value->text);
        if (modifier == "contains") return parameter.contains(value->text);
        return parameter.where(*value, context_);
    }

    Result<SearchValue> value_of(const SearchParameter& parameter, std::string_view text) const {
        switch (parameter.type) {
            case ParameterType::token:
                return token_value(text);
            case ParameterType::date:
                return date_value(text, context_.values);
            case ParameterType::reference:
                return reference_value(text, context_.values);
            case ParameterType::string:
            case ParameterType::uri:
                break;
        }
        SearchValue out;
        out.text = unescaped(text);
        return out;
    }

    // modifier: a type, "identifier", or none.
    Result<Criterion> reference(const SearchParameter& parameter, const Name& name, std::string_view value,
                                int depth) const {
        if (name.modifier == "identifier" && name.chain.empty())
            return chained(parameter, {}, "identifier", value, depth);
        if (name.modifier == "not" && name.chain.empty()) {
            auto plainly = referred(parameter, {}, value);
            if (!plainly) return plainly.error();
            return store::none_of({std::move(*plainly)});
        }
        if (!name.modifier.empty() && targets(parameter, name.modifier).empty())
            return bad_modifier(std::string(parameter.code) + " does not take :" + std::string(name.modifier));
        if (!name.chain.empty()) return chained(parameter, name.modifier, name.chain, value, depth);
        return referred(parameter, name.modifier, value);
    }

    static std::vector<const ReferenceTarget*> targets(const SearchParameter& parameter, std::string_view type) {
        std::vector<const ReferenceTarget*> out;
        for (const auto& target : parameter.targets)
            if (type.empty() || target.type == type) out.push_back(&target);
        return out;
    }

    Result<Criterion> referred(const SearchParameter& parameter, std::string_view type, std::string_view value) const {
        std::vector<Criterion> any;
        for (const auto& one : alternatives(value)) {
            const auto read = value_of(parameter, one);
            if (!read) return about(parameter, read.error());
            const auto wanted = type.empty() ? std::string_view(read->type) : type;
            if (!read->type.empty() && targets(parameter, read->type).empty())
                return about(parameter, {ErrorCode::fhir_bad_parameter, "it never refers to " + read->type, {}});
            if (read->elsewhere) continue;
            for (const auto* target : targets(parameter, wanted)) any.push_back(target->referring(id_is(read->id)));
        }
        return store::any_of(std::move(any));
    }

    // Ids are numbers; another text is nobody's.
    static Criterion id_is(std::string_view id) {
        const auto number = record_id(id);
        return number ? store::equal("id", std::vector{*number}) : store::any_of({});
    }

    // The rest of the chain holds for what it refers to, whichever of its types has such a parameter.
    Result<Criterion> chained(const SearchParameter& parameter, std::string_view type, std::string_view chain,
                              std::string_view value, int depth) const {
        std::vector<Criterion> any;
        std::optional<Error> first;
        for (const auto* target : targets(parameter, type)) {
            const auto* searched = searchable_type(target->type);
            if (!searched) continue;
            auto inner = read(*searched, chain, value, depth + 1);
            if (inner)
                any.push_back(target->referring(rows_of(*searched, std::move(*inner))));
            else if (!first || first->code == ErrorCode::fhir_unknown_parameter)
                first = inner.error();
        }
        if (any.empty()) return first.value_or(bad_modifier(std::string(parameter.code) + " cannot be followed"));
        return any.size() == 1 ? std::move(any.front()) : store::any_of(std::move(any));
    }

    static Criterion rows_of(const SearchableType& type, Criterion inner) {
        if (!type.rows) return inner;
        return store::all_of({type.rows(), std::move(inner)});
    }

    // rest: "Type:reference:name", of resources that refer to this one.
    Result<Criterion> has(const SearchableType& type, std::string_view rest, std::string_view value, int depth) const {
        const auto first = rest.find(':');
        const auto second = first == std::string_view::npos ? first : rest.find(':', first + 1);
        if (second == std::string_view::npos) return bad_modifier("_has is written _has:Type:reference:parameter");
        const auto* source = searchable_type(rest.substr(0, first));
        if (!source) return bad_modifier("_has: there is no type " + std::string(rest.substr(0, first)));
        const auto* reference = source->find(rest.substr(first + 1, second - first - 1));
        if (!reference) return unknown(*source, rest.substr(first + 1, second - first - 1));
        const auto to = targets(*reference, type.name);
        if (to.empty())
            return bad_modifier(std::string(source->name) + " does not refer to " + std::string(type.name) + " by " +
                                std::string(reference->code));
        auto inner = read(*source, rest.substr(second + 1), value, depth + 1);
        if (!inner) return inner.error();
        return to.front()->referred(rows_of(*source, std::move(*inner)));
    }

    const SearchContext& context_;
};

}  // namespace

Result<Criterion> criterion_of(const SearchableType& type, std::string_view name, std::string_view value,
                               const SearchContext& context) {
    return Reader(context).read(type, name, value, 0);
}

}  // namespace gantry::fhir
