// How long a C-ECHO, an order and GET /readyz take, each on a new connection, alone and among 200 idle TCP clients and
// 200 idle associations on the DICOM port and 2,000 slow clients each on the HTTP and MLLP ports. In process.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>

#include "tests/crowd/crowd.hpp"
#include "tests/crowd/running_engine.hpp"

namespace {

using namespace gantry::testing;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 100;

struct Asked {
    const char* what;
    std::function<bool(int)> ask;
};

void measure(const Asked& asked, const char* when) {
    std::vector<double> times;
    int failed = 0;
    for (int i = 0; i < rounds; ++i) {
        const auto begin = Clock::now();
        failed += asked.ask(i) ? 0 : 1;
        times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    }
    std::sort(times.begin(), times.end());
    std::printf("%-12s %-8s %9.2f %9.2f %9.2f %8d\n", asked.what, when, times[rounds / 2], times[rounds * 99 / 100 - 1],
                times.back(), failed);
}

// Megabytes resident in this process, which is both sides.
double resident() {
    std::ifstream statm("/proc/self/statm");
    double pages = 0, in_memory = 0;
    statm >> pages >> in_memory;
    return in_memory * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

void run() {
    const CrowdSizes sizes;
    if (descriptors_allowed() < 2 * sizes.all() + 500) {
        std::printf("skipped: this process may not have %zu open files\n", 2 * sizes.all() + 500);
        return;
    }
    RunningEngine engine(GANTRY_SOURCE_DIR);
    int last_order = 0;
    const Asked all[] = {{"C-ECHO", [&](int) { return echo(engine.dicom); }},
                         {"order", [&](int) { return order(engine.mllp, ++last_order); }},
                         {"GET /readyz", [&](int) { return ready(engine.http); }}};
    std::printf("milliseconds               p50       p99       max   failed\n");
    for (const auto& asked : all) measure(asked, "alone");
    const auto before = resident();
    Crowd peers(engine.mllp, engine.http, engine.dicom, sizes);
    const auto at_begin = peers.connected();
    for (const auto& asked : all) measure(asked, "crowded");
    std::printf(
        "%zu of %zu peers connected at the beginning, %zu at the end (the slow are cut and come again); %.0f MB more\n",
        at_begin, sizes.all(), peers.connected(), resident() - before);
}

}  // namespace

int main() {
    try {
        run();
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "bench_crowd: %s\n", failure.what());
        return 1;
    }
}
