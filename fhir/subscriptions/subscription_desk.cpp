#include "fhir/subscriptions/subscription_desk.hpp"

#include <algorithm>

#include "fhir/json/json_reader.hpp"

namespace gantry::fhir {
namespace {

constexpr std::chrono::milliseconds pause(500);
constexpr int looks_between_orphans = 60;

const char* status_of(const SubscriptionReading& reading) {
    return reading.off ? "off" : "requested";
}

}  // namespace

struct SubscriptionDesk::Running {
    std::int64_t id = 0, version = 0;  // version: of the row; changed by the desk's own thread
    SubscriptionTerms terms;
    std::string status;                // requested or active; under mutex_
    bool gone = false;                 // under mutex_
    std::unique_ptr<RestHook> hook;    // for handshakes and heartbeats
    std::unique_ptr<RestHook> target;  // of the worker
    std::unique_ptr<runtime::DeliveryWorker> worker;
    Instant begun;
};

SubscriptionDesk::SubscriptionDesk(Parts parts)
    : parts_(std::move(parts)),
      context_{parts_.store.search(), parts_.projection, parts_.clock, parts_.base, parts_.options} {}

SubscriptionDesk::~SubscriptionDesk() {
    stop();
}

Result<void> SubscriptionDesk::start() {
    const auto rows = stored().all();
    if (!rows) return rows.error();
    for (const auto& row : *rows) take_up(row);
    discard_orphans();
    thread_ = std::thread([this] { work(); });
    return {};
}

void SubscriptionDesk::stop() {
    std::map<std::int64_t, RunningPointer> all;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        if (in_hand_) in_hand_->hook->interrupt();
        changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
    {
        const std::lock_guard lock(mutex_);
        all.swap(running_);
        told_.reset();
    }
    for (auto& [id, one] : all)
        if (one->worker) one->worker->stop();
}

void SubscriptionDesk::before_commit(std::span<store::Unit> units) {
    std::shared_ptr<const Subscribers> told;
    {
        const std::lock_guard lock(mutex_);
        told = told_;
    }
    if (!told || told->empty()) return;
    const auto at = parts_.clock.now();
    for (auto& unit : units)
        if (!unit.preview)
            unit.notices = [told, at](const effects::Plan& plan, effects::RecordReader& records) {
                return notices_of(*told, plan, records, at);
            };
}

void SubscriptionDesk::committed(std::span<const store::Committed> results) {
    const bool any = std::any_of(results.begin(), results.end(),
                                 [](const auto& one) { return one.outcome.outcome == effects::Outcome::pending; });
    if (!any) return;
    const std::lock_guard lock(mutex_);
    for (auto& [id, one] : running_)
        if (one->worker) one->worker->wake();
}

std::vector<std::string> SubscriptionDesk::destinations() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    for (const auto& [id, one] : running_) out.push_back(store::subscription_destination(id));
    return out;
}

void SubscriptionDesk::look_again() {
    const std::lock_guard lock(mutex_);
    for (auto& [id, one] : running_)
        if (one->worker) one->worker->look_again();
}

void SubscriptionDesk::publish() {
    auto next = std::make_shared<Subscribers>();
    for (const auto& [id, one] : running_) next->push_back({id, one->terms});
    told_ = std::move(next);
}

// What is stored was read before it was; what cannot be read any more (a host that is no longer named) is an error now.
void SubscriptionDesk::take_up(const store::Subscription& row) {
    if (row.status != "requested" && row.status != "active") return;
    const auto document = r4::read_json(row.document, {.lenient = true});
    auto reading = document.resource
                       ? read_subscription(*document.resource, parts_.zone, parts_.options)
                       : SubscriptionReading{{}, false, {{"error", "structure", "it cannot be read", {}}}};
    if (!reading.problems.empty()) {
        static_cast<void>(stored().change({row.id, row.version, "error", reading.problems.front().diagnostics, {}},
                                          parts_.clock.now()));
        discard_queue(row.id, "the subscription cannot be served any more");
        return;
    }
    auto one = std::make_shared<Running>();
    one->id = row.id;
    one->version = row.version;
    one->terms = std::move(reading.terms);
    one->status = row.status;
    one->begun = parts_.clock.now();
    one->hook = std::make_unique<RestHook>(one->id, one->terms, context_);
    if (one->status == "active") begin_worker(*one);
    const std::lock_guard lock(mutex_);
    running_[one->id] = std::move(one);
    publish();
    changed_.notify_all();
}

// A numbered destination has one lane and one connection.
void SubscriptionDesk::begin_worker(Running& one) {
    runtime::DeliveryWorker::Options options;
    options.destination = store::subscription_destination(one.id);
    options.strict = true;
    options.numbered = true;
    one.target = std::make_unique<RestHook>(one.id, one.terms, context_);
    one.worker =
        std::make_unique<runtime::DeliveryWorker>(options, std::vector<runtime::Destination*>{one.target.get()},
                                                  parts_.store.deliveries(), parts_.clock, parts_.events);
    one.worker->start();
}

// Nobody is told of anything any more, and what waits never leaves.
void SubscriptionDesk::put_out(std::int64_t id, const char* why) {
    RunningPointer one;
    {
        const std::lock_guard lock(mutex_);
        if (const auto at = running_.find(id); at != running_.end()) {
            one = at->second;
            one->gone = true;
            if (in_hand_ == one) one->hook->interrupt();
            running_.erase(at);
            publish();
        }
    }
    if (one && one->worker) one->worker->stop();
    discard_queue(id, why);
}

void SubscriptionDesk::discard_queue(std::int64_t id, const char* why) {
    using effects::Outcome;
    const store::QueuePart part{
        store::subscription_destination(id), {Outcome::pending, Outcome::held, Outcome::in_doubt, Outcome::dead}, {}};
    static_cast<void>(
        parts_.store.control().decide(part, {store::Instruction::Action::discard, "subscription", why, std::nullopt}));
}

// What was planned while its subscription went: nobody would ever send it.
void SubscriptionDesk::discard_orphans() {
    const auto queues = parts_.store.queues().queues();
    const auto rows = stored().all();
    if (!queues || !rows) return;
    const std::string prefix = std::string(store::subscriptions_channel) + "/";
    for (const auto& queue : *queues) {
        if (!queue.destination.starts_with(prefix)) continue;
        const auto owner = std::find_if(rows->begin(), rows->end(), [&](const auto& row) {
            return store::subscription_destination(row.id) == queue.destination;
        });
        const bool served = owner != rows->end() && (owner->status == "requested" || owner->status == "active");
        if (!served) discard_queue(std::atoll(queue.destination.c_str() + prefix.size()), "there is no subscriber");
    }
}

Result<store::Subscription> SubscriptionDesk::create(const std::string& document, const SubscriptionReading& reading) {
    const std::lock_guard deciding(deciding_);
    const auto all = stored().all();
    if (!all) return all.error();
    if (all->size() >= parts_.options.most)
        return Error{ErrorCode::overloaded, "there are as many subscriptions as there may be", {}};
    auto row = stored().create(status_of(reading), document, parts_.clock.now());
    if (row) take_up(*row);
    return row;
}

// Until the new terms are taken up, the old ones choose what is told.
Result<std::optional<store::Subscription>> SubscriptionDesk::change(std::int64_t id, std::int64_t only_version,
                                                                    const std::string& document,
                                                                    const SubscriptionReading& reading) {
    const std::lock_guard deciding(deciding_);
    auto row = stored().change({id, only_version, status_of(reading), {}, document}, parts_.clock.now());
    if (!row || !*row) return row;
    if (reading.off) {
        put_out(id, "the subscription was switched off");
        return row;
    }
    RunningPointer before;
    {
        const std::lock_guard lock(mutex_);
        if (const auto at = running_.find(id); at != running_.end()) before = at->second;
        if (before) before->gone = true;
        if (before && in_hand_ == before) before->hook->interrupt();
    }
    if (before && before->worker) before->worker->stop();
    take_up(**row);
    return row;
}

Result<bool> SubscriptionDesk::remove(std::int64_t id) {
    const std::lock_guard deciding(deciding_);
    auto removed = stored().remove(id);
    if (removed && *removed) put_out(id, "the subscription was removed");
    return removed;
}

void SubscriptionDesk::work() {
    for (int looks = 1; look_after(pause); ++looks)
        if (looks % looks_between_orphans == 0) discard_orphans();
}

// False: it shall end.
bool SubscriptionDesk::look_after(std::chrono::milliseconds rest) {
    std::vector<RunningPointer> all;
    {
        std::unique_lock lock(mutex_);
        const auto is_asked = [](const auto& one) { return one.second->status == "requested"; };
        if (!stopping_ && std::none_of(running_.begin(), running_.end(), is_asked)) changed_.wait_for(lock, rest);
        if (stopping_) return false;
        for (const auto& [id, one] : running_) all.push_back(one);
    }
    for (const auto& one : all) {
        bool asked = false;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return false;
            if (one->gone) continue;
            in_hand_ = one;
            asked = one->status == "requested";
        }
        if (one->terms.end && *one->terms.end <= parts_.clock.now())
            settle(one, "off", "");
        else if (asked)
            shake_hands(one);
        else
            beat(one);
        const std::lock_guard lock(mutex_);
        in_hand_.reset();
    }
    return true;
}

void SubscriptionDesk::shake_hands(const RunningPointer& one) {
    const auto why = one->hook->tell(NotificationType::handshake, "requested", 0);
    {
        const std::lock_guard lock(mutex_);
        if (one->gone || stopping_) return;  // written anew, or asked again after the next start
    }
    settle(one, why.empty() ? "active" : "error", why);
    if (why.empty())
        events::emit(parts_.events, "fhir_subscription_active", events::Level::info, "a subscriber is notified",
                     {{"subscription", one->id}});
    else
        events::emit(parts_.events, "fhir_subscription_error", events::Level::warning,
                     "a subscriber did not take the handshake and is not notified", {{"subscription", one->id}});
}

// Of a subscription that was written anew or removed meanwhile nothing is settled.
void SubscriptionDesk::settle(const RunningPointer& one, const std::string& status, const std::string& why) {
    const std::lock_guard deciding(deciding_);
    const auto changed = stored().change({one->id, one->version, status, why, {}}, parts_.clock.now());
    if (!changed || !*changed) return;  // of an error of the database: asked again
    one->version = (*changed)->version;
    if (status != "active") return put_out(one->id, status == "off" ? "its end has come" : "the handshake failed");
    const std::lock_guard lock(mutex_);
    if (one->gone || stopping_) return;
    one->status = status;
    begin_worker(*one);
}

// A heartbeat that is not taken is not repeated: the next one comes.
void SubscriptionDesk::beat(const RunningPointer& one) {
    const auto period = std::chrono::microseconds(one->terms.heartbeat).count();
    if (period == 0) return;
    const auto last =
        std::max({one->begun, one->hook->last_sent(), one->target ? one->target->last_sent() : Instant()});
    if (parts_.clock.now().micros - last.micros < period) return;
    const auto events = stored().events_since_start(one->id);
    if (!events) return;
    static_cast<void>(one->hook->tell(NotificationType::heartbeat, "active", *events));
    one->begun = parts_.clock.now();
}

}  // namespace gantry::fhir
