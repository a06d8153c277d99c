// Stored rows of the ledger and the queues as values.
#pragma once
#include "engine/store/messages.hpp"
#include "engine/store/stored_body.hpp"
#include "records-odb.hxx"

namespace gantry::store {

inline std::string text_of(const records::bytes& bytes) {
    return {bytes.begin(), bytes.end()};
}

// Of a body's row.
template <class Body>
Result<std::string> content_of(const Body& body) {
    return original_body(body.encoding, {reinterpret_cast<const char*>(body.content.data()), body.content.size()});
}

inline MessageRow row_of(const records::Message& row) {
    MessageRow out;
    out.id = {row.id};
    out.received = {row.received};
    out.committed = {row.committed};
    out.channel = row.channel;
    out.peer = row.peer;
    out.sender = row.sender;
    out.control_id = row.control_id;
    out.type = row.type;
    out.outcome = static_cast<effects::Outcome>(row.outcome);
    out.error = row.error;
    out.error_detail = row.error_detail;
    out.error_place = row.error_place;
    out.duplicate_of = {row.duplicate_of};
    out.revision = row.revision;
    return out;
}

inline DeliveryRow row_of(const records::Delivery& row) {
    DeliveryRow out;
    out.id = {row.id};
    out.message = {row.message};
    out.destination = row.destination;
    out.lane = row.lane;
    out.state = static_cast<effects::Outcome>(row.state);
    out.attempts = row.attempts;
    out.created = {row.created};
    out.next_attempt = {row.next_attempt};
    out.finished = {row.finished};
    out.begun = {row.begun};
    out.last_error = row.last_error;
    out.as_received = row.as_received;
    return out;
}

}  // namespace gantry::store
