// Changes the configuration again and again under load, with SIGHUP, and checks afterwards that no message was lost,
// none was taken twice, and no connection broke.
//
//   durability_reload PROGRAM SOURCE DATA RELOADS PER_SECOND      last line: N passed, N failed
#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "tests/durability/changing_configuration.hpp"
#include "tests/durability/ledger_check.hpp"
#include "tests/durability/steady_senders.hpp"

namespace {

using namespace gantry::durability;
using std::chrono::milliseconds, std::chrono::steady_clock;

int passed = 0, failed = 0;

void check(const std::string& what, long violations) {
    ++(violations == 0 ? passed : failed);
    std::printf("%s %s%s\n", violations == 0 ? "ok    " : "FAILED", what.c_str(),
                violations == 0 ? "" : (": " + std::to_string(violations)).c_str());
}

// Waits until the engine has done or refused so many. False: it did not, within a minute.
bool wait_for(const EngineProcess& engine, long done, long refused) {
    const auto until = steady_clock::now() + std::chrono::seconds(60);
    while (steady_clock::now() < until) {
        if (engine.reloads(false) == done && engine.reloads(true) == refused) return true;
        std::this_thread::sleep_for(milliseconds(2));
    }
    std::printf("reloads: %ld done, %ld refused; expected %ld and %ld\n", engine.reloads(false), engine.reloads(true),
                done, refused);
    return false;
}

struct Reloads {
    long done = 0, refused = 0, unexpected = 0;
    std::vector<double> took;  // ms
};

Reloads reload_often(EngineProcess& engine, ChangingConfiguration& configuration, unsigned count) {
    Reloads out;
    for (unsigned n = 1; n <= count; ++n) {
        ++(configuration.change(n) ? out.done : out.refused);
        const auto begin = steady_clock::now();
        engine.reload();
        if (!wait_for(engine, out.done, out.refused)) {
            ++out.unexpected;
            break;
        }
        out.took.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count());
    }
    configuration.settle(count);
    engine.reload();
    out.unexpected += !wait_for(engine, ++out.done, out.refused);
    return out;
}

bool drain(const EngineProcess& engine) {
    for (int i = 0; i < 600 && engine.pending() != 0; ++i) std::this_thread::sleep_for(milliseconds(50));
    return engine.pending() == 0;
}

long count(const std::filesystem::path& data, const char* sql) {
    sqlite3* database = nullptr;
    sqlite3_stmt* query = nullptr;
    sqlite3_open((data / "gantry.db").c_str(), &database);
    sqlite3_prepare_v2(database, sql, -1, &query, nullptr);
    const long out =
        query && sqlite3_step(query) == SQLITE_ROW ? static_cast<long>(sqlite3_column_int64(query, 0)) : -1;
    sqlite3_finalize(query);
    sqlite3_close(database);
    return out;
}

void check_revisions(const std::filesystem::path& data, long reloads) {
    check("every message names a revision that is kept",
          count(data, "SELECT count(*) FROM message WHERE revision NOT IN (SELECT id FROM channel_revision)"));
    // Ids of messages grow in the order of the commits.
    check("no message was read with an older revision than one of its connection before it",
          count(data,
                R"(SELECT count(*) FROM (SELECT revision, lag(revision) OVER (PARTITION BY peer ORDER BY id) AS earlier
                         FROM message WHERE channel = 'his') WHERE revision < earlier)"));
    const auto used = count(data, "SELECT count(DISTINCT revision) FROM message WHERE channel = 'his'");
    std::printf("%ld revisions of one channel handled messages\n", used);
    check("most reloads were in force while messages came in", used * 2 < reloads);
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count != 6) {
        std::fprintf(stderr, "usage: durability_reload PROGRAM SOURCE DATA RELOADS PER_SECOND\n");
        return 2;
    }
    const std::filesystem::path data = arguments[3];
    const auto reloads = static_cast<unsigned>(std::atoi(arguments[4]));
    const double rate = std::atof(arguments[5]);
    const auto ports = free_ports(std::random_device{}()), more = free_ports(ports.dicom + 1u);
    ChangingConfiguration configuration(arguments[2], data / "conf", more.mllp, more.http);
    EngineProcess engine(arguments[1], configuration.directory(), data, ports);
    engine.start();
    if (!engine.ready()) {
        std::printf("the engine did not become ready; its log is engine.log\n0 passed, 1 failed\n");
        return 1;
    }
    const auto begin = steady_clock::now();
    SteadySenders steady({"A", ports.mllp, 12, rate * 0.75}), moving({"B", more.mllp, 4, rate * 0.25});
    const auto done = reload_often(engine, configuration, reloads);
    steady.stop();
    moving.stop();
    const std::chrono::duration<double> took = steady_clock::now() - begin;
    auto journal = steady.journal();
    journal.insert(journal.end(), moving.journal().begin(), moving.journal().end());
    const bool drained = drain(engine);
    check("the engine stops when asked", engine.stop());
    auto times = done.took;
    std::sort(times.begin(), times.end());
    std::printf("%ld reloads and %ld refused in %.1f s, median %.0f ms; %zu messages, %.0f per second\n", done.done,
                done.refused, took.count(), times.empty() ? 0 : times[times.size() / 2], journal.size(),
                static_cast<double>(journal.size()) / took.count());
    check("every reload was done, or refused when it had a mistake", done.unexpected);
    check("no connection was refused, reset or closed", static_cast<long>(steady.broken() + moving.broken()));
    check("every message was accepted", static_cast<long>(steady.refused() + moving.refused()));
    check("no message came twice", count(data, "SELECT count(*) FROM message WHERE outcome = 4"));
    check_revisions(data, done.done);
    if (!drained) std::printf("deliveries still waiting at the end\n");
    for (const auto& finding : check_ledger(data, journal, drained)) check(finding.rule, finding.violations);
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
