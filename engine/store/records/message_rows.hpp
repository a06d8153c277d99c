// Stored rows of the ledger and the queues as values.
#pragma once
#include <odb/database.hxx>

#include "engine/store/messages.hpp"
#include "engine/store/stored_body.hpp"
#include "records-odb.hxx"

namespace gantry::store {

// Within a transaction; none: there is no such document, or its bytes are not those of its digest.
std::optional<std::string> document_bytes(odb::database& database, const std::string& digest);

inline std::string text_of(const records::bytes& bytes) {
    return {bytes.begin(), bytes.end()};
}

inline std::string_view view_of(const records::bytes& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Of a body's row, within a transaction; its attachments are looked up.
template <class Body>
Result<std::string> content_of(odb::database& database, const Body& body) {
    return original_body(body.encoding, view_of(body.content),
                         [&](const std::string& digest) { return document_bytes(database, digest); });
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
