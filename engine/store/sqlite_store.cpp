#include <odb/exceptions.hxx>

#include "engine/store/open_store.hpp"
#include "engine/store/records/fold_names.hpp"
#include "engine/store/records/message_views.hpp"
#include "engine/store/records/readers.hpp"
#include "engine/store/records/record_walk.hpp"
#include "engine/store/records/subscriptions.hpp"
#include "engine/store/sqlite/database.hpp"
#include "engine/store/sqlite/deliveries.hpp"
#include "engine/store/sqlite/intake.hpp"
#include "engine/store/sqlite/retention_rows.hpp"
#include "engine/store/sqlite/text_index.hpp"

namespace gantry::store {
namespace {

// Beside the workers, who record attempts at the same moment.
int node_of_decisions(int node) {
    constexpr int half_of_all_nodes = 512;
    return (node + half_of_all_nodes) % (2 * half_of_all_nodes);
}

std::unique_ptr<sqlite::SqliteTextIndex> text_index_of(sqlite::Database& database, sqlite::Writer& writer,
                                                       const StoreOptions& options) {
    if (options.search_text) return std::make_unique<sqlite::SqliteTextIndex>(database.odb(), writer, options.readable);
    sqlite::SqliteTextIndex::drop(writer);
    return nullptr;
}

class SqliteStore final : public Store {
  public:
    SqliteStore(std::unique_ptr<sqlite::Database> database, const StoreOptions& options, const Clock& clock,
                events::Sink& events)
        : database_(std::move(database)),
          writer_(database_->writer()),
          intake_(writer_, options, clock, events),
          deliveries_(database_->odb(), writer_, options, clock),
          worklist_(database_->odb()),
          records_(database_->odb()),
          search_(database_->odb()),
          changes_(database_->odb()),
          walk_(database_->odb()),
          subscriptions_(database_->odb(), [this](const std::function<void()>& work) { writer_.exclusively(work); }),
          ledger_(database_->odb()),
          text_(text_index_of(*database_, writer_, options)),
          messages_(database_->odb(), text_.get()),
          queues_(database_->odb()),
          control_(database_->odb(), clock, node_of_decisions(options.node), 0,
                   [this](const std::function<void()>& work) { writer_.exclusively(work); }),
          revisions_(database_->odb(), clock, [this](const std::function<void()>& work) { writer_.exclusively(work); }),
          tokens_(database_->odb(), [this](const std::function<void()>& work) { writer_.exclusively(work); }),
          retention_rows_(database_->odb(), writer_, text_.get()),
          retention_(retention_rows_, options.duplicate_window) {}

    std::vector<Intake*> intakes() override { return {&intake_}; }
    Deliveries& deliveries() override { return deliveries_; }
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
        // A disk that is nearly full has room for a probe and not for an order, so what happened to those counts first.
        if (auto recently = intake_.recently()) return *recently;
        return writer_.probe(R"(INSERT OR REPLACE INTO "lease" VALUES ('probe', '', 0, 0))");
    }

  private:
    std::unique_ptr<sqlite::Database> database_;
    sqlite::Writer writer_;
    sqlite::SqliteIntake intake_;
    sqlite::SqliteDeliveries deliveries_;
    WorklistView worklist_;
    RecordsView records_;
    RecordSearchView search_;
    ChangesView changes_;
    RecordWalkView walk_;
    SubscriptionsView subscriptions_;
    LedgerView ledger_;
    std::unique_ptr<sqlite::SqliteTextIndex> text_;
    MessagesView messages_;
    QueuesView queues_;
    DeliveryControlView control_;
    RevisionsView revisions_;
    TokensView tokens_;
    sqlite::SqliteRetentionRows retention_rows_;
    RetentionPass retention_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const StoreOptions& options, const std::filesystem::path& path,
                                           const Clock& clock, events::Sink& events) {
    try {
        if (!path.empty() && path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
        auto database = std::make_unique<sqlite::Database>(path);
        if (auto migrated = database->migrate(); !migrated) return migrated.error();
        fold_names(database->odb(), [](const std::function<void()>& work) { work(); });
        return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(database), options, clock, events));
    } catch (const sqlite::Failure& failure) {
        return Error{failure.about_storage() ? ErrorCode::storage_unavailable : ErrorCode::storage_schema_broken,
                     failure.what(), path.string()};
    } catch (const std::exception&) {
        return Error{ErrorCode::storage_unavailable, "the database file cannot be opened", path.string()};
    }
}

Result<std::unique_ptr<RevisionReader>> open_sqlite_revisions(const std::filesystem::path& path) {
    try {
        auto database = sqlite::open_to_read(path);
        if (!database) return database.error();
        return std::unique_ptr<RevisionReader>(std::make_unique<RevisionsOnly>(std::move(*database)));
    } catch (const std::exception&) {
        return Error{ErrorCode::storage_unavailable, "the database file cannot be opened", path.string()};
    }
}

}  // namespace gantry::store
