// What messages said and no mapping read, and codes that no table knew, counted while the engine runs: a new Z-segment
// or an unmapped code shows with the first message that has it, as a metric and as one event with that message's
// number.
#pragma once
#include <map>
#include <mutex>
#include <span>
#include <string>

#include "engine/main/event_log.hpp"
#include "engine/store/store.hpp"

namespace gantry {

// Any thread. log must outlive it.
class CoverageCounts {
  public:
    explicit CoverageCounts(EventLog& log) : log_(log) {}
    // One result per unit.
    void count(std::span<const store::Unit> units, std::span<const store::Committed> results);

  private:
    // Different ones of a channel that are told apart; a sender that makes up more is counted under "other".
    static constexpr std::size_t most = 1000;
    struct Channel {
        std::map<FieldName, prometheus::Counter*> unread;
        std::map<std::string, prometheus::Counter*, std::less<>> unmapped;  // by table
    };
    void count_unread(const std::string& channel, FieldName field, std::int64_t message);
    void count_unmapped(const std::string& channel, const std::string& table, std::int64_t message);

    EventLog& log_;
    std::mutex mutex_;
    std::map<std::string, Channel, std::less<>> channels_;
};

}  // namespace gantry
