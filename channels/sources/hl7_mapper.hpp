// From the bytes of an HL7 v2 message to the unit to commit: decode, index, map, and the acknowledgment that the
// outcome will dictate. Pure, and shared by every source that carries HL7 v2, by `gantry try` and by case files.
#pragma once
#include <string>
#include <vector>

#include "engine/effects/reconcile.hpp"
#include "engine/hl7/ack.hpp"
#include "engine/runtime/ports.hpp"
#include "engine/structures/validation.hpp"
#include "mappings/language/mapping.hpp"
#include "mappings/language/outgoing.hpp"
#include "mappings/language/rule.hpp"

namespace gantry::channels {

// What becomes of a message that is not what its version of HL7 says: nobody looks; the problems become warnings of its
// outcome; it is rejected, with an ERR for each problem.
enum class Validation : std::uint8_t { off, warn, strict };

// The answer when the engine cannot take a message at this moment: senders differ in which code makes them keep it and
// send it again. by_mode: AR in original mode, CE in enhanced mode.
enum class CannotNow : std::uint8_t { by_mode, reject, error };

// How the channel answers in enhanced mode (docs/specs/acknowledgments.md).
struct AcknowledgmentHandling {
    CannotNow cannot_now = CannotNow::by_mode;
    bool order_responses = false;  // answer orders with ORR^O02, ORG^O20, ORI^O24 instead of a general ACK
    bool always_one = false;       // what would get no answer at all gets the accept acknowledgment
    std::string application_to;    // "channel/name": where application acknowledgments go; empty: to the sender
};

// A message for which the rule does not hold is filtered by it, under its name.
struct AcceptRule {
    std::string name;
    mappings::Rule rule;
};

// What keeps deliveries in order, and falls back on patient, accession number and peer where a message does not say it.
// accession: the numbers of all orders of the message.
struct Ordering {
    enum class By : std::uint8_t { patient, accession, peer, path };
    By by = By::patient;
    std::optional<hl7::Path> path;
};

struct ImmediateDestination {
    bool exists = true;
    std::optional<mappings::Rule> when;
};
struct QueuedDestination {
    std::string name;  // "channel/name"
    std::optional<mappings::Rule> when;
    std::optional<mappings::Outgoing> mapping{};  // not set: it gets the message as it came
    std::optional<mappings::Rule> urgent_when{};  // not set: its deliveries are not ranked
};

// What one channel wants done with its messages. The mapping context's zone must outlive the mapper.
struct Hl7Handling {
    std::string channel;
    std::int64_t revision = 0;
    std::string character_set;         // where MSH-18 is empty
    std::string always_character_set;  // whatever MSH-18 says
    Validation validation = Validation::off;
    std::vector<AcceptRule> accept;
    mappings::MappingSet mappings;
    mappings::MappingContext context;
    Ordering ordering;
    effects::OrderPolicy orders;
    AcknowledgmentHandling acknowledgments;
    bool sequence_numbers = false;        // MSH-13, where it has a value, counts
    std::vector<std::string> replies_to;  // "channel/name": whose deliveries a message with an MSA acknowledges
    ImmediateDestination records, worklist;
    std::vector<QueuedDestination> queued;
};

class Hl7Mapper final : public runtime::Mapper {
  public:
    explicit Hl7Mapper(Hl7Handling handling) : handling_(std::move(handling)) {}
    store::Unit interpret(runtime::Inbound message) const override;
    const Hl7Handling& handling() const { return handling_; }

  private:
    // What a message is to do, and what its answer needs beside the outcome.
    struct Reading {
        effects::Effects effects;
        std::string pid;                            // for order responses
        std::vector<structures::Problem> problems;  // for which it was rejected
        std::optional<store::Reply> reply_to;
    };
    Reading read(const runtime::Inbound& inbound) const;
    void handle(const hl7::Message& message, const runtime::Inbound& inbound, Reading& reading) const;
    void count(store::Unit& unit, const std::string& number) const;
    void answer(store::Unit& unit, hl7::AckContext context, Reading reading) const;
    std::optional<store::Reply> reply_in(const hl7::Message& message) const;
    void judge(const hl7::Message& message, Reading& reading) const;
    void order_deliveries(const hl7::Message& message, const std::string& peer, effects::Effects& effects) const;
    std::string chosen_key(const hl7::Message& message, const effects::Effects& effects,
                           const std::string& address) const;
    Hl7Handling handling_;
};

// The acknowledgments for what became of a message, of which either may be empty; both only in enhanced mode.
struct Acknowledgments {
    std::string accept, application;
};
// pid: its PID segment, for order responses. problems: what strict validation found; they are said when the outcome is
// that it was rejected for them. is_reply: it is an acknowledgment itself and gets none at the application level. Pure.
Acknowledgments acknowledgments(const hl7::AckContext& context, const effects::UnitOutcome& outcome,
                                const LocalTime& when, const std::string& pid, const AcknowledgmentHandling& handling,
                                const std::vector<structures::Problem>& problems = {}, bool is_reply = false);

}  // namespace gantry::channels
