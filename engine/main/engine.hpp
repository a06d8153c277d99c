// The running engine: every room put together. Built from a configuration without errors; start() to stop() once.
//
// Order of start: store, worklist and DICOM, delivery workers, HTTP, sources last: nothing is taken before it can be
// kept. Order of stop: sources, intake (what was taken is committed and answered), delivery workers, ports.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "engine/dicom/service.hpp"
#include "engine/main/configuration.hpp"
#include "engine/main/coverage_counts.hpp"
#include "engine/main/event_log.hpp"
#include "engine/main/store_worklist.hpp"
#include "engine/net/http.hpp"
#include "engine/net/lobby.hpp"
#include "engine/runtime/delivery_worker.hpp"
#include "engine/runtime/intake_pipeline.hpp"

namespace gantry {

class Engine {
  public:
    // configuration, clock and log must outlive the engine. data: directory for the database and relative paths.
    Engine(const Configuration& configuration, std::filesystem::path data, const Clock& clock, EventLog& log);
    ~Engine();

    Result<void> start();
    void stop();

    // Where it listens: "mllp his-orders 127.0.0.1:2575", for people.
    std::vector<std::string> places() const;

  private:
    struct RunningChannel {
        std::unique_ptr<runtime::Source> source;
        std::vector<std::unique_ptr<runtime::Destination>> destinations;
        std::vector<std::unique_ptr<runtime::DeliveryWorker>> workers;
    };
    Result<void> open_dicom();
    Result<void> open_http();
    Result<void> open_channel(const channels::ChannelDocument& document);
    void committed(std::span<const store::Unit> units, std::span<const store::Committed> results);
    net::HttpResponse ready();
    net::HttpResponse metrics();

    const Configuration& configuration_;
    std::filesystem::path data_;
    const Clock& clock_;
    EventLog& log_;
    CoverageCounts coverage_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<StoreWorklist> worklist_;
    std::unique_ptr<dicom::DicomService> dicom_;
    std::unique_ptr<runtime::IntakePipeline> intake_;
    std::unique_ptr<net::Lobby> lobby_;
    std::vector<RunningChannel> channels_;
    std::vector<std::string> places_;
    std::mutex probe_mutex_;
    Instant probed_{};
    bool probe_ok_ = false;
    bool running_ = false;
};

}  // namespace gantry
