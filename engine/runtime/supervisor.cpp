#include "engine/runtime/supervisor.hpp"

#include <algorithm>
#include <set>

namespace gantry::runtime {

struct Supervisor::Delivering {
    std::string definition, name;
    std::vector<std::unique_ptr<Destination>> targets;  // one for each connection
    std::unique_ptr<DeliveryWorker> worker;
};

struct Supervisor::Channel {
    std::int64_t revision = 0;
    std::string source_definition, place;
    std::shared_ptr<CurrentMapper> mapper;
    std::unique_ptr<Source> source;
    std::vector<std::unique_ptr<Source>> retired;  // listen no more, but may have connections
    std::vector<Delivering> destinations;
};

// One application of a configuration.
class Supervisor::Step {
  public:
    Step(Supervisor& all, std::vector<ChannelSetup> wanted) : all_(all), wanted_(std::move(wanted)) {}

    std::vector<Change> run() {
        compare();
        start_on_new_places();
        keep_places_of_those_that_failed();
        hand_over_places();
        for (auto& candidate : candidates_) settle(candidate);
        for (const auto& name : leaving_) stop(name);
        return std::move(changes_);
    }

  private:
    // A channel that is to change or to start.
    struct Candidate {
        ChannelSetup& setup;
        Channel* old = nullptr;
        Channel* holder = nullptr;  // has the place and gives it up
        std::shared_ptr<CurrentMapper> mapper;
        std::unique_ptr<Source> source;  // none: the old one goes on
        std::optional<Error> error;
    };

    void compare() {
        for (auto& setup : wanted_) {
            const auto found = all_.channels_.find(setup.name);
            auto* old = found == all_.channels_.end() ? nullptr : found->second.get();
            staying_.insert(setup.name);
            if (!old || old->revision != setup.revision) candidates_.push_back({setup, old, nullptr, {}, {}, {}});
        }
        for (const auto& [name, channel] : all_.channels_) {
            if (staying_.count(name) > 0) continue;
            leaving_.push_back(name);
            offer(*channel);
        }
        for (const auto& candidate : candidates_)
            if (candidate.old && needs_source(candidate)) offer(*candidate.old);
        for (auto& candidate : candidates_) prepare(candidate);
    }

    static bool needs_source(const Candidate& candidate) {
        return !candidate.old || candidate.old->source_definition != candidate.setup.source.definition;
    }

    void offer(Channel& holder) {
        if (!holder.place.empty()) offered_[holder.place] = &holder;
    }

    Channel* offering(const std::string& place) const {
        const auto found = offered_.find(place);
        return found == offered_.end() ? nullptr : found->second;
    }

    // Whoever is connected to a channel that goes away comes with its place.
    void prepare(Candidate& candidate) {
        candidate.holder = offering(candidate.setup.source.place);
        if (candidate.old)
            candidate.mapper = candidate.old->mapper;
        else if (candidate.holder && is_leaving(*candidate.holder))
            candidate.mapper = candidate.holder->mapper;
        else
            candidate.mapper = std::make_shared<CurrentMapper>(candidate.setup.mapper);
        if (needs_source(candidate)) candidate.source = candidate.setup.source.make(candidate.mapper);
    }

    bool is_leaving(const Channel& channel) const {
        return std::any_of(leaving_.begin(), leaving_.end(),
                           [&](const auto& name) { return all_.channels_.at(name).get() == &channel; });
    }

    void start_on_new_places() {
        for (auto& candidate : candidates_)
            if (candidate.source && !candidate.holder) start(candidate);
    }

    static void start(Candidate& candidate) {
        if (auto started = candidate.source->start(); !started) candidate.error = started.error();
    }

    // They go on where they are, so that nobody gets their place; who wanted it fails in turn.
    void keep_places_of_those_that_failed() {
        for (bool again = true; again;) {
            again = false;
            for (const auto& candidate : candidates_)
                if (candidate.error && candidate.old) offered_.erase(candidate.old->place);
            for (auto& candidate : candidates_) {
                if (candidate.error || !candidate.source || !candidate.holder) continue;
                if (offering(candidate.setup.source.place)) continue;
                candidate.holder = nullptr;
                start(candidate);
                again = again || candidate.error;
            }
        }
    }

    void hand_over_places() {
        for (auto& candidate : candidates_) {
            if (candidate.error || !candidate.source || !candidate.holder) continue;
            if (auto taken = candidate.source->take_over(*candidate.holder->source); !taken)
                candidate.error = taken.error();
        }
    }

    void settle(Candidate& candidate) {
        using What = Change::What;
        const auto& name = candidate.setup.name;
        if (candidate.error) return changes_.push_back({name, What::failed, candidate.error});
        auto& channel = candidate.old ? *candidate.old : add(name);
        channel.revision = candidate.setup.revision;
        channel.place = candidate.setup.source.place;
        channel.source_definition = candidate.setup.source.definition;
        channel.mapper = std::move(candidate.mapper);
        channel.mapper->set(candidate.setup.mapper);
        if (!candidate.old && candidate.holder && is_leaving(*candidate.holder))
            channel.retired = std::move(candidate.holder->retired);
        if (candidate.source) exchange_source(channel, std::move(candidate.source));
        exchange_destinations(channel, candidate.setup.destinations);
        changes_.push_back({name, candidate.old ? What::changed : What::started, {}, channel.source->place()});
    }

    Channel& add(const std::string& name) {
        const std::lock_guard lock(all_.mutex_);
        return *(all_.channels_[name] = std::make_unique<Channel>());
    }

    static void exchange_source(Channel& channel, std::unique_ptr<Source> next) {
        std::swap(channel.source, next);
        if (!next) return;
        next->retire();
        channel.retired.push_back(std::move(next));
    }

    // A destination is never worked on by two: what goes, or comes anew under the same name, has ended before.
    void exchange_destinations(Channel& channel, std::vector<DestinationSetup>& wanted) {
        std::vector<Delivering> gone, next;
        {
            const std::lock_guard lock(all_.mutex_);
            for (auto& one : channel.destinations) (is_among(one, wanted) ? next : gone).push_back(std::move(one));
            channel.destinations = std::move(next);
        }
        for (auto& one : gone) {
            one.worker->stop();
            const auto same_name = [&](const auto& setup) { return setup.worker.destination == one.name; };
            if (std::none_of(wanted.begin(), wanted.end(), same_name)) all_.tell_of_queue(one.name);
        }
        for (auto& setup : wanted)
            if (!has(channel, setup)) begin(channel, setup);
    }

    static bool same(const Delivering& running, const DestinationSetup& setup) {
        return running.name == setup.worker.destination && running.definition == setup.definition;
    }
    static bool is_among(const Delivering& running, const std::vector<DestinationSetup>& wanted) {
        return std::any_of(wanted.begin(), wanted.end(), [&](const auto& setup) { return same(running, setup); });
    }
    static bool has(const Channel& channel, const DestinationSetup& setup) {
        const auto& running = channel.destinations;
        return std::any_of(running.begin(), running.end(), [&](const auto& one) { return same(one, setup); });
    }

    void begin(Channel& channel, DestinationSetup& setup) {
        Delivering one{setup.definition, setup.worker.destination, {}, nullptr};
        std::vector<Destination*> targets;
        for (std::size_t n = 0; n < std::max<std::size_t>(setup.worker.connections, 1); ++n)
            targets.push_back(one.targets.emplace_back(setup.make()).get());
        one.worker =
            std::make_unique<DeliveryWorker>(setup.worker, std::move(targets), all_.queue_, all_.clock_, all_.events_);
        one.worker->start();
        const std::lock_guard lock(all_.mutex_);
        channel.destinations.push_back(std::move(one));
    }

    void stop(const std::string& name) {
        std::unique_ptr<Channel> channel;
        {
            const std::lock_guard lock(all_.mutex_);
            channel = std::move(all_.channels_.extract(name).mapped());
        }
        channel->source->stop();
        for (auto& source : channel->retired) source->stop();
        for (auto& one : channel->destinations) {
            one.worker->stop();
            all_.tell_of_queue(one.name);
        }
        changes_.push_back({name, Change::What::stopped, {}});
    }

    Supervisor& all_;
    std::vector<ChannelSetup> wanted_;
    std::set<std::string, std::less<>> staying_;
    std::vector<std::string> leaving_;
    std::vector<Candidate> candidates_;
    std::map<std::string, Channel*, std::less<>> offered_;  // by place
    std::vector<Change> changes_;
};

Supervisor::Supervisor(store::Deliveries& queue, const Clock& clock, events::Sink& events)
    : queue_(queue), clock_(clock), events_(events) {}

Supervisor::~Supervisor() {
    stop_sources();
    stop_workers();
}

std::vector<Supervisor::Change> Supervisor::apply(std::vector<ChannelSetup> wanted) {
    return Step(*this, std::move(wanted)).run();
}

std::shared_ptr<const Mapper> Supervisor::mapper(const std::string& channel) const {
    const std::lock_guard lock(mutex_);
    const auto found = channels_.find(channel);
    return found == channels_.end() ? nullptr : found->second->mapper->get();
}

void Supervisor::wake(const std::string& channel) {
    tell_workers(channel, &DeliveryWorker::wake);
}

void Supervisor::look_again(const std::string& channel) {
    tell_workers(channel, &DeliveryWorker::look_again);
}

void Supervisor::tell_workers(const std::string& channel, void (DeliveryWorker::*what)()) {
    const std::lock_guard lock(mutex_);
    const auto found = channels_.find(channel);
    if (found == channels_.end()) return;
    for (auto& one : found->second->destinations) (one.worker.get()->*what)();
}

void Supervisor::answer_came(const std::string& destination) {
    const std::lock_guard lock(mutex_);
    const auto found = channels_.find(destination.substr(0, destination.find('/')));
    if (found == channels_.end()) return;
    for (auto& one : found->second->destinations)
        if (one.name == destination) one.worker->answer_came();
}

void Supervisor::stop_sources() {
    for (auto& [name, channel] : channels_) {
        channel->source->stop();
        for (auto& source : channel->retired) source->stop();
    }
}

void Supervisor::stop_workers() {
    for (auto& [name, channel] : channels_)
        for (auto& one : channel->destinations) one.worker->stop();
}

// The queue of a destination that nobody works on stays in the database until the destination comes back.
void Supervisor::tell_of_queue(const std::string& destination) {
    const auto waiting = queue_.heads(destination, {}, 1);
    if (waiting && !waiting->empty())
        events::emit(events_, "queue_without_destination", events::Level::warning,
                     "a destination is gone and deliveries wait for it; they are kept",
                     {{"destination", ConfigName(destination)}});
}

}  // namespace gantry::runtime
