// From the bytes of an HL7 v2 message to the unit to commit: decode, index, map, and the acknowledgment that the
// outcome will dictate. Pure, and shared by every source that carries HL7 v2, by `gantry try` and by case files.
#pragma once
#include <string>
#include <vector>

#include "engine/effects/reconcile.hpp"
#include "engine/hl7/ack.hpp"
#include "engine/runtime/ports.hpp"
#include "mappings/language/mapping.hpp"

namespace gantry::channels {

// What one channel wants done with its messages. The mapping context's zone must outlive the mapper.
struct Hl7Handling {
    std::string channel;
    std::int64_t revision = 0;
    std::string character_set;  // where MSH-18 is empty
    mappings::MappingSet mappings;
    mappings::MappingContext context;
    effects::OrderPolicy orders;
    bool order_responses = false;          // answer orders with ORR^O02, ORG^O20, ORI^O24 instead of a general ACK
    bool records = true, worklist = true;  // immediate destinations the channel has
    std::vector<std::string> queued;       // names of its queued destinations, "channel/name"
};

class Hl7Mapper final : public runtime::Mapper {
  public:
    explicit Hl7Mapper(Hl7Handling handling) : handling_(std::move(handling)) {}
    store::Unit interpret(runtime::Inbound message) const override;
    const Hl7Handling& handling() const { return handling_; }

  private:
    effects::Effects effects_of(const std::string& bytes, Instant received, std::string& pid) const;
    Hl7Handling handling_;
};

// The acknowledgment for what became of a message, never empty. pid: its PID segment, for order responses. Pure.
std::string acknowledgment(const hl7::AckContext& context, const effects::UnitOutcome& outcome, const LocalTime& when,
                           const std::string& pid, bool order_responses);

}  // namespace gantry::channels
