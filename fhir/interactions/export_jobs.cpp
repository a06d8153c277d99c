#include "fhir/interactions/export_jobs.hpp"

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "engine/base/digest.hpp"
#include "engine/base/durable_file.hpp"
#include "engine/json/value.hpp"
#include "engine/json/writer.hpp"
#include "fhir/interactions/export_files.hpp"
#include "fhir/interactions/export_walk.hpp"
#include "fhir/resources/moments.hpp"

namespace gantry::fhir {
namespace {

namespace fs = std::filesystem;
using State = ExportJobs::Status::State;

constexpr auto request_file = "request.json", manifest_file = "manifest.json", outcome_file = "outcome.json";
constexpr const char* suffix = ".ndjson";
constexpr auto look_every = std::chrono::seconds(30);  // for those that are too old

// Not to be guessed: whoever knows it still needs a token.
std::string new_number() {
    std::random_device draws;
    std::string bytes(16, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(draws());
    return hex(bytes);
}

Instant later(Instant at, std::chrono::seconds by) {
    return {at.micros + std::chrono::microseconds(by).count()};
}

std::optional<std::string> content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::ostringstream out;
    out << file.rdbuf();
    return file.bad() ? std::nullopt : std::optional(std::move(out).str());
}

bool write_whole(const fs::path& path, std::string_view bytes) {
    const fs::path part = path.string() + ".part";
    if (!write_synced(part, bytes)) return false;
    std::error_code error;
    fs::rename(part, path, error);
    return !error && sync_directory(path.parent_path());
}

// Nobody else on this machine reads what is in it.
bool make_private(const fs::path& directory) {
    if (!make_directories(directory)) return false;
    std::error_code error;
    fs::permissions(directory, fs::perms::owner_all, error);
    return !error;
}

std::uintmax_t size_of(const fs::path& directory) {
    std::uintmax_t out = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
        std::error_code gone;
        const auto size = at->is_regular_file(gone) ? at->file_size(gone) : 0;
        if (!gone) out += size;
    }
    return out;
}

std::string request_json(const ExportJobs::Order& order, Instant asked) {
    json::Writer out;
    out.begin_object().member("url", order.url).member("asked", asked.micros).key("types").begin_array();
    for (const auto type : order.request.types) out.value(type);
    out.end_array().end_object();
    return std::move(out).text();
}

// Bulk Data Access 2.0, "Response - Complete Status".
std::string manifest_json(const ExportJobs::Order& order, const std::string& number, Instant transaction,
                          const std::vector<ExportedFile>& files) {
    json::Writer out;
    out.begin_object().member("transactionTime", instant_of(transaction)).member("request", order.url);
    out.member("requiresAccessToken", true).key("output").begin_array();
    for (const auto& file : files) {
        out.begin_object().member("type", file.type);
        out.member("url", order.files + "/" + number + "/" + file.name).member("count", file.resources).end_object();
    }
    out.end_array();
    for (const auto* none : {"deleted", "error"}) out.key(none).begin_array().end_array();
    out.end_object();
    return std::move(out).text();
}

}  // namespace

struct ExportJobs::Job {
    std::string number;
    fs::path directory;
    Order order;
    std::vector<std::string> types;
    Instant asked, expires;
    State state = State::running;  // under mutex_, like content
    std::string content;
    std::atomic<std::int64_t> resources{0};
    std::atomic<bool> cancelled{false};
};

ExportJobs::ExportJobs(Parts parts) : parts_(std::move(parts)) {
    find_old_ones();
    thread_ = std::thread([this] { work(); });
}

ExportJobs::~ExportJobs() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (auto& [number, job] : jobs_) job->cancelled = true;
    }
    changed_.notify_all();
    thread_.join();
}

// What is no export, or cannot be read, is removed: the directory is ours.
void ExportJobs::find_old_ones() {
    std::error_code error;
    std::vector<fs::path> foreign;
    for (fs::directory_iterator at(parts_.directory, error), end; !error && at != end; at.increment(error)) {
        const auto text = content_of(at->path() / request_file);
        const auto request = text ? json::parse(*text) : Error{ErrorCode::io, {}, {}};
        const auto* asked = request ? request->find("asked") : nullptr;
        const auto* types = request ? request->find("types") : nullptr;
        if (!asked || !types) {
            foreign.push_back(at->path());
            continue;
        }
        auto job = std::make_shared<Job>();
        job->number = at->path().filename().string();
        job->directory = at->path();
        job->asked = {asked->integer()};
        job->expires = later(job->asked, parts_.options.age);
        for (const auto& type : types->items()) job->types.push_back(type.string());
        if (auto manifest = content_of(job->directory / manifest_file)) {
            job->content = std::move(*manifest);
            job->state = State::complete;
        } else if (auto outcome = content_of(job->directory / outcome_file)) {
            job->content = std::move(*outcome);
            job->state = State::failed;
        } else {
            fail(*job, "the engine was stopped before the export was complete; ask for it again");
        }
        jobs_[job->number] = std::move(job);
    }
    for (const auto& path : foreign) fs::remove_all(path, error);
}

// A commit that was under way when the export was asked for may have a moment before that and become visible behind the
// walk. Nothing takes longer than this; what changed since then comes again in the next export since that moment.
Instant ExportJobs::transaction_time(Instant asked) const {
    constexpr std::int64_t millisecond = 1000;
    const auto before = later(asked, -commit_time);
    return {before.micros - before.micros % millisecond};
}

Result<std::string> ExportJobs::begin(Order order) {
    auto job = std::make_shared<Job>();
    job->number = new_number();
    job->directory = parts_.directory / job->number;
    job->asked = parts_.clock.now();
    job->expires = later(job->asked, parts_.options.age);
    for (const auto type : order.request.types) job->types.emplace_back(type);
    job->order = std::move(order);
    const std::lock_guard lock(mutex_);
    const auto running =
        std::count_if(jobs_.begin(), jobs_.end(), [](const auto& one) { return one.second->state == State::running; });
    if (static_cast<std::size_t>(running) >= parts_.options.jobs)
        return Error{ErrorCode::overloaded, "as many exports as there may be are not finished", {}};
    const bool kept = make_private(parts_.directory) && make_private(job->directory) &&
                      write_whole(job->directory / request_file, request_json(job->order, job->asked));
    if (!kept) {
        remove(*job);
        return Error{ErrorCode::io, "the data directory cannot be written", {}};
    }
    jobs_[job->number] = job;
    waiting_.push_back(job);
    changed_.notify_all();
    return job->number;
}

ExportJobs::JobPointer ExportJobs::find(const std::string& number) {
    const auto at = jobs_.find(number);
    if (at == jobs_.end()) return nullptr;
    const bool over = at->second->state != State::running && at->second->expires <= parts_.clock.now();
    return over ? nullptr : at->second;
}

std::optional<ExportJobs::Status> ExportJobs::status(const std::string& number) {
    const std::lock_guard lock(mutex_);
    const auto job = find(number);
    if (!job) return std::nullopt;
    Status out{job->state, job->types, job->expires, {}, job->content};
    if (job->state == State::running) out.progress = std::to_string(job->resources) + " resources written";
    return out;
}

Result<std::optional<ExportJobs::File>> ExportJobs::file(const std::string& number, const std::string& name) {
    JobPointer job;
    {
        const std::lock_guard lock(mutex_);
        job = find(number);
        if (!job || job->state != State::complete) return {std::nullopt};
    }
    const auto type = name.substr(0, name.find('.'));
    const bool ours = name.ends_with(suffix) && name.find('/') == std::string::npos &&
                      std::find(job->types.begin(), job->types.end(), type) != job->types.end();
    if (!ours) return {std::nullopt};
    std::error_code unknown;
    if (!fs::exists(job->directory / name, unknown)) return {std::nullopt};
    auto bytes = content_of(job->directory / name);
    if (!bytes) return Error{ErrorCode::io, name, {}};
    return {File{type, std::move(*bytes)}};
}

bool ExportJobs::cancel(const std::string& number) {
    const std::lock_guard lock(mutex_);
    const auto job = find(number);
    if (!job) return false;
    job->cancelled = true;
    const auto waits = std::find(waiting_.begin(), waiting_.end(), job);
    const bool in_hand = job->state == State::running && waits == waiting_.end();
    if (waits != waiting_.end()) waiting_.erase(waits);
    jobs_.erase(number);
    if (!in_hand) remove(*job);  // else by the thread that makes it
    return true;
}

void ExportJobs::remove(const Job& job) {
    std::error_code error;
    fs::remove_all(job.directory, error);
}

void ExportJobs::forget_old_ones() {
    const auto now = parts_.clock.now();
    for (auto at = jobs_.begin(); at != jobs_.end();) {
        const auto& job = *at->second;
        const bool over = job.state != State::running && job.expires <= now;
        if (over) remove(job);
        at = over ? jobs_.erase(at) : std::next(at);
    }
}

ExportJobs::JobPointer ExportJobs::next_one() {
    std::unique_lock lock(mutex_);
    for (;;) {
        forget_old_ones();
        if (stopping_) return nullptr;
        if (!waiting_.empty()) break;
        changed_.wait_for(lock, look_every);
    }
    auto out = waiting_.front();
    waiting_.erase(waiting_.begin());
    return out;
}

void ExportJobs::work() {
    while (const auto job = next_one()) make(*job);
}

std::uintmax_t ExportJobs::room() const {
    const auto used = size_of(parts_.directory);
    return parts_.options.size.count > used ? parts_.options.size.count - used : 0;
}

// Answers the manifest. Everything it names is on disk.
Result<std::string> ExportJobs::written(Job& job) {
    const auto& request = job.order.request;
    ExportFiles files(job.directory, {parts_.options.part.count, room(), parts_.options.keep_free.count});
    const Shelf shelf(parts_.store.search(), parts_.projection);
    const auto newest = parts_.store.ledger().newest();
    if (!newest) return newest.error();
    // The clock may have been set back behind the records.
    const auto until = later(std::max(job.asked, IdSource::time_of(newest->value)), std::chrono::seconds(1));
    const ExportScope scope{request.types, request.since.value_or(Instant()), IdSource::first_at(until)};
    const auto walked = walk_resources(parts_.store.walk(), parts_.store.search(), shelf, scope,
                                       [&](std::string_view type, std::string_view json) -> Result<void> {
                                           if (job.cancelled) return Error{ErrorCode::cancelled, {}, {}};
                                           ++job.resources;
                                           return files.add(type, json);
                                       });
    if (!walked) return walked.error();
    auto all = files.finish();
    if (!all) return all.error();
    auto manifest = manifest_json(job.order, job.number, transaction_time(job.asked), *all);
    if (!write_whole(job.directory / manifest_file, manifest))
        return Error{ErrorCode::io, "the data directory cannot be written", {}};
    return manifest;
}

void ExportJobs::make(Job& job) {
    const auto begun = parts_.clock.now();
    auto manifest = written(job);
    const std::lock_guard lock(mutex_);
    if (job.cancelled) {
        // Of the engine's own end nothing is removed: after the next start it is said what became of it.
        if (!stopping_) remove(job);
        return;
    }
    if (manifest) {
        job.content = std::move(*manifest);
        job.state = State::complete;
        events::emit(parts_.events, "fhir_export_complete", events::Level::info, "a bulk export is complete",
                     {{"resources", job.resources.load()}, {"micros", parts_.clock.now().micros - begun.micros}});
        return;
    }
    fail(job, manifest.error().text());
    events::emit(parts_.events, "fhir_export_failed", events::Level::warning, "a bulk export failed",
                 {{"error", manifest.error().code}});
}

// On a full disk there may be no room to say so: then it is said until the engine stops, and after that "stopped".
void ExportJobs::fail(Job& job, const std::string& why) {
    job.content = outcome_json({{"error", "exception", why, {}}});
    job.state = State::failed;
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator at(job.directory, error), end; !error && at != end; at.increment(error))
        if (at->path().filename() != request_file) files.push_back(at->path());
    for (const auto& path : files) fs::remove(path, error);
    write_whole(job.directory / outcome_file, job.content);
}

}  // namespace gantry::fhir
