// The mapper of a running channel: exchanged as a whole, between messages, while its source goes on.
#pragma once
#include <memory>
#include <mutex>

#include "engine/runtime/ports.hpp"

namespace gantry::runtime {

// Any thread. Whoever holds what get() answered keeps it alive; what was taken with one mapper is finished with it.
// Lock order: its mutex is taken last, and nothing is called while it is held.
class CurrentMapper {
  public:
    explicit CurrentMapper(std::shared_ptr<const Mapper> first) : mapper_(std::move(first)) {}

    std::shared_ptr<const Mapper> get() const {
        const std::lock_guard lock(mutex_);
        return mapper_;
    }

    void set(std::shared_ptr<const Mapper> next) {
        const std::lock_guard lock(mutex_);
        mapper_.swap(next);
    }  // the one before ends here, if nobody has it, after the lock

  private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Mapper> mapper_;
};

}  // namespace gantry::runtime
