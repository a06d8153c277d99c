#include "engine/main/engine.hpp"

#include <pwd.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <set>

#include "engine/dicom/greeter.hpp"
#include "engine/main/fhir_channel.hpp"
#include "engine/main/trial.hpp"
#include "engine/runtime/refusal_events.hpp"

namespace gantry {
namespace {

std::string place(const std::string& what, const std::string& address, int port) {
    return what + " " + address + ":" + std::to_string(port);
}

net::Greeting greet_dicom(std::string_view bytes, std::size_t) {
    using Verdict = net::Greeting::Verdict;
    switch (dicom::association_greeter(bytes)) {
        case dicom::Greeting::need_more:
            return {Verdict::need_more, bytes.size() + 1};
        case dicom::Greeting::complete:
            return {Verdict::complete, 0};
        case dicom::Greeting::refuse:
            return {Verdict::refuse, 0};
    }
    return {Verdict::refuse, 0};
}

// The account a file belongs to: the nearest there is to who wrote it.
std::string owner_of(const std::filesystem::path& path) {
    struct stat file {};
    if (::stat(path.c_str(), &file) != 0) return {};
    std::array<char, 4096> buffer;
    passwd entry{}, *found = nullptr;
    if (::getpwuid_r(file.st_uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found) return found->pw_name;
    return std::to_string(file.st_uid);
}

// See store::RevisionDraft.
std::string dependency_list(const Configuration& configuration, const channels::ChannelDocument& channel) {
    std::string out;
    for (const auto& key : configuration.dependencies(channel))
        out += key + " " + configuration.files.at(key).digest + "\n";
    return out;
}

// By name: what a reload cannot apply, and is different.
std::vector<std::string> options_that_need_a_restart(const EngineOptions& now, const EngineOptions& next) {
    static const std::set<std::string_view> applied{"channels", "mappings", "tables", "watch"};
    const auto before = engine_schema().describe(now).options, after = engine_schema().describe(next).options;
    std::vector<std::string> out;
    for (std::size_t i = 0; i < before.size(); ++i)
        if (applied.count(before[i].name) == 0 && before[i].value != after[i].value) out.push_back(before[i].name);
    return out;
}

}  // namespace

Engine::Engine(std::filesystem::path data, const Clock& clock, EventLog& log)
    : data_(std::move(data)), clock_(clock), log_(log), coverage_(log) {}

Engine::~Engine() {
    stop();
    stop_alarms();
}

Result<void> Engine::start(const Configuration& configuration) {
    options_ = configuration.options;
    zone_ = configuration.zone;
    auto store = store::open(configuration.store_options(), data_, clock_, log_);
    if (!store) return store.error();
    store_ = std::move(*store);
    start_alarms();
    worklist_ = std::make_unique<StoreWorklist>(store_->worklist(), options_.dicom.rules);
    dicom_ = std::make_unique<dicom::DicomService>(options_.dicom, *worklist_, log_, clock_, Zone(options_.zone));
    runtime::IntakePipeline::Options intake;
    intake.before = [this](auto units) { subscriptions_->before_commit(units); };
    intake_ = std::make_unique<runtime::IntakePipeline>(
        store_->intakes(), intake, [this](auto units, auto results) { committed(units, results); });
    net::raise_descriptor_limit();
    lobby_ = std::make_unique<net::Lobby>(log_);
    supervisor_ = std::make_unique<runtime::Supervisor>(store_->deliveries(), clock_, log_);
    ledger_watch_ = std::make_unique<runtime::LedgerWatch>(runtime::LedgerWatch::Options{}, store_->ledger(), log_);
    running_ = true;
    if (auto opened = open_dicom(); !opened) return opened;
    if (auto opened = open_http(); !opened) return opened;
    if (auto started = subscriptions_->start(); !started) return started;
    if (auto opened = open_channels(configuration); !opened) return opened;
    lobby_->start();
    start_retention();
    start_text_index();
    return {};
}

void Engine::start_text_index() {
    if (auto* index = store_->text_index())
        text_worker_ = std::make_unique<runtime::TextIndexWorker>(runtime::TextIndexWorker::Options{}, *index, log_);
}

void Engine::start_alarms() {
    if (!options_.alarms) return;
    const auto oldest = [this]() -> std::optional<std::map<std::string, Instant>> {
        const auto queues = store_->queues().queues();
        if (!queues) return std::nullopt;
        std::map<std::string, Instant> out;
        // What a person holds is no surprise.
        for (const auto& queue : *queues)
            if (queue.oldest_pending.micros != 0 && !queue.hold) out[queue.destination] = queue.oldest_pending;
        return out;
    };
    alarms_ = std::make_unique<alarms::AlarmWorker>(*options_.alarms, oldest, clock_, *zone_, log_);
    log_.pass_on(alarms_.get());
}

void Engine::start_retention() {
    const auto options = options_.retention.worker_options();
    if (!options.policy.limits_anything()) return;
    const auto removed = [this](const char* what) -> prometheus::Counter& {
        return log_.counter("gantry_retention_removed_total", "what retention removed", {{"what", what}});
    };
    auto &contents = removed("contents"), &messages = removed("messages");
    auto& returned = log_.counter("gantry_retention_returned_bytes_total", "disk that retention gave back", {});
    const auto count = [&contents, &messages, &returned](const store::Removed& step) {
        contents.Increment(static_cast<double>(step.contents));
        messages.Increment(static_cast<double>(step.messages));
        returned.Increment(static_cast<double>(step.returned));
    };
    retention_ = std::make_unique<runtime::RetentionWorker>(options, store_->retention(), clock_, log_, count);
}

Result<void> Engine::open_channels(const Configuration& configuration) {
    const auto changes = apply(configuration);
    if (!changes) return changes.error();
    note_sources(*changes);
    for (const auto& change : *changes) {
        if (change.error) return Error{change.error->code, change.error->detail, "channel " + change.channel};
        const auto& kind = configuration.channel(change.channel)->source_kind;
        places_.push_back(kind + " " + change.channel + (change.place.empty() ? "" : " " + change.place));
    }
    return {};
}

Result<void> Engine::open_dicom() {
    const auto& options = options_;
    net::PortOptions port;
    port.name = ConfigName("dicom");
    port.address = options.dicom_address;
    port.port = options.dicom.port;
    port.max_connections = options.dicom_limits.max_connections;
    port.max_per_peer = options.dicom_limits.max_connections_per_peer;
    port.max_refusals_per_peer = options.dicom_limits.max_refusals_per_peer;
    net::DetachedOptions detached;
    detached.max_unit = dicom::longest_association_request + 6;
    detached.unit_timeout = options.dicom.association_timeout;
    detached.max_threads = options.dicom.max_associations;
    net::DetachedService service;
    service.greet = greet_dicom;
    service.serve = [this](std::unique_ptr<net::ReplayStream> stream) {
        dicom_->serve(std::move(stream));
        return std::unique_ptr<net::ReplayStream>();
    };
    service.part = [](net::Parting why) { return why == net::Parting::busy ? dicom::busy_rejection() : std::string(); };
    const auto added = lobby_->add_port(port, detached, std::move(service));
    if (!added) return added.error();
    places_.push_back(place("dicom " + options.dicom.ae_title, options.dicom_address, lobby_->bound_port(*added)));
    return {};
}

// What is new since it was last kept: the documents of mappings and tables, then the channels that were read with them.
Result<void> Engine::keep_revisions(const Configuration& configuration) {
    std::vector<store::RevisionDraft> drafts;
    std::vector<std::pair<std::string, Kept>> fresh;
    const auto add = [&](const std::string& key, std::string name, const SourceFile& file, std::string depends) {
        auto digest = file.digest + "\n" + depends;
        const auto known = revisions_.find(key);
        if (known != revisions_.end() && known->second.digest == digest) return;
        drafts.push_back({std::move(name), file.text, owner_of(file.path), std::move(depends)});
        fresh.push_back({key, {std::move(digest), 0}});
    };
    for (const auto& [key, file] : configuration.files)
        if (!key.starts_with("channels/")) add(key, key, file, {});
    for (const auto& channel : configuration.channels) {
        if (!channel.options.enabled) continue;
        const auto key = "channels/" + channel.name;
        add(key, channel.name, configuration.files.at(key), dependency_list(configuration, channel));
    }
    if (drafts.empty()) return {};
    const auto kept = store_->revisions().keep(drafts);
    if (!kept) return kept.error();
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        fresh[i].second.revision = (*kept)[i];
        revisions_[fresh[i].first] = std::move(fresh[i].second);
    }
    return {};
}

runtime::ChannelSetup Engine::setup_of(const channels::ChannelDocument& document) {
    runtime::ChannelSetup out;
    out.name = document.name;
    out.revision = revisions_.at("channels/" + document.name).revision;
    if (document.resource_types.empty())
        out.mapper = make_mapper(document, *zone_, out.revision);
    else
        out.mapper = make_fhir_mapper(document, out.revision, *store_, projection_);
    out.source.definition = document.source_definition;
    if (document.listens.port != 0)
        out.source.place = document.listens.host + ":" + std::to_string(document.listens.port);
    out.source.make = [this, name = ConfigName(document.name),
                       make = document.make_source](std::shared_ptr<const runtime::CurrentMapper> mapper) {
        return make({name, *lobby_, *intake_, clock_, std::move(mapper), data_, log_});
    };
    for (const auto& destination : document.destinations) {
        if (destination.kind->immediate) continue;
        auto& setup = out.destinations.emplace_back();
        setup.definition = destination.definition;
        setup.worker.destination = document.name + "/" + destination.name;
        setup.worker.retry = destination.options.retry;
        setup.worker.strict = destination.options.order == channels::DestinationOptions::Order::strict;
        setup.worker.ranked = destination.options.urgent_when.kind() != json::Kind::null;
        setup.worker.numbered = destination.numbered;
        setup.worker.in_doubt = destination.options.in_doubt;
        setup.worker.connections = static_cast<std::size_t>(destination.options.connections);
        setup.worker.rate = static_cast<std::size_t>(destination.options.rate);
        setup.worker.together = destination.together;
        setup.worker.repeatable = destination.repeatable;
        setup.make = [this, make = destination.make] { return make({data_}); };
    }
    return out;
}

Result<std::vector<runtime::Supervisor::Change>> Engine::apply(const Configuration& configuration) {
    if (auto kept = keep_revisions(configuration); !kept) return kept.error();
    std::vector<runtime::ChannelSetup> wanted;
    std::string of_resources;
    for (const auto& channel : configuration.channels) {
        if (!channel.options.enabled) continue;
        wanted.push_back(setup_of(channel));
        if (!channel.resource_types.empty()) of_resources = channel.name;
    }
    {
        const std::lock_guard lock(fhir_channel_mutex_);
        fhir_channel_ = std::move(of_resources);
    }
    {
        const std::lock_guard lock(destinations_mutex_);
        destinations_.clear();
        for (const auto& channel : wanted)
            for (const auto& destination : channel.destinations)
                destinations_.push_back(destination.worker.destination);
    }
    return supervisor_->apply(std::move(wanted));
}

Result<Engine::Reloaded> Engine::reload(const Configuration& next) {
    auto changes = apply(next);
    if (!changes) return changes.error();
    note_sources(*changes);
    Reloaded out{std::move(*changes), options_that_need_a_restart(options_, next.options)};
    for (const auto& change : out.channels) tell(change);
    for (const auto& option : out.need_restart)
        events::emit(log_, "needs_restart", events::Level::warning,
                     "an option of engine.json has changed that takes effect at the next start",
                     {{"option", ConfigName(option)}});
    return out;
}

void Engine::tell(const runtime::Supervisor::Change& change) {
    using What = runtime::Supervisor::Change::What;
    const ConfigName name(change.channel);
    switch (change.what) {
        case What::started:
            return events::emit(log_, "channel_started", events::Level::info, "a channel was started",
                                {{"channel", name}});
        case What::changed:
            return events::emit(log_, "channel_changed", events::Level::info, "a channel runs as it is written now",
                                {{"channel", name}});
        case What::stopped:
            return events::emit(log_, "channel_stopped", events::Level::info, "a channel was stopped",
                                {{"channel", name}});
        case What::failed:
            return events::emit(log_, "channel_failed", events::Level::error,
                                "a channel could not be started as it is written now; what ran before goes on",
                                {{"channel", name}, {"error", change.error->code}});
    }
}

void Engine::committed(std::span<const store::Unit> units, std::span<const store::Committed> results) {
    coverage_.count(units, results);
    accepted_ += std::count_if(results.begin(), results.end(), [](const auto& result) { return result.durable; });
    std::set<std::string> channels;  // that have something to deliver
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (units[i].preview) continue;
        const auto& outcome = results[i].outcome;
        if (outcome.outcome == effects::Outcome::pending || units[i].answer) channels.insert(units[i].channel);
        if (units[i].reply_to) tell_of_reply(units[i], outcome);
        events::emit(log_, "message_received", events::Level::debug, "a message was committed, by outcome",
                     {{"channel", ConfigName(units[i].channel)},
                      {"outcome", ConfigName(std::string(effects::to_text(outcome.outcome)))}});
        if (outcome.error)
            events::emit(log_, "message_refused", events::Level::debug, "a message was refused or held, by error",
                         {{"channel", ConfigName(units[i].channel)}, {"error", outcome.error->code}});
        runtime::tell_of_refusal(units[i], results[i], log_);
    }
    for (const auto& channel : channels) supervisor_->wake(channel);
    subscriptions_->committed(results);
}

// A worker that sees nothing new only reads once more.
void Engine::tell_of_reply(const store::Unit& unit, const effects::UnitOutcome& outcome) {
    if (outcome.outcome == effects::Outcome::delivered) {
        for (const auto& destination : unit.reply_to->destinations) supervisor_->answer_came(destination);
        return;
    }
    if (outcome.outcome == effects::Outcome::filtered)
        events::emit(log_, "acknowledgment_unmatched", events::Level::warning,
                     "an acknowledgment came that no delivery awaits; it changed nothing",
                     {{"channel", ConfigName(unit.channel)}});
}

// A channel that cannot be changed goes on as it was; one that cannot start is not there, and its senders are told so
// by nobody else.
void Engine::note_sources(const std::vector<runtime::Supervisor::Change>& changes) {
    using What = runtime::Supervisor::Change::What;
    const std::lock_guard lock(parts_mutex_);
    // What failed is tried with every reload, and named again, unless nobody wants it any more.
    std::erase_if(sources_, [](const auto& source) { return !source.second.ready; });
    for (auto& [channel, part] : sources_) part.why.clear();
    for (const auto& change : changes) {
        if (change.what == What::stopped) {
            sources_.erase(change.channel);
            continue;
        }
        auto& part =
            sources_.try_emplace(change.channel, admin::ReadyPart{"source " + change.channel, false}).first->second;
        if (change.what != What::failed) part = {part.part, true, {}, change.place, {}};
        part.why = change.error ? change.error->text() : std::string();
    }
}

void Engine::stop() {
    if (!running_) return;
    running_ = false;
    if (retention_) retention_->stop();
    if (ledger_watch_) ledger_watch_->stop();
    if (text_worker_) text_worker_->stop();
    supervisor_->stop_sources();
    intake_->drain();
    supervisor_->stop_workers();
    if (subscriptions_) subscriptions_->stop();
    dicom_->stop();
    lobby_->stop(std::chrono::milliseconds(2000));
    stop_alarms();
}

// After everything that has events to tell.
void Engine::stop_alarms() {
    log_.pass_on(nullptr);
    if (alarms_) alarms_->stop();
}

std::vector<std::string> Engine::places() const {
    return places_;
}

}  // namespace gantry
