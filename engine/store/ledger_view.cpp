#include <odb/transaction.hxx>

#include <numeric>

#include "engine/store/ledger_tally.hpp"
#include "engine/store/records/message_rows.hpp"
#include "engine/store/records/readers.hpp"
#include "records-odb.hxx"

namespace gantry::store {
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
            if (database_.find(summary.id.value, body)) {
                auto content = content_of(database_, body);
                if (content) summary.content = std::move(*content);
            }
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

std::int64_t Ledger::Sums::rows() const {
    return std::accumulate(outcomes.begin(), outcomes.end(), std::int64_t{0});
}

Result<Ledger::Sums> LedgerView::sums() {
    return fenced<Sums>([&] {
        odb::transaction transaction(database_.begin());
        Sums out;
        for (const auto& row : database_.query<records::LedgerCount>()) {
            const auto what = row.id % LedgerTally::per_slot;
            if (what == LedgerTally::received) out.received += row.messages;
            if (what == LedgerTally::removed) out.removed += row.messages;
            if (what < static_cast<std::int64_t>(out.outcomes.size()))
                out.outcomes.at(static_cast<std::size_t>(what)) += row.messages;
        }
        transaction.commit();
        return out;
    });
}

Result<Ledger::Part> LedgerView::count_rows(MessageId after, std::size_t most) {
    return fenced<Part>([&] {
        odb::transaction transaction(database_.begin());
        using Number = odb::query<records::MessageNumber>;
        Part out;
        const auto wanted =
            (Number::id > after.value) + "ORDER BY" + Number::id + std::string("LIMIT " + std::to_string(most));
        for (const auto& row : database_.query<records::MessageNumber>(wanted)) {
            ++out.rows;
            out.last = {row.id};
        }
        transaction.commit();
        return out;
    });
}

Result<MessageId> LedgerView::newest() {
    return fenced<MessageId>([&] {
        odb::transaction transaction(database_.begin());
        using Number = odb::query<records::MessageNumber>;
        MessageId out;
        for (const auto& row : database_.query<records::MessageNumber>(Number(true) + "ORDER BY" + Number::id +
                                                                       std::string("DESC LIMIT 1")))
            out = {row.id};
        transaction.commit();
        return out;
    });
}

}  // namespace gantry::store
