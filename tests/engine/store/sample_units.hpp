// What the tests of the store share: a store in a place of its own, and messages that order examinations.
#pragma once
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/store/store.hpp"
#include "tests/engine/store/databases.hpp"

namespace gantry::store::testing {

inline constexpr Instant monday{1'795'424'400'000'000};  // 2026-11-23T09:00:00Z
inline constexpr auto monday_date = "20261123";

// One examination ordered; the defaults are a CT on Monday.
struct Order {
    std::string placer = "P1", patient = "100001", accession = "A1", date = monday_date, time = "0900", modality = "CT";
    std::string also_modalities, event_time = "20261123080000", name = "SMITH^JOHN";
    effects::OrderAction action = effects::OrderAction::create;
};

inline effects::Identifier identifier(const std::string& value) {
    return {value, "HOSPA", "MR"};
}

inline effects::PatientChange patient(const std::string& number, const std::string& name = "SMITH^JOHN") {
    effects::PatientChange out;
    out.identifiers = {identifier(number)};
    out.fields.set(effects::PatientField::name, name, "PID-5");
    return out;
}

inline effects::Effects effects_of(const Order& order) {
    using effects::OrderField, effects::StepField;
    effects::Effects out;
    out.ordering_key = order.patient;
    out.patient = patient(order.patient, order.name);
    auto& change = out.orders.emplace_back();
    change.action = order.action;
    change.reply_done = "OK";
    change.reply_unable = "UA";
    change.place = "ORC[1]";
    change.placer = {order.placer, "HIS"};
    change.event_time = order.event_time;
    change.fields.set(OrderField::procedure_code, "CHEST", "OBR-4");
    if (!order.accession.empty()) change.fields.set(OrderField::accession_number, order.accession, "OBR-18");
    auto& step = change.steps.emplace_back();
    step.fields.set(StepField::modality, order.modality, "OBR-24");
    if (!order.also_modalities.empty()) step.fields.set(StepField::also_modalities, order.also_modalities, "OBR-24");
    if (!order.date.empty()) step.fields.set(StepField::start_date, order.date, "OBR-36");
    if (!order.date.empty()) step.fields.set(StepField::start_time, order.time, "OBR-36");
    return out;
}

inline effects::Effects merge(const std::string& prior, const std::string& survivor) {
    effects::Effects out;
    out.ordering_key = survivor;
    out.merges.push_back({identifier(prior), identifier(survivor)});
    return out;
}

// The reply tells one message from another: its control id, what became of it, and its row.
inline Unit unit(const std::string& control_id, effects::Effects effects, const std::string& content = {}) {
    static const effects::OrderPolicy policy;
    Unit out;
    out.channel = "orders";
    out.peer = "127.0.0.1:40000";
    out.received = monday;
    out.sender = "HIS|HOSP";
    out.control_id = control_id;
    out.type = "ORM^O01";
    out.content = content.empty() ? "content of " + control_id : content;
    out.effects = std::move(effects);
    out.policy = &policy;
    out.reply = [control_id](const effects::UnitOutcome& outcome, Instant) {
        return control_id + "|" + std::string(to_text(outcome.outcome)) + "|" + std::to_string(outcome.message);
    };
    return out;
}

// The same each time; no body is stored shorter than it.
inline std::string incompressible(std::size_t length) {
    std::mt19937 draws(7);
    std::string out(length, '\0');
    for (auto& byte : out) byte = static_cast<char>(draws());
    return out;
}

inline Unit order(const std::string& control_id, const Order& what = {}) {
    return unit(control_id, effects_of(what));
}

// A store of the kind that the test is for, and its clock.
class Site {
  public:
    explicit Site(StoreOptions options = {}) : Site(place_of(current_kind()), std::move(options)) {}
    explicit Site(std::unique_ptr<Place> place, StoreOptions options = {})
        : place_(std::move(place)), options_(std::move(options)) {
        options_.url = place_->url();
        reopen();
    }

    void close() { store_.reset(); }
    void reopen() {
        close();
        auto opened = open(options_, place_->directory(), clock, events::nowhere());
        BOOST_REQUIRE_MESSAGE(opened.ok(), (opened.ok() ? "" : opened.error().text()));
        store_ = std::move(*opened);
    }
    Store& operator*() { return *store_; }
    Store* operator->() { return store_.get(); }
    const Place& place() const { return *place_; }
    std::filesystem::path file() const { return place_->directory() / "gantry.db"; }  // on SQLite
    // Seen from outside.
    Rows rows(const std::string& sql) const { return place_->look()->rows(sql); }
    std::string one(const std::string& sql) const { return place_->look()->one(sql); }
    void run(const std::string& sql) const { place_->look()->run(sql); }

    std::vector<Committed> commit(std::vector<Unit> units) { return store_->intake().commit(units); }
    Committed commit(Unit one) { return store_->intake().commit({&one, 1}).front(); }
    std::vector<MessageSummary> latest(std::size_t most = 100) {
        auto all = store_->ledger().latest(most);
        BOOST_REQUIRE(all.ok());
        return std::move(all).value();
    }
    // What a modality that asks for everything is shown.
    std::vector<effects::WorklistRow> worklist(effects::WorklistQuery query = {}) {
        if (query.today.empty()) query.today = monday_date;
        const auto steps = store_->worklist().candidates(query);
        BOOST_REQUIRE(steps.ok());
        auto rows = store_->worklist().rows(*steps, query.today);
        BOOST_REQUIRE(rows.ok());
        return std::move(rows).value();
    }
    // The accession numbers among them, in order.
    std::vector<std::string> accessions(effects::WorklistQuery query = {}) {
        std::vector<std::string> out;
        for (const auto& row : worklist(std::move(query)))
            out.push_back(row.order_fields[effects::OrderField::accession_number]);
        return out;
    }

    FixedClock clock{monday};

  private:
    std::unique_ptr<Place> place_;
    StoreOptions options_;
    std::unique_ptr<Store> store_;
};

inline std::string outcome(const Committed& done) {
    auto out = std::string(to_text(done.outcome.outcome));
    if (done.outcome.error) out += ": " + std::string(info(done.outcome.error->code).name);
    return out;
}

}  // namespace gantry::store::testing
