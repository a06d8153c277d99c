#include "fhir/search/search_request.hpp"

#include <algorithm>
#include <charconv>

#include "engine/json/diagnostic.hpp"
#include "fhir/search/cursor.hpp"

namespace gantry::fhir {
namespace {

// Of every search; _cursor is ours.
constexpr std::string_view result_parameters[] = {"_count",    "_sort",  "_include", "_revinclude", "_summary",
                                                  "_elements", "_total", "_cursor",  "_format",     "_pretty"};

std::vector<std::string> words(std::string_view text) {
    auto out = alternatives(text);
    out.erase(std::remove(out.begin(), out.end(), std::string()), out.end());
    return out;
}

// Columns that an index has in their order, and that rarely change.
constexpr std::string_view in_order[] = {"ordered_date", "scheduled_date", "performed_date",
                                         "birth_date",   "report_date",    "family_folded"};

// Where a period, or the beginning of a name, is asked for, rows come in the order of its column: the first of them are
// found by its index, however many there are, and wherever they lie among all.
std::vector<store::SortKey> natural_order(const store::Criterion& where) {
    using Is = store::Criterion::Is;
    const bool range = where.is == Is::from || where.is == Is::before || where.is == Is::begins;
    if (range && std::find(std::begin(in_order), std::end(in_order), where.column) != std::end(in_order))
        return {{where.column, false}};
    const bool all = where.is == Is::all || (where.is == Is::any && where.parts.size() == 1);
    for (std::size_t i = 0; all && i < where.parts.size(); ++i)
        if (auto order = natural_order(where.parts[i]); !order.empty()) return order;
    return {};
}

class RequestReader {
  public:
    RequestReader(const SearchableType& type, const SearchContext& context) : type_(type), context_(context) {
        out_.request.type = &type;
        out_.request.query.table = type.table;
        if (type.rows) conditions_.push_back(type.rows());
    }

    SearchReading read(const QueryParameters& parameters) {
        const std::string* cursor = nullptr;
        for (const auto& [name, value] : parameters) {
            if (name == "_cursor") {
                cursor = &value;
                continue;
            }
            const auto before = out_.problems.size();
            take(name, value);
            if (out_.problems.size() == before) out_.request.self.emplace_back(name, value);
        }
        auto& request = out_.request;
        request.query.where = store::all_of(std::move(conditions_));
        if (request.query.sort.empty()) request.query.sort = natural_order(request.query.where);
        if (request.count == 0) request.summary = Summary::count;
        request.digest = search_digest(type_.name, of_order_and_rows(request.self));
        if (cursor) place(*cursor);
        return std::move(out_);
    }

  private:
    // What may change from page to page without the walk being another one.
    static QueryParameters of_order_and_rows(const QueryParameters& all) {
        QueryParameters out;
        for (const auto& one : all)
            if (one.first != "_count" && one.first != "_format" && one.first != "_pretty" && one.first != "_total")
                out.push_back(one);
        return out;
    }

    void problem(ErrorCode code, std::string_view name, std::string text) {
        out_.problems.push_back({code, std::string(name), std::move(text)});
    }

    void take(std::string_view name, const std::string& value) {
        const auto bare = name.substr(0, name.find(':'));
        const auto* known = std::find(std::begin(result_parameters), std::end(result_parameters), bare);
        if (known != std::end(result_parameters)) return result(bare, name, value);
        auto criterion = criterion_of(type_, name, value, context_);
        if (criterion) return conditions_.push_back(std::move(*criterion));
        auto text = criterion.error().detail;
        if (criterion.error().code == ErrorCode::fhir_unknown_parameter && name.starts_with('_') &&
            !name.starts_with("_has"))
            text = "there is no parameter \"" + std::string(name) + "\"" + json::did_you_mean(name, result_parameters);
        problem(criterion.error().code, name, std::move(text));
    }

    void result(std::string_view bare, std::string_view name, const std::string& value) {
        const bool takes_modifier = bare == "_include" || bare == "_revinclude";
        if (bare != name && !(takes_modifier && name.substr(bare.size()) == ":iterate"))
            return problem(ErrorCode::fhir_bad_modifier, name, std::string(bare) + " takes no such modifier");
        if (bare == "_count") return count(name, value);
        if (bare == "_sort") return sort(name, value);
        if (takes_modifier) return include(bare == "_revinclude", bare != name, name, value);
        if (bare == "_summary") return summary(name, value);
        if (bare == "_total") return total(name, value);
        if (bare == "_elements")
            for (auto& word : words(value)) out_.request.elements.push_back(std::move(word));
    }

    void count(std::string_view name, const std::string& value) {
        std::size_t number = 0;
        const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
        if (read.ec != std::errc() || read.ptr != value.data() + value.size())
            return problem(ErrorCode::fhir_bad_parameter, name, "_count is a number, 0 or more");
        out_.request.count = std::min(number, most_results);
    }

    void sort(std::string_view name, const std::string& value) {
        std::vector<store::SortKey> keys;
        for (const auto& word : words(value)) {
            const bool descending = word.front() == '-';
            const auto code = std::string_view(word).substr(descending ? 1 : 0);
            const auto* parameter = type_.find(code);
            if (!parameter || parameter->sort.empty())
                return problem(
                    ErrorCode::fhir_bad_parameter, name,
                    "_sort: " + std::string(code) + " is nothing to sort by" + json::did_you_mean(code, sortable()));
            keys.push_back({parameter->sort, descending});
        }
        if (keys.empty() || keys.size() > store::most_sort_keys)
            return problem(ErrorCode::fhir_bad_parameter, name,
                           "_sort takes 1 to " + std::to_string(store::most_sort_keys) + " parameters");
        out_.request.query.sort = std::move(keys);
    }

    std::vector<std::string_view> sortable() const {
        std::vector<std::string_view> out;
        for (const auto& parameter : type_.parameters)
            if (!parameter.sort.empty()) out.push_back(parameter.code);
        return out;
    }

    // "Type:parameter[:target]", "Type:*" or "*".
    void include(bool reverse, bool iterate, std::string_view name, const std::string& value) {
        Include out;
        out.reverse = reverse;
        out.iterate = iterate;
        out.source = &type_;
        if (value == "*" && !reverse) return out_.request.includes.push_back(out);
        const auto first = value.find(':');
        const auto second = first == std::string::npos ? first : value.find(':', first + 1);
        const std::string_view whole = value;
        out.source = searchable_type(whole.substr(0, first));
        if (!out.source || first == std::string::npos)
            return problem(ErrorCode::fhir_bad_parameter, name,
                           std::string(name) + " is written Type:parameter, or Type:parameter:Target");
        const auto code = whole.substr(first + 1, second == std::string::npos ? second : second - first - 1);
        if (code != "*") {
            out.parameter = out.source->find(code);
            if (!out.parameter || out.parameter->type != ParameterType::reference)
                return problem(ErrorCode::fhir_bad_parameter, name,
                               std::string(name) + ": " + std::string(out.source->name) + " has no reference \"" +
                                   std::string(code) + "\"" + json::did_you_mean(code, references(*out.source)));
        }
        if (second != std::string::npos && !to_target(out, whole.substr(second + 1)))
            return problem(ErrorCode::fhir_bad_parameter, name,
                           std::string(name) + ": it never refers to " + value.substr(second + 1));
        out_.request.includes.push_back(out);
    }

    static bool to_target(Include& include, std::string_view type) {
        if (!include.parameter) return false;
        for (const auto& target : include.parameter->targets) {
            if (target.type != type) continue;
            include.target = target.type;
            return true;
        }
        return false;
    }

    static std::vector<std::string_view> references(const SearchableType& type) {
        std::vector<std::string_view> out;
        for (const auto& parameter : type.parameters)
            if (parameter.type == ParameterType::reference) out.push_back(parameter.code);
        return out;
    }

    void summary(std::string_view name, const std::string& value) {
        constexpr std::string_view known[] = {"false", "true", "text", "data", "count"};
        const auto* at = std::find(std::begin(known), std::end(known), value);
        if (at == std::end(known))
            return problem(ErrorCode::fhir_bad_parameter, name, "_summary is true, text, data, count or false");
        out_.request.summary = static_cast<Summary>(at - std::begin(known));
    }

    void total(std::string_view name, const std::string& value) {
        constexpr std::string_view known[] = {"none", "estimate", "accurate"};
        const auto* at = std::find(std::begin(known), std::end(known), value);
        if (at == std::end(known))
            return problem(ErrorCode::fhir_bad_parameter, name, "_total is none, estimate or accurate");
        out_.request.total = static_cast<Total>(at - std::begin(known));
    }

    void place(const std::string& cursor) {
        auto& request = out_.request;
        request.after = read_cursor(cursor, request.digest, request.query.sort.size());
        if (!request.after)
            problem(ErrorCode::fhir_bad_cursor, "_cursor", "the cursor is none of this search; use the link as it is");
    }

    const SearchableType& type_;
    const SearchContext& context_;
    SearchReading out_;
    std::vector<store::Criterion> conditions_;
};

}  // namespace

SearchReading read_search(const SearchableType& type, const QueryParameters& parameters, const SearchContext& context) {
    return RequestReader(type, context).read(parameters);
}

}  // namespace gantry::fhir
