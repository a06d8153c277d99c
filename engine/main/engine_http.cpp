// What the running engine answers over HTTP.
#include <unistd.h>

#include <fstream>
#include <future>

#include "engine/admin/local_only.hpp"
#include "engine/json/writer.hpp"
#include "engine/main/engine.hpp"
#include "engine/main/fhir_channel.hpp"
#include "engine/net/http_cors.hpp"
#include "fhir/capability/capability.hpp"
#include "fhir/interactions/unrouted.hpp"

namespace gantry {
namespace {

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

Result<void> Engine::open_http() {
    net::HttpRouter router;
    router.add("GET", "/healthz", [](const net::HttpRequest&) { return text(200, "ok\n"); });
    router.add("GET", "/readyz", [this](const net::HttpRequest&) {
        if (!admin::is_ready(parts())) return text(503, "unavailable\n");
        return text(200, ledger_watch_->balanced() ? "ready\n" : "ready, ledger mismatch\n");
    });
    router.add("GET", "/api/ready", [this](const net::HttpRequest& request) {
        if (auto refused = admin::refusal(request)) return std::move(*refused);
        return admin::readiness_answer(parts());
    });
    router.add("GET", "/metrics", [this](const net::HttpRequest&) { return metrics(); });
    router.add("GET", "/api/coverage", [this](const net::HttpRequest& request) { return coverage(request); });
    router.add("GET", "/api/ledger", [this](const net::HttpRequest&) { return ledger(); });
    open_message_api(router);
    open_fhir(router);
    net::PortOptions port;
    port.name = ConfigName("http");
    port.address = options_.http.address;
    port.port = static_cast<std::uint16_t>(options_.http.port);
    port.max_connections = options_.http.max_connections;
    port.max_per_peer = options_.http.max_connections_per_peer;
    const auto added = net::add_http_port(*lobby_, port, {}, std::move(router), log_);
    if (!added) return added.error();
    places_.push_back("http " + options_.http.address + ":" + std::to_string(lobby_->bound_port(*added)));
    return {};
}

void Engine::open_message_api(net::HttpRouter& router) {
    message_api_ = std::make_unique<admin::MessageApi>(admin::MessageApi::Parts{
        store_->messages(), store_->queues(), store_->control(), *zone_, clock_, log_,
        [this] { return destinations(); },
        [this](const store::MessageDetail& original, const runtime::ReprocessRequest& request) {
            return reprocess(original, request);
        },
        [this](const std::string& channel) {
            supervisor_->look_again(channel);
            subscriptions_->look_again();
        },
        store_->text_index()});
    message_api_->add_to(router);
}

void Engine::open_fhir(net::HttpRouter& router) {
    tokens_ = std::make_unique<admin::TokenApi>(
        admin::TokenApi::Parts{store_->tokens(), *zone_, clock_, log_, [](const std::string& scopes) -> Result<void> {
                                   if (const auto read = fhir::scopes_of(scopes); !read) return read.error();
                                   return {};
                               }});
    tokens_->add_to(router);
    projection_ = projection_of(options_.fhir, *zone_);
    const auto grant = [this](const net::HttpRequest& request) -> Result<fhir::Grant> {
        const auto token = tokens_->bearer(request);
        if (!token) return token.error();
        auto scopes = fhir::scopes_of(token->what.scopes);
        if (!scopes) return Error{ErrorCode::access_no_token, "its scopes cannot be read", {}};
        return fhir::Grant{std::move(*scopes), token->what.patient};
    };
    fhir_ = std::make_unique<fhir::FhirApi>(fhir::FhirApi::Parts{
        store_->search(), store_->records(), projection_, *zone_, clock_, grant, options_.fhir.base,
        [this, started = clock_.now()](const std::string& base) {
            return fhir::capability_json(
                {base, GANTRY_VERSION, started, !resource_channel().empty(), !options_.fhir.cors_origins.empty()});
        }});
    fhir_->add_to(router);
    fhir_history_ = std::make_unique<fhir::HistoryApi>(
        fhir::HistoryApi::Parts{store_->search(), store_->changes(), projection_, *zone_, grant, options_.fhir.base});
    fhir_history_->add_to(router);
    fhir_validating_ = std::make_unique<fhir::ValidateApi>(
        fhir::ValidateApi::Parts{store_->search(), projection_, *zone_, clock_, grant, options_.fhir.base});
    fhir_validating_->add_to(router);
    fhir_writing_ = std::make_unique<fhir::WriteApi>(
        fhir::WriteApi::Parts{store_->search(), projection_, grant, options_.fhir.base,
                              [this](fhir::WriteRequest request) { return write_resource(std::move(request)); }, *zone_,
                              clock_, [this](net::HttpRequest request) { return fhir_reading_.answer(request); }});
    fhir_writing_->add_to(router);
    fhir_->add_to(fhir_reading_);
    fhir_history_->add_to(fhir_reading_);
    fhir_reading_.add_last(&fhir::answer_in_fhir);
    fhir_everything_ = std::make_unique<fhir::EverythingApi>(
        fhir::EverythingApi::Parts{store_->search(), projection_, *zone_, clock_, grant, options_.fhir.base});
    fhir_everything_->add_to(router);
    exports_ = std::make_unique<fhir::ExportJobs>(
        fhir::ExportJobs::Parts{*store_, projection_, clock_, log_, data_ / "fhir_exports", options_.fhir.exports});
    fhir_exporting_ =
        std::make_unique<fhir::ExportApi>(fhir::ExportApi::Parts{*exports_, *zone_, grant, options_.fhir.base});
    fhir_exporting_->add_to(router);
    const auto& http = options_.http;
    const auto own = "http://" + http.address + ":" + std::to_string(http.port) + "/fhir";
    subscriptions_ = std::make_unique<fhir::SubscriptionDesk>(fhir::SubscriptionDesk::Parts{
        *store_, projection_, *zone_, clock_, log_, options_.fhir.base.empty() ? own : options_.fhir.base,
        options_.fhir.subscriptions});
    fhir_subscribing_ = std::make_unique<fhir::SubscriptionApi>(
        fhir::SubscriptionApi::Parts{*subscriptions_, grant, options_.fhir.base});
    fhir_subscribing_->add_to(router);
    router.add_last(&fhir::answer_in_fhir);
    router.add_last([rule = net::CorsRule{"/fhir", options_.fhir.cors_origins}](const auto& request, auto& response) {
        net::allow_origin(rule, request, response);
    });
}

std::string Engine::resource_channel() {
    const std::lock_guard lock(fhir_channel_mutex_);
    return fhir_channel_;
}

Result<effects::UnitOutcome> Engine::write_resource(fhir::WriteRequest request) {
    const auto channel = resource_channel();
    const auto running = channel.empty() ? nullptr : supervisor_->mapper(channel);
    const auto mapper = std::dynamic_pointer_cast<const channels::FhirMapper>(running);
    if (!mapper) return Error{ErrorCode::http_method_not_allowed, "no channel with the source \"fhir\" is running", {}};
    const auto lane = std::hash<std::string>()(request.peer);
    auto unit = mapper->unit({std::move(request.bytes), request.format == fhir::Format::xml, std::move(request.peer),
                              clock_.now(), std::move(request.interaction), request.own,
                              std::move(request.unless_known), request.only_version});
    auto committed = commit(mapper, std::move(unit), lane);
    if (!committed) return committed.error();
    if (!committed->durable) return *committed->outcome.error;
    return std::move(committed->outcome);
}

// Waits for the commit: longer than one takes, but not for ever.
Result<store::Committed> Engine::commit(const std::shared_ptr<const runtime::Mapper>& mapper, store::Unit unit,
                                        std::uint64_t lane) {
    constexpr std::chrono::seconds patience(30);
    const auto promise = std::make_shared<std::promise<store::Committed>>();
    auto committed = promise->get_future();
    const auto taken = intake_->submit(mapper, std::move(unit), lane,
                                       [promise](store::Committed done) { promise->set_value(std::move(done)); });
    if (taken != runtime::Intake::Submitted::taken)
        return Error{ErrorCode::storage_unavailable, "the engine has as much to do as it can take", {}};
    if (committed.wait_for(patience) != std::future_status::ready)
        return Error{ErrorCode::storage_unavailable, "it takes longer than expected; see whether it was done", {}};
    return committed.get();
}

Result<runtime::Reprocessed> Engine::reprocess(const store::MessageDetail& original,
                                               const runtime::ReprocessRequest& request) {
    const auto& row = original.message;
    const auto mapper = supervisor_->mapper(row.channel);
    if (!mapper) return Error{ErrorCode::api_not_found, "the channel of this message does not run", {}};
    auto unit = runtime::reprocessed(*mapper, {original.content, row.peer, row.received, {}}, request, clock_.now());
    runtime::Reprocessed out;
    out.deliveries = unit.effects.deliveries;
    auto committed = commit(mapper, std::move(unit), std::hash<std::string>()(row.channel));
    if (!committed) return committed.error();
    out.committed = std::move(*committed);
    if (!request.preview && !out.committed.durable) return *out.committed.outcome.error;
    if (out.committed.outcome.outcome != effects::Outcome::pending) out.deliveries.clear();
    return out;
}

std::vector<std::string> Engine::destinations() {
    auto out = subscriptions_->destinations();
    const std::lock_guard lock(destinations_mutex_);
    out.insert(out.end(), destinations_.begin(), destinations_.end());
    return out;
}

// The probe writes, so it is made at most once a second however often it is asked for.
std::vector<admin::ReadyPart> Engine::parts() {
    const std::lock_guard lock(parts_mutex_);
    if (const auto now = clock_.now(); now.micros - probed_.micros > 1'000'000 || now < probed_) {
        probed_ = now;
        const auto probe = store_->writable();
        store_part_ = {"store", probe.ok(), probe.ok() ? "" : probe.error().detail, {}, {}};
    }
    std::vector<admin::ReadyPart> out{store_part_, admin::disk_part(data_)};
    // What comes can be stored, so this node is asked all the same.
    if (!ledger_watch_->balanced())
        out.push_back({"ledger", true, "its sums do not match its messages; see /api/ledger", {}, {}});
    for (const auto& [channel, part] : sources_) out.push_back(part);
    return out;
}

net::HttpResponse Engine::metrics() {
    log_.set_gauge("gantry_messages_waiting", "messages between socket and commit",
                   static_cast<double>(intake_->waiting()));
    log_.set_gauge("gantry_connections", "connections of all ports", static_cast<double>(lobby_->connections()));
    log_.set_gauge("gantry_resident_bytes", "memory in use", resident_bytes());
    if (const auto free = admin::disk_part(data_).free_bytes)
        log_.set_gauge("gantry_disk_free_bytes", "room on the file system of the data directory",
                       static_cast<double>(*free));
    if (const auto pending = store_->ledger().pending_deliveries())
        log_.set_gauge("gantry_deliveries_pending", "deliveries waiting or retried", static_cast<double>(*pending));
    if (const auto state = ledger_watch_->look()) set_ledger_gauges(*state);
    if (auto* index = store_->text_index()) {
        if (const auto progress = index->progress()) {
            log_.set_gauge("gantry_text_index_lag_seconds", "age of the oldest content that text search does not find",
                           static_cast<double>(progress->lag().count()) / 1000);
            log_.set_gauge("gantry_text_index_waiting", "contents that text search does not find yet, 10001: more",
                           static_cast<double>(progress->waiting));
        }
    }
    return {200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, log_.metrics()};
}

net::HttpResponse Engine::ledger() {
    const auto state = ledger_watch_->look();
    if (!state) return net::http_error(state.error());
    json::Writer out;
    out.begin_object().member("received", state->sums.received).member("removed", state->sums.removed);
    out.key("outcomes").begin_object();
    for (std::size_t i = 0; i < state->sums.outcomes.size(); ++i)
        out.member(effects::to_text(static_cast<effects::Outcome>(i)), state->sums.outcomes[i]);
    out.end_object();
    out.member("balanced", state->balanced()).member("difference", state->sums.difference());
    if (state->missing_rows) out.member("missing_rows", *state->missing_rows);
    out.end_object();
    return {200, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, std::move(out).text()};
}

void Engine::set_ledger_gauges(const runtime::LedgerWatch::State& state) {
    const auto set = [this](const char* name, const char* help, std::int64_t value,
                            const std::map<std::string, std::string>& labels = {}) {
        log_.set_gauge(name, help, static_cast<double>(value), labels);
    };
    set("gantry_accepted_messages", "messages stored since the start", accepted_);
    set("gantry_ledger_received", "messages received since the database was made", state.sums.received);
    set("gantry_ledger_removed", "messages that retention removed since the database was made", state.sums.removed);
    for (std::size_t i = 0; i < state.sums.outcomes.size(); ++i)
        set("gantry_ledger_messages", "messages that are stored, by outcome", state.sums.outcomes[i],
            {{"outcome", std::string(effects::to_text(static_cast<effects::Outcome>(i)))}});
    set("gantry_ledger_difference", "received - removed - sum of the outcomes; 0", state.sums.difference());
    set("gantry_ledger_missing_rows", "rows of messages that were not there when they were last counted; 0",
        state.missing_rows.value_or(0));
}

net::HttpResponse Engine::coverage(const net::HttpRequest& request) const {
    const auto* channel = request.query_value("channel");
    return {200, {{"Content-Type", "application/json"}}, coverage_.as_json(channel ? *channel : std::string())};
}

}  // namespace gantry
