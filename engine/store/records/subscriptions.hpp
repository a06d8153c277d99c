// Subscriptions on ODB.
#pragma once
#include <odb/database.hxx>

#include <functional>

#include "engine/store/subscriptions.hpp"

namespace gantry::store {

class SubscriptionsView final : public Subscriptions {
  public:
    // write: runs its argument as the database's only writer.
    using Exclusive = std::function<void(const std::function<void()>&)>;
    SubscriptionsView(odb::database& database, Exclusive write) : database_(database), write_(std::move(write)) {}
    Result<Subscription> create(const std::string& status, const std::string& document, Instant at) override;
    Result<std::optional<Subscription>> find(std::int64_t id) override;
    Result<std::vector<Subscription>> all() override;
    Result<std::optional<Subscription>> change(const Change& change, Instant at) override;
    Result<bool> remove(std::int64_t id) override;
    Result<std::int64_t> events_since_start(std::int64_t id) override;
    Result<std::vector<SubscriptionEvent>> events(std::int64_t id, std::int64_t first, std::size_t most) override;

  private:
    odb::database& database_;
    Exclusive write_;
};

}  // namespace gantry::store
