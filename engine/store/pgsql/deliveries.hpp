// Delivery queues on PostgreSQL: what is pending is read like on every database, attempts are written on a session of
// their own.
#pragma once
#include <mutex>

#include "engine/store/pgsql/connection.hpp"
#include "engine/store/records/readers.hpp"

namespace gantry::store::pgsql {

class PgsqlDeliveries final : public Deliveries {
  public:
    // after: no attempt's id is at or below it.
    PgsqlDeliveries(odb::database& database, const std::string& target, const StoreOptions& options, std::int64_t after,
                    const Clock& clock);
    bool in_order() const override { return false; }
    Result<std::vector<DeliveryHead>> heads(const std::string& destination, DeliveryId after,
                                            std::size_t most) override {
        return queue_.heads(destination, after, most);
    }
    Result<std::vector<DeliveryWork>> pending(const std::string& destination, DeliveryId after,
                                              std::size_t most) override {
        return queue_.pending(destination, after, most);
    }
    Result<std::vector<DeliveryWork>> load(std::span<const DeliveryId> deliveries) override {
        return queue_.load(deliveries);
    }
    Result<void> begin(std::span<const DeliveryId> deliveries, Instant at) override;
    Result<void> number(const std::string& destination, std::span<const DeliveryId> deliveries) override;
    Result<void> expect(std::span<const AwaitedReply> replies) override;
    Result<void> answered(std::span<const ReplyHeard> replies) override;
    Result<void> record(std::span<const Attempt> attempts) override;
    Result<std::vector<BlockedLane>> blocked_lanes(const std::string& destination) override {
        return queue_.blocked_lanes(destination);
    }
    Result<std::vector<DeliveryHead>> held_while_begun(const std::string& destination) override {
        return queue_.held_while_begun(destination);
    }
    Result<std::vector<DeliveryHead>> answered_in_doubt(const std::string& destination) override {
        return queue_.answered_in_doubt(destination);
    }
    Result<std::vector<DeliveryId>> sendable(const std::string& destination,
                                             std::span<const DeliveryId> deliveries) override {
        return queue_.sendable(destination, deliveries);
    }
    Result<std::vector<DeliveryHead>> urgent(const std::string& destination, DeliveryId after,
                                             std::size_t most) override {
        return queue_.urgent(destination, after, most);
    }
    Result<std::vector<DeliveryHead>> with_those_ahead(const std::string& destination,
                                                       const std::vector<DeliveryHead>& urgent,
                                                       std::size_t most_of_lane) override {
        return queue_.with_those_ahead(destination, urgent, most_of_lane);
    }
    Result<DeliveryId> rank(const std::string& destination, DeliveryId after, std::size_t most) override;

  private:
    void write(std::span<const Attempt> attempts);
    Result<void> run(const Statement& statement, const Parameters& parameters);

    DeliveryQueueView queue_;
    std::mutex mutex_;  // over the session and the ids
    Connection connection_;
    IdSource ids_;
    const std::int64_t counts_from_;  // id of its rows of the ledger's sums
};

}  // namespace gantry::store::pgsql
