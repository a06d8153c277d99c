// Delivery queues on SQLite. Reads go through a reader of their own; attempts are written through the shared writer.
#pragma once
#include "engine/store/records/readers.hpp"
#include "engine/store/sqlite/ledger_counts.hpp"
#include "engine/store/sqlite/writer.hpp"

namespace gantry::store::sqlite {

class SqliteDeliveries final : public Deliveries {
  public:
    SqliteDeliveries(odb::database& database, Writer& writer, const StoreOptions& options, const Clock& clock);
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
    void write(const Attempt& attempt, LedgerTally& tally);
    void settle(DeliveryId delivery, LedgerTally& tally);
    Result<void> in_one_transaction(const std::function<void()>& work);

    DeliveryQueueView queue_;
    Writer& writer_;
    IdSource ids_;
    Statement begin_numbers_, count_up_, give_number_, take_number_back_, next_number_, begin_attempt_, expect_reply_,
        note_answer_, forget_reply_, insert_attempt_, update_delivery_, look_at_message_, settle_message_, rank_;
    LedgerCounts counts_;
};

}  // namespace gantry::store::sqlite
