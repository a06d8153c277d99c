#include <odb/transaction.hxx>

#include "engine/store/records/message_rows.hpp"
#include "engine/store/records/message_views.hpp"
#include "engine/store/records/readers.hpp"

namespace gantry::store {
namespace {

std::vector<AttemptRow> attempts_of(odb::database& database, std::int64_t delivery) {
    using Query = odb::query<records::DeliveryAttempt>;
    std::vector<AttemptRow> out;
    for (const auto& row :
         database.query<records::DeliveryAttempt>((Query::delivery == delivery) + "ORDER BY" + Query::id))
        out.push_back({{row.started}, {row.finished}, static_cast<effects::Outcome>(row.verdict), row.detail});
    return out;
}

std::vector<DeliveryDetail> deliveries_of(odb::database& database, std::int64_t message) {
    using Query = odb::query<records::Delivery>;
    std::vector<DeliveryDetail> out;
    for (const auto& row : database.query<records::Delivery>((Query::message == message) + "ORDER BY" + Query::id))
        out.push_back({row_of(row), {}, false, {}});
    for (auto& detail : out) {
        const auto id = detail.delivery.id.value;
        detail.attempts = attempts_of(database, id);
        records::DeliveryBody body;
        if (detail.delivery.as_received) continue;
        detail.payload_removed = !database.find(id, body);
        if (detail.payload_removed) continue;
        auto payload = content_of(database, body);
        detail.payload_damaged = !payload.ok();
        if (payload) detail.payload = std::move(*payload);
    }
    return out;
}

ReprocessingRow row_of(const records::Reprocessing& row) {
    return {{row.id}, {row.original}, {row.at}, row.decided_by, row.reason};
}

void add_reprocessings(odb::database& database, std::int64_t message, MessageDetail& out) {
    records::Reprocessing own;
    if (database.find(message, own)) out.reprocessing = row_of(own);
    using Query = odb::query<records::Reprocessing>;
    for (const auto& row : database.query<records::Reprocessing>((Query::original == message) + "ORDER BY" + Query::id))
        out.reprocessed.push_back(row_of(row));
}

}  // namespace

Result<std::optional<MessageDetail>> MessagesView::message(MessageId id) {
    return fenced<std::optional<MessageDetail>>([&]() -> std::optional<MessageDetail> {
        odb::transaction transaction(database_.begin());
        records::Message row;
        if (!database_.find(id.value, row)) return std::nullopt;
        MessageDetail out;
        out.message = row_of(row);
        out.reply = text_of(row.reply);
        records::MessageBody body;
        out.content_removed = !database_.find(id.value, body);
        auto content = content_of(database_, body);
        out.content_damaged = !content.ok();
        if (content) out.content = std::move(*content);
        records::Change change;
        if (database_.find(id.value, change)) out.changes = change.patches;
        out.deliveries = deliveries_of(database_, id.value);
        add_reprocessings(database_, id.value, out);
        records::DiscardedMessage discarded;
        if (database_.find(id.value, discarded))
            out.discarded = {{discarded.at}, discarded.decided_by, discarded.reason};
        transaction.commit();
        return out;
    });
}

}  // namespace gantry::store
