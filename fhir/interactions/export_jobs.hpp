// Exports that were asked for: one is made at a time, on a thread of its own, in the order in which they came.
//
// On disk each has a directory, named after its number, with
//   request.json     what was asked, and when: from the answer 202 on
//   TYPE.N.ndjson    a whole file
//   manifest.json    the answer when it is complete: written last, so an export with it is whole
//   outcome.json     an OperationOutcome when it failed; its other files are gone
// After a restart one with neither has failed: "the engine was stopped". It is not taken up again, because whoever asks
// anew gets the records as they are then. A directory goes when its export is cancelled, and `age` after the request.
//
// Where the disk is full, the export fails, what it wrote is removed, and the engine goes on.
#pragma once
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/events.hpp"
#include "engine/store/store.hpp"
#include "fhir/interactions/export_options.hpp"
#include "fhir/interactions/export_request.hpp"
#include "fhir/interactions/shelf.hpp"

namespace gantry::fhir {

// Any thread. What the parts refer to must outlive it.
class ExportJobs {
  public:
    struct Parts {
        store::Store& store;
        const ProjectionContext& projection;
        const Clock& clock;
        events::Sink& events;
        std::filesystem::path directory;  // of exports alone; made when the first is asked for
        ExportOptions options;
    };
    explicit ExportJobs(Parts parts);
    ~ExportJobs();  // ends the one that is being made; it has failed after the next start

    struct Order {
        ExportRequest request;  // with its types
        std::string url;        // as it was asked
        std::string files;      // "https://host/fhir/$export-file": where files are found
    };
    // Answers its number. Errors: overloaded (as many as there may be are not finished), io.
    Result<std::string> begin(Order order);

    struct Status {
        enum class State : std::uint8_t { running, complete, failed } state = State::running;
        std::vector<std::string> types;
        Instant expires;
        std::string progress;  // running: for people
        std::string content;   // complete: the manifest; failed: the OperationOutcome
    };
    // Nothing: there is no such export, or none any more.
    std::optional<Status> status(const std::string& number);
    // One file of a complete export with its type; nothing: there is none.
    struct File {
        std::string type, bytes;
    };
    Result<std::optional<File>> file(const std::string& number, const std::string& name);
    // False: there was none. Nothing of it is served from now on.
    bool cancel(const std::string& number);

    static constexpr std::chrono::seconds commit_time{30};  // see transaction_time()

  private:
    struct Job;
    using JobPointer = std::shared_ptr<Job>;
    void find_old_ones();
    void work();
    JobPointer next_one();
    void make(Job& job);
    Result<std::string> written(Job& job);
    void fail(Job& job, const std::string& why);
    void forget_old_ones();
    void remove(const Job& job);
    Instant transaction_time(Instant asked) const;
    std::uintmax_t room() const;
    JobPointer find(const std::string& number);

    Parts parts_;
    std::mutex mutex_;  // over what follows, and the states of jobs
    std::condition_variable changed_;
    std::map<std::string, JobPointer> jobs_;
    std::vector<JobPointer> waiting_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace gantry::fhir
