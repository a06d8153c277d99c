#include <odb/transaction.hxx>

#include <algorithm>

#include "engine/store/records/message_rows.hpp"
#include "engine/store/records/readers.hpp"
#include "engine/store/records/subscriptions.hpp"
#include "records-odb.hxx"

namespace gantry::store {
namespace {

using Query = odb::query<records::FhirSubscription>;
using DeliveryQuery = odb::query<records::Delivery>;
using effects::Outcome;

Subscription subscription_of(const records::FhirSubscription& row) {
    return {row.id, row.version, {row.updated}, row.status, row.error, row.document};
}

// A number that a removed one had is not given again: what was delivered to it is still in the ledger.
std::int64_t next_id(odb::database& database, Instant at) {
    std::int64_t out = IdSource::first_at(at);
    const auto newest = Query(true) + "ORDER BY" + Query::id + "DESC LIMIT 1";
    for (const auto& row : database.query<records::FhirSubscription>(newest)) out = std::max(out, row.id + 1);
    return out;
}

std::int64_t last_number(odb::database& database, const std::string& destination) {
    records::SequenceNumber row;
    return database.find("destination " + destination, row) ? std::max<std::int64_t>(row.last, 0) : 0;
}

// What waits for its number: nothing of it was discarded.
DeliveryQuery unnumbered(const std::string& destination) {
    return DeliveryQuery::destination == destination && DeliveryQuery::number == 0 &&
           DeliveryQuery::state != static_cast<std::int16_t>(Outcome::filtered);
}

std::vector<records::Delivery> rows(odb::database& database, const DeliveryQuery& which, const char* order,
                                    std::size_t most) {
    std::vector<records::Delivery> out;
    for (const auto& row : database.query<records::Delivery>(which + order + ("LIMIT " + std::to_string(most))))
        out.push_back(row);
    return out;
}

std::string payload_of(odb::database& database, std::int64_t delivery) {
    records::DeliveryBody body;
    if (!database.find(delivery, body)) return {};
    auto content = content_of(database, body);
    return content ? std::move(*content) : std::string();
}

}  // namespace

std::string subscription_destination(std::int64_t id) {
    return std::string(subscriptions_channel) + "/" + std::to_string(id);
}

Result<Subscription> SubscriptionsView::create(const std::string& status, const std::string& document, Instant at) {
    return fenced<Subscription>([&] {
        records::FhirSubscription row;
        write_([&] {
            odb::transaction transaction(database_.begin());
            row.id = next_id(database_, at);
            row.version = 1;
            row.updated = at.micros;
            row.status = status;
            row.document = document;
            database_.persist(row);
            transaction.commit();
        });
        return subscription_of(row);
    });
}

Result<std::optional<Subscription>> SubscriptionsView::find(std::int64_t id) {
    return fenced<std::optional<Subscription>>([&] {
        odb::transaction transaction(database_.begin());
        records::FhirSubscription row;
        std::optional<Subscription> out;
        if (database_.find(id, row)) out = subscription_of(row);
        transaction.commit();
        return out;
    });
}

Result<std::vector<Subscription>> SubscriptionsView::all() {
    return fenced<std::vector<Subscription>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<Subscription> out;
        for (const auto& row : database_.query<records::FhirSubscription>(Query(true) + "ORDER BY" + Query::id))
            out.push_back(subscription_of(row));
        transaction.commit();
        return out;
    });
}

Result<std::optional<Subscription>> SubscriptionsView::change(const Change& change, Instant at) {
    return fenced<std::optional<Subscription>>([&] {
        std::optional<Subscription> out;
        write_([&] {
            out.reset();
            odb::transaction transaction(database_.begin());
            records::FhirSubscription row;
            const bool found = database_.find(change.id, row);
            if (!found || (change.only_version != 0 && row.version != change.only_version)) return;
            ++row.version;
            row.updated = at.micros;
            row.status = change.status;
            row.error = change.error;
            if (change.document) row.document = *change.document;
            database_.update(row);
            transaction.commit();
            out = subscription_of(row);
        });
        return out;
    });
}

Result<bool> SubscriptionsView::remove(std::int64_t id) {
    return fenced<bool>([&] {
        bool found = false;
        write_([&] {
            odb::transaction transaction(database_.begin());
            found = database_.erase_query<records::FhirSubscription>(Query::id == id) != 0;
            transaction.commit();
        });
        return found;
    });
}

Result<std::int64_t> SubscriptionsView::events_since_start(std::int64_t id) {
    return fenced<std::int64_t>([&] {
        odb::transaction transaction(database_.begin());
        const auto destination = subscription_destination(id);
        auto out = last_number(database_, destination);
        for (const auto& row : database_.query<records::Delivery>(unnumbered(destination))) {
            static_cast<void>(row);
            ++out;
        }
        transaction.commit();
        return out;
    });
}

Result<std::vector<SubscriptionEvent>> SubscriptionsView::events(std::int64_t id, std::int64_t first,
                                                                 std::size_t most) {
    return fenced<std::vector<SubscriptionEvent>>([&] {
        odb::transaction transaction(database_.begin());
        const auto destination = subscription_destination(id);
        std::vector<SubscriptionEvent> out;
        const auto add = [&](const records::Delivery& row, std::int64_t number) {
            out.push_back({number, {row.created}, static_cast<Outcome>(row.state), payload_of(database_, row.id)});
        };
        const auto numbered =
            DeliveryQuery::destination == destination && DeliveryQuery::number >= first && DeliveryQuery::number != 0;
        for (const auto& row : rows(database_, numbered, "ORDER BY \"delivery\".\"number\"", most))
            add(row, row.number);
        // Those behind them will get the numbers that follow.
        auto number = last_number(database_, destination);
        constexpr std::int64_t furthest = 100'000;  // nobody is so far behind whom a number means anything to
        const auto ahead = std::max<std::int64_t>(first > number ? first - number - 1 : 0, 0);
        const auto skipped = static_cast<std::size_t>(std::min(ahead, furthest));
        if (out.size() < most && ahead < furthest) {
            std::size_t at = 0;
            const auto waiting =
                rows(database_, unnumbered(destination), "ORDER BY \"delivery\".\"id\"", skipped + most - out.size());
            for (const auto& row : waiting) {
                ++number;
                if (at++ >= skipped) add(row, number);
            }
        }
        transaction.commit();
        return out;
    });
}

}  // namespace gantry::store
