// What lists of messages, chains of changes and delivery queues are read by, and what stops a destination.
#pragma once
#include <odb/core.hxx>

#include <cstdint>
#include <string>

#include "imaging_study.hxx"
#include "message.hxx"
#include "patient.hxx"
#include "radiology_report.hxx"

namespace gantry {
namespace records {

#pragma db view object(Message)
struct MessageNumber {
    std::int64_t id = 0;
};

#pragma db view object(Message)
struct MessageOutcome {
    std::int64_t id = 0;
    std::int16_t outcome = 0;
};

// A record and the change that wrote it last.
#pragma db view object(ImagingStudy)
struct OrderHead {
    std::int64_t id = 0;
    std::int64_t patient = 0;
    std::int64_t last_change = 0;
};
#pragma db view object(Patient)
struct PatientHead {
    std::int64_t id = 0;
    std::int64_t merged_into = 0;
    std::int64_t last_change = 0;
};
#pragma db view object(RadiologyReport)
struct ReportHead {
    std::int64_t id = 0;
    std::int64_t last_change = 0;
};

#pragma db view table("delivery") query((?) + "GROUP BY \"destination\"")
struct QueueCount {
#pragma db column("\"destination\"")
    std::string destination;
#pragma db column("count(*)")
    std::int64_t deliveries = 0;
#pragma db column("min(\"id\")")
    std::int64_t oldest = 0;
};

// Lanes with a delivery that waits for a person, and which is the first.
#pragma db view object(Delivery) query((?) + "GROUP BY" + Delivery::lane)
struct BlockedLaneRow {
#pragma db column(Delivery::lane)
    std::string lane;
#pragma db column("min(" + Delivery::id + ")")
    std::int64_t first = 0;
};

// A pending delivery, as far as ranks go.
#pragma db view object(Delivery)
struct RankedRow {
    std::int64_t id = 0;
    std::string lane;
    std::int16_t priority = 0;
};

// A destination that a person has stopped: nothing of its queue is tried until the row is gone.
#pragma db object table("destination_hold")
struct DestinationHold {
#pragma db id
    std::string destination;  // "channel/name"
    std::int64_t since = 0;   // microseconds since 1970, UTC
    std::string held_by, reason;
};

}  // namespace records
}  // namespace gantry
