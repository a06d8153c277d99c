// Delivery queues on SQLite. Reads go through a reader of their own; attempts are written through the shared writer.
#pragma once
#include "engine/store/records/readers.hpp"
#include "engine/store/sqlite/writer.hpp"

namespace gantry::store::sqlite {

class SqliteDeliveries final : public Deliveries {
  public:
    SqliteDeliveries(odb::database& database, Writer& writer, const StoreOptions& options, const Clock& clock);
    Result<std::vector<DeliveryWork>> pending(const std::string& destination, DeliveryId after,
                                              std::size_t most) override;
    Result<void> record(std::span<const Attempt> attempts) override;

  private:
    DeliveryQueueView queue_;
    Writer& writer_;
    IdSource ids_;
    Statement insert_attempt_, update_delivery_, settle_message_;
};

}  // namespace gantry::store::sqlite
