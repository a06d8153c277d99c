// What a person is told, and when: a pure function of what happened and of time. Alarms of one kind at one place come
// once within an interval, with a count, however many there are; those that are due together come together.
//
//   noted ─ gather ─> told ─ quiet until `interval` after it was told; what is noted meanwhile is counted ─> told …
//
// A condition (a destination is away, a queue is old) is an alarm once it has lasted its time, again after each
// interval while it lasts, and its end is told when it was.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/clock.hpp"

namespace gantry::alarms {

struct AlarmRules {
    std::chrono::seconds interval = std::chrono::hours(1);   // between two of one kind and place
    std::chrono::seconds gather = std::chrono::seconds(30);  // between two mails: what comes meanwhile comes together
    std::chrono::seconds away_for = std::chrono::minutes(10);
    std::chrono::seconds queue_age = std::chrono::hours(1);
};

struct Alarm {
    std::string kind, place, sentence;
    std::uint64_t count = 0;  // of an event; of a condition 1
    Instant first;            // of those counted; of a condition since when
    bool lasting = false;     // a condition
};

// Names and sentences come from events and the configuration, so there is no patient in them. One thread. Holds at most
// most_places kinds and places; beyond, they are counted as one.
class AlarmBoard {
  public:
    static constexpr std::size_t most_places = 1000;

    explicit AlarmBoard(const AlarmRules& rules) : rules_(rules) {}

    void note(const std::string& kind, const std::string& place, const std::string& sentence, std::uint64_t count,
              Instant at);
    // Nobody answers at a destination; somebody does again.
    void note_away(const std::string& destination, Instant at);
    void note_back(const std::string& destination, Instant at);
    // The oldest delivery that waits at a destination, in all of them; who is not named has none.
    void note_queues(const std::map<std::string, Instant>& oldest, Instant at);

    // What is to be told now; empty: nothing. What was given counts as told, unless it is given back.
    std::vector<Alarm> due(Instant now);
    // It could not be told: it is due again at once, together with what was noted since.
    void give_back(const std::vector<Alarm>& alarms);

  private:
    using Key = std::pair<std::string, std::string>;
    struct Entry {
        std::string sentence;
        std::uint64_t count = 0;  // not told yet
        Instant first;
        std::optional<Instant> told;
    };
    struct Condition {
        Instant since;
        std::optional<Instant> told;
    };
    using Conditions = std::map<std::string, Condition>;

    bool is_due(const std::optional<Instant>& told, Instant now) const;
    void end(Conditions& conditions, const std::string& place, const char* kind, const char* sentence, Instant at);
    void add_lasting(Conditions& conditions, std::chrono::seconds least, const char* kind, const char* sentence,
                     Instant now, std::vector<Alarm>& out) const;

    const AlarmRules rules_;
    std::map<Key, Entry> entries_;
    Conditions away_, old_;  // by destination
    std::optional<Instant> last_;
};

}  // namespace gantry::alarms
