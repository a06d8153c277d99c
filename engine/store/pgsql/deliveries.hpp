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
    Result<std::vector<DeliveryWork>> pending(const std::string& destination, DeliveryId after,
                                              std::size_t most) override;
    Result<void> record(std::span<const Attempt> attempts) override;

  private:
    void write(std::span<const Attempt> attempts);

    DeliveryQueueView queue_;
    std::mutex mutex_;  // over the session and the ids
    Connection connection_;
    IdSource ids_;
};

}  // namespace gantry::store::pgsql
