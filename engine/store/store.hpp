// The store: records, the message ledger, delivery queues, on SQLite or PostgreSQL.
//
// What is durable after which call
//   commit()          when it returns, every unit it reports without a storage error is on disk (fsync done): its row,
//                     body, records, deliveries, change row and the reply. All of one unit, or nothing of it.
//   Deliveries::…     when they return, the attempt and the new state are on disk.
// After a crash at any point the database is a state between two commits; there is nothing to repair.
//
// Threads: one thread per Intake calls commit() (a committer); any thread may use the readers and Deliveries.
#pragma once
#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/digest.hpp"
#include "engine/base/events.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/effects/effects.hpp"
#include "engine/effects/reconcile.hpp"
#include "engine/effects/worklist.hpp"
#include "engine/store/attachments.hpp"
#include "engine/store/delivery_control.hpp"
#include "engine/store/messages.hpp"
#include "engine/store/record_search.hpp"
#include "engine/store/replies.hpp"
#include "engine/store/retention.hpp"
#include "engine/store/stored_body.hpp"
#include "engine/store/text_index.hpp"
#include "engine/store/tokens.hpp"

namespace gantry::store {

class ChangeReader;   // engine/store/changes.hpp
class RecordWalk;     // engine/store/record_walk.hpp
class Subscriptions;  // engine/store/subscriptions.hpp

struct StoreOptions {
    // "sqlite:FILE", relative to the data directory; "sqlite::memory:" for dry runs; or what libpq takes:
    // "postgresql://…" or "host=… dbname=…".
    std::string url = "sqlite:gantry.db";
    int node = 0;  // 0-255 (SQLite: 0-1023), different for each node on one database
    std::chrono::seconds duplicate_window = std::chrono::hours(24 * 7);
    int committers = 2;        // 1-4, on PostgreSQL; SQLite has one writer
    bool search_text = false;  // contents are indexed for free-text search; on every node of a database or on none
    Readable readable;         // what of them; nothing: their bytes
};

// Why a unit is not a message that came just now, but one of the ledger put through its channel once more.
struct Reprocessing {
    MessageId original;
    std::string by, reason;  // who wants it; no control characters
    // False: the unit changes no record, only its deliveries leave, in the lanes of the patients it is about. True:
    // what it says is applied, but not to a record that a message after the original has changed: then nothing is
    // (storage_overtaken).
    bool records = true;
};

// What of a unit can be made before its turn to be committed.
struct Prepared {
    Digest digest;  // of the content
    StoredBody content;
    std::vector<StoredBody> payloads;     // of its deliveries, in their order
    std::vector<Attachment> attachments;  // of all of them, each once
};

// Somebody is told what a unit has done to the records.
struct Notice {
    std::string destination;  // "channel/name"
    std::string payload;
};

// One received message with what it means, to be applied as one.
struct Unit {
    std::string channel, peer;
    std::int64_t revision = 0;  // of the channel document
    Instant received;
    std::string sender;      // channel, MSH-3 and MSH-4: control ids are unique within it
    std::string control_id;  // empty: never a duplicate
    std::string type;        // "ORM^O01"
    std::string content;     // bytes as received
    effects::Effects effects;
    // MSH-13, of a sender that counts its messages (HL7 v2.9 2.10.1): it must follow the number accepted last, which is
    // kept in the same transaction. 0: the sender asks which it is; -1: the next one begins anew.
    std::optional<std::int64_t> number;
    const effects::OrderPolicy* policy = nullptr;
    // Set: it acknowledges a delivery. One that awaits it is told in the same transaction, once; where none does, the
    // unit is filtered. It has no other effect.
    std::optional<Reply> reply_to;
    // Makes the acknowledgment from the outcome, inside the transaction that stores it; pure, must not throw. Called
    // again when the transaction has to be repeated; the last answer counts.
    std::function<std::string(const effects::UnitOutcome&, Instant committed)> reply;
    // An answer that goes another way: made like the reply, and delivered to `answer_to` ("channel/name") whatever the
    // outcome is, but for a duplicate. Empty: there is none.
    std::function<std::string(const effects::UnitOutcome&, Instant committed)> answer{};
    std::string answer_to{};
    // Who is to be told, from what is written and what was there before; only of what is applied. Deliveries like those
    // of the unit. As `reply`.
    std::function<std::vector<Notice>(const effects::Plan&, effects::RecordReader&)> notices{};
    // Set: never a duplicate, and what it delivers leaves even where no record changes. What was held until now because
    // of the original's own error is filtered then, unless this one fails, too.
    std::optional<Reprocessing> reprocessing{};
    bool preview = false;              // decided as if it were committed, and not stored
    std::optional<Prepared> prepared;  // by prepare(), on another thread than the committer's; else by commit()
};
// Nothing of it that is stored may change afterwards.
void prepare(Unit& unit);

struct Committed {
    effects::UnitOutcome outcome;
    std::string reply;      // for a duplicate: the first answer again
    bool durable = false;   // false: nothing was stored (outcome.error says why); the reply must not be an AA
    std::string patches{};  // of a preview: what would change, as in the change log
};

class Intake {
  public:
    virtual ~Intake() = default;
    // Applies the units in their order in one transaction. Never throws; one answer per unit.
    virtual std::vector<Committed> commit(std::span<Unit> units) = 0;
};

// What of a delivery decides when it is made.
struct DeliveryHead {
    DeliveryId id;
    std::string lane;
    int attempts = 0;
    Instant next_attempt;
    Instant begun;  // of an attempt whose end is not known; 0: there is none
    // Accepted by its receiver, and not to be sent again before then; 0: it is not.
    Instant answer_until;
    std::string answer;  // the application acknowledgment that came apart and was not judged; empty: none
    bool urgent = false;
};

// One delivery to make.
struct DeliveryWork {
    DeliveryId id;
    MessageId message;
    std::string channel, destination, lane, payload, message_type, control_id;
    int attempts = 0;
    Instant next_attempt, received;
    std::int64_t number = 0;  // MSH-13, where the destination counts; 0: none
    bool damaged = false;     // the stored payload cannot be read (storage_content_damaged); it is empty here
    Instant begun;            // of an attempt whose beginning is noted; 0: none is
};

class Deliveries {
  public:
    virtual ~Deliveries() = default;
    // Whether ids grow in the order in which deliveries become visible. Where several commit at once one may appear
    // behind another that is seen already, as late as its transaction took.
    virtual bool in_order() const { return true; }
    // Pending deliveries of one destination in the order they arrived, after `after`.
    virtual Result<std::vector<DeliveryHead>> heads(const std::string& destination, DeliveryId after,
                                                    std::size_t most) = 0;
    // The same with all that a destination needs.
    virtual Result<std::vector<DeliveryWork>> pending(const std::string& destination, DeliveryId after,
                                                      std::size_t most) = 0;
    // Those of them that are still pending, or in doubt and answered since, in their order; without change.
    virtual Result<std::vector<DeliveryWork>> load(std::span<const DeliveryId> deliveries) = 0;
    // Notes that attempts begin, of those that are still pending: until record() says how they ended, each may have
    // arrived. One transaction.
    virtual Result<void> begin(std::span<const DeliveryId> deliveries, Instant at) = 0;
    // Gives them the numbers they go out with, in their order: those after the last that was given in their
    // destination. What has a number keeps it. One transaction.
    virtual Result<void> number(const std::string& destination, std::span<const DeliveryId> deliveries) = 0;
    // Notes what will name their application acknowledgments, should these come apart. Before begin(). One transaction.
    virtual Result<void> expect(std::span<const AwaitedReply> replies) = 0;
    // Notes what came over the connections they went out on; of those that were answered already, nothing. One
    // transaction.
    virtual Result<void> answered(std::span<const ReplyHeard> replies) = 0;
    struct Attempt {
        DeliveryId delivery;
        Instant started, finished;
        effects::Outcome state = effects::Outcome::delivered;  // pending: try again at next_attempt
        Instant next_attempt;
        std::string detail;  // no patient data
        enum class Kind : std::uint8_t {
            made,
            doubtful,  // it may have arrived: the attempt is kept as in doubt, whatever the state becomes
            not_made   // nothing was sent: no attempt is counted
        } kind = Kind::made;
        // Which of the delivery's attempts this is, from 1: recorded once, however often it is said, because whether a
        // record() that failed was kept cannot always be known. 0: recorded each time.
        int number = 0;
        Instant answer_until{};  // pending: accepted, its application acknowledgment is awaited until then
        bool judged = false;     // this is what the answer that came apart means, or that none came
        // Its number is taken back, and this is the next to be given in its destination; 0: it is not.
        std::int64_t next_number = 0;
        bool unless_answered = false;  // recorded only where no answer has come apart; always so of doubtful ones
    };
    // Records attempts, and the outcome of each message whose last delivery they finish. What a person held meanwhile
    // stays held unless it was finished. What is in doubt is so until an answer of its own is judged, or a person
    // decides. Doubt about a delivery whose answer has come apart meanwhile is none, and is
    // not recorded. One transaction.
    virtual Result<void> record(std::span<const Attempt> attempts) = 0;
    // A lane with deliveries that wait for a person (held, or in doubt), and the first of them: what came before it is
    // not blocked.
    struct BlockedLane {
        std::string lane;
        DeliveryId first;
    };
    // Of one destination, each lane once.
    virtual Result<std::vector<BlockedLane>> blocked_lanes(const std::string& destination) = 0;
    // Those in doubt of one destination whose application acknowledgment has come after all.
    virtual Result<std::vector<DeliveryHead>> answered_in_doubt(const std::string& destination) = 0;
    // Held ones of one destination of which an attempt has begun and not ended. Whoever has none of them in hand knows
    // that they may have arrived.
    virtual Result<std::vector<DeliveryHead>> held_while_begun(const std::string& destination) = 0;
    // Of a destination that ranks its deliveries (effects::Urgency). Pending urgent ones in the order they arrived,
    // after `after`, without what waits ahead of them.
    virtual Result<std::vector<DeliveryHead>> urgent(const std::string& destination, DeliveryId after,
                                                     std::size_t most) = 0;
    // These with all that is pending ahead of them in their lanes, and ahead of that in its own, in the order they
    // arrived: as many of a single lane as `most_of_lane`, and nothing without all that is ahead of it. Everything of
    // the destination must have a rank, as rank() sees to it.
    virtual Result<std::vector<DeliveryHead>> with_those_ahead(const std::string& destination,
                                                               const std::vector<DeliveryHead>& urgent,
                                                               std::size_t most_of_lane) = 0;
    // What came before the destination ranked its deliveries gets the rank `ordinary`, a part of the queue at a time.
    // Answers up to where that is done; `after` when there was nothing behind it.
    virtual Result<DeliveryId> rank(const std::string& destination, DeliveryId after, std::size_t most) = 0;
    // Those of them that may be sent: pending still, and nobody has stopped their destination.
    virtual Result<std::vector<DeliveryId>> sendable(const std::string& destination,
                                                     std::span<const DeliveryId> deliveries) = 0;
};

class WorklistReader {
  public:
    virtual ~WorklistReader() = default;
    // Steps that may match, in the order they should be shown: narrowed by index on date, modality, numbers and status;
    // the caller matches exactly.
    virtual Result<std::vector<StepId>> candidates(const effects::WorklistQuery& query) = 0;
    // Their rows, in the order of the ids; steps that are gone are left out. At most some hundred at a time.
    virtual Result<std::vector<effects::WorklistRow>> rows(std::span<const StepId> steps, const std::string& today) = 0;
};

// Orders, patients and reports as they are stored, whatever their status: for the shell, case files and the console.
class RecordsReader {
  public:
    virtual ~RecordsReader() = default;
    struct OrderFilter {  // what is empty does not narrow
        OrderId id;
        std::string accession_number, placer_number;
    };
    // Oldest first, with their steps.
    virtual Result<std::vector<effects::OrderRecord>> orders(const OrderFilter& filter, std::size_t most) = 0;
    // Oldest first, with their identifiers; no id: all of them.
    virtual Result<std::vector<effects::PatientRecord>> patients(PatientId id, std::size_t most) = 0;
    struct ReportFilter {  // what is empty does not narrow
        ReportId id;
        std::string accession_number;  // of any of its orders
    };
    // Oldest first, with their orders and all their versions.
    virtual Result<std::vector<effects::ReportRecord>> reports(const ReportFilter& filter, std::size_t most) = 0;
    // An enclosed document by its digest.
    virtual Result<std::optional<effects::StoredDocument>> document(const std::string& digest) = 0;
};

// The ledger read back, for the shell, tests and the console.
struct MessageSummary {
    MessageId id;
    // error_detail: of a message that was filtered the rule
    std::string channel, type, control_id, error, error_detail, reply, content;
    effects::Outcome outcome = effects::Outcome::pending;
    Instant received;
    std::string patches;
};

class Ledger {
  public:
    virtual ~Ledger() = default;
    virtual Result<std::vector<MessageSummary>> latest(std::size_t most) = 0;
    struct Count {
        effects::Outcome outcome;
        std::int64_t messages;
    };
    virtual Result<std::vector<Count>> counts() = 0;
    virtual Result<std::int64_t> pending_deliveries() = 0;

    // received = Σ outcomes + removed, always (engine/store/ledger_tally.hpp); read without counting rows.
    struct Sums {
        std::int64_t received = 0, removed = 0;  // since the database was made; removed: by retention
        std::array<std::int64_t, effects::outcome_count> outcomes{};  // by effects::Outcome
        std::int64_t rows() const;
        // 0; above: messages that were taken and are in no outcome.
        std::int64_t difference() const { return received - removed - rows(); }
    };
    virtual Result<Sums> sums() = 0;
    // Counts rows themselves, a part at a time: those after `after`, as many as `most`.
    struct Part {
        std::int64_t rows = 0;
        MessageId last;  // of the part; none: there is nothing after `after`
    };
    virtual Result<Part> count_rows(MessageId after, std::size_t most) = 0;
    virtual Result<MessageId> newest() = 0;
};

// The documents of the configuration as they were in force. Names: a channel's, or "mappings/NAME", "tables/NAME".
struct RevisionDraft {
    std::string name, document, author;
    std::string depends;  // of a channel: a line "mappings/NAME digest" per document it was read with
};
struct Revision {
    std::int64_t id = 0;  // what message rows name; grows with time
    Instant created;
    std::string digest;
    RevisionDraft content;
};

class RevisionReader {
  public:
    virtual ~RevisionReader() = default;
    // Newest first.
    virtual Result<std::vector<Revision>> of(const std::string& name) = 0;
};

class Revisions : public RevisionReader {
  public:
    // Stores each that differs from the newest of its name; answers the id of each. One transaction.
    virtual Result<std::vector<std::int64_t>> keep(std::span<const RevisionDraft> drafts) = 0;
};

class Store {
  public:
    virtual ~Store() = default;
    // At least one; each for one thread. What conflicts between them is kept apart, but only messages given to one of
    // them keep their order.
    virtual std::vector<Intake*> intakes() = 0;
    Intake& intake() { return *intakes().front(); }
    virtual Deliveries& deliveries() = 0;
    virtual WorklistReader& worklist() = 0;
    virtual RecordsReader& records() = 0;
    virtual RecordSearch& search() = 0;
    virtual ChangeReader& changes() = 0;
    virtual RecordWalk& walk() = 0;
    virtual Subscriptions& subscriptions() = 0;
    virtual Ledger& ledger() = 0;
    virtual MessageReader& messages() = 0;
    virtual QueueReader& queues() = 0;
    virtual DeliveryControl& control() = 0;
    virtual Revisions& revisions() = 0;
    virtual Tokens& tokens() = 0;
    virtual Retention& retention() = 0;
    virtual TextIndex* text_index() = 0;  // none: the store was opened without search_text
    // Empty when a commit would be possible now, else why not; for readiness, so it never waits for long.
    virtual Result<void> writable() = 0;
};

// Opens, and brings the schema up to date. Errors: storage_unavailable, storage_schema_newer, storage_schema_broken,
// config_out_of_range (a URL that names no known database; a node or number of committers that cannot be).
Result<std::unique_ptr<Store>> open(const StoreOptions& options, const std::filesystem::path& data, const Clock& clock,
                                    events::Sink& events);

// For looking at the revisions of a database that an engine may be using at the same time; changes nothing. Errors: as
// of open(), and storage_schema_broken where no engine of this version has opened it yet.
Result<std::unique_ptr<RevisionReader>> open_revisions(const StoreOptions& options, const std::filesystem::path& data);

}  // namespace gantry::store
