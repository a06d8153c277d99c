// MessageReader, QueueReader and DeliveryControl on ODB: the same code for every database.
#pragma once
#include <odb/database.hxx>

#include <functional>
#include <mutex>

#include "engine/store/delivery_control.hpp"
#include "engine/store/text_index.hpp"

namespace gantry::store {

class MessagesView final : public MessageReader {
  public:
    explicit MessagesView(odb::database& database, TextSearch* text) : database_(database), text_(text) {}
    Result<MessagePage> find(const MessageQuery& query) override;
    Result<std::optional<MessageDetail>> message(MessageId id) override;

  private:
    odb::database& database_;
    TextSearch* const text_;  // none: nothing is indexed
};

class QueuesView final : public QueueReader {
  public:
    explicit QueuesView(odb::database& database) : database_(database) {}
    Result<std::vector<QueueSummary>> queues() override;
    Result<std::vector<DeliveryRow>> waiting(const std::string& destination, effects::Outcome state, DeliveryId after,
                                             std::size_t most) override;
    Result<std::optional<DeliveryRow>> delivery(DeliveryId id) override;

  private:
    odb::database& database_;
};

class DeliveryControlView final : public DeliveryControl {
  public:
    // write: runs its argument as the process's only writer, where the database wants that.
    using Exclusive = std::function<void(const std::function<void()>&)>;
    // node: of ids that nobody else gives to attempts. slot: of the ledger's sums (LedgerTally).
    DeliveryControlView(odb::database& database, const Clock& clock, int node, std::int64_t slot, Exclusive write)
        : database_(database), clock_(clock), node_(node), slot_(slot), write_(std::move(write)) {}
    Result<std::vector<DeliveryId>> decide(std::span<const DeliveryId> deliveries,
                                           const Instruction& instruction) override;
    Result<std::int64_t> decide(const QueuePart& part, const Instruction& instruction) override;
    Result<bool> discard(MessageId message, const std::string& by, const std::string& reason) override;
    Result<bool> stop(const std::string& destination, const std::string& by, const std::string& reason) override;
    Result<bool> go_on(const std::string& destination) override;

  private:
    std::vector<DeliveryId> apply(std::span<const DeliveryId> deliveries, const Instruction& instruction);
    void note(const std::vector<DeliveryId>& deliveries, const Instruction& instruction);
    std::vector<DeliveryId> part_after(const QueuePart& part, effects::Outcome state, DeliveryId& after);
    std::int64_t next_id();

    odb::database& database_;
    const Clock& clock_;
    const int node_;
    const std::int64_t slot_;
    std::mutex mutex_;
    std::optional<IdSource> ids_;  // from the first decision on; under mutex_
    Exclusive write_;
};

// Whether a person has stopped it. Inside a transaction.
bool on_hold(odb::database& database, const std::string& destination);

}  // namespace gantry::store
