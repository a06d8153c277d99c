// Changes the configuration again and again under load, with SIGHUP, and checks afterwards that no message was lost,
// none was taken twice, and no connection broke.
//
//   durability_reload PROGRAM CONF DATA [--reloads N] [--rate MESSAGES-PER-SECOND] [--database sqlite|postgresql]
//   [--log FILE]
//
// CONF is looked at for the shipped mappings and tables beside it. Last line: N passed, N failed.
#include <algorithm>
#include <cstdio>

#include "tests/durability/changing_configuration.hpp"
#include "tests/durability/database.hpp"
#include "tests/durability/ledger.hpp"
#include "tests/durability/run_options.hpp"
#include "tests/durability/steady_senders.hpp"
#include "tests/durability/verdicts.hpp"

namespace {

using namespace gantry::durability;
using std::chrono::milliseconds, std::chrono::steady_clock;

double since(steady_clock::time_point begin) {
    return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

class Run {
  public:
    explicit Run(const RunOptions& options)
        : options_(options),
          reloads_(options.number("reloads", 20)),
          rate_(options.number("rate", 1000)),
          database_(database_of(options.text("database", "sqlite"))),
          engine_(options.program, options.data / "conf", options.data, options.log()),
          // Two ports for a channel that moves, behind those that the engine has chosen.
          moving_ports_(free_ports(engine_.ports().dicom + 1u)),
          configuration_(options.conf / "..", options.data / "conf", moving_ports_.mllp, moving_ports_.http) {
        engine_.set("GANTRY_STORE", database_.store);
    }

    int run() {
        engine_.start();
        verdicts_.require("the engine becomes ready", engine_.ready().has_value());
        const auto begin = steady_clock::now();
        SteadySenders staying({"A", engine_.ports().mllp, 12, rate_ * 0.75});
        SteadySenders moving({"B", moving_ports_.mllp, 4, rate_ * 0.25});
        reload_often();
        staying.stop();
        moving.stop();
        const auto took = since(begin);
        auto journal = staying.journal();
        journal.insert(journal.end(), moving.journal().begin(), moving.journal().end());
        report(journal.size(), took);
        verdicts_.check("no connection was refused, reset or closed",
                        static_cast<long>(staying.broken() + moving.broken()));
        verdicts_.check("every message was accepted", static_cast<long>(staying.refused() + moving.refused()));
        const bool drained = drain();
        verdicts_.require("deliveries are all made in the end", drained);
        verdicts_.check("the engine stops when asked", engine_.stop());
        check_revisions();
        verdicts_.check(check_ledger(database_.store, options_.data, journal, {drained}));
        return verdicts_.conclude();
    }

  private:
    void reload_often() {
        unsigned n = 0;
        while (n < reloads_ && reload(configuration_.change(n + 1))) ++n;
        configuration_.settle(n);
        const bool settled = reload(true);
        verdicts_.require("every reload was done, or refused when it had a mistake", settled && n == reloads_);
    }

    // False: the engine did neither within a minute.
    bool reload(bool sound) {
        ++(sound ? done_ : refused_);
        const auto begin = steady_clock::now();
        engine_.reload();
        while (engine_.reloads(false) != done_ || engine_.reloads(true) != refused_) {
            if (since(begin) > 60) return false;
            std::this_thread::sleep_for(milliseconds(2));
        }
        times_.push_back(since(begin) * 1000);
        return true;
    }

    bool drain() {
        for (int i = 0; i < 1200 && engine_.pending() != 0; ++i) std::this_thread::sleep_for(milliseconds(50));
        return engine_.pending() == 0;
    }

    void report(std::size_t messages, double took) {
        std::sort(times_.begin(), times_.end());
        std::printf(
            "%ld reloads done and %ld refused in %.1f s, median %.0f ms, longest %.0f ms; %zu messages, %.0f per "
            "second\n",
            done_, refused_, took, times_.empty() ? 0 : times_[times_.size() / 2], times_.empty() ? 0 : times_.back(),
            messages, static_cast<double>(messages) / took);
    }

    void check_revisions() {
        const auto ledger = open_ledger(database_.store, options_.data);
        verdicts_.check("no message came twice", ledger->count("SELECT count(*) FROM message WHERE outcome = 4"));
        verdicts_.check(
            "every message names a revision that is kept",
            ledger->count("SELECT count(*) FROM message WHERE revision NOT IN (SELECT id FROM channel_revision)"));
        // Ids of messages grow in the order of the commits, if one committer makes them.
        if (!database_.server)
            verdicts_.check("no message was read with an older revision than one of its connection before it",
                            ledger->count(R"(SELECT count(*) FROM (SELECT revision, lag(revision)
                                OVER (PARTITION BY peer ORDER BY id) AS earlier FROM message WHERE channel = 'his') m
                                WHERE revision < earlier)"));
        const auto used = ledger->count("SELECT count(DISTINCT revision) FROM message WHERE channel = 'his'");
        std::printf("%ld revisions of one channel handled messages\n", used);
        verdicts_.require("most reloads were in force while messages came in", used * 2 >= done_);
    }

    const RunOptions& options_;
    unsigned reloads_;
    double rate_;
    Database database_;
    EngineProcess engine_;
    Ports moving_ports_;
    ChangingConfiguration configuration_;
    long done_ = 0, refused_ = 0;
    std::vector<double> times_;  // ms
    Verdicts verdicts_;
};

}  // namespace

int main(int count, char** arguments) {
    return run_series<Run>(count, arguments);
}
