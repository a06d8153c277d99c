#include <algorithm>

#include "engine/store/open_store.hpp"
#include "engine/store/pgsql/database.hpp"
#include "engine/store/pgsql/deliveries.hpp"
#include "engine/store/pgsql/intake.hpp"
#include "engine/store/pgsql/ledger_slots.hpp"
#include "engine/store/pgsql/retention_rows.hpp"
#include "engine/store/pgsql/text_index.hpp"
#include "engine/store/records/fold_names.hpp"
#include "engine/store/records/message_views.hpp"
#include "engine/store/records/readers.hpp"
#include "engine/store/records/record_walk.hpp"
#include "engine/store/records/subscriptions.hpp"

namespace gantry::store {
namespace {

using pgsql::Connection, pgsql::Failure, pgsql::Statement;

// Where ids of an existing database end, so that a clock set back cannot repeat one.
std::int64_t largest_id(Connection& connection) {
    static const Statement largest{
        "largest_id", R"(SELECT greatest((SELECT max("id") FROM "message"), (SELECT max("id") FROM "patient"), )"
                      R"((SELECT max("id") FROM "provider"), (SELECT max("id") FROM "imaging_study"), )"
                      R"((SELECT max("id") FROM "scheduled_procedure_step"), (SELECT max("id") FROM "delivery"), )"
                      R"((SELECT max("id") FROM "change_log"), (SELECT max("id") FROM "delivery_attempt"), )"
                      R"((SELECT max("id") FROM "radiology_report"), (SELECT max("id") FROM "report_order"), )"
                      R"((SELECT max("id") FROM "report_version"), 0))"};
    return connection.run(largest).integer(0, 0);
}

bool keeps_its_promises(Connection& connection) {
    static const Statement fsync{"fsync", "SELECT current_setting('fsync') = 'on'"};
    return connection.run(fsync).integer(0, 0) != 0;
}

std::unique_ptr<pgsql::PgsqlTextIndex> text_index_of(Connection& connection, const StoreOptions& options) {
    if (options.search_text) return std::make_unique<pgsql::PgsqlTextIndex>(options.url, options.readable);
    pgsql::PgsqlTextIndex::drop(connection);
    return nullptr;
}

class PgsqlStore final : public Store {
  public:
    // Failure: the server is gone again.
    PgsqlStore(const StoreOptions& options, const Clock& clock, events::Sink& events)
        : pool_(pgsql::open_pool(options.url)),
          probe_(options.url),
          turn_(options.url, "SET lock_timeout = 0"),
          worklist_(*pool_),
          records_(*pool_),
          search_(*pool_),
          changes_(*pool_),
          walk_(*pool_),
          subscriptions_(*pool_, [this](const std::function<void()>& work) { alone(work); }),
          ledger_(*pool_),
          text_(text_index_of(probe_, options)),
          messages_(*pool_, text_.get()),
          queues_(*pool_),
          // Attempts have the first of a node's numbers, and only intake the others.
          control_(*pool_, clock, options.node * pgsql::most_committers + 1,
                   pgsql::slot_of(options.node, pgsql::LedgerWriter::decisions),
                   [](const std::function<void()>& work) { work(); }),
          revisions_(*pool_, clock, [this](const std::function<void()>& work) { alone(work); }),
          tokens_(*pool_, [this](const std::function<void()>& work) { alone(work); }),
          retention_rows_(options.url, options.node, options.search_text),
          retention_(retention_rows_, options.duplicate_window) {
        probe_.ensure();
        fold_names(*pool_, [this](const std::function<void()>& work) { alone(work); });
        const auto after = largest_id(probe_);
        if (!keeps_its_promises(probe_))
            events::emit(events, "storage_not_durable", events::Level::warning,
                         "the database server runs with fsync off: a power failure loses answered messages");
        for (int number = 0; number < options.committers; ++number)
            intakes_.push_back(
                std::make_unique<pgsql::PgsqlIntake>(options.url, options, number, after, clock, events));
        deliveries_ = std::make_unique<pgsql::PgsqlDeliveries>(*pool_, options.url, options, after, clock);
    }

    std::vector<Intake*> intakes() override {
        std::vector<Intake*> out;
        for (const auto& intake : intakes_) out.push_back(intake.get());
        return out;
    }
    Deliveries& deliveries() override { return *deliveries_; }
    WorklistReader& worklist() override { return worklist_; }
    RecordsReader& records() override { return records_; }
    RecordSearch& search() override { return search_; }
    ChangeReader& changes() override { return changes_; }
    RecordWalk& walk() override { return walk_; }
    Subscriptions& subscriptions() override { return subscriptions_; }
    Ledger& ledger() override { return ledger_; }
    MessageReader& messages() override { return messages_; }
    QueueReader& queues() override { return queues_; }
    DeliveryControl& control() override { return control_; }
    Revisions& revisions() override { return revisions_; }
    Tokens& tokens() override { return tokens_; }
    Retention& retention() override { return retention_; }
    TextIndex* text_index() override { return text_.get(); }

    Result<void> writable() override {
        static const Statement write{"probe", R"(INSERT INTO "lease" VALUES ('probe', '', 0, 0) ON CONFLICT ("name") )"
                                              R"(DO UPDATE SET "epoch" = "lease"."epoch" + 1)"};
        const std::lock_guard lock(probe_mutex_);
        try {
            probe_.transaction([&] { probe_.run(write); });
            return {};
        } catch (const Failure& failure) {
            return Error{ErrorCode::storage_unavailable, failure.what(), {}};
        }
    }

  private:
    // Runs `work`, which has a session of its own, while no other node does the same.
    void alone(const std::function<void()>& work) {
        const std::lock_guard lock(turn_mutex_);
        turn_.transaction([&] {
            turn_.execute("SELECT pg_advisory_xact_lock(1735290739, 2)");
            work();
        });
    }

    std::unique_ptr<odb::pgsql::database> pool_;
    std::mutex probe_mutex_, turn_mutex_;
    Connection probe_, turn_;
    std::vector<std::unique_ptr<pgsql::PgsqlIntake>> intakes_;
    std::unique_ptr<pgsql::PgsqlDeliveries> deliveries_;
    WorklistView worklist_;
    RecordsView records_;
    RecordSearchView search_;
    ChangesView changes_;
    RecordWalkView walk_;
    SubscriptionsView subscriptions_;
    LedgerView ledger_;
    std::unique_ptr<pgsql::PgsqlTextIndex> text_;
    MessagesView messages_;
    QueuesView queues_;
    DeliveryControlView control_;
    RevisionsView revisions_;
    TokensView tokens_;
    pgsql::PgsqlRetentionRows retention_rows_;
    RetentionPass retention_;
};

std::optional<Error> impossible(const StoreOptions& options) {
    if (options.node < 0 || options.node >= pgsql::most_nodes)
        return Error{ErrorCode::config_out_of_range, "node: 0 to 255 on PostgreSQL", "/node"};
    if (options.committers < 1 || options.committers > pgsql::most_committers)
        return Error{ErrorCode::config_out_of_range, "committers: 1 to 4", "/committers"};
    return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<Store>> open_pgsql(const StoreOptions& options, const Clock& clock, events::Sink& events) {
    if (auto error = impossible(options)) return std::move(*error);
    if (auto migrated = pgsql::migrate(options.url); !migrated) return migrated.error();
    try {
        return std::unique_ptr<Store>(std::make_unique<PgsqlStore>(options, clock, events));
    } catch (const Failure& failure) {
        return Error{failure.trouble() == pgsql::Trouble::statement ? ErrorCode::storage_schema_broken
                                                                    : ErrorCode::storage_unavailable,
                     failure.what(),
                     {}};
    }
}

Result<std::unique_ptr<RevisionReader>> open_pgsql_revisions(const std::string& target) {
    try {
        if (auto usable = pgsql::schema_is_ours(target); !usable) return usable.error();
        return std::unique_ptr<RevisionReader>(std::make_unique<RevisionsOnly>(pgsql::open_pool(target)));
    } catch (const std::exception&) {
        return Error{ErrorCode::storage_unavailable, "the database cannot be opened", {}};
    }
}

}  // namespace gantry::store
