#include <odb/transaction.hxx>

#include <algorithm>
#include <map>

#include "engine/store/records/message_rows.hpp"
#include "engine/store/records/message_views.hpp"
#include "engine/store/records/readers.hpp"

namespace gantry::store {
namespace {

using effects::Outcome;
using Query = odb::query<records::Delivery>;
using Summaries = std::map<std::string, QueueSummary>;

constexpr std::size_t longest_waiting = 100;

// As text, with the whole condition of the partial index that fits: the planner must see that it does.
std::string condition(Outcome state) {
    if (state == Outcome::pending) return R"("delivery"."state" = 0)";
    return R"("delivery"."state" IN (5, 6, 7) AND "delivery"."state" = )" + std::to_string(static_cast<int>(state));
}

QueueSummary& summary_of(Summaries& all, const std::string& destination) {
    auto& out = all[destination];
    out.destination = destination;
    return out;
}

void count(odb::database& database, Outcome state, std::int64_t QueueSummary::*counter, Summaries& all) {
    for (const auto& row : database.query<records::QueueCount>(odb::query<records::QueueCount>(condition(state)))) {
        auto& summary = summary_of(all, row.destination);
        summary.*counter = row.deliveries;
        if (state == Outcome::pending) summary.oldest_pending = IdSource::time_of(row.oldest);
    }
}

Query waiting_in(const std::string& destination, Outcome state, DeliveryId after, std::size_t most) {
    return (Query(condition(state)) && Query::destination == destination && Query::id > after.value) + "ORDER BY" +
           Query::id + std::string("LIMIT " + std::to_string(most));
}

Instant next_attempt(odb::database& database, const std::string& destination) {
    Instant out{INT64_MAX};
    for (const auto& row :
         database.query<records::Delivery>(waiting_in(destination, Outcome::pending, {}, longest_waiting)))
        out.micros = std::min(out.micros, row.next_attempt == 0 ? row.created : row.next_attempt);
    return out.micros == INT64_MAX ? Instant{} : out;
}

}  // namespace

bool on_hold(odb::database& database, const std::string& destination) {
    records::DestinationHold hold;
    return database.find(destination, hold);
}

Result<std::vector<QueueSummary>> QueuesView::queues() {
    return fenced<std::vector<QueueSummary>>([&] {
        odb::transaction transaction(database_.begin());
        Summaries all;
        count(database_, Outcome::pending, &QueueSummary::pending, all);
        count(database_, Outcome::held, &QueueSummary::held, all);
        count(database_, Outcome::dead, &QueueSummary::dead, all);
        count(database_, Outcome::in_doubt, &QueueSummary::in_doubt, all);
        for (auto& [destination, summary] : all) summary.next_attempt = next_attempt(database_, destination);
        for (const auto& row : database_.query<records::DestinationHold>())
            summary_of(all, row.destination).hold = QueueSummary::Hold{{row.since}, row.held_by, row.reason};
        transaction.commit();
        std::vector<QueueSummary> out;
        for (auto& [destination, summary] : all) out.push_back(std::move(summary));
        return out;
    });
}

Result<std::vector<DeliveryRow>> QueuesView::waiting(const std::string& destination, Outcome state, DeliveryId after,
                                                     std::size_t most) {
    return fenced<std::vector<DeliveryRow>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<DeliveryRow> out;
        for (const auto& row : database_.query<records::Delivery>(waiting_in(destination, state, after, most)))
            out.push_back(row_of(row));
        transaction.commit();
        return out;
    });
}

Result<std::optional<DeliveryRow>> QueuesView::delivery(DeliveryId id) {
    return fenced<std::optional<DeliveryRow>>([&]() -> std::optional<DeliveryRow> {
        odb::transaction transaction(database_.begin());
        records::Delivery row;
        const bool found = database_.find(id.value, row);
        transaction.commit();
        if (!found) return std::nullopt;
        return row_of(row);
    });
}

}  // namespace gantry::store
