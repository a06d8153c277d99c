#include "engine/main/serve.hpp"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <set>

#include "engine/main/configuration_watch.hpp"
#include "engine/main/engine.hpp"

namespace gantry {
namespace {

constexpr int quiet_before_reload = 200;  // ms without a further change: an editor or a checkout writes many files

// Blocked in every thread, and read by the main one: no code ever runs inside a signal handler.
sigset_t watched_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
    return set;
}

int fail(const Error& error) {
    std::cerr << "gantry: " << error.text() << "\n  " << info(error.code).hint << "\n";
    return info(error.code).exit_code;
}

std::vector<std::filesystem::path> directories_of(const Configuration& configuration) {
    std::set<std::filesystem::path> out{configuration.directory_of(".")};
    const auto& options = configuration.options;
    for (const auto& option : {options.channels, options.mappings, options.tables})
        out.insert(configuration.directory_of(option));
    return {out.begin(), out.end()};
}

// The engine and the configuration in force, until it is told to stop.
class Service {
  public:
    Service(const ServeOptions& options, std::unique_ptr<Configuration> first, const Clock& clock, EventLog& log)
        : options_(options), current_(std::move(first)), log_(log), engine_(options.data, clock, log) {}

    Result<void> start() {
        auto started = engine_.start(*current_);
        if (started) follow_watch();
        return started;
    }

    const Engine& engine() const { return engine_; }

    // Returns after SIGTERM or SIGINT.
    void run(int signals) {
        for (;;) {
            pollfd from[] = {{signals, POLLIN, 0}, {watch_.descriptor(), POLLIN, 0}};
            const int ready = ::poll(from, std::size(from), dirty_ ? quiet_before_reload : -1);
            if (ready == 0 && dirty_) reload();
            if (ready <= 0) continue;
            if (from[1].revents != 0) dirty_ = watch_.changed() || dirty_;
            if (from[0].revents == 0) continue;
            signalfd_siginfo received{};
            if (::read(signals, &received, sizeof received) != static_cast<ssize_t>(sizeof received)) continue;
            if (received.ssi_signo != SIGHUP) return;
            reload();
        }
    }

    void stop() {
        events::emit(log_, "stopping", events::Level::info, "finishing what was taken, then stopping");
        engine_.stop();
    }

  private:
    // Checked as a whole first: with an error anywhere, everything stays as it is.
    void reload() {
        dirty_ = false;
        auto next = load_configuration(options_.configuration, current_.get());
        for (const auto& problem : next->problems) std::cerr << problem.text() << "\n";
        if (next->has_errors()) return refuse(next->problems);
        const auto reloaded = engine_.reload(*next);
        if (!reloaded)
            return events::emit(log_, "reload_refused", events::Level::error,
                                "the configuration was not changed: the database does not take its revisions",
                                {{"error", reloaded.error().code}});
        current_ = std::move(next);
        follow_watch();
        events::emit(log_, "reloaded", events::Level::info, "the configuration was read again",
                     {{"channels_touched", static_cast<std::int64_t>(reloaded->channels.size())}});
    }

    void refuse(const std::vector<json::Diagnostic>& problems) {
        const auto first = std::find_if(problems.begin(), problems.end(),
                                        [](const auto& problem) { return problem.severity == json::Severity::error; });
        events::emit(log_, "reload_refused", events::Level::error,
                     "the configuration has errors; what was in force before goes on",
                     {{"file", ConfigName(first->file)},
                      {"line", static_cast<std::int64_t>(first->position.line)},
                      {"error", first->code}});
    }

    // What changed before the watch began, and after the files were read, is noticed by reading them once more.
    void follow_watch() {
        auto wanted = current_->options.watch ? directories_of(*current_) : std::vector<std::filesystem::path>();
        if (wanted == watched_) return;
        watched_ = std::move(wanted);
        dirty_ = !watched_.empty();
        if (watch_.watch(watched_)) return;
        events::emit(log_, "not_watching", events::Level::warning,
                     "changes of the configuration cannot be watched; send SIGHUP to reload");
    }

    const ServeOptions& options_;
    std::unique_ptr<const Configuration> current_;
    EventLog& log_;
    ConfigurationWatch watch_;
    std::vector<std::filesystem::path> watched_;
    bool dirty_ = false;  // something may have changed
    Engine engine_;
};

}  // namespace

int run_serve(const ServeOptions& options) {
    const auto signals = watched_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    auto configuration = load_configuration(options.configuration);
    for (const auto& problem : configuration->problems) std::cerr << problem.text() << "\n";
    if (configuration->has_errors()) return 78;
    const SystemClock clock;
    const auto zone = configuration->zone;
    EventLog log(options.verbose ? events::Level::debug : events::Level::info, clock, *zone);
    Service service(options, std::move(configuration), clock, log);
    if (auto started = service.start(); !started) return fail(started.error());
    for (const auto& place : service.engine().places()) std::cerr << "listening: " << place << "\n";
    const int descriptor = ::signalfd(-1, &signals, SFD_CLOEXEC);
    if (descriptor < 0) return fail({ErrorCode::io, "signals cannot be waited for", {}});
    service.run(descriptor);
    ::close(descriptor);
    service.stop();
    return 0;
}

}  // namespace gantry
