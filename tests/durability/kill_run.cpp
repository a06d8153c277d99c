// Cuts the engine off again and again at random moments under load, one database through all of it, and checks
// afterwards that every message it had acknowledged is there, once, with everything it meant.
//
//   durability_kill PROGRAM CONF DATA [--kills N] [--seed N] [--database sqlite|postgresql] [--life MILLISECONDS]
//                   [--cut process|power|server] [--disk LIBRARY] [--synchronous OFF|NORMAL] [--log FILE]
//
//   process  kill -9 of the engine
//   power    the same on a disk that forgets what was not synced (volatile_disk.hpp): in the middle of every second
//            life's nth sync, else at a random moment. SQLite
//   server   of PostgreSQL: kill -9 of its first process, or an immediate shutdown; the engine goes on
//
// --synchronous runs the engine with less than it is shipped with, and then losses must be found: the proof that they
// would be. Last line: N passed, N failed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include "tests/durability/database.hpp"
#include "tests/durability/engine_process.hpp"
#include "tests/durability/hospital.hpp"
#include "tests/durability/report_file.hpp"
#include "tests/durability/run_options.hpp"
#include "tests/durability/verdicts.hpp"
#include "tests/durability/volatile_disk.hpp"

namespace {

using namespace gantry::durability;
using std::chrono::milliseconds;

class Series {
  public:
    explicit Series(const RunOptions& options)
        : options_(options),
          kills_(static_cast<int>(options.number("kills", 8))),
          seed_(options.number("seed", 1)),
          life_(options.number("life", 1500)),
          cut_(options.text("cut", "process")),
          weakened_(options.text("synchronous", "")),
          random_(seed_),
          database_(database_of(options.text("database", "sqlite"))),
          engine_(options.program, options.conf, options.data, options.log()) {
        engine_.set("GANTRY_STORE", database_.store);
        if (cut_ == "power") insert_disk();
    }

    int run() {
        if (!weakened_.empty()) make_database();
        const Hospital::Options load{engine_.ports().mllp, 6, seed_, 10, 0};
        hospital_ = std::make_unique<Hospital>(load);
        cut_ == "server" ? kill_servers() : kill_engines();
        return weakened_.empty() ? conclude() : conclude_weakened();
    }

  private:
    std::filesystem::path report_file() const { return options_.data / "disk-report"; }

    void insert_disk() {
        engine_.set("LD_PRELOAD", options_.text("disk", ""));
        engine_.set(disk_report_variable, report_file());
        engine_.set(disk_sync_variable, "8000");
    }

    // Every other engine folds its WAL back all the time, so that the cuts find that too.
    void shuffle_disk(int life) {
        engine_.set(disk_seed_variable, std::to_string(seed_ * 1000 + static_cast<unsigned>(life)));
        if (life / 2 % 2 == 1)
            engine_.set(disk_checkpoint_variable, "40");
        else
            engine_.unset(disk_checkpoint_variable);
    }

    // With the settings it is shipped with: what comes later is to be lost, not what the program needs to start.
    void make_database() {
        engine_.start();
        wait_until_ready();
        engine_.stop();
        engine_.set(disk_synchronous_variable, weakened_);
    }

    // Without an engine the hospital would wait for ever.
    double wait_until_ready() {
        if (const auto took = engine_.ready()) return took->count();
        std::printf("the engine did not become ready; its log is %s\n0 passed, 1 failed\n", options_.log().c_str());
        std::fflush(stdout);
        engine_.kill();
        std::_Exit(1);
    }

    void pause_up_to(unsigned most) { std::this_thread::sleep_for(milliseconds(random_() % most)); }

    // Without syncs a cut may take the whole database: an engine that refuses to work on it is right.
    bool lost_the_database() {
        lost_all_ = !engine_.ready().has_value();
        if (lost_all_) engine_.kill();
        return lost_all_;
    }

    void kill_engines() {
        for (int i = 0; i < kills_ && !lost_all_; ++i) {
            if (cut_ == "power") shuffle_disk(i);
            if (cut_ == "power" && weakened_.empty() && i % 2 == 0)
                live_until_sync(i / 2 + 1);
            else
                live_and_be_killed();
        }
        engine_.unset(disk_cut_variable);
    }

    void live_until_sync(int number) {
        engine_.set(disk_cut_variable, std::to_string(number));
        engine_.start();
        if (!engine_.ended(std::chrono::minutes(1))) engine_.kill();
        engine_.unset(disk_cut_variable);
    }

    void live_and_be_killed() {
        engine_.start();
        if (weakened_.empty() && random_() % 10 == 0) {
            pause_up_to(60);
        } else {
            if (!weakened_.empty() && lost_the_database()) return;
            if (weakened_.empty()) starts_.push_back(wait_until_ready());
            if (!weakened_.empty()) await_acceptance();  // else there would be nothing to lose
            std::this_thread::sleep_for(milliseconds(50));
            pause_up_to(life_);
        }
        engine_.kill();
    }

    void kill_servers() {
        engine_.start();
        starts_.push_back(wait_until_ready());
        for (int i = 0; i < kills_; ++i) {
            pause_up_to(life_);
            random_() % 2 == 0 ? database_.server->kill() : database_.server->stop();
            pause_up_to(300);
            if (random_() % 4 == 0) engine_.kill();  // it too
            database_.server->start();
            if (engine_.id() == 0) engine_.start();
            await_acceptance();
        }
        engine_.kill();
    }

    void await_acceptance() {
        const auto before = hospital_->accepted();
        while (hospital_->accepted() == before) std::this_thread::sleep_for(milliseconds(5));
    }

    int conclude() {
        engine_.start();
        starts_.push_back(wait_until_ready());
        hospital_->stop();
        const bool drained = drain();
        if (cut_ == "power")
            engine_.kill();
        else
            verdicts_.check("the engine stops when asked", engine_.stop());
        report();
        verdicts_.check("every message was accepted at once", cut_ == "server" ? 0 : long(hospital_->refused()));
        verdicts_.check("whoever is refused is told why", static_cast<long>(hospital_->wordless()));
        verdicts_.check("the same bytes are answered with the same answer", long(hospital_->contradicted()));
        verdicts_.require("deliveries are all made in the end", drained);
        if (cut_ == "power") check_disk();
        verdicts_.check(check_ledger(database_.store, options_.data, hospital_->journal(), {drained}));
        return verdicts_.conclude();
    }

    int conclude_weakened() {
        hospital_->abandon();
        report();
        const auto journal = hospital_->journal();
        const auto lost = lost_all_ ? static_cast<long>(hospital_->accepted())
                                    : lost_messages(check_ledger(database_.store, options_.data, journal, {false}));
        const auto early = ReportFile<DiskReport>(report_file())->early.load();
        std::printf("synchronous=%s: %ld acknowledged messages lost, %lu acknowledged before their sync\n",
                    weakened_.c_str(), lost, static_cast<unsigned long>(early));
        verdicts_.require("with synchronous=" + weakened_ + " losses are found", lost != 0);
        verdicts_.require("with synchronous=" + weakened_ + " early acknowledgments are found", early > 0);
        return verdicts_.conclude();
    }

    bool drain() {
        for (int i = 0; i < 1200 && engine_.pending() != 0; ++i) std::this_thread::sleep_for(milliseconds(50));
        return engine_.pending() == 0;
    }

    void check_disk() {
        const ReportFile<DiskReport> disk(report_file());
        const auto number = [](const std::atomic<std::uint64_t>& count) { return static_cast<unsigned long>(count); };
        std::printf("disk: %lu syncs, cut in %lu of them, %lu sectors written back early; %lu acknowledgments seen\n",
                    number(disk->syncs), number(disk->cuts), number(disk->spilled_sectors), number(disk->acknowledged));
        verdicts_.check("no acknowledgment leaves before its sync has returned", static_cast<long>(disk->early.load()));
        verdicts_.require("the disk saw every acknowledgment", disk->acknowledged >= hospital_->journal().size());
        verdicts_.require("the power was cut within syncs", disk->cuts >= static_cast<std::uint64_t>(kills_) / 2);
    }

    void report() {
        std::printf(
            "seed %u, %d times %s on %s: %zu messages acknowledged, %lu sent again without an answer, "
            "%lu refused\n",
            seed_, kills_, cut_.c_str(), database_.server ? "PostgreSQL" : "SQLite", hospital_->journal().size(),
            static_cast<unsigned long>(hospital_->resent()), static_cast<unsigned long>(hospital_->refused()));
        if (starts_.empty()) return;
        std::sort(starts_.begin(), starts_.end());
        std::printf("start to /readyz: median %.0f ms, longest %.0f ms (%zu starts)\n", starts_[starts_.size() / 2],
                    starts_.back(), starts_.size());
    }

    const RunOptions& options_;
    int kills_;
    unsigned seed_, life_;
    std::string cut_, weakened_;
    bool lost_all_ = false;  // without syncs: the database itself
    std::minstd_rand random_;
    Database database_;
    EngineProcess engine_;
    std::unique_ptr<Hospital> hospital_;
    std::vector<double> starts_;
    Verdicts verdicts_;
};

}  // namespace

int main(int count, char** arguments) {
    return run_series<Series>(count, arguments);
}
