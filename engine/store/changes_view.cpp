#include <odb/transaction.hxx>

#include "engine/store/patches.hpp"
#include "engine/store/records/readers.hpp"
#include "records-odb.hxx"

namespace gantry::store {

Result<std::optional<LoggedChange>> ChangesView::change(std::int64_t id) {
    return fenced<std::optional<LoggedChange>>([&]() -> std::optional<LoggedChange> {
        odb::transaction transaction(database_.begin());
        records::Change row;
        const bool there = database_.find(id, row);
        transaction.commit();
        if (!there) return std::nullopt;
        return LoggedChange{row.id, read_patches(row.patches)};
    });
}

Result<std::vector<LoggedChange>> ChangesView::changes(const ChangeRange& range, std::size_t most) {
    return fenced<std::vector<LoggedChange>>([&] {
        using Query = odb::query<records::Change>;
        const auto wanted = (Query::id >= range.from && Query::id < range.before) + "ORDER BY" + Query::id +
                            ((range.oldest_first ? "ASC LIMIT " : "DESC LIMIT ") + std::to_string(most));
        odb::transaction transaction(database_.begin());
        std::vector<LoggedChange> out;
        for (const auto& row : database_.query<records::Change>(wanted))
            out.push_back({row.id, read_patches(row.patches)});
        transaction.commit();
        return out;
    });
}

}  // namespace gantry::store
