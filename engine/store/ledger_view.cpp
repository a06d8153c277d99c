#include <odb/transaction.hxx>

#include "engine/store/records/readers.hpp"
#include "records-odb.hxx"

namespace gantry::store {
namespace {

std::string text_of(const records::bytes& bytes) {
    return {bytes.begin(), bytes.end()};
}

}  // namespace

Result<std::vector<MessageSummary>> LedgerView::latest(std::size_t most) {
    return fenced<std::vector<MessageSummary>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<MessageSummary> out;
        using Query = odb::query<records::Message>;
        const auto newest = "ORDER BY" + Query::id + std::string("DESC LIMIT " + std::to_string(most));
        for (const auto& row : database_.query<records::Message>(newest)) {
            out.push_back({{row.id},
                           row.channel,
                           row.type,
                           row.control_id,
                           row.error,
                           row.error_detail,
                           text_of(row.reply),
                           {},
                           static_cast<effects::Outcome>(row.outcome),
                           {row.received},
                           {}});
        }
        for (auto& summary : out) {
            records::MessageBody body;
            if (database_.find(summary.id.value, body)) summary.content = text_of(body.content);
            records::Change change;
            if (database_.find(summary.id.value, change)) summary.patches = change.patches;
        }
        transaction.commit();
        return out;
    });
}

Result<std::vector<Ledger::Count>> LedgerView::counts() {
    return fenced<std::vector<Count>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<Count> out;
        for (const auto& row : database_.query<records::OutcomeCount>())
            out.push_back({static_cast<effects::Outcome>(row.outcome), static_cast<std::int64_t>(row.messages)});
        transaction.commit();
        return out;
    });
}

Result<std::int64_t> LedgerView::pending_deliveries() {
    return fenced<std::int64_t>([&]() -> std::int64_t {
        odb::transaction transaction(database_.begin());
        const auto count = database_.query_value<records::PendingDeliveries>().deliveries;
        transaction.commit();
        return static_cast<std::int64_t>(count);
    });
}

}  // namespace gantry::store
