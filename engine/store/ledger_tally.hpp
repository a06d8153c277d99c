// The ledger's sums: received = Σ outcomes + removed, without counting rows.
//
// Each transaction that adds, settles or removes messages says so in "ledger_count" before it commits, so the sums are
// those of a state between two commits, as the rows are. What was received is counted where a batch is taken, an
// outcome where its row is written: a message that was taken and has no row, or a row that was moved on or removed by
// somebody who did not say so, makes a difference.
//
// Rows of "ledger_count" are never shared by two sessions that write at once: each has a slot, and the sum over all
// slots counts. Otherwise committers would wait for each other's commits.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/effects/effects.hpp"

namespace gantry::store {

class LedgerTally {
  public:
    static constexpr std::int64_t received = 100, removed = 101;
    static constexpr std::int64_t per_slot = 256;

    void add(effects::Outcome outcome, std::int64_t messages = 1) {
        outcomes_.at(static_cast<std::size_t>(outcome)) += messages;
    }
    void add_received(std::size_t messages) { received_ += static_cast<std::int64_t>(messages); }
    void moved(std::int64_t before, std::int64_t after) {
        --outcomes_.at(static_cast<std::size_t>(before));
        ++outcomes_.at(static_cast<std::size_t>(after));
    }
    void clear() { *this = {}; }

    // What is to be added to which row of the slot; without those that nothing is added to.
    struct Change {
        std::int64_t id, messages;
    };
    std::vector<Change> changes(std::int64_t slot) const {
        std::vector<Change> out;
        for (std::size_t i = 0; i < outcomes_.size(); ++i)
            if (outcomes_[i] != 0) out.push_back({slot * per_slot + static_cast<std::int64_t>(i), outcomes_[i]});
        if (received_ != 0) out.push_back({slot * per_slot + received, received_});
        return out;
    }

  private:
    std::array<std::int64_t, effects::outcome_count> outcomes_{};
    std::int64_t received_ = 0;
};

}  // namespace gantry::store
