#include "engine/store/retention_pass.hpp"

#include <algorithm>

#include "engine/base/ids.hpp"
#include "engine/store/records/readers.hpp"

namespace gantry::store {
namespace {

// A transaction that frees more takes so long that a sender would notice.
constexpr std::int64_t most_bytes_at_once = 8 << 20;
// Somebody who has the delivery in hand still writes down how it ended.
constexpr std::chrono::hours cooling(1);

Instant before(Instant now, std::chrono::seconds age) {
    return {now.micros - std::chrono::microseconds(age).count()};
}

}  // namespace

RetentionChoice choose(const std::vector<RetentionCandidate>& candidates, const RetentionPart& part) {
    RetentionChoice out;
    for (const auto& candidate : candidates) {
        const auto removed = static_cast<std::int64_t>(out.ids.size());
        if (removed >= part.most_removed || out.bytes >= part.most_bytes) break;
        out.last = candidate.id;
        if (candidate.needed) continue;
        out.ids.push_back(candidate.id);
        out.bytes += candidate.bytes;
    }
    return out;
}

void RetentionPass::plan(const RetentionPolicy& policy, Instant now) {
    using Kind = Goal::Kind;
    goals_.clear();
    const auto older_than = [&](std::chrono::seconds age) { return IdSource::first_at(before(now, age)); };
    const auto rows_end = std::min(older_than(duplicate_window_), rows_.newest());
    if (policy.content_age) goals_.push_back({Kind::age, false, older_than(*policy.content_age)});
    if (policy.message_age) goals_.push_back({Kind::age, true, std::min(rows_end, older_than(*policy.message_age))});
    if (policy.messages) goals_.push_back({Kind::number, true, rows_end, *policy.messages});
    if (policy.size) {
        goals_.push_back({Kind::size, false, INT64_MAX, *policy.size});
        goals_.push_back({Kind::size, true, rows_end, *policy.size});
    }
    goals_.push_back({Kind::free_pages});
}

void RetentionPass::begin(Goal& goal) {
    if (goal.kind == Goal::Kind::number) goal.rows_left = rows_.messages() - goal.limit;
    if (goal.kind == Goal::Kind::size) goal.bytes_left = rows_.bytes_used() - goal.limit;
    goal.begun = true;
}

bool RetentionPass::step(Goal& goal, Instant now, std::size_t most, Removed& removed) {
    if (goal.kind == Goal::Kind::free_pages) {
        removed.returned = rows_.give_back();
        return removed.returned == 0;
    }
    if (!goal.begun) begin(goal);
    if (goal.rows_left <= 0 || goal.bytes_left <= 0 || goal.after + 1 >= goal.before) return true;
    const auto done = rows_.remove({goal.rows, goal.after, goal.before, most, goal.rows_left,
                                    std::min(goal.bytes_left, most_bytes_at_once), before(now, cooling)});
    const auto count = static_cast<std::int64_t>(done.ids.size());
    goal.after = done.last;
    if (goal.kind == Goal::Kind::number) goal.rows_left -= count;
    if (goal.kind == Goal::Kind::size) goal.bytes_left -= done.bytes;
    (goal.rows ? removed.messages : removed.contents) += count;
    removed.bytes += done.bytes;
    return done.last == 0;
}

Result<Removed> RetentionPass::remove_some(const RetentionPolicy& policy, Instant now, std::size_t most) {
    return fenced<Removed>([&] {
        Removed removed;
        if (goals_.empty() && policy.limits_anything()) plan(policy, now);
        if (!goals_.empty() && step(goals_.front(), now, most, removed)) goals_.pop_front();
        removed.finished = goals_.empty();
        return removed;
    });
}

}  // namespace gantry::store
