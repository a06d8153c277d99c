#include <odb/transaction.hxx>

#include <algorithm>
#include <map>

#include "engine/store/ledger_tally.hpp"
#include "engine/store/records/message_rows.hpp"
#include "engine/store/records/message_views.hpp"
#include "engine/store/records/readers.hpp"

namespace gantry::store {
namespace {

using effects::Outcome;
using Action = Instruction::Action;
using Query = odb::query<records::Delivery>;
using Ids = std::vector<std::int64_t>;

constexpr std::size_t at_once = 1'000;

std::string list_of(const Ids& ids) {
    std::string out = "(";
    for (const auto id : ids) out += (out.size() > 1 ? ", " : "") + std::to_string(id);
    return out + ")";
}

// Of a transaction that decides by what it reads: rows stay as they are until it ends. SQLite has one writer anyway.
std::string locked(const odb::database& database) {
    return database.id() == odb::id_pgsql ? " FOR UPDATE" : "";
}

std::vector<Outcome> states_before(const Instruction& instruction) {
    switch (instruction.action) {
        case Action::hold:
            return {Outcome::pending};
        case Action::release:
            return {Outcome::held, Outcome::dead, Outcome::in_doubt};
        case Action::discard:
            return {std::begin(waiting_states), std::end(waiting_states)};
        case Action::again:
            return {Outcome::delivered, Outcome::filtered};
    }
    return {};
}

Outcome state_after(Action action) {
    switch (action) {
        case Action::hold:
            return Outcome::held;
        case Action::release:
        case Action::again:
            return Outcome::pending;
        case Action::discard:
            return Outcome::filtered;
    }
    return Outcome::pending;
}

std::string words(const Instruction& instruction) {
    std::string out = "released";
    if (instruction.payload) out = "changed and released";
    if (instruction.action == Action::hold) out = "held";
    if (instruction.action == Action::discard) out = "discarded";
    if (instruction.action == Action::again) out = "sent again";
    out += " by " + instruction.by;
    return instruction.reason.empty() ? out : out + ": " + instruction.reason;
}

bool allowed(const records::Delivery& row, const Instruction& instruction) {
    const auto states = states_before(instruction);
    return std::find(states.begin(), states.end(), static_cast<Outcome>(row.state)) != states.end();
}

// Of what is finished, retention may have removed what was delivered. The message is locked.
bool has_content(odb::database& database, const records::Delivery& row) {
    records::MessageBody received;
    records::DeliveryBody own;
    return row.as_received ? database.find(row.message, received) : database.find(row.id, own);
}

// Messages before their deliveries, each in the order of ids: as who records attempts does.
std::vector<records::Delivery> read_locked(odb::database& database, const Ids& ids, Ids& messages) {
    for (const auto& row : database.query<records::Delivery>(Query::id.in_range(ids.begin(), ids.end())))
        messages.push_back(row.message);
    std::sort(messages.begin(), messages.end());
    messages.erase(std::unique(messages.begin(), messages.end()), messages.end());
    std::vector<records::Delivery> out;
    if (messages.empty()) return out;
    using Number = odb::query<records::MessageNumber>;
    const auto theirs =
        Number::id.in_range(messages.begin(), messages.end()) + "ORDER BY" + Number::id + locked(database);
    for (const auto& row : database.query<records::MessageNumber>(theirs)) (void)row;
    const auto wanted = Query::id.in_range(ids.begin(), ids.end()) + "ORDER BY" + Query::id + locked(database);
    for (const auto& row : database.query<records::Delivery>(wanted)) out.push_back(row);
    return out;
}

void set_state(odb::database& database, const Ids& ids, const Instruction& instruction, Instant now) {
    if (ids.empty()) return;
    std::string before;
    for (const auto state : states_before(instruction))
        before += (before.empty() ? "" : ", ") + std::to_string(static_cast<int>(state));
    const auto state = state_after(instruction.action);
    // What is sent anew has no answer yet; what was held only goes on to await it.
    const bool anew =
        instruction.action == Action::again || instruction.action == Action::discard || instruction.payload.has_value();
    if (anew) {
        database.execute(R"(UPDATE "delivery" SET "answer_until" = 0, "answer" = '', "number" = 0 WHERE "id" IN )" +
                         list_of(ids));
        database.execute(R"(DELETE FROM "awaited_reply" WHERE "id" IN )" + list_of(ids));
    }
    // Its destination may rank what waits since it was finished or held.
    if (state == Outcome::pending)
        database.execute(R"(UPDATE "delivery" SET "priority" = CASE WHEN "lane" LIKE '%)" +
                         std::string(1, effects::key_separator) + R"(%' THEN 2 ELSE 1 END WHERE "id" IN )" +
                         list_of(ids) + R"( AND "priority" = 0)");
    database.execute(R"(UPDATE "delivery" SET "state" = )" + std::to_string(static_cast<int>(state)) +
                     R"(, "next_attempt" = 0, "finished" = )" +
                     std::to_string(state == Outcome::filtered ? now.micros : 0) + R"( WHERE "id" IN )" + list_of(ids) +
                     R"( AND "state" IN ()" + before + ")");
}

std::map<std::int64_t, std::int64_t> outcomes_of(odb::database& database, const Ids& messages) {
    using Outcomes = odb::query<records::MessageOutcome>;
    std::map<std::int64_t, std::int64_t> out;
    for (const auto& row :
         database.query<records::MessageOutcome>(Outcomes::id.in_range(messages.begin(), messages.end())))
        out.emplace(row.id, row.outcome);
    return out;
}

void count(odb::database& database, const LedgerTally& tally, std::int64_t slot) {
    for (const auto& change : tally.changes(slot))
        database.execute(R"(INSERT INTO "ledger_count" ("id", "messages") VALUES ()" + std::to_string(change.id) +
                         ", " + std::to_string(change.messages) +
                         R"() ON CONFLICT ("id") DO UPDATE SET "messages" = "ledger_count"."messages" + )"
                         R"(excluded."messages")");
}

// The first that any of its deliveries has, in the order in doubt, dead, held, pending, delivered; filtered when a
// person discarded them all. One that was refused or filtered stays so: what leaves is only its answer.
void settle(odb::database& database, const Ids& messages, std::int64_t slot) {
    if (messages.empty()) return;
    const auto before = outcomes_of(database, messages);
    database.execute(
        R"(UPDATE "message" SET "outcome" = (SELECT CASE min(CASE "state" WHEN 7 THEN 0 WHEN 6 THEN 1 WHEN 5 THEN 2 )"
        R"(WHEN 0 THEN 3 WHEN 1 THEN 4 ELSE 5 END) WHEN 0 THEN 7 WHEN 1 THEN 6 WHEN 2 THEN 5 WHEN 3 THEN 0 )"
        R"(WHEN 4 THEN 1 ELSE 2 END FROM "delivery" WHERE "delivery"."message" = "message"."id") WHERE "id" IN )" +
        list_of(messages) + R"( AND "error" = '' AND "error_detail" = '')");
    const auto after = outcomes_of(database, messages);
    LedgerTally tally;
    for (const auto& [message, outcome] : after) tally.moved(before.at(message), outcome);
    count(database, tally, slot);
}

void replace_payload(odb::database& database, std::int64_t delivery, const std::string& payload) {
    records::DeliveryBody body;
    const bool known = database.find(delivery, body);
    body.id = delivery;
    const auto stored = stored_body(payload);
    const auto bytes = stored.bytes(payload);
    body.encoding = static_cast<std::int16_t>(stored.encoding);
    body.content.assign(bytes.begin(), bytes.end());
    known ? database.update(body) : void(database.persist(body));
    database.execute(R"(UPDATE "delivery" SET "as_received" = FALSE WHERE "id" = )" + std::to_string(delivery));
}

bool in_lane(const std::string& stored, const std::string& wanted) {
    if (wanted.empty() || stored == wanted) return true;
    for (std::string_view rest = stored;;) {
        const auto end = rest.find(effects::key_separator);
        if (rest.substr(0, end) == wanted) return true;
        if (end == std::string_view::npos) return false;
        rest.remove_prefix(end + 1);
    }
}

}  // namespace

std::string_view to_text(Instruction::Action action) {
    switch (action) {
        case Action::release:
            return "release";
        case Action::hold:
            return "hold";
        case Action::discard:
            return "discard";
        case Action::again:
            return "again";
    }
    return {};
}

std::int64_t DeliveryControlView::next_id() {
    if (!ids_) {
        std::int64_t largest = 0;
        using Attempt = odb::query<records::DeliveryAttempt>;
        const auto last = Attempt(true) + "ORDER BY" + Attempt::id + std::string("DESC LIMIT 1");
        for (const auto& row : database_.query<records::DeliveryAttempt>(last)) largest = row.id;
        ids_.emplace(clock_, node_, largest);
    }
    return ids_->next();
}

void DeliveryControlView::note(const std::vector<DeliveryId>& deliveries, const Instruction& instruction) {
    const auto now = clock_.now();
    for (const auto delivery : deliveries) {
        records::DeliveryAttempt row;
        row.id = next_id();
        row.delivery = delivery.value;
        row.started = row.finished = now.micros;
        row.verdict = static_cast<std::int16_t>(state_after(instruction.action));
        row.detail = words(instruction);
        database_.persist(row);
    }
}

std::vector<DeliveryId> DeliveryControlView::apply(std::span<const DeliveryId> deliveries,
                                                   const Instruction& instruction) {
    Ids asked, messages, changed;
    for (const auto id : deliveries) asked.push_back(id.value);
    std::vector<DeliveryId> out;
    for (const auto& row : read_locked(database_, asked, messages)) {
        if (!allowed(row, instruction)) continue;
        if (instruction.payload && row.begun != 0) continue;
        if (instruction.action == Action::again && !has_content(database_, row)) continue;
        changed.push_back(row.id);
        out.push_back({row.id});
    }
    set_state(database_, changed, instruction, clock_.now());
    if (instruction.payload)
        for (const auto id : changed) replace_payload(database_, id, *instruction.payload);
    note(out, instruction);
    settle(database_, messages, slot_);
    return out;
}

Result<std::vector<DeliveryId>> DeliveryControlView::decide(std::span<const DeliveryId> deliveries,
                                                            const Instruction& instruction) {
    if (deliveries.empty()) return std::vector<DeliveryId>();
    const std::lock_guard lock(mutex_);
    return fenced<std::vector<DeliveryId>>([&] {
        std::vector<DeliveryId> out;
        write_([&] {
            odb::transaction transaction(database_.begin());
            out = apply(deliveries, instruction);
            transaction.commit();
        });
        return out;
    });
}

// Some that follow; `after` becomes the last that was looked at, or stays when there are no more.
std::vector<DeliveryId> DeliveryControlView::part_after(const QueuePart& part, Outcome state, DeliveryId& after) {
    std::vector<DeliveryId> out;
    const auto rows = QueuesView(database_).waiting(part.destination, state, after, at_once);
    if (!rows) throw std::runtime_error("the queue cannot be read");
    for (const auto& row : *rows) {
        after = row.id;
        if (in_lane(row.lane, part.lane)) out.push_back(row.id);
    }
    return out;
}

Result<std::int64_t> DeliveryControlView::decide(const QueuePart& part, const Instruction& instruction) {
    return fenced<std::int64_t>([&] {
        std::int64_t changed = 0;
        for (const auto state : part.states) {
            for (DeliveryId after;;) {
                const auto before = after;
                const auto some = part_after(part, state, after);
                if (after == before) break;
                const auto done = decide(some, instruction);
                if (!done) throw std::runtime_error("the database cannot be written");
                changed += static_cast<std::int64_t>(done->size());
            }
        }
        return changed;
    });
}

// Only such a message has an error: what is held because of its deliveries has none.
Result<bool> DeliveryControlView::discard(MessageId message, const std::string& by, const std::string& reason) {
    return fenced<bool>([&] {
        bool changed = false;
        write_([&] {
            odb::transaction transaction(database_.begin());
            changed = database_.execute(R"(UPDATE "message" SET "outcome" = 2 WHERE "id" = )" +
                                        std::to_string(message.value) + R"( AND "outcome" = 5 AND "error" <> '')") > 0;
            if (changed) {
                records::DiscardedMessage row;
                row.id = message.value;
                row.at = clock_.now().micros;
                row.decided_by = by;
                row.reason = reason;
                database_.persist(row);
                LedgerTally tally;
                tally.moved(static_cast<std::int64_t>(Outcome::held), static_cast<std::int64_t>(Outcome::filtered));
                count(database_, tally, slot_);
            }
            transaction.commit();
        });
        return changed;
    });
}

Result<bool> DeliveryControlView::stop(const std::string& destination, const std::string& by,
                                       const std::string& reason) {
    return fenced<bool>([&] {
        bool fresh = false;
        write_([&] {
            odb::transaction transaction(database_.begin());
            fresh = !on_hold(database_, destination);
            records::DestinationHold row;
            row.destination = destination;
            row.since = clock_.now().micros;
            row.held_by = by;
            row.reason = reason;
            if (fresh) database_.persist(row);
            transaction.commit();
        });
        return fresh;
    });
}

Result<bool> DeliveryControlView::go_on(const std::string& destination) {
    return fenced<bool>([&] {
        bool was = false;
        write_([&] {
            odb::transaction transaction(database_.begin());
            was = on_hold(database_, destination);
            if (was) database_.erase<records::DestinationHold>(destination);
            transaction.commit();
        });
        return was;
    });
}

}  // namespace gantry::store
