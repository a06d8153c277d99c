#include "engine/alarms/alarm_board.hpp"

#include <iterator>

namespace gantry::alarms {
namespace {

constexpr const char* away_kind = "destination_away";
constexpr const char* old_kind = "queue_old";

// A clock that was set back has lost what was measured by it: then everything is due.
bool has_passed(Instant from, std::chrono::seconds time, Instant now) {
    return now.micros < from.micros || now.micros - from.micros >= std::chrono::microseconds(time).count();
}

}  // namespace

void AlarmBoard::note(const std::string& kind, const std::string& place, const std::string& sentence,
                      std::uint64_t count, Instant at) {
    Key key{kind, place};
    const bool room = entries_.size() < most_places || entries_.count(key) > 0;
    if (!room) key = {"alarms_of_many_kinds", ""};
    auto& entry = entries_[key];
    if (entry.count == 0) entry.first = at;
    entry.count += count;
    entry.sentence = room ? sentence : "more kinds and places of alarms than can be told apart; see the log";
}

void AlarmBoard::note_away(const std::string& destination, Instant at) {
    if (away_.size() < most_places) away_.try_emplace(destination, Condition{at, std::nullopt});
}

void AlarmBoard::note_back(const std::string& destination, Instant at) {
    end(away_, destination, "destination_back", "a destination that was away answers again", at);
}

void AlarmBoard::note_queues(const std::map<std::string, Instant>& oldest, Instant at) {
    std::vector<std::string> gone;
    for (const auto& [destination, condition] : old_) {
        const auto found = oldest.find(destination);
        if (found == oldest.end() || !has_passed(found->second, rules_.queue_age, at)) gone.push_back(destination);
    }
    for (const auto& one : gone) end(old_, one, "queue_moves", "an old queue has got through what was old in it", at);
    for (const auto& [destination, since] : oldest) {
        if (since.micros <= at.micros && has_passed(since, rules_.queue_age, at) && old_.size() < most_places)
            old_.try_emplace(destination).first->second.since = since;
    }
}

void AlarmBoard::end(Conditions& conditions, const std::string& place, const char* kind, const char* sentence,
                     Instant at) {
    const auto found = conditions.find(place);
    if (found == conditions.end()) return;
    if (found->second.told) note(kind, place, sentence, 1, at);
    conditions.erase(found);
}

bool AlarmBoard::is_due(const std::optional<Instant>& told, Instant now) const {
    return !told || has_passed(*told, rules_.interval, now);
}

void AlarmBoard::add_lasting(Conditions& conditions, std::chrono::seconds least, const char* kind, const char* sentence,
                             Instant now, std::vector<Alarm>& out) const {
    for (auto& [place, condition] : conditions) {
        if (!has_passed(condition.since, least, now) || !is_due(condition.told, now)) continue;
        condition.told = now;
        out.push_back({kind, place, sentence, 1, condition.since, true});
    }
}

std::vector<Alarm> AlarmBoard::due(Instant now) {
    if (last_ && !has_passed(*last_, rules_.gather, now)) return {};
    std::vector<Alarm> out;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        auto& [key, what] = *entry;
        if (what.count == 0) {
            // Told, and nothing since: forgotten as soon as the next one would be told at once anyway.
            entry = is_due(what.told, now) ? entries_.erase(entry) : std::next(entry);
            continue;
        }
        if (is_due(what.told, now)) {
            out.push_back({key.first, key.second, what.sentence, what.count, what.first, false});
            what.count = 0;
            what.told = now;
        }
        ++entry;
    }
    add_lasting(away_, rules_.away_for, away_kind, "nobody answers at a destination; its deliveries wait", now, out);
    add_lasting(old_, rules_.queue_age, old_kind, "the oldest delivery of a destination has waited for long", now, out);
    if (!out.empty()) last_ = now;
    return out;
}

void AlarmBoard::give_back(const std::vector<Alarm>& alarms) {
    for (const auto& alarm : alarms) {
        if (alarm.lasting) {
            auto& conditions = alarm.kind == away_kind ? away_ : old_;
            const auto found = conditions.find(alarm.place);
            if (found != conditions.end()) found->second.told.reset();
            continue;
        }
        note(alarm.kind, alarm.place, alarm.sentence, alarm.count, alarm.first);
        const auto found = entries_.find({alarm.kind, alarm.place});
        if (found == entries_.end()) continue;
        if (alarm.first.micros < found->second.first.micros) found->second.first = alarm.first;
        found->second.told.reset();
    }
}

}  // namespace gantry::alarms
