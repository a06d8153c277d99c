// One fault under load: what the engine says meanwhile, that it goes on by itself afterwards, and that nothing is lost
// or doubled.
//
//   durability_faults PROGRAM CONF DATA --fault NAME [--seed N] [--disk LIBRARY] [--log FILE]
//
//   disk-full     DATA becomes a small file system, which fills up; then there is room again. Needs root
//   locked        another process holds the write lock of the SQLite file for ten seconds
//   read-only     every write fails, as on a file system that an error made read-only; then the engine is started on
//   one sync-fails    every sync fails, and nothing of what was to be synced is ever written; in the end the power is
//   cut server-gone   PostgreSQL is stopped, and started again
//
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
        ::mount("small", directory.c_str(), "tmpfs", 0, "size=6m") != 0)
        throw Skipped(std::string("a file system cannot be mounted here: ") + std::strerror(errno));
}

void make_room(const std::filesystem::path& directory) {
    if (::mount(nullptr, directory.c_str(), nullptr, MS_REMOUNT, "size=500m") != 0)
        throw std::runtime_error("the file system could not be enlarged");
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
    FaultRun(const RunOptions& options, const std::string& fault)
        : options_(options),
          fault_(fault),
          database_(database_of(fault == "server-gone" ? "postgresql" : "sqlite")),
          engine_(options.program, options.conf, options.data, options.log()) {
        engine_.set("GANTRY_STORE", database_.store);
    }

    int run() {
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

  private:
    void disk_full() {
        mount_small_disk(options_.data);
        begin(4000);
        under_fault("while the disk is full", [] {});
        make_room(options_.data);
        end_of_fault();
        finish();
    }

    void locked() {
        begin(0);
        {
            const WriteLock lock(options_.data / "gantry.db");
            const auto until = std::chrono::steady_clock::now() + seconds(10);
            under_fault("while another program has the database locked", [] {});
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
        under_fault("while the disk is broken", [&] { write_file(switch_file, 0); });
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
        under_fault("while the database server is away", [&] { database_.server->stop(); });
        database_.server->start();
        end_of_fault();
        finish();
    }

    void begin(std::size_t extra_bytes) {
        engine_.start();
        if (!engine_.ready()) throw std::runtime_error("the engine did not become ready");
        const Hospital::Options load{engine_.ports().mllp, 6, options_.number("seed", 1), 2, extra_bytes};
        hospital_ = std::make_unique<Hospital>(load);
        if (!await([&] { return hospital_->accepted() > 50; })) throw std::runtime_error("nothing was accepted");
    }

    void under_fault(const std::string& when, const std::function<void()>& break_it) {
        break_it();
        const auto refused = hospital_->refused();
        const auto later = [&] { return hospital_->refused() >= refused + 12; };
        verdicts_.require(when + " senders are refused", await(later));
        verdicts_.require(when + " /readyz answers 503", await([&] { return engine_.readiness() == 503; }));
        auto refusal = hospital_->last_refusal();
        for (auto& byte : refusal) byte = byte == '\r' ? '\n' : byte;
        std::printf("%s", refusal.c_str());
    }

    void end_of_fault() {
        const auto accepted = hospital_->accepted();
        const bool goes_on = await([&] { return hospital_->accepted() > accepted + 30; });
        verdicts_.require("afterwards it goes on by itself", goes_on);
        if (!goes_on) throw std::runtime_error("the senders would wait for ever");
        verdicts_.require("afterwards /readyz answers 200", await([&] { return engine_.readiness() == 200; }));
    }

    void finish() {
        hospital_->stop();
        const bool drained = await([&] { return engine_.pending() == 0; });
        std::printf("%zu messages acknowledged, %lu refused, %lu sent again without an answer\n",
                    hospital_->journal().size(), static_cast<unsigned long>(hospital_->refused()),
                    static_cast<unsigned long>(hospital_->resent()));
        verdicts_.check("the engine stops when asked", engine_.stop());
        verdicts_.check("whoever is refused is told why", static_cast<long>(hospital_->wordless()));
        verdicts_.check("the same bytes are answered with the same answer", long(hospital_->contradicted()));
        verdicts_.require("deliveries are all made in the end", drained);
        verdicts_.check(check_ledger(database_.store, options_.data, hospital_->journal(), drained));
    }

    const RunOptions& options_;
    std::string fault_;
    Database database_;
    EngineProcess engine_;
    std::unique_ptr<Hospital> hospital_;
    Verdicts verdicts_;
};

}  // namespace

int main(int count, char** arguments) {
    const auto options = run_options(count, arguments);
    if (!options || options->text("fault", "").empty()) {
        std::fprintf(stderr, "usage: durability_faults PROGRAM CONF DATA --fault NAME [--NAME VALUE]…\n");
        return 2;
    }
    try {
        return FaultRun(*options, options->text("fault", "")).run();
    } catch (const Skipped& reason) {
        std::printf("skipped: %s\n", reason.what());
        return 0;
    } catch (const std::exception& failure) {
        std::printf("%s\n0 passed, 1 failed\n", failure.what());
        std::fflush(stdout);
        std::_Exit(1);
    }
}
