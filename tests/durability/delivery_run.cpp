// Cuts the engine off again and again while orders come in and go on to a receiver that does everything it gets, also
// twice; then compares what the receiver got with what the ledger says, and the ledger with what senders were told.
//
//   durability_deliveries PROGRAM CONF DATA [--kills N] [--seed N] [--database sqlite|postgresql] [--life MILLISECONDS]
//                         [--cut process|power] [--disk LIBRARY] [--at random|points] [--points LIBRARY]
//                         [--in-doubt resend|hold] [--log FILE]
//
//   power    SQLite: on a disk that forgets what was not synced (volatile_disk.hpp). PostgreSQL: the server is ended by
//            kill -9 at the same moment
//   resend   whatever came twice is explained by attempts that the ledger calls in doubt
//   hold     nothing comes twice; what may have arrived waits for a person. With --at points there is one, who looks
//            at the receiver and decides: then every delivery arrives exactly once
//   points   at the kill points of kill_points.hpp in turn, by a plan that the seed makes (kill_plan.hpp)
//
// With --at points the line before the last begins with "in all:". Last line: N passed, N failed.
#include <cstdio>
#include <random>
#include <thread>

#include "tests/durability/clerk.hpp"
#include "tests/durability/database.hpp"
#include "tests/durability/engine_process.hpp"
#include "tests/durability/hospital.hpp"
#include "tests/durability/kill_plan.hpp"
#include "tests/durability/ledger_check.hpp"
#include "tests/durability/receipts.hpp"
#include "tests/durability/receiver.hpp"
#include "tests/durability/report_file.hpp"
#include "tests/durability/run_options.hpp"
#include "tests/durability/verdicts.hpp"
#include "tests/durability/volatile_disk.hpp"

namespace {

using namespace gantry::durability;
using std::chrono::milliseconds, std::chrono::seconds;

constexpr unsigned mishaps = 40;
constexpr seconds longest_life(10);  // of an engine that never reaches the point it is to end at
constexpr int lives_between_visits = 8;

class Series {
  public:
    explicit Series(const RunOptions& options)
        : options_(options),
          kills_(static_cast<int>(options.number("kills", 8))),
          seed_(options.number("seed", 1)),
          life_(options.number("life", 600)),
          holds_(options.text("in-doubt", "resend") == "hold"),
          power_(options.text("cut", "process") == "power"),
          volatile_(power_ && options.text("database", "sqlite") == "sqlite"),
          points_(options.text("at", "random") == "points"),
          random_(seed_),
          database_(database_of(options.text("database", "sqlite"))),
          plan_(seed_, !volatile_ && !database_.server),
          receiver_(seed_, mishaps),
          engine_(options.program, options.conf, options.data, options.log()),
          clerk_(engine_.ports().http, "forward/ris", receiver_) {
        engine_.set("GANTRY_STORE", database_.store);
        engine_.set("GANTRY_RECEIVER_PORT", std::to_string(receiver_.port()));
        engine_.set("GANTRY_IN_DOUBT", holds_ ? "hold" : "resend");
        engine_.set("LD_PRELOAD",
                    (points_ ? options.text("points", "") : "") + (power_ ? ":" + options.text("disk", "") : ""));
        engine_.set(disk_report_variable, options_.data / "disk-report");
        engine_.set(disk_sync_variable, "8000");
        engine_.set(kill_report_variable, kill_report());
        engine_.set(kill_receiver_variable, std::to_string(receiver_.port()));
    }

    int run() {
        hospital_ = std::make_unique<Hospital>(Hospital::Options{engine_.ports().mllp, 6, seed_, 10, 0});
        for (life_number_ = 0; life_number_ < kills_; ++life_number_) points_ ? live_to_a_point() : live_and_be_cut();
        start();
        hospital_->stop();
        const bool drained = settle();
        const bool stopped = power_ ? (engine_.kill(), true) : engine_.stop() == 0;
        receiver_.stop();
        verdicts_.require("the engine stops when asked", stopped);
        verdicts_.require("what can be delivered is delivered in the end", drained);
        compare();
        return verdicts_.conclude();
    }

  private:
    std::filesystem::path kill_report() const { return options_.data / "kill-report"; }

    void start() {
        if (power_) engine_.set(disk_seed_variable, std::to_string(seed_ * 1000 + static_cast<unsigned>(life_number_)));
        engine_.start();
        if (!engine_.ready()) throw std::runtime_error("the engine did not become ready");
    }

    void live_and_be_cut() {
        start();
        std::this_thread::sleep_for(milliseconds(random_() % life_));
        engine_.kill();
        if (power_) end_server();
    }

    void live_to_a_point() {
        if (holds_ && life_number_ % lives_between_visits == lives_between_visits - 1) visit();
        const auto planned = plan_.next();
        engine_.set(kill_point_variable, std::to_string(static_cast<unsigned>(planned.point)));
        engine_.set(kill_crossing_variable, std::to_string(planned.crossing));
        engine_.set(kill_linger_variable, std::to_string(planned.linger_micros));
        if (power_) engine_.set(disk_seed_variable, std::to_string(seed_ * 1000 + static_cast<unsigned>(life_number_)));
        engine_.start();
        const auto how = engine_.ended(longest_life);
        if (!how) engine_.kill();
        if (how && *how != -1) throw std::runtime_error("the engine ended by itself; its log is " + log());
        engine_.unset(kill_point_variable);
        if (power_) end_server();
    }

    void end_server() {
        if (!database_.server) return;
        database_.server->kill();
        database_.server->start();
    }

    std::string log() const { return options_.log().string(); }

    // One life in which nothing is to go wrong but what always may.
    void visit() {
        receiver_.await_hanging_up();
        start();
        (void)clerk_.decide();
        std::this_thread::sleep_for(milliseconds(random_() % life_));
        engine_.kill();
    }

    bool settle() {
        bool drained = drain();
        // What is released may be answered with silence again, and then somebody has to look again.
        for (int round = 0; points_ && holds_ && round < 50; ++round) {
            if (clerk_.decide() == 0) break;
            drained = drain();
        }
        return drained && (!points_ || !holds_ || engine_.pending() == 0);
    }

    // Pending deliveries that wait behind one in doubt stay: until nothing more arrives.
    bool drain() {
        std::size_t before = 0;
        for (int quiet = 0, i = 0; i < 2400 && quiet < 40; ++i) {
            if (engine_.pending() == 0) return true;
            const auto now = receiver_.count();
            quiet = holds_ && now == before ? quiet + 1 : 0;
            before = now;
            std::this_thread::sleep_for(milliseconds(50));
        }
        return holds_;
    }

    void compare() {
        const auto received = receiver_.received();
        const Receipts receipts{hospital_->journal(), received, holds_, points_ && holds_};
        const auto [figures, findings] = check_receipts(database_.store, options_.data, receipts);
        std::printf(
            "seed %u, %d cuts: %zu messages acknowledged, %ld deliveries, %ld received, %ld of them different, "
            "%ld attempts in doubt\n",
            seed_, kills_, hospital_->journal().size(), figures.deliveries, figures.received, figures.different,
            figures.doubts);
        verdicts_.check(findings);
        if (holds_) verdicts_.require("something was in doubt", figures.doubts > 0);
        verdicts_.check("the same bytes are answered with the same answer", long(hospital_->contradicted()));
        verdicts_.check(check_ledger(database_.store, options_.data, hospital_->journal(), {false, false}));
        if (points_) compare_points(figures);
    }

    void compare_points(const ReceiptFigures& figures) {
        const ReportFile<KillReport> report(kill_report());
        std::size_t hit = 0;
        unsigned long kills = 0;
        for (std::size_t i = 0; i < kill_point_count; ++i) {
            const auto times = report->kills[i].load();
            hit += times > 0 ? 1 : 0;
            kills += times;
            std::printf("%6lu kills of %9lu times %s\n", static_cast<unsigned long>(times),
                        static_cast<unsigned long>(report->crossed[i].load()), kill_point_names[i]);
        }
        const bool every_point = static_cast<std::size_t>(kills_) >= plan_.points();
        if (every_point && !holds_) verdicts_.require("something came twice", figures.doubles > 0);
        if (every_point) verdicts_.require("the engine was ended at every point", hit == plan_.points());
        std::printf("in all: %zu of %zu points hit, %lu kills, %ld lost, %ld doubles, %ld explained\n", hit,
                    plan_.points(), kills, figures.lost, figures.doubles, figures.explained);
    }

    const RunOptions& options_;
    int kills_;
    unsigned seed_, life_;
    bool holds_, power_, volatile_, points_;
    int life_number_ = 0;
    std::minstd_rand random_;
    Database database_;
    KillPlan plan_;
    Receiver receiver_;
    EngineProcess engine_;
    Clerk clerk_;
    std::unique_ptr<Hospital> hospital_;
    Verdicts verdicts_;
};

}  // namespace

int main(int count, char** arguments) {
    return run_series<Series>(count, arguments);
}
