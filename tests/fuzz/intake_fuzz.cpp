// Any bytes as messages of the shipped channel, one after the other on the same records: from the bytes to what would
// be committed and answered. In original mode there is one answer, in enhanced mode at most one of each level; each is
// one a sender can read and refer to its message, the last word about what was refused is never that it was accepted,
// and a refused message writes nothing. What a destination gets instead of it is a message.
#include "channels/sources/hl7_mapper.hpp"
#include "engine/hl7/ack.hpp"
#include "engine/hl7/batch.hpp"
#include "engine/hl7/header.hpp"
#include "engine/store/unit_outcome.hpp"
#include "tests/engine/effects/memory_records.hpp"
#include "tests/fuzz/parts.hpp"

using namespace gantry;
using fuzz::must;

namespace {

const Zone zone("Europe/Berlin");
constexpr Instant now{1'795'424'400'000'000};
constexpr std::size_t most_messages = 4;

channels::Hl7Mapper mapper(bool order_responses) {
    channels::Hl7Handling handling;
    handling.channel = "fuzz";
    handling.mappings = fuzz::shipped_mappings();
    handling.context.channel = "fuzz";
    handling.context.zone = &zone;
    handling.context.accession = {};
    handling.acknowledgments.order_responses = order_responses;
    handling.queued = {{"fuzz/archive", {}}, {"fuzz/pacs", {}, fuzz::shipped_outgoing()}};
    return channels::Hl7Mapper(std::move(handling));
}

// The messages of an answer: each begins with MSH, as no other segment of an answer does.
std::vector<std::string> frames(const std::string& answer) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < answer.size();) {
        const auto next = answer.find("\rMSH", at);
        const auto end = next == std::string::npos ? answer.size() : next + 1;
        out.push_back(answer.substr(at, end - at));
        at = end;
    }
    return out;
}

// The code of one of them.
std::string check_frame(const std::string& sent, const std::string& frame, bool refused) {
    const auto message = hl7::Message::parse(frame);
    must(message.ok(), "the answer is a message");
    const auto msa = message->segment("MSA");
    must(bool(msa) && message->segment(1).id() == "MSA", "MSA follows MSH");
    const auto header = hl7::read_header(sent);
    must(msa.field(2).raw() == (header.found ? header.echo(10) : std::string()), "MSA-2 is MSH-10");
    const std::string code(msa.field(1).raw());
    must(code.size() == 2 && (code[0] == 'A' || code[0] == 'C'), "MSA-1 is a code of table 0008");
    must(code[1] == 'A' || code[1] == 'E' || code[1] == 'R', "MSA-1 is a code of table 0008");
    if (refused && code != "CA") must(bool(message->segment("ERR")), "a refusal has an ERR");
    for (std::size_t i = 0; i < message->segments(); ++i)
        must(message->segment(i).id().size() == 3, "every segment has a name");
    must(frame.find('\0') == std::string::npos && frame.find('\x1c') == std::string::npos,
         "nothing in the answer breaks its frame");
    return code;
}

void check_answer(const std::string& sent, const std::string& answer, const effects::UnitOutcome& outcome) {
    const bool refused = outcome.error.has_value();
    std::vector<std::string> codes;
    for (const auto& frame : frames(answer)) codes.push_back(check_frame(sent, frame, refused));
    if (!hl7::read_ack_context(sent).enhanced())
        must(codes.size() == 1 && codes[0][0] == 'A', "one answer in original mode");
    else if (codes.size() == 2)
        must(codes[0][0] == 'C' && codes[1][0] == 'A', "first the accept level, then the application level");
    must(codes.size() <= 2, "one answer of each level");
    if (refused && !codes.empty()) must(codes.back()[1] != 'A', "what was refused is not accepted");
}

// A changed copy is a message, too, without what was to be left out.
void check_copy(const std::string& copy) {
    const auto message = hl7::Message::parse(copy);
    must(message.ok(), "a changed copy is a message");
    must(!message->segment("NTE") && !message->segment("IN1"), "what is left out is not there");
    must(message->msh().field(5).raw() == "PACS", "what is set is there");
}

void take(const channels::Hl7Mapper& mapper, const std::string& bytes, effects::MemoryRecords& records, IdSource& ids) {
    auto unit = mapper.interpret({bytes, "127.0.0.1:1", now, {}});
    must(unit.content == bytes, "the message is kept as it came");
    for (const auto& delivery : unit.effects.deliveries)
        if (delivery.destination == "fuzz/pacs") check_copy(delivery.payload);
    const auto decision = store::decide(unit, nullptr, records, ids, now);
    const auto& plan = decision.plan;
    const bool writes = !plan.patients.empty() || !plan.orders.empty() || !plan.patches.empty();
    must(!(decision.done.outcome.error && writes), "a refused message writes nothing");
    for (const auto& write : plan.orders)
        for (const auto& step : write.after.steps)
            must(step.fields[effects::StepField::step_id].size() <= 4 * 16, "a step id fits the worklist");
    check_answer(bytes, decision.done.reply, decision.done.outcome);
    if (!decision.done.outcome.error) records.apply(unit.effects);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const auto plain = mapper(false), with_responses = mapper(true);
    static const FixedClock clock(now);
    if (size == 0) return 0;
    const auto text = fuzz::text_of(data + 1, size - 1);
    const auto& chosen = data[0] % 2 == 0 ? plain : with_responses;
    effects::MemoryRecords records;
    IdSource ids(clock, 0, 1);
    const auto batch = hl7::split_batch(text);
    if (batch.messages.size() < 2) take(chosen, std::string(text), records, ids);
    if (batch.messages.size() >= 2)
        for (std::size_t i = 0; i < std::min(batch.messages.size(), most_messages); ++i)
            take(chosen, std::string(batch.messages[i]), records, ids);
    return 0;
}
