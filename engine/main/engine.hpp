// The running engine: every room put together. start() to stop() once, with any number of reload() in between, each
// with a configuration without errors.
//
// Order of start: store, worklist and DICOM, HTTP, then the channels: nothing is taken before it can be kept. Order of
// stop: sources, intake (what was taken is committed and answered), delivery workers, ports.
//
// Threads: start(), reload() and stop() are called by one thread. The supervisor's lock is the only one that a reload
// shares with the committers (runtime/supervisor.hpp says in which order).
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/admin/message_api.hpp"
#include "engine/admin/readiness.hpp"
#include "engine/admin/token_api.hpp"
#include "engine/alarms/alarm_worker.hpp"
#include "engine/dicom/service.hpp"
#include "engine/main/configuration.hpp"
#include "engine/main/coverage_counts.hpp"
#include "engine/main/event_log.hpp"
#include "engine/main/store_worklist.hpp"
#include "engine/net/http.hpp"
#include "engine/net/lobby.hpp"
#include "engine/runtime/intake_pipeline.hpp"
#include "engine/runtime/ledger_watch.hpp"
#include "engine/runtime/retention_worker.hpp"
#include "engine/runtime/supervisor.hpp"
#include "engine/runtime/text_index_worker.hpp"
#include "fhir/interactions/api.hpp"
#include "fhir/interactions/everything.hpp"
#include "fhir/interactions/export_api.hpp"
#include "fhir/interactions/history_api.hpp"
#include "fhir/interactions/validate_api.hpp"
#include "fhir/interactions/write_api.hpp"
#include "fhir/subscriptions/subscription_api.hpp"

namespace gantry {

class Engine {
  public:
    // clock and log must outlive the engine. data: directory for the database and relative paths.
    Engine(std::filesystem::path data, const Clock& clock, EventLog& log);
    ~Engine();

    Result<void> start(const Configuration& configuration);
    void stop();

    struct Reloaded {
        std::vector<runtime::Supervisor::Change> channels;  // those that were touched
        std::vector<std::string> need_restart;              // options of engine.json that differ and were not applied
    };
    // Puts another configuration, without errors, in force: channels, mappings and tables. Error: nothing has changed
    // (the database does not take the revisions). Emits what it did.
    Result<Reloaded> reload(const Configuration& next);

    // Where it listens: "mllp his-orders 127.0.0.1:2575", for people.
    std::vector<std::string> places() const;

  private:
    Result<void> open_dicom();
    Result<void> open_http();
    Result<void> open_channels(const Configuration& configuration);
    Result<std::vector<runtime::Supervisor::Change>> apply(const Configuration& configuration);
    Result<void> keep_revisions(const Configuration& configuration);
    runtime::ChannelSetup setup_of(const channels::ChannelDocument& document);
    void tell(const runtime::Supervisor::Change& change);
    void note_sources(const std::vector<runtime::Supervisor::Change>& changes);
    void open_message_api(net::HttpRouter& router);
    void open_fhir(net::HttpRouter& router);
    std::string resource_channel();
    Result<effects::UnitOutcome> write_resource(fhir::WriteRequest request);
    Result<store::Committed> commit(const std::shared_ptr<const runtime::Mapper>& mapper, store::Unit unit,
                                    std::uint64_t lane);
    Result<runtime::Reprocessed> reprocess(const store::MessageDetail& original,
                                           const runtime::ReprocessRequest& request);
    void start_retention();
    void start_text_index();
    std::vector<std::string> destinations();
    void tell_of_reply(const store::Unit& unit, const effects::UnitOutcome& outcome);
    void start_alarms();
    void stop_alarms();
    void committed(std::span<const store::Unit> units, std::span<const store::Committed> results);
    std::vector<admin::ReadyPart> parts();
    net::HttpResponse metrics();
    net::HttpResponse ledger();
    void set_ledger_gauges(const runtime::LedgerWatch::State& state);
    net::HttpResponse coverage(const net::HttpRequest& request) const;

    std::filesystem::path data_;
    const Clock& clock_;
    EventLog& log_;
    CoverageCounts coverage_;
    EngineOptions options_;             // what it was started with: what cannot change while it runs is taken from here
    std::shared_ptr<const Zone> zone_;  // mappers point into it
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<StoreWorklist> worklist_;
    std::unique_ptr<dicom::DicomService> dicom_;
    std::unique_ptr<runtime::IntakePipeline> intake_;
    std::unique_ptr<net::Lobby> lobby_;
    std::unique_ptr<runtime::Supervisor> supervisor_;
    std::unique_ptr<admin::MessageApi> message_api_;
    std::unique_ptr<admin::TokenApi> tokens_;
    fhir::ProjectionContext projection_;
    std::unique_ptr<fhir::FhirApi> fhir_;
    std::unique_ptr<fhir::HistoryApi> fhir_history_;
    std::unique_ptr<fhir::ValidateApi> fhir_validating_;
    std::unique_ptr<fhir::WriteApi> fhir_writing_;
    net::HttpRouter fhir_reading_;  // what entries of a batch may read
    std::unique_ptr<fhir::EverythingApi> fhir_everything_;
    std::unique_ptr<fhir::SubscriptionDesk> subscriptions_;
    std::unique_ptr<fhir::SubscriptionApi> fhir_subscribing_;
    std::unique_ptr<fhir::ExportJobs> exports_;
    std::unique_ptr<fhir::ExportApi> fhir_exporting_;
    std::mutex fhir_channel_mutex_;
    std::string fhir_channel_;  // that takes resources; empty: none does
    std::unique_ptr<runtime::RetentionWorker> retention_;
    std::unique_ptr<runtime::LedgerWatch> ledger_watch_;
    std::unique_ptr<runtime::TextIndexWorker> text_worker_;
    std::atomic<std::int64_t> accepted_{0};  // messages that were stored since the start
    std::unique_ptr<alarms::AlarmWorker> alarms_;
    std::mutex destinations_mutex_;
    std::vector<std::string> destinations_;  // "channel/name" of the queued ones in force
    struct Kept {
        std::string digest;
        std::int64_t revision = 0;
    };
    std::map<std::string, Kept> revisions_;  // newest, by key of Configuration::files
    std::vector<std::string> places_;
    std::mutex parts_mutex_;  // over what follows
    Instant probed_{};
    admin::ReadyPart store_part_;
    std::map<std::string, admin::ReadyPart> sources_;  // by channel
    bool running_ = false;
};

}  // namespace gantry
