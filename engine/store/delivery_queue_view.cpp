#include <odb/transaction.hxx>

#include <algorithm>
#include <map>

#include "engine/store/records/message_rows.hpp"
#include "engine/store/records/message_views.hpp"
#include "engine/store/records/readers.hpp"
#include "engine/store/urgent_lanes.hpp"
#include "records-odb.hxx"

namespace gantry::store {
namespace {

using Ids = std::vector<std::int64_t>;
using Query = odb::query<records::Delivery>;

// By id; all of them in one query.
template <class Row>
std::map<std::int64_t, Row> load_all(odb::database& database, const Ids& ids) {
    std::map<std::int64_t, Row> out;
    if (ids.empty()) return out;
    for (auto& row : database.query<Row>(odb::query<Row>::id.in_range(ids.begin(), ids.end())))
        out.emplace(row.id, row);
    return out;
}

// The body of a delivery, and whether there is none that can be read.
template <class Row>
std::pair<std::string, bool> payload_of(odb::database& database, const std::map<std::int64_t, Row>& bodies,
                                        std::int64_t id) {
    const auto body = bodies.find(id);
    if (body == bodies.end()) return {{}, true};
    auto content = content_of(database, body->second);
    if (!content) return {{}, true};
    return {std::move(*content), false};
}

DeliveryHead head_of(const records::Delivery& row) {
    return {{row.id},    row.lane,           row.attempts, {row.next_attempt},
            {row.begun}, {row.answer_until}, row.answer,   row.priority >= static_cast<std::int16_t>(Priority::urgent)};
}

bool may_change(const records::Delivery& row) {
    const auto state = static_cast<effects::Outcome>(row.state);
    return state == effects::Outcome::pending || (state == effects::Outcome::in_doubt && !row.answer.empty());
}

// The state as text: the planner must see that the partial index fits.
Query waiting(const std::string& destination, DeliveryId after, std::size_t most) {
    return (Query("\"delivery\".\"state\" = 0") && Query::destination == destination && Query::id > after.value) +
           "ORDER BY" + Query::id + std::string("LIMIT " + std::to_string(most));
}

// As text with the whole conditions of the indexes, for the planner.
const char* const pending_urgent = R"("delivery"."state" = 0 AND "delivery"."priority" >= 3)";
const char* const pending_joined = R"("delivery"."state" = 0 AND "delivery"."priority" IN (2, 4))";
const char* const pending_ranked = R"("delivery"."state" = 0 AND "delivery"."priority" > 0)";
// So many with several lanes are looked at; an urgent one behind more of them waits for its turn in the queue.
constexpr std::size_t most_joined = 1'000;

Query oldest(const Query& which, std::size_t most) {
    return which + "ORDER BY" + Query::id + std::string("LIMIT " + std::to_string(most));
}

std::vector<DeliveryHead> heads_of(odb::database& database, const Query& query) {
    std::vector<DeliveryHead> out;
    for (const auto& row : database.query<records::Delivery>(query)) out.push_back(head_of(row));
    return out;
}

}  // namespace

std::vector<DeliveryWork> DeliveryQueueView::works(const std::vector<records::Delivery>& rows) {
    Ids messages, received, own;
    for (const auto& row : rows) {
        messages.push_back(row.message);
        (row.as_received ? received : own).push_back(row.as_received ? row.message : row.id);
    }
    const auto message_rows = load_all<records::Message>(database_, messages);
    const auto received_bodies = load_all<records::MessageBody>(database_, received);
    const auto own_bodies = load_all<records::DeliveryBody>(database_, own);
    std::vector<DeliveryWork> out;
    for (const auto& row : rows) {
        const auto& message = message_rows.at(row.message);
        auto [payload, damaged] = row.as_received ? payload_of(database_, received_bodies, row.message)
                                                  : payload_of(database_, own_bodies, row.id);
        out.push_back({{row.id},
                       {row.message},
                       row.channel,
                       row.destination,
                       row.lane,
                       std::move(payload),
                       message.type,
                       message.control_id,
                       row.attempts,
                       {row.next_attempt},
                       {message.received},
                       row.number,
                       damaged,
                       {row.begun}});
    }
    return out;
}

Result<std::vector<DeliveryHead>> DeliveryQueueView::heads(const std::string& destination, DeliveryId after,
                                                           std::size_t most) {
    return fenced<std::vector<DeliveryHead>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<DeliveryHead> out;
        if (on_hold(database_, destination)) return out;
        for (const auto& row : database_.query<records::Delivery>(waiting(destination, after, most)))
            out.push_back(head_of(row));
        transaction.commit();
        return out;
    });
}

Result<std::vector<DeliveryWork>> DeliveryQueueView::pending(const std::string& destination, DeliveryId after,
                                                             std::size_t most) {
    return fenced<std::vector<DeliveryWork>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<records::Delivery> due;
        if (on_hold(database_, destination)) return std::vector<DeliveryWork>();
        for (const auto& row : database_.query<records::Delivery>(waiting(destination, after, most)))
            due.push_back(row);
        auto out = works(due);
        transaction.commit();
        return out;
    });
}

Result<std::vector<DeliveryWork>> DeliveryQueueView::load(std::span<const DeliveryId> deliveries) {
    return fenced<std::vector<DeliveryWork>>([&] {
        odb::transaction transaction(database_.begin());
        Ids ids;
        for (const auto& id : deliveries) ids.push_back(id.value);
        const auto found = load_all<records::Delivery>(database_, ids);
        std::vector<records::Delivery> due;
        for (const auto id : ids)
            if (const auto row = found.find(id); row != found.end() && may_change(row->second))
                due.push_back(row->second);
        auto out = works(due);
        transaction.commit();
        return out;
    });
}

Result<std::vector<Deliveries::BlockedLane>> DeliveryQueueView::blocked_lanes(const std::string& destination) {
    return fenced<std::vector<Deliveries::BlockedLane>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<Deliveries::BlockedLane> out;
        using Row = records::BlockedLaneRow;
        // As text for the planner, with the whole condition of the index.
        const auto theirs = odb::query<Row>("\"delivery\".\"state\" IN (5, 6, 7) AND \"delivery\".\"state\" <> 6") &&
                            odb::query<Row>::destination == destination;
        for (const auto& row : database_.query<Row>(theirs)) out.push_back({row.lane, DeliveryId{row.first}});
        transaction.commit();
        return out;
    });
}

Result<std::vector<DeliveryHead>> DeliveryQueueView::held_while_begun(const std::string& destination) {
    return fenced<std::vector<DeliveryHead>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<DeliveryHead> out;
        // As text for the planner, with the whole condition of the index.
        const auto wanted = Query("\"delivery\".\"state\" IN (5, 6, 7) AND \"delivery\".\"state\" = 5") &&
                            Query::destination == destination && Query::begun != 0;
        for (const auto& row : database_.query<records::Delivery>(wanted)) out.push_back(head_of(row));
        transaction.commit();
        return out;
    });
}

Result<std::vector<DeliveryHead>> DeliveryQueueView::answered_in_doubt(const std::string& destination) {
    return fenced<std::vector<DeliveryHead>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<DeliveryHead> out;
        if (on_hold(database_, destination)) return out;
        // As text for the planner, with the whole condition of the index.
        const auto wanted = Query("\"delivery\".\"state\" IN (5, 6, 7) AND \"delivery\".\"state\" = 7") &&
                            Query::destination == destination && Query::answer != "";
        for (const auto& row : database_.query<records::Delivery>(wanted)) out.push_back(head_of(row));
        transaction.commit();
        return out;
    });
}

Result<std::vector<DeliveryId>> DeliveryQueueView::sendable(const std::string& destination,
                                                            std::span<const DeliveryId> deliveries) {
    return fenced<std::vector<DeliveryId>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<DeliveryId> out;
        if (deliveries.empty() || on_hold(database_, destination)) return out;
        Ids ids;
        for (const auto& id : deliveries) ids.push_back(id.value);
        const auto wanted = Query::id.in_range(ids.begin(), ids.end()) && Query::state == 0;
        for (const auto& row : database_.query<records::Delivery>(wanted)) out.push_back({row.id});
        transaction.commit();
        return out;
    });
}

Result<std::vector<DeliveryHead>> DeliveryQueueView::urgent(const std::string& destination, DeliveryId after,
                                                            std::size_t most) {
    return fenced<std::vector<DeliveryHead>>([&] {
        odb::transaction transaction(database_.begin());
        if (on_hold(database_, destination)) return std::vector<DeliveryHead>();
        const auto theirs = Query(pending_urgent) && Query::destination == destination && Query::id > after.value;
        auto out = heads_of(database_, oldest(theirs, most));
        transaction.commit();
        return out;
    });
}

Result<std::vector<DeliveryHead>> DeliveryQueueView::with_those_ahead(const std::string& destination,
                                                                      const std::vector<DeliveryHead>& urgent,
                                                                      std::size_t most_of_lane) {
    return fenced<std::vector<DeliveryHead>>([&] {
        auto wanted = urgent;
        std::int64_t last = 0;
        for (const auto& head : urgent) last = std::max(last, head.id.value);
        odb::transaction transaction(database_.begin());
        const auto theirs = Query(pending_joined) && Query::destination == destination && Query::id <= last;
        const auto joined = heads_of(database_, oldest(theirs, most_joined));
        if (joined.size() >= most_joined)
            std::erase_if(wanted, [&](const auto& head) { return head.id > joined.back().id; });
        const UrgentLanes lanes(wanted, joined);
        std::map<std::string, std::vector<DeliveryHead>> by_lane;
        for (const auto& [name, end] : lanes.ends()) {
            const auto single = Query(pending_ranked) && Query::destination == destination && Query::lane == name &&
                                Query::id <= end.value;
            by_lane[name] = heads_of(database_, oldest(single, most_of_lane));
        }
        transaction.commit();
        return lanes.gathered(by_lane, most_of_lane);
    });
}

Result<DeliveryQueueView::Unranked> DeliveryQueueView::unranked(const std::string& destination, DeliveryId after,
                                                                std::size_t most) {
    return fenced<Unranked>([&] {
        using Ranked = odb::query<records::RankedRow>;
        odb::transaction transaction(database_.begin());
        Unranked out{{}, {}, after};
        const auto theirs =
            (Ranked("\"delivery\".\"state\" = 0") && Ranked::destination == destination && Ranked::id > after.value) +
            "ORDER BY" + Ranked::id + std::string("LIMIT " + std::to_string(most));
        for (const auto& row : database_.query<records::RankedRow>(theirs)) {
            out.last = {row.id};
            if (row.priority != 0) continue;
            const auto rank = priority_of(effects::Urgency::ordinary, row.lane);
            (rank == Priority::ordinary_joined ? out.joined : out.ordinary).push_back(row.id);
        }
        transaction.commit();
        return out;
    });
}

}  // namespace gantry::store
