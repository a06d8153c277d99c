#include "fhir/search/criteria.hpp"

#include <algorithm>
#include <charconv>

#include "engine/base/ids.hpp"
#include "fhir/resources/coding_systems.hpp"

namespace gantry::fhir {

using store::Criterion;

namespace {

constexpr std::string_view oid_system = "urn:oid:";

Criterion in_period(std::string_view column, const Period& period) {
    return store::all_of({store::from(column, period.from), store::before(column, period.before)});
}

// The rows whose authority stands under the system.
Criterion authority_is(std::string_view column, const std::string& system, const SearchContext& context) {
    std::vector<Criterion> any;
    const auto& systems = context.projection.systems;
    const auto authority = systems.authority_for(system, {});
    if (!authority.empty())
        any.push_back(store::equal(column, std::vector{authority, system}));
    else
        any.push_back(store::equal(column, std::vector{system}));
    if (system.starts_with(oid_system)) {
        const auto oid = system.substr(oid_system.size());
        any.push_back(store::equal(column, std::vector{oid}));
        any.push_back(store::contains(column, {"&" + oid + "&"}));
    } else if (!system.empty()) {
        any.push_back(store::contains(column, {"&" + system + "&"}));
    }
    return store::any_of(std::move(any));
}

}  // namespace

std::optional<std::int64_t> record_id(std::string_view id) {
    std::int64_t out = 0;
    const auto read = std::from_chars(id.data(), id.data() + id.size(), out);
    const bool whole = read.ec == std::errc() && read.ptr == id.data() + id.size();
    // Another spelling of a number is another id.
    return whole && out > 0 && id.front() != '0' ? std::optional(out) : std::nullopt;
}

Criterion has_text(std::string_view column) {
    return store::none_of({store::equal(column, std::vector<std::string>{""})});
}

Criterion nothing() {
    return store::any_of({});
}

Criterion moment_is(std::string_view column, const SearchValue& value) {
    const auto& period = value.period;
    switch (value.prefix) {
        case Prefix::eq:
        case Prefix::ap:
            return in_period(column, period);
        case Prefix::ne:
            return store::all_of({has_text(column), store::none_of({in_period(column, period)})});
        case Prefix::gt:
        case Prefix::sa:
            return store::from(column, period.before);
        case Prefix::ge:
            return store::from(column, period.from);
        case Prefix::lt:
        case Prefix::eb:
            return store::before(column, period.from);
        case Prefix::le:
            return store::before(column, period.before);
    }
    return nothing();
}

namespace {

// The smallest id of a change at or after the moment; of one that no id can have (2089), larger than any.
std::int64_t first_change_at(Instant at) {
    constexpr Instant last{3'755'000'000'000'000};  // in 2088
    return at > last ? INT64_MAX : IdSource::first_at(at);
}

}  // namespace

Criterion changed_since(std::int64_t change) {
    return store::from("last_change", change);
}

Criterion changed_at(const SearchValue& value, Criterion (*since)(std::int64_t change)) {
    auto since_first = since(first_change_at(value.period.first)), since_end = since(first_change_at(value.period.end));
    switch (value.prefix) {
        case Prefix::gt:
        case Prefix::sa:
            return since_end;
        case Prefix::ge:
            return since_first;
        case Prefix::lt:
        case Prefix::eb:
            return store::none_of({std::move(since_first)});
        case Prefix::le:
            return store::none_of({std::move(since_end)});
        case Prefix::eq:
        case Prefix::ap:
        case Prefix::ne:
            break;
    }
    auto inside = store::all_of({std::move(since_first), store::none_of({std::move(since_end)})});
    return value.prefix == Prefix::ne ? store::none_of({std::move(inside)}) : inside;
}

Criterion number_is(const NumberColumns& columns, const SearchValue& value, const SearchContext& context) {
    std::vector<Criterion> all;
    if (!value.code.empty())
        all.push_back(store::equal(columns.number, std::vector{value.code}));
    else
        all.push_back(has_text(columns.number));
    // An authority that is no URI is no system: its numbers are those without one.
    if (value.system && value.system->empty())
        all.push_back(store::none_of({store::contains(columns.authority, {"&"})}));
    else if (value.system)
        all.push_back(authority_is(columns.authority, *value.system, context));
    return store::all_of(std::move(all));
}

Criterion coded(std::string_view code, std::string_view scheme, const SearchValue& value) {
    std::vector<Criterion> all;
    if (!value.code.empty())
        all.push_back(store::equal(code, std::vector{value.code}));
    else
        all.push_back(has_text(code));
    if (!value.system) return store::all_of(std::move(all));
    std::vector<std::string> schemes{*value.system};
    if (!value.system->empty()) schemes.push_back(scheme_of_system(*value.system));
    all.push_back(store::equal(scheme, std::move(schemes)));
    return store::all_of(std::move(all));
}

bool is_code_of(std::string_view system, const SearchValue& value) {
    return !value.system || *value.system == system;
}

Criterion constant(std::string_view system, std::string_view code, const SearchValue& value) {
    const bool same = is_code_of(system, value) && (value.code.empty() || value.code == code);
    return same ? store::all_of({}) : nothing();
}

Criterion orders_with(const std::function<std::string_view(const effects::OrderRecord&)>& status_of,
                      std::string_view code) {
    using effects::OrderField;
    const auto& row = effects::field_table(effects::RecordKind::order)[static_cast<std::size_t>(OrderField::status)];
    std::vector<Criterion> any;
    for (const auto status : row.choices) {
        for (const auto* hold : {"", "Y"}) {
            effects::OrderRecord order;
            order.fields[OrderField::status] = status;
            order.fields[OrderField::hold] = hold;
            if (status_of(order) != code) continue;
            any.push_back(store::all_of({store::equal("status", std::vector{std::string(status)}),
                                         store::equal("hold", std::vector<std::string>{hold})}));
        }
    }
    return store::any_of(std::move(any));
}

SearchParameter id_parameter() {
    SearchParameter out;
    out.code = "_id";
    out.expression = "Resource.id";
    out.meaning = "The id of the resource";
    out.where = [](const SearchValue& value, const SearchContext&) {
        const auto id = record_id(value.code);
        return id && !value.system ? store::equal("id", std::vector{*id}) : nothing();
    };
    out.sort = "id";
    return out;
}

SearchParameter last_updated_parameter() {
    SearchParameter out;
    out.code = "_lastUpdated";
    out.type = ParameterType::date;
    out.expression = "Resource.meta.lastUpdated";
    out.meaning = "When the resource was changed last";
    out.where = [](const SearchValue& value, const SearchContext&) { return changed_at(value); };
    out.sort = "last_change";
    return out;
}

SearchParameter always_refers(std::string_view code, std::string_view expression, std::string_view meaning,
                              std::vector<ReferenceTarget> targets) {
    SearchParameter out;
    out.code = code;
    out.type = ParameterType::reference;
    out.expression = expression;
    out.meaning = meaning;
    out.present = [] { return store::all_of({}); };
    out.targets = std::move(targets);
    return out;
}

std::vector<ReferenceTarget> order_patient() {
    return {
        {"Patient",
         [](Criterion patient) { return store::linked("patient", store::Table::patient, "id", {std::move(patient)}); },
         [](Criterion order) { return store::linked("id", store::Table::order, "patient", {std::move(order)}); }}};
}

std::vector<ReferenceTarget> order_requester() {
    return {
        {"Practitioner",
         [](Criterion provider) {
             return store::linked("ordered_by", store::Table::provider, "id", {std::move(provider)});
         },
         [](Criterion order) { return store::linked("id", store::Table::order, "ordered_by", {std::move(order)}); }}};
}

std::vector<ReferenceTarget> order_of_order() {
    return {{"ServiceRequest", [](Criterion order) { return order; }, [](Criterion order) { return order; }}};
}

}  // namespace gantry::fhir
