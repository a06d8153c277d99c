// Stand-ins on both sides of the pipeline: a mapper that only carries bytes, and a store that can be made to wait.
#pragma once
#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "engine/runtime/intake_pipeline.hpp"

namespace gantry::runtime::testing {

// Only the limit of a test that has gone wrong; nothing is measured by it.
inline constexpr std::chrono::seconds patience{30};

class CarryingMapper final : public Mapper {
  public:
    store::Unit interpret(Inbound message) const override {
        store::Unit unit;
        unit.peer = std::move(message.peer);
        unit.content = std::move(message.bytes);
        return unit;
    }
};

// Remembers what it was given; commits nothing while it is closed.
class GatedStore final : public store::Intake {
  public:
    explicit GatedStore(bool open = true) : open_(open) {}

    std::vector<store::Committed> commit(std::span<store::Unit> units) override {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return open_; });
        std::vector<store::Committed> out;
        for (const auto& unit : units) {
            order_.emplace_back(unit.peer, unit.content);
            out.emplace_back().reply = "reply to " + unit.content;
        }
        batches_.push_back(units.size());
        return out;
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    // (peer, content) in the order of the commits.
    std::vector<std::pair<std::string, std::string>> order() const {
        const std::lock_guard lock(mutex_);
        return order_;
    }
    std::vector<std::size_t> batches() const {
        const std::lock_guard lock(mutex_);
        return batches_;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool open_;
    std::vector<std::pair<std::string, std::string>> order_;
    std::vector<std::size_t> batches_;
};

// Counts calls, and waits for them.
class Tally {
  public:
    void add(std::string what = {}) {
        const std::lock_guard lock(mutex_);
        all_.push_back(std::move(what));
        changed_.notify_all();
    }
    bool wait(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return all_.size() >= count; });
    }
    std::vector<std::string> all() const {
        const std::lock_guard lock(mutex_);
        return all_;
    }

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> all_;
};

inline Inbound inbound(std::string bytes, std::string peer = "peer") {
    return {std::move(bytes), std::move(peer), {}, {}};
}

}  // namespace gantry::runtime::testing
