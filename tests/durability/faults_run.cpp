// One fault under load, with orders coming in and deliveries going out: what the engine says meanwhile, and why; that
// it goes on by itself afterwards; and that nothing is lost or doubled, neither in the ledger nor at the receiver.
//
//   durability_faults PROGRAM CONF DATA --fault NAME [--seed N] [--disk LIBRARY] [--log FILE]
//
//   disk-full     DATA becomes a file system of 64 MB, which fills up; then a file on it is removed. Needs root
//   locked        another process holds the write lock of the SQLite file for ten seconds
//   read-only     every write fails, as on a file system that an error made read-only; then the engine is started on
//                 one
//   sync-fails    every sync fails, and nothing of what was to be synced is ever written; in the end the power is cut
//   server-gone   PostgreSQL is stopped, and started again
//
// CONF is forward.conf.
// Last line: N passed, N failed; or skipped: reason.
#include <sched.h>
#include <sqlite3.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>

#include "tests/durability/database.hpp"
#include "tests/durability/engine_process.hpp"
#include "tests/durability/hospital.hpp"
#include "tests/durability/receipts.hpp"
#include "tests/durability/receiver.hpp"
#include "tests/durability/run_options.hpp"
#include "tests/durability/verdicts.hpp"
#include "tests/durability/volatile_disk.hpp"

namespace {

using namespace gantry::durability;
using std::chrono::milliseconds, std::chrono::seconds;

constexpr seconds patience(60);

class Skipped : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Waits for what must happen; false: it did not.
bool await(const std::function<bool()>& condition) {
    const auto last = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > last) return false;
        std::this_thread::sleep_for(milliseconds(10));
    }
    return true;
}

// A file system in memory, seen by this process and its children alone.
void mount_small_disk(const std::filesystem::path& directory) {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("small", directory.c_str(), "tmpfs", 0, "size=64m") != 0)
        throw Skipped(std::string("a file system cannot be mounted here: ") + std::strerror(errno));
}

void write_file(const std::filesystem::path& path, std::size_t size) {
    std::ofstream out(path, std::ios::binary);
    out << std::string(size, 'x');
    if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

// Somebody else's program at work in the engine's database.
class WriteLock {
  public:
    explicit WriteLock(const std::filesystem::path& file) {
        if (sqlite3_open(file.c_str(), &database_) != SQLITE_OK) throw std::runtime_error("no database");
        sqlite3_busy_timeout(database_, 20'000);
        if (sqlite3_exec(database_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error("the database could not be locked");
    }
    ~WriteLock() {
        sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
        sqlite3_close(database_);
    }
    WriteLock(const WriteLock&) = delete;
    WriteLock& operator=(const WriteLock&) = delete;

  private:
    sqlite3* database_ = nullptr;
};

class FaultRun {
  public:
    explicit FaultRun(const RunOptions& options)
        : options_(options),
          fault_(options.text("fault", "")),
          database_(database_of(fault_ == "server-gone" ? "postgresql" : "sqlite")),
          receiver_(options.number("seed", 1), 0),
          engine_(options.program, options.conf, options.data, options.log()) {
        engine_.set("GANTRY_STORE", database_.store);
        engine_.set("GANTRY_RECEIVER_PORT", std::to_string(receiver_.port()));
    }

    int run() {
        try {
            return run_fault();
        } catch (const Skipped& reason) {
            std::printf("skipped: %s\n", reason.what());
            return 0;
        }
    }

  private:
    int run_fault() {
        if (fault_ == "disk-full")
            disk_full();
        else if (fault_ == "locked")
            locked();
        else if (fault_ == "read-only")
            broken_disk(disk_writes_fail);
        else if (fault_ == "sync-fails")
            broken_disk(disk_syncs_fail);
        else if (fault_ == "server-gone")
            server_gone();
        else
            throw std::runtime_error("no fault is called " + fault_);
        return verdicts_.conclude();
    }

    void disk_full() {
        mount_small_disk(options_.data);
        const auto in_the_way = options_.data / "something-else";
        write_file(in_the_way, 44 << 20);
        begin(4000, 6);
        under_fault("while the disk is full", "full", [] {});
        std::filesystem::remove(in_the_way);
        end_of_fault();
        finish();
    }

    void locked() {
        begin(0);
        {
            const WriteLock lock(options_.data / "gantry.db");
            const auto until = std::chrono::steady_clock::now() + seconds(10);
            under_fault("while another program has the database locked", "locked", [] {});
            std::this_thread::sleep_until(until);
        }
        end_of_fault();
        finish();
    }

    void broken_disk(const std::string& failure) {
        const auto control = options_.data / "control", switch_file = control / failure;
        std::filesystem::create_directories(control);
        engine_.set("LD_PRELOAD", options_.text("disk", ""));
        engine_.set(disk_report_variable, options_.data / "disk-report");
        engine_.set(disk_control_variable, control);
        begin(0);
        under_fault("while the disk is broken", "errors", [&] { write_file(switch_file, 0); });
        std::filesystem::remove(switch_file);
        end_of_fault();
        engine_.kill();  // with what the broken disk never wrote
        engine_.start();
        verdicts_.require("it starts again after a power cut", engine_.ready().has_value());
        finish();
        if (failure != disk_writes_fail) return;
        try {
            start_on_read_only();
        } catch (const Skipped& reason) {
            std::printf("skipped: starting on a read-only file system: %s\n", reason.what());
        }
    }

    // root may write any file, so the file system has to say no.
    void start_on_read_only() {
        engine_.unset("LD_PRELOAD");
        mount_small_disk(options_.data);
        const auto full = options_.data.string();
        if (::mount(nullptr, full.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) != 0)
            throw Skipped(std::string("a file system cannot be made read-only here: ") + std::strerror(errno));
        engine_.start();
        const auto code = engine_.ended(patience);
        verdicts_.require("started on a read-only file system it ends with a code of its own", code && *code == 74);
    }

    void server_gone() {
        begin(0);
        under_fault("while the database server is away", "reached", [&] { database_.server->stop(); });
        database_.server->start();
        end_of_fault();
        finish();
    }

    void begin(std::size_t extra_bytes, unsigned pause_ms = 2) {
        engine_.start();
        if (!engine_.ready()) throw std::runtime_error("the engine did not become ready");
        const Hospital::Options load{engine_.ports().mllp, 6, options_.number("seed", 1), pause_ms, extra_bytes};
        hospital_ = std::make_unique<Hospital>(load);
        if (!await([&] { return hospital_->accepted() > 50; })) throw std::runtime_error("nothing was accepted");
    }

    // why: a word of what the engine says about it.
    void under_fault(const std::string& when, const std::string& why, const std::function<void()>& break_it) {
        break_it();
        const auto refused = hospital_->refused();
        const auto later = [&] { return hospital_->refused() >= refused + 12; };
        verdicts_.require(when + " senders are refused", await(later));
        verdicts_.require(when + " /readyz answers 503", await([&] { return engine_.readiness() == 503; }));
        verdicts_.require(when + " /api/ready says why", await([&] { return says(engine_.ready_parts(), why); }));
        auto refusal = hospital_->last_refusal();
        for (auto& byte : refusal) byte = byte == '\r' ? '\n' : byte;
        std::printf("%s", refusal.c_str());
    }

    // The part "store" is not ready, and why has the word in it.
    static bool says(const std::string& parts, const std::string& word) {
        const auto store = parts.find(R"("part":"store")");
        const auto end = parts.find('}', store);
        if (store == std::string::npos || end == std::string::npos) return false;
        const auto said = parts.substr(store, end - store);
        return said.find(R"("ready":false)") != std::string::npos && said.find(word) != std::string::npos;
    }

    void end_of_fault() {
        const auto accepted = hospital_->accepted();
        const bool goes_on = await([&] { return hospital_->accepted() > accepted + 30; });
        verdicts_.require("afterwards it goes on by itself", goes_on);
        if (!goes_on) throw std::runtime_error("the senders would wait for ever");
        verdicts_.require("afterwards /readyz answers 200", await([&] { return engine_.readiness() == 200; }));
    }

    void finish() {
        verdicts_.require("afterwards /api/ready finds nothing wrong", await([&] {
                              const auto parts = engine_.ready_parts();
                              return parts.rfind(R"({"ready":true)", 0) == 0 &&
                                     parts.find(R"("ready":false)") == std::string::npos;
                          }));
        hospital_->stop();
        const bool drained = await([&] { return engine_.pending() == 0; });
        std::printf("%zu messages acknowledged, %lu refused, %lu sent again without an answer\n",
                    hospital_->journal().size(), static_cast<unsigned long>(hospital_->refused()),
                    static_cast<unsigned long>(hospital_->resent()));
        verdicts_.check("the engine stops when asked", engine_.stop());
        receiver_.stop();
        verdicts_.check("whoever is refused is told why", static_cast<long>(hospital_->wordless()));
        verdicts_.check("the same bytes are answered with the same answer", long(hospital_->contradicted()));
        verdicts_.require("deliveries are all made in the end", drained);
        verdicts_.check(check_ledger(database_.store, options_.data, hospital_->journal(), {drained, false}));
        const auto received = receiver_.received();
        const auto [figures, findings] =
            check_receipts(database_.store, options_.data, {hospital_->journal(), received, false, false});
        std::printf("%ld deliveries, %ld received, %ld doubles, %ld of them explained\n", figures.deliveries,
                    figures.received, figures.doubles, figures.explained);
        verdicts_.check(findings);
    }

    const RunOptions& options_;
    std::string fault_;
    Database database_;
    Receiver receiver_;
    EngineProcess engine_;
    std::unique_ptr<Hospital> hospital_;
    Verdicts verdicts_;
};

}  // namespace

int main(int count, char** arguments) {
    return run_series<FaultRun>(count, arguments);
}
