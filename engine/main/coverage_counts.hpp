// What messages said and no mapping read, and codes that no table knew, counted while the engine runs: a new Z-segment
// or an unmapped code shows with the first message that has it: as a metric, as one event with that message's number,
// and in what GET /api/coverage answers.
#pragma once
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "engine/main/event_log.hpp"
#include "engine/store/store.hpp"

namespace gantry {

// Any thread. log must outlive it.
class CoverageCounts {
  public:
    explicit CoverageCounts(EventLog& log) : log_(log) {}
    // One result per unit.
    void count(std::span<const store::Unit> units, std::span<const store::Committed> results);

    // {"channels": [{"channel", "unread": [{"field", "count", "first_message"}], "unmapped": [{"table", …}]}]}, in the
    // order of their names. channel: only that one; empty: all. A message's number is text: JSON's numbers are too
    // short.
    std::string as_json(std::string_view channel = {}) const;

  private:
    // Different ones of a channel that are told apart; a sender that makes up more is counted under "other".
    static constexpr std::size_t most = 1000;
    struct Count {
        prometheus::Counter* counter = nullptr;
        std::int64_t first_message = 0;
    };
    struct Channel {
        std::map<FieldName, Count> unread;
        std::map<std::string, Count, std::less<>> unmapped;  // by table
    };
    void count_unread(const std::string& channel, FieldName field, std::int64_t message);
    void count_unmapped(const std::string& channel, const std::string& table, std::int64_t message);

    EventLog& log_;
    mutable std::mutex mutex_;
    std::map<std::string, Channel, std::less<>> channels_;
};

}  // namespace gantry
