#include "engine/admin/answers.hpp"

#include "engine/base/base64.hpp"
#include "engine/json/writer.hpp"

namespace gantry::admin {
namespace {

using json::Writer;

void write_moment(Writer& out, std::string_view name, Instant at, const Zone& zone) {
    if (at.micros != 0) out.member(name, zone.local(at).iso());
}

template <class Tag>
void write_id(Writer& out, std::string_view name, Id<Tag> id) {
    if (id) out.member(name, std::to_string(id.value));
}

// The writer replaces what is not UTF-8, so bytes that come through unchanged are.
void write_bytes(Writer& out, std::string_view name, const std::string& bytes) {
    const auto text = json::quoted(bytes);
    const auto read = json::parse(text);
    if (read && read->string() == bytes)
        out.key(name).json(text);
    else
        out.member(std::string(name) + "_base64", to_base64(bytes));
}

// The caller ends the object.
void begin(Writer& out, const store::MessageRow& row, const Zone& zone) {
    out.begin_object();
    write_id(out, "id", row.id);
    write_moment(out, "received", row.received, zone);
    out.member("channel", row.channel).member("type", row.type).member_if("control_id", row.control_id);
    out.member("outcome", to_text(row.outcome)).member_if("error", row.error);
    out.member_if(row.outcome == effects::Outcome::filtered ? "filtered_by" : "detail", row.error_detail);
    out.member_if("place", row.error_place);
    write_id(out, "duplicate_of", row.duplicate_of);
}

void begin(Writer& out, const store::DeliveryRow& row, const Zone& zone) {
    out.begin_object();
    write_id(out, "id", row.id);
    write_id(out, "message", row.message);
    out.member("destination", row.destination).member("state", state_text(row.state)).member("lane", row.lane);
    out.member("attempts", row.attempts);
    write_moment(out, "created", row.created, zone);
    write_moment(out, "next_attempt", row.next_attempt, zone);
    write_moment(out, "finished", row.finished, zone);
    write_moment(out, "attempt_begun", row.begun, zone);
    out.member_if("last_error", row.last_error);
}

void write(Writer& out, const store::DeliveryDetail& detail, const Zone& zone) {
    begin(out, detail.delivery, zone);
    if (detail.payload_removed)
        out.member("payload_removed", true);
    else if (detail.payload_damaged)
        out.member("payload_damaged", true);
    else if (!detail.delivery.as_received)
        write_bytes(out, "payload", detail.payload);
    out.key("history").begin_array();
    for (const auto& attempt : detail.attempts) {
        out.begin_object();
        write_moment(out, "started", attempt.started, zone);
        write_moment(out, "finished", attempt.finished, zone);
        out.member("state", state_text(attempt.verdict)).member_if("detail", attempt.detail).end_object();
    }
    out.end_array().end_object();
}

void write_text(Writer& out, std::string_view name, const json::Value* value) {
    if (value) out.member(name, value->string());
}

// As the change log has it (engine/store/patches.hpp), with names that say what they are.
void write_change(Writer& out, const json::Value& patch) {
    const auto* created = patch.find("new");
    const bool is_new = created && created->boolean();
    out.begin_object();
    write_text(out, "record", patch.find("r"));
    write_text(out, "id", patch.find("id"));
    out.member("created", is_new);
    write_text(out, "previous_change", patch.find("prev"));
    out.key("fields").begin_object();
    if (const auto* fields = patch.find("f"))
        for (const auto& field : fields->members()) {
            out.key(field.key).begin_object();
            const auto& parts = field.value.items();
            if (parts.size() == 2) out.member("before", parts[0].string());
            out.member("source", parts.size() == 2 ? parts[1].string() : field.value.string()).end_object();
        }
    out.end_object().end_object();
}

void write_changes(Writer& out, const std::string& changes) {
    out.key("changes").begin_array();
    if (const auto list = json::parse(changes))
        for (const auto& patch : list->items()) write_change(out, patch);
    out.end_array();
}

void write(Writer& out, const store::ReprocessingRow& row, const Zone& zone) {
    out.begin_object();
    write_id(out, "message", row.message);
    write_id(out, "original", row.original);
    write_moment(out, "at", row.at, zone);
    out.member("by", row.by).member_if("reason", row.reason).end_object();
}

void write(Writer& out, const effects::RecordOutcome& record) {
    out.begin_object().member("record", effects::to_text(record.kind)).member("what", effects::to_text(record.what));
    out.member_if("place", record.place).member_if("reason", record.reason).end_object();
}

}  // namespace

std::string to_json(const runtime::Reprocessed& done) {
    const auto& outcome = done.committed.outcome;
    Writer out;
    out.begin_object();
    if (done.committed.durable) write_id(out, "message", MessageId{outcome.message});
    out.member("outcome", to_text(outcome.outcome)).member_if("filtered_by", outcome.filtered_by);
    if (outcome.error)
        out.member("error", info(outcome.error->code).name)
            .member_if("detail", outcome.error->detail)
            .member_if("place", outcome.error->place);
    out.key("records").begin_array();
    for (const auto& record : outcome.records) write(out, record);
    out.end_array();
    if (!done.committed.patches.empty()) write_changes(out, done.committed.patches);
    out.key("deliveries").begin_array();
    for (const auto& delivery : done.deliveries) {
        out.begin_object().member("destination", delivery.destination).member("as_received", delivery.as_received);
        if (!delivery.as_received) write_bytes(out, "payload", delivery.payload);
        out.end_object();
    }
    return out.end_array().end_object().text();
}

std::string_view state_text(effects::Outcome state) {
    return state == effects::Outcome::filtered ? "discarded" : to_text(state);
}

std::string to_json(const store::MessagePage& page, const std::optional<store::TextProgress>& text, const Zone& zone) {
    Writer out;
    out.begin_object().key("messages").begin_array();
    for (const auto& row : page.messages) {
        begin(out, row, zone);
        out.end_object();
    }
    out.end_array();
    write_id(out, "next", page.next);
    if (text) {
        out.key("text").begin_object();
        write_moment(out, "indexed_to", text->indexed, zone);
        out.member("lag_seconds", static_cast<double>(text->lag().count()) / 1000).member("waiting", text->waiting);
        out.end_object();
    }
    return out.end_object().text();
}

std::string to_json(const store::MessageDetail& message, const Zone& zone) {
    const auto& row = message.message;
    Writer out;
    begin(out, row, zone);
    write_moment(out, "committed", row.committed, zone);
    out.member("peer", row.peer).member_if("sender", row.sender);
    if (row.revision != 0) out.member("revision", std::to_string(row.revision));
    if (message.content_removed)
        out.member("content_removed", true);
    else if (message.content_damaged)
        out.member("content_damaged", true);
    else
        write_bytes(out, "content", message.content);
    write_bytes(out, "reply", message.reply);
    write_changes(out, message.changes);
    if (message.reprocessing) write(out.key("reprocessing"), *message.reprocessing, zone);
    if (!message.reprocessed.empty()) {
        out.key("reprocessed").begin_array();
        for (const auto& one : message.reprocessed) write(out, one, zone);
        out.end_array();
    }
    if (message.discarded) {
        out.key("discarded").begin_object();
        write_moment(out, "at", message.discarded->at, zone);
        out.member("by", message.discarded->by).member_if("reason", message.discarded->reason).end_object();
    }
    out.key("deliveries").begin_array();
    for (const auto& delivery : message.deliveries) write(out, delivery, zone);
    return out.end_array().end_object().text();
}

std::string to_json(const std::vector<store::QueueSummary>& queues, const Zone& zone) {
    Writer out;
    out.begin_object().key("queues").begin_array();
    for (const auto& queue : queues) {
        out.begin_object().member("destination", queue.destination).member("pending", queue.pending);
        out.member("held", queue.held).member("dead", queue.dead).member("in_doubt", queue.in_doubt);
        write_moment(out, "oldest_pending", queue.oldest_pending, zone);
        write_moment(out, "next_attempt", queue.next_attempt, zone);
        if (queue.hold) {
            out.key("hold").begin_object();
            write_moment(out, "since", queue.hold->since, zone);
            out.member("by", queue.hold->by).member_if("reason", queue.hold->reason).end_object();
        }
        out.end_object();
    }
    return out.end_array().end_object().text();
}

std::string to_json(const std::vector<store::DeliveryRow>& deliveries, DeliveryId next, const Zone& zone) {
    Writer out;
    out.begin_object().key("deliveries").begin_array();
    for (const auto& row : deliveries) {
        begin(out, row, zone);
        out.end_object();
    }
    out.end_array();
    write_id(out, "next", next);
    return out.end_object().text();
}

}  // namespace gantry::admin
