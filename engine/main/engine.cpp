#include "engine/main/engine.hpp"

#include <unistd.h>

#include <fstream>

#include "engine/dicom/greeter.hpp"
#include "engine/main/trial.hpp"

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

// Bytes of memory in use, from the kernel; 0 where it does not say.
double resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    double pages = 0, resident = 0;
    statm >> pages >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

net::HttpResponse text(int status, std::string body) {
    return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(body)};
}

}  // namespace

Engine::Engine(const Configuration& configuration, std::filesystem::path data, const Clock& clock, EventLog& log)
    : configuration_(configuration), data_(std::move(data)), clock_(clock), log_(log), coverage_(log) {}

Engine::~Engine() {
    stop();
}

Result<void> Engine::start() {
    auto store = store::open(configuration_.store_options(), data_, clock_, log_);
    if (!store) return store.error();
    store_ = std::move(*store);
    worklist_ = std::make_unique<StoreWorklist>(store_->worklist(), configuration_.options.dicom.rules);
    auto& options = configuration_.options;
    dicom_ = std::make_unique<dicom::DicomService>(options.dicom, *worklist_, log_, clock_, Zone(options.zone));
    intake_ =
        std::make_unique<runtime::IntakePipeline>(store_->intakes(), runtime::IntakePipeline::Options{},
                                                  [this](auto units, auto results) { committed(units, results); });
    net::raise_descriptor_limit();
    lobby_ = std::make_unique<net::Lobby>(log_);
    running_ = true;
    if (auto opened = open_dicom(); !opened) return opened;
    if (auto opened = open_http(); !opened) return opened;
    for (const auto& channel : configuration_.channels) {
        if (!channel.options.enabled) continue;
        if (auto opened = open_channel(channel); !opened) return opened;
    }
    lobby_->start();
    return {};
}

Result<void> Engine::open_dicom() {
    const auto& options = configuration_.options;
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
    const auto added = lobby_->add_port(std::move(port), detached, std::move(service));
    if (!added) return added.error();
    places_.push_back(place("dicom " + options.dicom.ae_title, options.dicom_address, lobby_->bound_port(*added)));
    return {};
}

Result<void> Engine::open_http() {
    net::HttpRouter router;
    router.add("GET", "/healthz", [](const net::HttpRequest&) { return text(200, "ok\n"); });
    router.add("GET", "/readyz", [this](const net::HttpRequest&) { return ready(); });
    router.add("GET", "/metrics", [this](const net::HttpRequest&) { return metrics(); });
    net::PortOptions port;
    port.name = ConfigName("http");
    port.address = configuration_.options.http.address;
    port.port = static_cast<std::uint16_t>(configuration_.options.http.port);
    port.max_connections = configuration_.options.http.max_connections;
    port.max_per_peer = configuration_.options.http.max_connections_per_peer;
    const auto added = net::add_http_port(*lobby_, std::move(port), {}, std::move(router), log_);
    if (!added) return added.error();
    places_.push_back(place("http", configuration_.options.http.address, lobby_->bound_port(*added)));
    return {};
}

Result<void> Engine::open_channel(const channels::ChannelDocument& document) {
    const auto revision = store_->ledger().register_channel(document.name, document.text);
    if (!revision) return revision.error();
    auto& channel = channels_.emplace_back();
    for (const auto& destination : document.destinations) {
        if (destination.kind->immediate) continue;
        auto& target = channel.destinations.emplace_back(destination.make({data_}));
        runtime::DeliveryWorker::Options options;
        options.destination = document.name + "/" + destination.name;
        auto& worker = channel.workers.emplace_back(
            std::make_unique<runtime::DeliveryWorker>(options, *target, store_->deliveries(), clock_, log_));
        worker->start();
    }
    const auto mapper = make_mapper(document, *configuration_.zone, *revision);
    channel.source = document.make_source({ConfigName(document.name), *lobby_, *intake_, clock_, mapper});
    if (auto started = channel.source->start(); !started) {
        auto error = started.error();
        error.place = "channel " + document.name;
        return error;
    }
    const auto where = channel.source->place();
    places_.push_back(document.source_kind + " " + document.name + (where.empty() ? "" : " " + where));
    return {};
}

void Engine::committed(std::span<const store::Unit> units, std::span<const store::Committed> results) {
    coverage_.count(units, results);
    bool deliveries = false;
    for (std::size_t i = 0; i < results.size(); ++i) {
        const auto& outcome = results[i].outcome;
        deliveries = deliveries || outcome.outcome == effects::Outcome::pending;
        events::emit(log_, "message_received", events::Level::debug, "a message was committed, by outcome",
                     {{"channel", ConfigName(units[i].channel)},
                      {"outcome", ConfigName(std::string(effects::to_text(outcome.outcome)))}});
        if (outcome.error)
            events::emit(log_, "message_refused", events::Level::debug, "a message was refused or held, by error",
                         {{"channel", ConfigName(units[i].channel)}, {"error", outcome.error->code}});
    }
    if (!deliveries) return;
    for (auto& channel : channels_) {
        for (auto& worker : channel.workers) worker->wake();
    }
}

// The probe writes, so it is made at most once a second however often it is asked for.
net::HttpResponse Engine::ready() {
    const std::lock_guard lock(probe_mutex_);
    if (const auto now = clock_.now(); now.micros - probed_.micros > 1'000'000 || now < probed_) {
        probed_ = now;
        probe_ok_ = store_->writable().ok();
    }
    return probe_ok_ ? text(200, "ready\n") : text(503, "unavailable\n");
}

net::HttpResponse Engine::metrics() {
    log_.set_gauge("gantry_messages_waiting", "messages between socket and commit",
                   static_cast<double>(intake_->waiting()));
    log_.set_gauge("gantry_connections", "connections of all ports", static_cast<double>(lobby_->connections()));
    log_.set_gauge("gantry_resident_bytes", "memory in use", resident_bytes());
    if (const auto pending = store_->ledger().pending_deliveries())
        log_.set_gauge("gantry_deliveries_pending", "deliveries waiting or retried", static_cast<double>(*pending));
    return {200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, log_.metrics()};
}

void Engine::stop() {
    if (!running_) return;
    running_ = false;
    for (auto& channel : channels_) {
        if (channel.source) channel.source->stop();
    }
    intake_->drain();
    for (auto& channel : channels_) {
        for (auto& worker : channel.workers) worker->stop();
    }
    dicom_->stop();
    lobby_->stop(std::chrono::milliseconds(2000));
}

std::vector<std::string> Engine::places() const {
    return places_;
}

}  // namespace gantry
