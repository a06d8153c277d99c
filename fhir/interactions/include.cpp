#include "fhir/interactions/include.hpp"

#include <map>
#include <set>

#include "fhir/interactions/compartment.hpp"
#include "fhir/search/criteria.hpp"

namespace gantry::fhir {
namespace {

using Numbers = std::vector<std::int64_t>;

class Including {
  public:
    Including(store::RecordSearch& search, const Shelf& shelf, const SearchContext& context, const IncludeRules& rules)
        : search_(search), shelf_(shelf), context_(context), rules_(rules) {}

    Result<std::vector<ServedResource>> run(const std::vector<Include>& includes,
                                            const std::vector<ServedResource>& matches) {
        std::map<std::string_view, Numbers> from;
        for (const auto& match : matches) {
            seen_.insert({match.type, match.id});
            if (const auto id = record_id(match.id)) from[match.type].push_back(*id);
        }
        for (bool first = true; !from.empty() && out_.size() < most_included; first = false) {
            std::map<std::string_view, Numbers> next;
            for (const auto& include : includes) {
                if (!first && !include.iterate) continue;
                if (auto done = follow(include, from, next); !done) return done.error();
            }
            from = std::move(next);
        }
        return std::move(out_);
    }

  private:
    Result<void> follow(const Include& include, const std::map<std::string_view, Numbers>& from,
                        std::map<std::string_view, Numbers>& next) {
        const auto parameters = parameters_of(include);
        for (const auto* parameter : parameters) {
            for (const auto& target : parameter->targets) {
                if (!include.target.empty() && include.target != target.type) continue;
                const auto at = from.find(include.reverse ? target.type : include.source->name);
                if (at == from.end()) continue;
                auto these = store::equal("id", at->second);
                const auto& type = include.reverse ? include.source->name : target.type;
                auto rows = include.reverse ? target.referring(std::move(these)) : target.referred(std::move(these));
                if (auto done = add(type, std::move(rows), next); !done) return done;
            }
        }
        return {};
    }

    static std::vector<const SearchParameter*> parameters_of(const Include& include) {
        if (include.parameter) return {include.parameter};
        std::vector<const SearchParameter*> out;
        for (const auto& parameter : include.source->parameters)
            if (parameter.type == ParameterType::reference && parameter.alias_of.empty()) out.push_back(&parameter);
        return out;
    }

    Result<void> add(std::string_view name, store::Criterion rows, std::map<std::string_view, Numbers>& next) {
        const auto* type = searchable_type(name);
        if (!type || !rules_.may_see(name)) return {};
        std::vector<store::Criterion> all{std::move(rows)};
        if (type->rows) all.push_back(type->rows());
        if (rules_.patient) all.push_back(in_compartment(*type, *rules_.patient, context_));
        const auto found = search_.find({type->table, store::all_of(std::move(all)), {}}, {}, most_included);
        if (!found) return found.error();
        Numbers fresh;
        for (const auto& row : *found)
            if (seen_.insert({type->name, std::to_string(row.id)}).second) fresh.push_back(row.id);
        auto resources = shelf_.get(type->name, fresh);
        if (!resources) return resources.error();
        for (auto& resource : *resources)
            if (out_.size() < most_included) out_.push_back(std::move(resource));
        auto& more = next[type->name];
        more.insert(more.end(), fresh.begin(), fresh.end());
        if (more.empty()) next.erase(type->name);
        return {};
    }

    store::RecordSearch& search_;
    const Shelf& shelf_;
    const SearchContext& context_;
    const IncludeRules& rules_;
    std::vector<ServedResource> out_;
    std::set<std::pair<std::string_view, std::string>> seen_;
};

}  // namespace

Result<std::vector<ServedResource>> included(const std::vector<Include>& includes,
                                             const std::vector<ServedResource>& matches, store::RecordSearch& search,
                                             const Shelf& shelf, const SearchContext& context,
                                             const IncludeRules& rules) {
    if (includes.empty() || matches.empty()) return std::vector<ServedResource>();
    return Including(search, shelf, context, rules).run(includes, matches);
}

}  // namespace gantry::fhir
