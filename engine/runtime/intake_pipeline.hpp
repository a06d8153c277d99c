// From a source's bytes to a durable commit: interpreters in parallel, then a committer for each intake of the store.
//
//   source thread → [lane queue] → interpreter thread (pure) → [commit queue] → committer thread → done()
//
// A lane always takes the same way, so that its messages keep their order.
// Batches form by themselves: while one commit waits for its fsync, the next units gather; a lone message commits at
// once. Lock order: none is held across a call out.
#pragma once
#include <atomic>
#include <thread>
#include <vector>

#include "engine/base/bounded_queue.hpp"
#include "engine/runtime/ports.hpp"

namespace gantry::runtime {

class IntakePipeline final : public Intake {
  public:
    struct Options {
        std::size_t interpreters = 2;
        std::size_t waiting = 1024;              // messages between socket and commit before sources are made to wait
        std::size_t waiting_bytes = 256u << 20;  // and their bytes
        std::size_t batch = 256;                 // units per transaction, at most
        // Called before each commit, on that committer's thread; may be empty.
        std::function<void(std::span<store::Unit>)> before{};
    };
    // committed: told after each commit with what it did, on that committer's thread (metrics, waking delivery).
    using Observer = std::function<void(std::span<const store::Unit>, std::span<const store::Committed>)>;

    // intakes: at least one.
    IntakePipeline(const std::vector<store::Intake*>& intakes, const Options& options, Observer committed);
    IntakePipeline(store::Intake& store, const Options& options, Observer committed)
        : IntakePipeline(std::vector<store::Intake*>{&store}, options, std::move(committed)) {}
    ~IntakePipeline() override;

    Submitted submit(const std::shared_ptr<const Mapper>& mapper, Inbound&& message, std::uint64_t lane,
                     Done done) override;
    void when_room(std::function<void()> call) override;
    // The same for a unit that is interpreted already, by this mapper.
    Submitted submit(const std::shared_ptr<const Mapper>& mapper, store::Unit&& unit, std::uint64_t lane, Done done);

    // Finishes what was taken, then stops. Sources must have been stopped before.
    void drain();

    std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

  private:
    struct Raw {
        std::shared_ptr<const Mapper> mapper;
        Inbound message;
        Done done;
        std::uint64_t lane;
    };
    struct Ready {
        store::Unit unit;
        std::shared_ptr<const Mapper> mapper;  // the unit's effects point into it
        Done done;
    };
    struct Committer {
        Committer(store::Intake* to, std::size_t capacity) : store(to), ready(capacity) {}
        store::Intake* store;
        BoundedQueue<Ready> ready;
        std::thread thread;
    };
    bool full() const;
    void release(std::size_t messages, std::size_t bytes);
    void interpret(BoundedQueue<Raw>& from);
    void commit(Committer& committer);

    Options options_;
    Observer committed_;
    std::vector<std::unique_ptr<BoundedQueue<Raw>>> lanes_;
    std::vector<std::unique_ptr<Committer>> committers_;
    std::atomic<std::size_t> waiting_{0}, waiting_bytes_{0};
    std::atomic<bool> stopping_{false};
    std::mutex room_mutex_;
    std::vector<std::function<void()>> room_calls_;
    std::vector<std::thread> interpreters_;
};

}  // namespace gantry::runtime
