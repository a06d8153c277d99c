// The delivery queue of a store, where calls fail or the engine ends when it is told so, and the model hears of what
// was written.
#pragma once
#include <functional>

#include "tests/durability/ledger_model.hpp"

namespace gantry::durability {

// The engine ends here: nothing after it is done. Thrown through the worker, which is then thrown away.
struct Crash {};

// Faults of one sweep, drawn before it.
struct Faults {
    int crash_at = -1;             // counted down by each call of the worker; 0: now
    int fail_from = -1, fail = 0;  // likewise; so many calls then fail
    void count() {
        if (crash_at >= 0 && crash_at-- == 0) throw Crash();
        if (fail_from > 0) --fail_from;
    }
    bool fails() { return fail_from == 0 && fail > 0 && fail-- > 0; }
    bool happened() const { return fail_from == 0; }
};

class WatchedQueue final : public store::Deliveries {
  public:
    struct Hooks {
        std::function<void()> meanwhile;                        // something else may happen now
        std::function<void()> read_page, read_anew, read_held;  // of the queue
        std::function<void(std::span<const DeliveryId>)> begun, loaded;
        std::function<void(std::span<const Attempt>)> recorded;
    };
    WatchedQueue(store::Deliveries& under, Faults& faults, Hooks hooks)
        : under_(under), faults_(faults), hooks_(std::move(hooks)) {}

    bool in_order() const override { return under_.in_order(); }
    Result<std::vector<store::DeliveryHead>> heads(const std::string& destination, DeliveryId after,
                                                   std::size_t most) override {
        faults_.count();
        if (faults_.fails()) return unavailable();
        hooks_.meanwhile();
        hooks_.read_page();
        auto out = under_.heads(destination, after, most);
        hooks_.meanwhile();
        return out;
    }
    Result<std::vector<store::DeliveryWork>> pending(const std::string& destination, DeliveryId after,
                                                     std::size_t most) override {
        return under_.pending(destination, after, most);
    }
    Result<std::vector<store::DeliveryWork>> load(std::span<const DeliveryId> deliveries) override {
        faults_.count();
        if (faults_.fails()) return unavailable();
        hooks_.meanwhile();
        auto out = under_.load(deliveries);
        if (out) hooks_.loaded(deliveries);
        hooks_.meanwhile();
        return out;
    }
    Result<void> begin(std::span<const DeliveryId> deliveries, Instant at) override {
        faults_.count();
        hooks_.meanwhile();
        if (faults_.fails()) return unavailable();
        auto out = under_.begin(deliveries, at);
        if (out) hooks_.begun(deliveries);
        faults_.count();
        return out;
    }
    Result<void> number(const std::string& destination, std::span<const DeliveryId> deliveries) override {
        return under_.number(destination, deliveries);
    }
    Result<void> expect(std::span<const store::AwaitedReply> replies) override { return under_.expect(replies); }
    Result<void> answered(std::span<const store::ReplyHeard> replies) override { return under_.answered(replies); }
    Result<void> record(std::span<const Attempt> attempts) override {
        faults_.count();
        if (faults_.fails()) return unavailable();
        hooks_.meanwhile();
        auto out = under_.record(attempts);
        if (out) hooks_.recorded(attempts);
        faults_.count();
        return out;
    }
    Result<std::vector<BlockedLane>> blocked_lanes(const std::string& destination) override {
        faults_.count();
        if (faults_.fails()) return unavailable();
        hooks_.read_anew();
        return under_.blocked_lanes(destination);
    }
    Result<std::vector<store::DeliveryHead>> held_while_begun(const std::string& destination) override {
        faults_.count();
        if (faults_.fails()) return unavailable();
        hooks_.read_held();
        return under_.held_while_begun(destination);
    }
    Result<std::vector<store::DeliveryHead>> answered_in_doubt(const std::string& destination) override {
        faults_.count();
        if (faults_.fails()) return unavailable();
        return under_.answered_in_doubt(destination);
    }
    Result<std::vector<DeliveryId>> sendable(const std::string& destination,
                                             std::span<const DeliveryId> deliveries) override {
        faults_.count();
        if (faults_.fails()) return unavailable();
        auto out = under_.sendable(destination, deliveries);
        hooks_.meanwhile();
        return out;
    }

    Result<std::vector<store::DeliveryHead>> urgent(const std::string& destination, DeliveryId after,
                                                    std::size_t most) override {
        faults_.count();
        if (faults_.fails()) return unavailable();
        auto out = under_.urgent(destination, after, most);
        hooks_.meanwhile();
        return out;
    }
    Result<std::vector<store::DeliveryHead>> with_those_ahead(const std::string& destination,
                                                              const std::vector<store::DeliveryHead>& urgent,
                                                              std::size_t most_of_lane) override {
        faults_.count();
        if (faults_.fails()) return unavailable();
        hooks_.meanwhile();
        hooks_.read_page();
        auto out = under_.with_those_ahead(destination, urgent, most_of_lane);
        hooks_.meanwhile();
        return out;
    }
    Result<DeliveryId> rank(const std::string& destination, DeliveryId after, std::size_t most) override {
        faults_.count();
        if (faults_.fails()) return unavailable();
        return under_.rank(destination, after, most);
    }

  private:
    static Error unavailable() { return {ErrorCode::storage_unavailable, {}, {}}; }
    store::Deliveries& under_;
    Faults& faults_;
    Hooks hooks_;
};

}  // namespace gantry::durability
