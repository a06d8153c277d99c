#include "engine/runtime/delivery_worker.hpp"

#include <algorithm>

namespace gantry::runtime {
namespace {

using effects::Outcome;
using Verdict = Destination::Verdict;

constexpr std::int64_t longest_wait = 1'000'000;  // another process may add deliveries without waking us
// What another committer adds may have a smaller id than what was seen already.
constexpr std::int64_t between_whole_sweeps = 2'000'000;

Outcome state_after(Verdict verdict) {
    switch (verdict) {
        case Verdict::delivered:
            return Outcome::delivered;
        case Verdict::refused:
            return Outcome::dead;
        case Verdict::in_doubt:
            return Outcome::in_doubt;
        case Verdict::retry:
            return Outcome::pending;
    }
    return Outcome::pending;
}

}  // namespace

DeliveryWorker::DeliveryWorker(Options options, Destination& target, store::Deliveries& queue, const Clock& clock,
                               events::Sink& events)
    : options_(std::move(options)),
      target_(target),
      queue_(queue),
      clock_(clock),
      events_(events),
      random_(static_cast<std::minstd_rand::result_type>(std::hash<std::string>()(options_.destination))) {}

DeliveryWorker::~DeliveryWorker() {
    stop();
}

void DeliveryWorker::start() {
    thread_ = std::thread([this] { run(); });
}

void DeliveryWorker::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void DeliveryWorker::wake() {
    {
        const std::lock_guard lock(mutex_);
        if (woken_) return;
        woken_ = true;
    }
    changed_.notify_all();
}

void DeliveryWorker::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        changed_.wait_for(lock, std::chrono::microseconds(micros_until_due()), [this] { return woken_ || stopping_; });
        if (stopping_) return;
        woken_ = false;
        lock.unlock();
        sweep();
        lock.lock();
    }
}

std::int64_t DeliveryWorker::micros_until_due() const {
    auto wait = longest_wait;
    for (const auto& [lane, due] : waiting_lanes_) wait = std::min(wait, due.micros - clock_.now().micros);
    return std::max<std::int64_t>(wait, 1000);
}

bool DeliveryWorker::sweep() {
    bool any = false;
    const auto now = clock_.now();
    const bool due = std::erase_if(waiting_lanes_, [&](const auto& lane) { return lane.second <= now; }) > 0;
    if (due || !swept_ || now.micros - swept_->micros >= between_whole_sweeps || now < *swept_) {
        swept_ = now;
        seen_ = {};
    }
    for (;;) {
        auto page = queue_.pending(options_.destination, seen_, options_.page);
        if (!page || page->empty()) return any;
        seen_ = page->back().id;
        any = attempt_page(*page) || any;
        if (is_stopping()) return any;
    }
}

bool DeliveryWorker::is_stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

std::vector<std::string> DeliveryWorker::lanes_of(const store::DeliveryWork& work) const {
    if (options_.strict) return {std::string()};
    std::vector<std::string> out;
    for (std::string_view rest = work.lane;;) {
        const auto end = rest.find(effects::key_separator);
        out.emplace_back(rest.substr(0, end));
        if (end == std::string_view::npos) return out;
        rest.remove_prefix(end + 1);
    }
}

std::optional<Instant> DeliveryWorker::busy_until(const std::vector<std::string>& lanes) const {
    std::optional<Instant> out;
    for (const auto& lane : lanes) {
        const auto waiting = waiting_lanes_.find(lane);
        if (waiting != waiting_lanes_.end()) out = std::max(out.value_or(waiting->second), waiting->second);
    }
    return out;
}

void DeliveryWorker::wait(const std::vector<std::string>& lanes, Instant until) {
    for (const auto& lane : lanes) waiting_lanes_[lane] = until;
}

bool DeliveryWorker::attempt_page(std::vector<store::DeliveryWork>& page) {
    std::vector<store::Deliveries::Attempt> attempts;
    for (const auto& work : page) {
        const auto lanes = lanes_of(work);
        if (const auto until = busy_until(lanes)) {
            wait(lanes, *until);  // what comes after this one waits for it in every lane
            continue;
        }
        if (is_stopping()) break;
        // Stored by an earlier run of the program: the wait goes on.
        if (work.next_attempt > clock_.now()) {
            wait(lanes, work.next_attempt);
            continue;
        }
        attempts.push_back(attempt(work));
        if (attempts.back().state == Outcome::pending) wait(lanes, attempts.back().next_attempt);
    }
    if (attempts.empty()) return false;
    if (!queue_.record(attempts)) {
        // Not recorded: the same deliveries come again once the database can be written, at least once as promised.
        events::emit(events_, "delivery_not_recorded", events::Level::error,
                     "delivery attempts could not be recorded; they will be repeated",
                     {{"destination", ConfigName(options_.destination)}});
        swept_.reset();
        return false;
    }
    return true;
}

store::Deliveries::Attempt DeliveryWorker::attempt(const store::DeliveryWork& work) {
    store::Deliveries::Attempt out;
    out.delivery = work.id;
    out.started = clock_.now();
    auto answer = target_.deliver(work);
    out.finished = clock_.now();
    out.state = state_after(answer.verdict);
    out.detail = std::move(answer.detail);
    if (out.state == Outcome::pending && options_.retry.exhausted(out.finished, work.received))
        out.state = Outcome::dead;
    if (out.state == Outcome::pending)
        out.next_attempt = options_.retry.next(out.finished, work.attempts + 1, random_());
    tell(out.state, work.attempts + 1);
    return out;
}

void DeliveryWorker::tell(Outcome state, std::int64_t attempts) const {
    const ConfigName name(options_.destination);
    if (state == Outcome::pending)
        events::emit(events_, "delivery_failed", events::Level::warning, "a delivery failed and will be tried again",
                     {{"destination", name}, {"attempts", attempts}});
    if (state == Outcome::dead)
        events::emit(events_, "delivery_dead", events::Level::error, "a delivery was given up and needs a person",
                     {{"destination", name}, {"attempts", attempts}});
    if (state == Outcome::in_doubt)
        events::emit(events_, "delivery_in_doubt", events::Level::error,
                     "a delivery may have arrived without proof and needs a person",
                     {{"destination", name}, {"attempts", attempts}});
}

}  // namespace gantry::runtime
