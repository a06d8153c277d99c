#include "engine/store/patient_names.hpp"

#include <odb/transaction.hxx>

#include <algorithm>

#include "engine/store/records/fold_names.hpp"
#include "engine/text/folding.hpp"
#include "records-odb.hxx"

namespace gantry::store {
namespace {

// Takes the text up to the separator off the rest.
std::string_view next_part(std::string_view& rest, char separator) {
    const auto end = std::min(rest.find(separator), rest.size());
    const auto out = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return out;
}

// family^given^middle
void add_group(FoldedName& out, std::string_view group) {
    out.family += next_part(group, '^');
    out.given += next_part(group, '^');
    const auto middle = next_part(group, '^');
    if (!middle.empty()) (out.given += ' ') += middle;
}

using Query = odb::query<records::Patient>;

// Those after `after`; the last of them, or 0 when there are no more.
std::int64_t fold_some(odb::database& database, std::int64_t after) {
    constexpr auto most = "LIMIT 1000";
    odb::transaction transaction(database.begin());
    std::vector<records::Patient> rows;
    const auto unfolded =
        (Query::family_folded == "" && Query::given_folded == "" && Query::name != "" && Query::id > after) +
        "ORDER BY" + Query::id + std::string(most);
    for (const auto& row : database.query<records::Patient>(unfolded)) rows.push_back(row);
    for (auto& row : rows) {
        auto folded = folded_name(row.name);
        row.family_folded = std::move(folded.family);
        row.given_folded = std::move(folded.given);
        database.update(row);
    }
    transaction.commit();
    return rows.empty() ? 0 : rows.back().id;
}

}  // namespace

FoldedName folded_name(std::string_view name) {
    const auto whole = text::folded_text(name);
    FoldedName out;
    std::string_view rest = whole;
    while (!rest.empty()) {
        add_group(out, next_part(rest, '='));
        if (!rest.empty()) {
            out.family += '=';
            out.given += '=';
        }
    }
    return out;
}

void fold_names(odb::database& database, const std::function<void(const std::function<void()>&)>& write) {
    std::int64_t last = -1;
    while (last != 0) write([&] { last = fold_some(database, last); });
}

}  // namespace gantry::store
