#include "engine/store/pgsql/intake.hpp"

#include <algorithm>
#include <thread>

#include "engine/store/pgsql/ledger_slots.hpp"
#include "engine/store/pgsql/storable_text.hpp"

namespace gantry::store::pgsql {
namespace {

using std::chrono::milliseconds;

constexpr int most_attempts = 5;  // of a batch, and of a unit alone
constexpr std::chrono::seconds patience_in_doubt{20};

// On tables that were empty when they were analysed the planner prefers to read all of them.
constexpr auto intake_settings = "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan";

const Statement begin_transaction{"begin", "BEGIN"};
const Statement lock_keys{"lock_keys", "SELECT pg_advisory_xact_lock(k) FROM unnest($1::bigint[]) AS k"};
const Statement find_copies{
    "find_copies",
    R"(SELECT k.control_id, k.sender, k.digest, m."id", m."received", m."reply" )"
    R"(FROM unnest($1::text[], $2::text[], $3::bytea[]) AS k(control_id, sender, digest) CROSS JOIN LATERAL )"
    R"((SELECT "id", "received", "reply" FROM "message" WHERE "control_id" = k.control_id AND "sender" = k.sender )"
    R"(AND "digest" = k.digest AND "occurrence" = 0 LIMIT 1) AS m)"};
// Locked: what the worker says of them comes before or after this batch.
const Statement find_awaited{
    "find_awaited", R"(SELECT a."control_id", a."id", a."destination", a."names" FROM "awaited_reply" AS a )"
                    R"(JOIN "delivery" AS d ON d."id" = a."id" WHERE a."control_id" = ANY($1::text[]) )"
                    R"(AND d."state" IN (0, 5, 7) AND d."answer" = '' )"
                    R"(AND (d."begun" <> 0 OR d."answer_until" <> 0 OR d."attempts" > 0) ORDER BY d."id" LIMIT 10000 )"
                    R"(FOR UPDATE OF d)"};
const Statement find_numbers{"find_numbers",
                             R"(SELECT "sender", "last" FROM "sequence_number" WHERE "sender" = ANY($1::text[]))"};
const Statement find_message{"find_message", R"(SELECT "id" FROM "message" WHERE "id" = $1::bigint)"};

}  // namespace

PgsqlIntake::Batch PgsqlIntake::Batch::part(std::size_t first, std::size_t count) const {
    Batch out;
    out.units = units.subspan(first, count);
    const auto begin = digests.begin() + static_cast<std::ptrdiff_t>(first);
    out.digests.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
    out.now = now;
    return out;
}

PgsqlIntake::PgsqlIntake(const std::string& target, const StoreOptions& options, int number, std::int64_t after,
                         const Clock& clock, events::Sink& events)
    : connection_(target, intake_settings),
      duplicate_window_(options.duplicate_window),
      clock_(clock),
      events_(events),
      ids_(clock, options.node * most_committers + number, after),
      records_(connection_),
      ledger_(slot_of(options.node, LedgerWriter::first_committer, number)),
      random_(static_cast<std::minstd_rand::result_type>(number + 1)) {}

std::vector<Committed> PgsqlIntake::commit(std::span<Unit> units) {
    Batch batch;
    if (units.empty()) return {};
    batch.units = units;
    batch.now = clock_.now();
    for (auto& unit : units) {
        refuse_unstorable(unit);
        if (!unit.prepared) prepare(unit);
        batch.digests.push_back(unit.prepared->digest);
    }
    return commit(batch);
}

std::vector<Committed> PgsqlIntake::commit(Batch& batch) {
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
        try {
            begin(batch);
            apply(batch);
            if (commit_transaction(batch)) return std::move(batch.answers);
            return refuse_all(batch, Trouble::connection);
        } catch (const Failure& failure) {
            connection_.abandon();
            const auto trouble = failure.trouble();
            // A session may have ended since the last batch: once again with a new one.
            const bool again = trouble == Trouble::conflict || failure.duplicate_key() ||
                               (trouble == Trouble::connection && attempt == 0);
            if (trouble == Trouble::constraint && !failure.duplicate_key()) break;
            if (trouble == Trouble::locks && batch.units.size() > 1) return in_halves(batch);
            if (!again) return refuse_all(batch, trouble);
            pause(attempt);
        }
    }
    return separately(batch);
}

std::vector<Committed> PgsqlIntake::in_halves(const Batch& batch) {
    const auto half = batch.units.size() / 2;
    auto first = batch.part(0, half), second = batch.part(half, batch.units.size() - half);
    auto out = commit(first);
    for (auto& answer : commit(second)) out.push_back(std::move(answer));
    return out;
}

void PgsqlIntake::begin(Batch& batch) {
    connection_.ensure();
    batch.answers.clear();
    batch.token = ids_.next();
    auto locks = TouchedKeys(batch.units, batch.digests).locks();
    locks.push_back(batch.token);
    Array keys(Type::bigint);
    for (const auto lock : locks) keys.add(lock);
    connection_.later(begin_transaction);
    connection_.later(lock_keys, Parameters().array(keys));
}

// False: not committed, or nobody knows.
bool PgsqlIntake::commit_transaction(const Batch& batch) {
    bool committed = connection_.commit();
    if (!committed) {
        connection_.abandon();
        committed = was_committed(batch);
    }
    if (committed) unavailable_ = false;
    return committed;
}

// The answer to a COMMIT was lost. The server may still be at it, so the look waits for the lock that the transaction
// holds until it is over, one way or the other.
bool PgsqlIntake::was_committed(const Batch& batch) {
    Array token(Type::bigint);
    token.add(batch.token);
    const auto give_up = std::chrono::steady_clock::now() + patience_in_doubt;
    while (std::chrono::steady_clock::now() < give_up) {
        try {
            bool found = false;
            connection_.transaction([&] {
                connection_.run(lock_keys, Parameters().array(token));
                const auto message = batch.answers.front().outcome.message;
                found = connection_.run(find_message, Parameters().integer(message)).rows() > 0;
            });
            return found;
        } catch (const Failure&) {
            std::this_thread::sleep_for(milliseconds(100));
            connection_.hurry();
        }
    }
    return false;
}

void PgsqlIntake::apply(Batch& batch) {
    records_.clear();
    ledger_.clear();
    ledger_.received(received_of(batch.units));
    ask_copies(batch);
    ask_awaited(batch);
    ask_numbers(batch);
    records_.fetch(TouchedKeys(batch.units, batch.digests));
    for (std::size_t i = 0; i < batch.units.size(); ++i) {
        auto& unit = batch.units[i];
        const Origin origin(unit.control_id, unit.sender, stored_digest(batch.digests[i]));
        const auto* earlier = earlier_copy(unit, origin, batch.now);
        auto decision = decide(unit, earlier, records_, ids_, batch.now, {match(unit), last_number(unit)});
        if (unit.preview)
            batch.answers.push_back(std::move(decision.done));
        else
            write(batch, i, std::move(decision));
    }
    record_rows_.take(records_);
    write_rows();
}

void PgsqlIntake::write_rows() {
    record_rows_.copy(connection_);
    ledger_.copy(connection_);
    record_rows_.send(connection_);
    ledger_.send(connection_);
    connection_.flush();
}

void PgsqlIntake::write(Batch& batch, std::size_t i, Decision decision) {
    const auto& unit = batch.units[i];
    const auto digest = stored_digest(batch.digests[i]);
    records_.apply(decision.plan, decision.done.outcome.message);
    ledger_.add(unit, digest, decision, ids_, batch.now);
    if (decision.last_number) numbers_[unit.sender] = *decision.last_number;
    if (decision.answers.value != 0)
        std::erase_if(awaited_, [&](const auto& one) { return one.second.delivery == decision.answers; });
    if (decision.first_of_its_kind)
        copies_[{unit.control_id, unit.sender, std::string(digest)}] = {decision.done.outcome.message, unit.received,
                                                                        decision.done.reply};
    batch.answers.push_back(std::move(decision.done));
}

void PgsqlIntake::ask_awaited(const Batch& batch) {
    awaited_.clear();
    Array control_ids(Type::text);
    for (const auto& unit : batch.units)
        if (acknowledges(unit)) control_ids.add(std::string_view(made_storable(unit.reply_to->control_id)));
    if (control_ids.empty()) return;
    connection_.later(find_awaited, Parameters().array(control_ids), [this](const Answer& answer) {
        for (int row = 0; row < answer.rows(); ++row) {
            auto id = answer.text(row, 0);
            awaited_.emplace(id, AwaitedReply{{answer.integer(row, 1)}, answer.text(row, 2), id, answer.text(row, 3)});
        }
    });
}

void PgsqlIntake::ask_numbers(const Batch& batch) {
    numbers_.clear();
    Array senders(Type::text);
    for (const auto& unit : batch.units)
        if (unit.number) senders.add(std::string_view(unit.sender));
    if (senders.empty()) return;
    connection_.later(find_numbers, Parameters().array(senders), [this](const Answer& answer) {
        for (int row = 0; row < answer.rows(); ++row) numbers_[answer.text(row, 0)] = answer.integer(row, 1);
    });
}

std::int64_t PgsqlIntake::last_number(const Unit& unit) const {
    const auto found = numbers_.find(unit.sender);
    return unit.number && found != numbers_.end() ? found->second : -1;
}

ReplyMatch PgsqlIntake::match(const Unit& unit) {
    if (!acknowledges(unit)) return {};
    auto reply = *unit.reply_to;
    reply.names = made_storable(reply.names);
    std::vector<AwaitedReply> candidates;
    const auto [begin, end] = awaited_.equal_range(made_storable(reply.control_id));
    for (auto one = begin; one != end; ++one) candidates.push_back(one->second);
    return match_reply(reply, candidates);
}

void PgsqlIntake::ask_copies(const Batch& batch) {
    copies_.clear();
    ArrayRows origins({{"control_id", Type::text}, {"sender", Type::text}, {"digest", Type::bytes}});
    for (std::size_t i = 0; i < batch.units.size(); ++i) {
        const auto& unit = batch.units[i];
        if (unit.control_id.empty() || !may_be_copy(unit)) continue;
        origins.row().text(unit.control_id).text(unit.sender).text(stored_digest(batch.digests[i]));
    }
    if (origins.empty()) return;
    connection_.later(find_copies, origins.parameters(), [this](const Answer& answer) {
        for (int row = 0; row < answer.rows(); ++row)
            copies_[{answer.text(row, 0), answer.text(row, 1), answer.text(row, 2)}] = {
                answer.integer(row, 3), {answer.integer(row, 4)}, answer.text(row, 5)};
    });
}

const EarlierCopy* PgsqlIntake::earlier_copy(const Unit& unit, const Origin& origin, Instant now) {
    if (unit.control_id.empty() || !may_be_copy(unit)) return nullptr;
    const auto& [control_id, sender, digest] = origin;
    const auto found = copies_.find({std::string(control_id), std::string(sender), std::string(digest)});
    if (found == copies_.end()) return nullptr;
    if (within_window(found->second, now, duplicate_window_)) return &found->second;
    ledger_.retire(found->second.id);  // too long ago: this one is a new message
    copies_.erase(found);
    return nullptr;
}

// Some unit of the batch breaks a constraint, or the batch never finds its records as it read them. Each one again,
// behind a savepoint of its own: a culprit is recorded as rejected, the others are as if it had never been there.
std::vector<Committed> PgsqlIntake::separately(Batch& batch) {
    try {
        begin(batch);
        connection_.flush();
        for (std::size_t i = 0; i < batch.units.size(); ++i) apply_behind_savepoint(batch, i);
        if (commit_transaction(batch)) return std::move(batch.answers);
        return refuse_all(batch, Trouble::connection);
    } catch (const Failure& failure) {
        connection_.abandon();
        if (failure.trouble() == Trouble::locks && batch.units.size() > 1) return in_halves(batch);
        return refuse_all(batch, failure.trouble());
    }
}

void PgsqlIntake::apply_behind_savepoint(Batch& batch, std::size_t i) {
    auto alone = batch.part(i, 1);
    for (int attempt = 1;; ++attempt) {
        connection_.execute("SAVEPOINT unit");
        try {
            apply(alone);
            connection_.execute("RELEASE unit");
            break;
        } catch (const Failure& failure) {
            const bool conflict = failure.trouble() == Trouble::conflict || failure.duplicate_key();
            if (!conflict && failure.trouble() != Trouble::constraint) throw;
            connection_.execute("ROLLBACK TO unit");
            connection_.execute("RELEASE unit");
            alone.answers.clear();
            if (conflict && attempt < most_attempts) continue;
            if (failure.trouble() == Trouble::conflict) throw;  // nobody's fault: all are told to come again
            events::emit(events_, "unit_rejected_by_database", events::Level::error,
                         "a message could not be stored and was rejected");
            records_.clear();
            record_rows_.take(records_);
            ledger_.clear();
            ledger_.received(received_of(alone.units));
            write(alone, 0,
                  refuse(alone.units.front(), {ErrorCode::internal, "the database refused it", {}}, ids_, batch.now));
            write_rows();
            break;
        }
    }
    batch.answers.push_back(std::move(alone.answers.front()));
}

std::vector<Committed> PgsqlIntake::refuse_all(const Batch& batch, Trouble trouble) {
    tell(trouble);
    std::vector<Committed> out;
    for (auto& unit : batch.units) out.push_back(not_stored(unit, Failure(trouble).what(), batch.now));
    return out;
}

void PgsqlIntake::tell(Trouble trouble) {
    if (unavailable_) return;  // once, until a batch is stored again
    unavailable_ = true;
    if (trouble == Trouble::connection)
        events::emit(events_, "storage_unavailable", events::Level::error,
                     "the database server cannot be reached; senders are told to try again");
    else if (trouble == Trouble::conflict)
        events::emit(events_, "storage_unavailable", events::Level::error,
                     "the database is too busy with others; senders are told to try again");
    else
        events::emit(events_, "storage_unavailable", events::Level::error,
                     "the database cannot be written; senders are told to try again");
}

// Longer each time, and never as long as the other one who had to wait.
void PgsqlIntake::pause(int attempt) {
    const auto most = 2000u << attempt;
    std::this_thread::sleep_for(std::chrono::microseconds(500 + random_() % most));
}

}  // namespace gantry::store::pgsql
