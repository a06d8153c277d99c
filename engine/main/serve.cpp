#include "engine/main/serve.hpp"

#include <pthread.h>
#include <csignal>

#include <iostream>

#include "engine/main/engine.hpp"

namespace gantry {
namespace {

// Blocked in every thread, and waited for by the main one: no code ever runs inside a signal handler.
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

}  // namespace

int run_serve(const ServeOptions& options) {
    const auto signals = watched_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    const auto configuration = load_configuration(options.configuration);
    for (const auto& problem : configuration->problems) std::cerr << problem.text() << "\n";
    if (configuration->has_errors()) return 78;
    const SystemClock clock;
    EventLog log(options.verbose ? events::Level::debug : events::Level::info, clock, *configuration->zone);
    Engine engine(*configuration, options.data, clock, log);
    if (auto started = engine.start(); !started) return fail(started.error());
    for (const auto& place : engine.places()) std::cerr << "listening: " << place << "\n";
    int received = 0;
    do {
        sigwait(&signals, &received);
        if (received == SIGHUP)
            events::emit(log, "reload_refused", events::Level::warning,
                         "a changed configuration is read at start; restart to apply it");
    } while (received == SIGHUP);
    events::emit(log, "stopping", events::Level::info, "finishing what was taken, then stopping");
    engine.stop();
    return 0;
}

}  // namespace gantry
