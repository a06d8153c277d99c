#include "engine/runtime/delivery_worker.hpp"

#include <algorithm>

#include "engine/runtime/delivery_verdict.hpp"

namespace gantry::runtime {
namespace {

using effects::Outcome;
using Attempt = store::Deliveries::Attempt;

constexpr std::int64_t longest_wait = 1'000'000;  // another process may add deliveries without waking us
constexpr std::int64_t wait_for_store = 200'000;
// How often an idle connection is listened to over which an acknowledgment may come.
constexpr std::chrono::milliseconds between_listening{20};
// An attempt under way when the program stops may end by itself for so long.
constexpr std::chrono::seconds grace{3};
// Between two attempts, by a rate.
constexpr std::int64_t longest_slot = 1'000'000;

}  // namespace

DeliveryWorker::DeliveryWorker(Options options, std::vector<Destination*> targets, store::Deliveries& queue,
                               const Clock& clock, events::Sink& events)
    : options_(std::move(options)),
      targets_(std::move(targets)),
      queue_(queue),
      clock_(clock),
      events_(events),
      lanes_(options_.strict ? options_.window() : std::max(options_.window() / 8, options_.together.most)),
      random_(static_cast<std::minstd_rand::result_type>(std::hash<std::string>()(options_.destination))) {}

DeliveryWorker::~DeliveryWorker() {
    stop();
}

void DeliveryWorker::start() {
    coordinator_ = std::thread([this] { coordinate(); });
    for (auto* target : targets_) senders_.emplace_back([this, target] { send(*target); });
}

void DeliveryWorker::stop() {
    {
        Lock lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
        sendable_.notify_all();
        if (!coordinator_.joinable()) return;
        const auto quiet = [this] { return lanes_.under_way() == 0; };
        if (!changed_.wait_for(lock, grace, quiet))
            for (auto* target : targets_) target->interrupt();
    }
    for (auto& sender : senders_) sender.join();
    coordinator_.join();
    senders_.clear();
    finish_what_is_left();
}

void DeliveryWorker::wake() {
    {
        const Lock lock(mutex_);
        if (woken_) return;
        woken_ = true;
    }
    changed_.notify_all();
}

void DeliveryWorker::answer_came() {
    {
        const Lock lock(mutex_);
        woken_ = anew_ = doubts_answered_ = true;
        answer_came_ = clock_.now();
    }
    changed_.notify_all();
}

void DeliveryWorker::look_again() {
    {
        const Lock lock(mutex_);
        ++decisions_;
        woken_ = true;
    }
    changed_.notify_all();
}

void DeliveryWorker::coordinate() {
    Lock lock(mutex_);
    while (!stopping_) {
        const auto wait = std::max<std::int64_t>(next_look().micros - clock_.now().micros, 1000);
        changed_.wait_for(lock, std::chrono::microseconds(wait), [this] {
            if (woken_ || stopping_) return true;
            return !trouble_ && (!ended_.empty() || (lanes_.wants_reread() && may_read(clock_.now())));
        });
        if (stopping_) return;
        woken_ = false;
        lock.unlock();
        const bool done = look_at_decisions() && record() && read();
        lock.lock();
        trouble_ = !done;
    }
}

Instant DeliveryWorker::next_look() const {
    const auto now = clock_.now();
    if (trouble_) return {now.micros + wait_for_store};
    auto at = now.micros + longest_wait;
    if (const auto due = lanes_.next_release()) at = std::min(at, due->micros);
    if (away_.failures > 0 && away_.until > now) at = std::min(at, away_.until.micros);
    return {at};
}

void DeliveryWorker::send(Destination& target) {
    if (gathers()) return send_together(target);
    for (;;) {
        auto work = take(target);
        if (!work) return;
        attempt(target, *work);
    }
}

std::optional<store::DeliveryWork> DeliveryWorker::take(Destination& target) {
    Lock lock(mutex_);
    for (;;) {
        if (stopping_) return std::nullopt;
        if (regarded_ != decisions_) {
            sendable_.wait(lock);
            continue;
        }
        const auto now = clock_.now();
        const bool slot = slot_free(now);
        if (const auto id = slot ? lanes_.take() : std::nullopt) {
            use_slot(now);
            return std::move(prepared_.extract(*id).mapped());
        }
        if (target.listens()) {
            lock.unlock();
            listen(target);
            lock.lock();
            if (!stopping_) sendable_.wait_for(lock, between_listening);
        } else if (slot)
            sendable_.wait(lock);
        else
            sendable_.wait_for(lock, std::chrono::microseconds(next_slot_.micros - now.micros));
    }
}

bool DeliveryWorker::slot_free(Instant now) const {
    const auto until = next_slot_.micros - now.micros;
    return options_.rate == 0 || until <= 0 || until > longest_slot;
}

void DeliveryWorker::use_slot(Instant now) {
    next_slot_ = {now.micros + (options_.rate == 0 ? 0 : 1'000'000 / static_cast<std::int64_t>(options_.rate))};
}

// On disk before the other side is told that we have it, and before this worker knows.
void DeliveryWorker::listen(Destination& target) {
    const auto replies = target.listen();
    if (replies.empty() || !queue_.answered(replies)) return;
    target.heard();
    answer_came();
}

void DeliveryWorker::attempt(Destination& target, const store::DeliveryWork& work) {
    const auto started = clock_.now();
    auto answer = work.damaged ? unreadable() : target.deliver(work);
    if (target.listens()) listen(target);
    const bool away = answer.verdict == Destination::Verdict::away;
    const auto result = judged(work, std::move(answer), started);
    bool was_away = false;
    {
        const Lock lock(mutex_);
        was_away = away_.failures > 0;
        ended(work, result, away);
    }
    changed_.notify_all();
    sendable_.notify_all();
    if (away != was_away) tell_presence(away);
    if (!away) tell(result, work.attempts + 1);
}

Attempt DeliveryWorker::judged(const store::DeliveryWork& work, Destination::Answer answer, Instant started) {
    Attempt out;
    out.delivery = work.id;
    out.number = work.attempts + 1;
    out.started = started;
    out.finished = clock_.now();
    out.kind = kind_of(answer.verdict);
    out.state = state_after(answer.verdict, options_.in_doubt);
    out.detail = std::move(answer.detail);
    out.next_number = answer.next_number;
    // It was not taken under its number, and never counts as sent under the next one.
    if (out.next_number != 0) out.kind = Attempt::Kind::not_made;
    const auto within = std::chrono::microseconds(answer.answer_within).count();
    if (answer.verdict == Destination::Verdict::accepted) {
        out.answer_until = {out.finished.micros + std::max<std::int64_t>(within, 1)};
        return out;
    }
    const auto asked = std::clamp(answer.not_within, std::chrono::seconds(0), most_asked);
    const bool counts = out.kind != Attempt::Kind::not_made;
    if (counts && out.state == Outcome::pending && options_.retry.exhausted(out.finished, work.received))
        out.state = Outcome::dead;
    if ((counts || out.next_number != 0) && out.state == Outcome::pending) {
        const Lock lock(mutex_);
        out.next_attempt = std::max(options_.retry.next(out.finished, work.attempts + 1, random_()),
                                    Instant{out.finished.micros + std::chrono::microseconds(asked).count()});
    }
    return out;
}

void DeliveryWorker::ended(const store::DeliveryWork& work, const Attempt& attempt, bool away) {
    ended_.push_back(attempt);
    if (away) {
        not_made(lanes_.give_back(work.id));
        now_away(attempt.finished);
        return;
    }
    away_ = {};
    not_made(lanes_.end(work.id, end_of(attempt), attempt.next_attempt));
}

void DeliveryWorker::now_away(Instant now) {
    // Several connections may notice the same absence.
    if (away_.failures == 0 || away_.until <= now)
        away_ = {away_.failures + 1, options_.retry.next(now, away_.failures + 1, random_())};
    not_made(lanes_.give_back_all());
}

// They were begun, and nothing was sent: after a crash there is no doubt about them.
void DeliveryWorker::not_made(const std::vector<DeliveryId>& deliveries) {
    for (const auto id : deliveries) {
        prepared_.erase(id);
        if (options_.repeatable) continue;
        auto& none = ended_.emplace_back();
        none.delivery = id;
        none.state = Outcome::pending;
        none.kind = Attempt::Kind::not_made;
    }
}
bool DeliveryWorker::sweep() {
    bool any = false;
    for (bool more = true; more;) {
        if (!look_at_decisions() || !record() || !read()) return any;
        more = false;
        while (!gathers()) {
            const auto work = take_now();
            if (!work) break;
            attempt(*targets_.front(), *work);
            any = more = true;
        }
        if (const auto works = gathers() ? take_together_now() : Works(); !works.empty()) {
            attempt_together(*targets_.front(), works);
            any = more = true;
        }
        if (!record()) return any;
        const Lock lock(mutex_);
        const bool goes_on = (more || lanes_.wants_reread()) && away_.failures == 0;
        more = (goes_on || regarded_ != decisions_) && !stopping_;
    }
    return any;
}

std::optional<store::DeliveryWork> DeliveryWorker::take_now() {
    const Lock lock(mutex_);
    const auto id = stopping_ || regarded_ != decisions_ ? std::nullopt : lanes_.take();
    if (!id) return std::nullopt;
    return std::move(prepared_.extract(*id).mapped());
}

void DeliveryWorker::finish_what_is_left() {
    {
        const Lock lock(mutex_);
        not_made(lanes_.give_back_all());
    }
    (void)record();
}

}  // namespace gantry::runtime
