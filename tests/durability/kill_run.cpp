// Kills the engine again and again at random moments under load, one database through all of it, and checks afterwards
// that every message it had acknowledged is there, once, with everything it meant.
//
//   durability_kill PROGRAM CONF DATA KILLS SEED      last line: N passed, N failed
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include "tests/durability/engine_process.hpp"
#include "tests/durability/hospital.hpp"
#include "tests/durability/ledger_check.hpp"

namespace {

using namespace gantry::durability;
using std::chrono::milliseconds;

int passed = 0, failed = 0;

void check(const std::string& what, long violations) {
    ++(violations == 0 ? passed : failed);
    std::printf("%s %s%s\n", violations == 0 ? "ok    " : "FAILED", what.c_str(),
                violations == 0 ? "" : (": " + std::to_string(violations)).c_str());
}

// Without an engine the hospital would wait for ever.
double milliseconds_until_ready(EngineProcess& engine) {
    if (const auto took = engine.ready()) return took->count();
    std::printf("the engine did not become ready; its log is engine.log\n0 passed, 1 failed\n");
    std::fflush(stdout);
    engine.kill();
    std::_Exit(1);
}

// Answers how long each start took until ready; short ones are killed before that.
std::vector<double> kill_often(EngineProcess& engine, int kills, std::minstd_rand& random) {
    std::vector<double> starts;
    for (int i = 0; i < kills; ++i) {
        engine.start();
        if (random() % 10 == 0) {
            std::this_thread::sleep_for(milliseconds(random() % 60));
        } else {
            starts.push_back(milliseconds_until_ready(engine));
            std::this_thread::sleep_for(milliseconds(50 + random() % 1500));
        }
        engine.kill();
    }
    return starts;
}

bool drain(const EngineProcess& engine) {
    for (int i = 0; i < 200 && engine.pending() != 0; ++i) std::this_thread::sleep_for(milliseconds(50));
    return engine.pending() == 0;
}

void report_starts(std::vector<double> starts) {
    if (starts.empty()) return;
    std::sort(starts.begin(), starts.end());
    std::printf("restart to /readyz: median %.0f ms, longest %.0f ms (%zu starts)\n", starts[starts.size() / 2],
                starts.back(), starts.size());
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 6) {
        std::fprintf(stderr, "usage: durability_kill PROGRAM CONF DATA KILLS SEED\n");
        return 2;
    }
    const std::filesystem::path data = arguments[3];
    const int kills = std::atoi(arguments[4]);
    const auto seed = static_cast<unsigned>(std::atoi(arguments[5]));
    std::minstd_rand random(seed);
    EngineProcess engine(arguments[1], arguments[2], data, free_ports(std::random_device{}()));
    Hospital hospital({engine.ports().mllp, 6, seed, 10});
    const auto starts = kill_often(engine, kills, random);
    engine.start();
    milliseconds_until_ready(engine);
    std::this_thread::sleep_for(milliseconds(300));
    hospital.stop();
    const bool drained = drain(engine);
    check("the engine stops when asked", engine.stop());
    report_starts(starts);
    std::printf("seed %u, %d kills: %zu messages acknowledged, %lu sent again without an answer\n", seed, kills,
                hospital.journal().size(), static_cast<unsigned long>(hospital.resent()));
    check("every message was accepted", static_cast<long>(hospital.refused()));
    check("the same bytes are answered with the same answer", static_cast<long>(hospital.contradicted()));
    if (!drained) std::printf("deliveries still waiting at the end\n");
    for (const auto& finding : check_ledger(data, hospital.journal(), drained)) check(finding.rule, finding.violations);
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
