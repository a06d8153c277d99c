#include <algorithm>

#include "engine/store/patches.hpp"
#include "engine/store/sqlite/intake.hpp"

namespace gantry::store::sqlite {
namespace {

// Where ids of an existing database end, so that a clock set back cannot repeat one.
std::int64_t largest_id(sqlite3* connection) {
    std::int64_t largest = 0;
    for (const auto* table : {"message", "patient", "provider", "imaging_study", "scheduled_procedure_step", "delivery",
                              "change_log", "radiology_report", "report_order", "report_version"}) {
        Statement statement(connection, std::string("SELECT coalesce(max(\"id\"), 0) FROM \"") + table + "\"");
        largest = std::max(largest, statement.start().first_integer().value_or(0));
    }
    return largest;
}

}  // namespace

SqliteIntake::SqliteIntake(Writer& writer, const StoreOptions& options, const Clock& clock, events::Sink& events)
    : writer_(writer),
      duplicate_window_(options.duplicate_window),
      clock_(clock),
      events_(events),
      ids_(clock, options.node, largest_id(writer.connection())),
      records_(writer.connection()),
      documents_(writer.connection()),
      record_writer_(writer.connection()),
      find_copy_(writer.connection(),
                 R"(SELECT "id", "received", "reply" FROM "message" )"
                 R"(WHERE "control_id" = ? AND "sender" = ? AND "digest" = ? AND "occurrence" = 0)"),
      retire_copy_(writer.connection(), R"(UPDATE "message" SET "occurrence" = "id" WHERE "id" = ?)"),
      insert_message_(
          writer.connection(),
          R"(INSERT INTO "message" ("id", "received", "committed", "channel", "peer", "sender", "control_id", "type", )"
          R"("digest", "occurrence", "duplicate_of", "revision", "outcome", "error", "error_detail", "error_place", )"
          R"("ordering_key", "reply") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))"),
      insert_body_(writer.connection(), R"(INSERT INTO "message_body" ("id", "encoding", "content") VALUES (?, ?, ?))"),
      insert_change_(writer.connection(),
                     R"(INSERT INTO "change_log" ("id", "message", "revision", "at", "actor", "patches") )"
                     R"(VALUES (?, ?, ?, ?, ?, ?))"),
      insert_delivery_(
          writer.connection(),
          R"(INSERT INTO "delivery" ("id", "message", "channel", "destination", "lane", "state", "attempts", )"
          R"("next_attempt", "created", "finished", "last_error", "as_received", "lease_owner", "lease_epoch", "priority") )"
          R"(VALUES (?, ?, ?, ?, ?, 0, 0, 0, ?, 0, '', ?, '', 0, ?))"),
      insert_delivery_body_(writer.connection(),
                            R"(INSERT INTO "delivery_body" ("id", "encoding", "content") VALUES (?, ?, ?))"),
      find_awaited_(writer.connection(),
                    R"(SELECT a."id", a."destination", a."names" FROM "awaited_reply" AS a )"
                    R"(JOIN "delivery" AS d ON d."id" = a."id" WHERE a."control_id" = ? )"
                    R"(AND d."state" IN (0, 5, 7) AND d."answer" = '' )"
                    R"(AND (d."begun" <> 0 OR d."answer_until" <> 0 OR d."attempts" > 0) LIMIT 100)"),
      note_answer_(writer.connection(), R"(UPDATE "delivery" SET "answer" = ? WHERE "id" = ?)"),
      find_number_(writer.connection(), R"(SELECT "last" FROM "sequence_number" WHERE "sender" = ?)"),
      keep_number_(writer.connection(), R"(INSERT OR REPLACE INTO "sequence_number" ("sender", "last") VALUES (?, ?))"),
      insert_reprocessing_(writer.connection(), R"(INSERT INTO "reprocessing" ("id", "original", "at", "decided_by", )"
                                                R"("reason") VALUES (?, ?, ?, ?, ?))"),
      settle_original_(writer.connection(),
                       R"(UPDATE "message" SET "outcome" = 2 WHERE "id" = ? AND "outcome" = 5 AND "error" <> '' )"
                       R"(RETURNING "outcome")"),
      savepoint_(writer.connection(), "SAVEPOINT unit"),
      release_(writer.connection(), "RELEASE unit"),
      rollback_to_(writer.connection(), "ROLLBACK TO unit"),
      counts_(writer.connection()) {}

std::vector<Committed> SqliteIntake::commit(std::span<Unit> units) {
    std::vector<Committed> out;
    const auto now = clock_.now();
    try {
        writer_.leading_transaction([&] {
            out.clear();
            tally_.clear();
            for (auto& unit : units) out.push_back(apply(unit, now));
            count(received_of(units));
        });
        return stored(std::move(out));
    } catch (const Failure& failure) {
        if (!failure.about_storage()) return apply_separately(units, now);
        return refuse_all(units, failure, now);
    }
}

std::vector<Committed> SqliteIntake::refuse_all(std::span<Unit> units, const Failure& failure, Instant now) {
    if (trouble_.exchange(failure.code()) != failure.code())  // once, until a batch is stored again
        events::emit(events_, "storage_unavailable", events::Level::error,
                     "the database cannot be written; senders are told to try again",
                     {{"sqlite_code", std::int64_t{failure.code()}}});
    last_trouble_ = failure.code();
    refused_at_ = clock_.now().micros;
    std::vector<Committed> out;
    for (auto& unit : units) out.push_back(not_stored(unit, failure.what(), now));
    return out;
}

std::vector<Committed> SqliteIntake::stored(std::vector<Committed> units) {
    committed_at_ = clock_.now().micros;
    trouble_ = SQLITE_OK;
    return units;
}

std::optional<Result<void>> SqliteIntake::recently() const {
    constexpr std::int64_t recent = 1'000'000;
    const auto now = clock_.now().micros;
    const auto is_recent = [&](std::int64_t moment) { return moment <= now && now - moment < recent; };
    if (is_recent(refused_at_)) return Error{ErrorCode::storage_unavailable, Failure(last_trouble_).what(), {}};
    if (is_recent(committed_at_)) return Result<void>();
    return std::nullopt;
}

// Some unit of the batch breaks a constraint. Each one again, behind a savepoint of its own: the culprit is recorded as
// rejected, the others are as if it had never been there.
std::vector<Committed> SqliteIntake::apply_separately(std::span<Unit> units, Instant now) {
    std::vector<Committed> out;
    try {
        writer_.transaction([&] {
            tally_.clear();
            for (auto& unit : units) out.push_back(apply_behind_savepoint(unit, now));
            count(received_of(units));
        });
        return stored(std::move(out));
    } catch (const Failure& failure) {
        return refuse_all(units, failure, now);
    }
}

void SqliteIntake::count(std::size_t received) {
    tally_.add_received(received);
    counts_.write(tally_);
}

Committed SqliteIntake::apply_behind_savepoint(Unit& unit, Instant now) {
    savepoint_.start().run();
    Committed done;
    try {
        done = apply(unit, now);
    } catch (const Failure& failure) {
        if (failure.about_storage()) throw;
        rollback_to_.start().run();
        events::emit(events_, "unit_rejected_by_database", events::Level::error,
                     "a message could not be stored and was rejected", {{"sqlite_code", std::int64_t{failure.code()}}});
        done = write(unit, refuse(unit, {ErrorCode::internal, "the database refused it", {}}, ids_, now), now);
    }
    release_.start().run();
    return done;
}

Committed SqliteIntake::apply(Unit& unit, Instant now) {
    if (!unit.prepared) prepare(unit);
    const auto earlier = earlier_copy(unit, stored_digest(unit.prepared->digest), now);
    records_.forget();
    const Found found{match(unit), last_number(unit)};
    auto decision = decide(unit, earlier ? &*earlier : nullptr, records_, ids_, now, found);
    return unit.preview ? std::move(decision.done) : write(unit, std::move(decision), now);
}

std::int64_t SqliteIntake::last_number(const Unit& unit) {
    if (!unit.number) return -1;
    return find_number_.start().text(unit.sender).first_integer().value_or(-1);
}

ReplyMatch SqliteIntake::match(const Unit& unit) {
    if (!acknowledges(unit)) return {};
    std::vector<AwaitedReply> awaited;
    find_awaited_.start().text(unit.reply_to->control_id);
    while (find_awaited_.step())
        awaited.push_back({{find_awaited_.column_integer(0)},
                           find_awaited_.column_text(1),
                           unit.reply_to->control_id,
                           find_awaited_.column_text(2)});
    find_awaited_.start();
    return match_reply(*unit.reply_to, awaited);
}

std::optional<EarlierCopy> SqliteIntake::earlier_copy(const Unit& unit, std::string_view digest, Instant now) {
    if (unit.control_id.empty() || !may_be_copy(unit)) return std::nullopt;
    find_copy_.start().text(unit.control_id).text(unit.sender).blob(digest);
    if (!find_copy_.step()) return std::nullopt;
    EarlierCopy earlier{find_copy_.column_integer(0), {find_copy_.column_integer(1)}, find_copy_.column_text(2)};
    find_copy_.start();
    if (within_window(earlier, now, duplicate_window_)) return earlier;
    retire_copy_.start().integer(earlier.id).run();  // too long ago: this one is a new message
    return std::nullopt;
}

Committed SqliteIntake::write(const Unit& unit, Decision decision, Instant now) {
    const auto message = decision.done.outcome.message;
    write_message(unit, decision, now);
    documents_.write(unit.prepared->attachments, message);
    record_writer_.write(decision.plan, message);
    if (!decision.plan.patches.empty()) write_change(unit, message, decision.plan, now);
    write_deliveries(unit, decision, now);
    if (decision.last_number) keep_number_.start().text(unit.sender).integer(*decision.last_number).run();
    if (decision.answers.value != 0)
        note_answer_.start().text(unit.reply_to->answer).integer(decision.answers.value).run();
    if (unit.reprocessing) write_reprocessing(*unit.reprocessing, decision.done.outcome, now);
    tally_.add(decision.done.outcome.outcome);  // last: not of a row that its savepoint takes back
    return std::move(decision.done);
}

void SqliteIntake::write_reprocessing(const Reprocessing& how, const effects::UnitOutcome& outcome, Instant now) {
    insert_reprocessing_.start().integer(outcome.message).integer(how.original.value).integer(now.micros);
    insert_reprocessing_.text(how.by).text(how.reason).run();
    if (outcome.error) return;
    const auto settled = settle_original_.start().integer(how.original.value).first_integer();
    if (settled) tally_.moved(static_cast<std::int64_t>(effects::Outcome::held), *settled);
}

void SqliteIntake::write_message(const Unit& unit, const Decision& decision, Instant now) {
    const auto& outcome = decision.done.outcome;
    const Error error = outcome.error.value_or(Error{});
    const auto error_name = outcome.error ? info(error.code).name : std::string_view();
    insert_message_.start().integer(outcome.message).integer(unit.received.micros).integer(now.micros);
    insert_message_.text(unit.channel).text(unit.peer).text(unit.sender).text(unit.control_id).text(unit.type);
    insert_message_.blob(stored_digest(unit.prepared->digest))
        .integer(decision.first_of_its_kind ? 0 : outcome.message);
    insert_message_.integer(decision.duplicate_of).integer(unit.revision);
    insert_message_.integer(static_cast<std::int64_t>(outcome.outcome))
        .text(error_name)
        .text(detail_of(outcome))
        .text(error.place);
    insert_message_.text(unit.effects.ordering_key).blob(decision.done.reply).run();
    const auto& body = unit.prepared->content;
    insert_body_.start().integer(outcome.message).integer(static_cast<std::int64_t>(body.encoding));
    insert_body_.blob(body.bytes(unit.content)).run();
}

void SqliteIntake::write_change(const Unit& unit, std::int64_t message, const effects::Plan& plan, Instant now) {
    const auto patches = patches_text(plan.patches);
    insert_change_.start().integer(message).integer(message).integer(unit.revision).integer(now.micros);
    insert_change_.text(unit.channel).text(patches).run();
}

void SqliteIntake::write_deliveries(const Unit& unit, const Decision& decision, Instant now) {
    const auto message = decision.done.outcome.message;
    for_each_delivery(
        unit, decision,
        [&](const std::string& destination, Priority priority, bool as_received, BodyEncoding encoding,
            std::string_view body) {
            const auto id = ids_.next();
            insert_delivery_.start().integer(id).integer(message).text(unit.channel).text(destination);
            insert_delivery_.text(decision.lane).integer(now.micros).integer(as_received);
            insert_delivery_.integer(static_cast<std::int64_t>(priority)).run();
            if (as_received) return;
            insert_delivery_body_.start().integer(id).integer(static_cast<std::int64_t>(encoding)).blob(body).run();
        });
}

}  // namespace gantry::store::sqlite
