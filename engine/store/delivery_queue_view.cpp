#include <odb/transaction.hxx>

#include <map>

#include "engine/store/records/message_views.hpp"
#include "engine/store/records/readers.hpp"
#include "records-odb.hxx"

namespace gantry::store {
namespace {

using Ids = std::vector<std::int64_t>;

// By id; all of them in one query.
template <class Row>
std::map<std::int64_t, Row> load_all(odb::database& database, const Ids& ids) {
    std::map<std::int64_t, Row> out;
    if (ids.empty()) return out;
    for (auto& row : database.query<Row>(odb::query<Row>::id.in_range(ids.begin(), ids.end())))
        out.emplace(row.id, row);
    return out;
}

std::string text_of(const records::bytes& bytes) {
    return {bytes.begin(), bytes.end()};
}

}  // namespace

Result<std::vector<DeliveryWork>> DeliveryQueueView::pending(const std::string& destination, DeliveryId after,
                                                             std::size_t most) {
    return fenced<std::vector<DeliveryWork>>([&] {
        using Query = odb::query<records::Delivery>;
        odb::transaction transaction(database_.begin());
        if (on_hold(database_, destination)) return std::vector<DeliveryWork>();
        std::vector<records::Delivery> due;
        Ids messages, received, own;
        // As text: the planner must see that the partial index fits.
        const auto wanted =
            (Query("\"delivery\".\"state\" = 0") && Query::destination == destination && Query::id > after.value) +
            "ORDER BY" + Query::id + std::string("LIMIT " + std::to_string(most));
        for (const auto& row : database_.query<records::Delivery>(wanted)) {
            due.push_back(row);
            messages.push_back(row.message);
            (row.as_received ? received : own).push_back(row.as_received ? row.message : row.id);
        }
        const auto message_rows = load_all<records::Message>(database_, messages);
        const auto received_bodies = load_all<records::MessageBody>(database_, received);
        const auto own_bodies = load_all<records::DeliveryBody>(database_, own);
        transaction.commit();
        std::vector<DeliveryWork> out;
        for (const auto& row : due) {
            const auto& message = message_rows.at(row.message);
            out.push_back(
                {{row.id},
                 {row.message},
                 row.channel,
                 row.destination,
                 row.lane,
                 text_of(row.as_received ? received_bodies.at(row.message).content : own_bodies.at(row.id).content),
                 message.type,
                 message.control_id,
                 row.attempts,
                 {row.next_attempt},
                 {message.received}});
        }
        return out;
    });
}

}  // namespace gantry::store
