// Cuts the engine off again and again while orders come in and go on to a receiver that does everything it gets, also
// twice; then compares what the receiver got with what the ledger says.
//
//   durability_deliveries PROGRAM CONF DATA [--kills N] [--seed N] [--database sqlite|postgresql] [--life MILLISECONDS]
//                         [--cut process|power] [--disk LIBRARY] [--in-doubt resend|hold] [--log FILE]
//
//   resend   whatever came twice is explained by attempts that the ledger calls in doubt
//   hold     nothing comes twice; what may have arrived waits for a person
//
// Last line: N passed, N failed.
#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <thread>

#include "tests/durability/database.hpp"
#include "tests/durability/engine_process.hpp"
#include "tests/durability/hospital.hpp"
#include "tests/durability/ledger.hpp"
#include "tests/durability/receiver.hpp"
#include "tests/durability/run_options.hpp"
#include "tests/durability/verdicts.hpp"
#include "tests/durability/volatile_disk.hpp"

namespace {

using namespace gantry::durability;
using std::chrono::milliseconds;

constexpr long delivered = 1, in_doubt = 7;  // effects::Outcome
constexpr unsigned mishaps = 40;

// A delivery as the ledger has it.
struct Delivery {
    std::string control_id, lane;
    long state = 0, doubts = 0;
};

class Series {
  public:
    explicit Series(const RunOptions& options)
        : options_(options),
          kills_(static_cast<int>(options.number("kills", 8))),
          seed_(options.number("seed", 1)),
          life_(options.number("life", 600)),
          holds_(options.text("in-doubt", "resend") == "hold"),
          power_(options.text("cut", "process") == "power"),
          random_(seed_),
          database_(database_of(options.text("database", "sqlite"))),
          receiver_(seed_, mishaps),
          engine_(options.program, options.conf, options.data, options.log()) {
        engine_.set("GANTRY_STORE", database_.store);
        engine_.set("GANTRY_RECEIVER_PORT", std::to_string(receiver_.port()));
        engine_.set("GANTRY_IN_DOUBT", holds_ ? "hold" : "resend");
        if (!power_) return;
        engine_.set("LD_PRELOAD", options_.text("disk", ""));
        engine_.set(disk_report_variable, options_.data / "disk-report");
        engine_.set(disk_sync_variable, "8000");
    }

    int run() {
        Hospital hospital({engine_.ports().mllp, 6, seed_, 10, 0});
        for (int i = 0; i < kills_; ++i) live_and_be_cut(i);
        start();
        hospital.stop();
        const bool drained = drain();
        const bool stopped = power_ ? (engine_.kill(), true) : engine_.stop() == 0;
        receiver_.stop();
        verdicts_.require("the engine stops when asked", stopped);
        verdicts_.require("what can be delivered is delivered in the end", drained);
        compare(hospital.journal());
        return verdicts_.conclude();
    }

  private:
    void start() {
        engine_.start();
        if (!engine_.ready()) throw std::runtime_error("the engine did not become ready");
    }

    void live_and_be_cut(int life) {
        if (power_) engine_.set(disk_seed_variable, std::to_string(seed_ * 1000 + static_cast<unsigned>(life)));
        start();
        std::this_thread::sleep_for(milliseconds(random_() % life_));
        engine_.kill();
    }

    // Pending deliveries that wait behind one in doubt stay: until nothing more arrives.
    bool drain() {
        std::size_t before = 0;
        for (int quiet = 0, i = 0; i < 2400 && quiet < 40; ++i) {
            if (!holds_ && engine_.pending() == 0) return true;
            const auto now = receiver_.count();
            quiet = now == before ? quiet + 1 : 0;
            before = now;
            std::this_thread::sleep_for(milliseconds(50));
        }
        return holds_;
    }

    std::vector<Delivery> deliveries() {
        const auto rows = open_ledger(database_.store, options_.data)->rows(R"(
            SELECT m.control_id, d.lane, d.state,
                   (SELECT count(*) FROM delivery_attempt a WHERE a.delivery = d.id AND a.verdict = 7)
            FROM delivery d JOIN message m ON m.id = d.message ORDER BY d.id)");
        std::vector<Delivery> out;
        for (const auto& row : rows) out.push_back({row[0], row[1], std::stol(row[2]), std::stol(row[3])});
        return out;
    }

    void compare(const std::vector<Acknowledged>& journal) {
        const auto all = deliveries();
        const auto received = receiver_.received();
        std::map<std::string, long> times, first;
        for (std::size_t n = 0; n < received.size(); ++n) {
            ++times[received[n]];
            first.emplace(received[n], static_cast<long>(n));
        }
        std::map<std::string, const Delivery*> of_message;
        for (const auto& delivery : all) of_message[delivery.control_id] = &delivery;
        report(journal.size(), all, received.size(), times.size());

        verdicts_.check("every acknowledged message has a delivery",
                        count(journal, [&](const auto& entry) { return of_message.count(entry.control_id) == 0; }));
        verdicts_.check("what the ledger calls delivered arrived", count(all, [&](const auto& one) {
                            return one.state == delivered && times.count(one.control_id) == 0;
                        }));
        verdicts_.check("what came twice is explained by attempts in doubt", count(all, [&](const auto& one) {
                            return times.count(one.control_id) > 0 && times[one.control_id] > 1 + one.doubts;
                        }));
        verdicts_.check("nothing arrived that has no delivery",
                        count(times, [&](const auto& one) { return of_message.count(one.first) == 0; }));
        verdicts_.check("deliveries of one key arrive first in the order in which a sender sent them",
                        out_of_order(all, first));
        if (holds_) {
            verdicts_.check("nothing came twice", count(times, [](const auto& one) { return one.second > 1; }));
            verdicts_.check("what is not delivered waits for a person, or behind such a one", stranded(all));
            verdicts_.require("something was in doubt",
                              count(all, [](const auto& one) { return one.state == in_doubt; }) > 0);
        } else {
            verdicts_.check("every delivery was made",
                            count(all, [](const auto& one) { return one.state != delivered; }));
        }
    }

    template <class All, class Is>
    static long count(const All& all, Is is) {
        return static_cast<long>(std::count_if(all.begin(), all.end(), is));
    }

    // Of one sender, which waits for each answer; what two of them send at once about a patient has no order.
    static long out_of_order(const std::vector<Delivery>& all, const std::map<std::string, long>& first) {
        std::map<std::string, long> last;
        long out = 0;
        for (const auto& one : all) {
            const auto found = first.find(one.control_id);
            if (found == first.end()) continue;
            const auto sender = one.control_id.substr(0, one.control_id.rfind('C'));
            auto& before = last.emplace(one.lane + " " + sender, -1).first->second;
            if (found->second < before) ++out;
            before = std::max(before, found->second);
        }
        return out;
    }

    static long stranded(const std::vector<Delivery>& all) {
        std::map<std::string, bool> blocked;
        long out = 0;
        for (const auto& one : all) {
            if (one.state == in_doubt) blocked[one.lane] = true;
            if (one.state == 0 && !blocked[one.lane]) ++out;
        }
        return out;
    }

    void report(std::size_t acknowledged, const std::vector<Delivery>& all, std::size_t received,
                std::size_t different) {
        long doubts = 0;
        for (const auto& one : all) doubts += one.doubts;
        std::printf(
            "seed %u, %d cuts: %zu messages acknowledged, %zu deliveries, %zu received, %zu of them different, "
            "%ld attempts in doubt\n",
            seed_, kills_, acknowledged, all.size(), received, different, doubts);
    }

    const RunOptions& options_;
    int kills_;
    unsigned seed_, life_;
    bool holds_, power_;
    std::minstd_rand random_;
    Database database_;
    Receiver receiver_;
    EngineProcess engine_;
    Verdicts verdicts_;
};

}  // namespace

int main(int count, char** arguments) {
    const auto options = run_options(count, arguments);
    if (!options) {
        std::fprintf(stderr, "usage: durability_deliveries PROGRAM CONF DATA [--NAME VALUE]…\n");
        return 2;
    }
    try {
        return Series(*options).run();
    } catch (const std::exception& failure) {
        std::printf("%s\n0 passed, 1 failed\n", failure.what());
        return 1;
    }
}
