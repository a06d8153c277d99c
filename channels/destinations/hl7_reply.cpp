#include "channels/destinations/hl7_reply.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "engine/hl7/ack.hpp"
#include "engine/hl7/escape.hpp"
#include "engine/hl7/header.hpp"
#include "engine/hl7/message.hpp"

namespace gantry::channels {
namespace {

using Verdict = runtime::Destination::Verdict;

constexpr std::string_view codes[] = {"AA", "AE", "AR", "CA", "CE", "CR"};

Wanted wanted(std::string_view condition) {
    if (condition.empty() || condition == "NE") return Wanted::never;
    if (condition == "ER") return Wanted::on_error;
    return condition == "SU" ? Wanted::on_success : Wanted::always;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

// Receivers pad it, and escape it by delimiters of their own.
std::string control_id(std::string_view raw, const hl7::Delimiters& delimiters) {
    return std::string(trimmed(hl7::unescape(hl7::echo_of(raw), delimiters)));
}

// ERR-3.1; before v2.5 ERR-1.4, a code with subcomponents.
int condition_of(const hl7::Segment& err) {
    for (const auto code : {err.field(3).component(1).raw(), err.field(1).component(4).subcomponent(1).raw()}) {
        int number = 0;
        std::from_chars(code.data(), code.data() + code.size(), number);
        if (number > 0 && !hl7::condition_text(number).empty()) return number;
    }
    return 0;
}

Verdict verdict(ReplyAction action) {
    switch (action) {
        case ReplyAction::done:
            return Verdict::delivered;
        case ReplyAction::retry:
            return Verdict::retry;
        case ReplyAction::dead:
            return Verdict::refused;
        case ReplyAction::hold:
            return Verdict::held;
    }
    return Verdict::held;
}

bool is_known(std::string_view code) {
    return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

}  // namespace

SentMessage read_sent(std::string_view message) {
    const auto context = hl7::read_ack_context(message);
    SentMessage out;
    out.control_id = control_id(context.control_id, context.delimiters);
    out.enhanced = context.enhanced();
    if (out.enhanced) {
        out.accept = wanted(context.accept_ack);
        out.application = wanted(context.application_ack);
    }
    return out;
}

std::vector<Acknowledgment> read_acknowledgments(std::string_view reply) {
    std::vector<Acknowledgment> out;
    const auto message = hl7::Message::parse(std::string(reply));
    if (!message) return out;
    for (std::size_t i = 0; i < message->segments(); ++i) {
        const auto segment = message->segment(i);
        if (segment.id() == "MSA")
            out.push_back({std::string(trimmed(segment.field(1).component(1).raw())),
                           control_id(segment.field(2).raw(), message->delimiters()), 0});
        else if (segment.id() == "ERR" && !out.empty() && out.back().condition == 0)
            out.back().condition = condition_of(segment);
    }
    return out;
}

ReplyAction ReplyActions::of(std::string_view code) const {
    const ReplyAction actions[] = {aa, ae, ar, ca, ce, cr};
    for (std::size_t i = 0; i < std::size(codes); ++i)
        if (codes[i] == code) return actions[i];
    return other;
}

const settings::Schema<ReplyActions>& reply_actions_schema() {
    static const auto schema = [] {
        const auto words = {std::pair{"done", ReplyAction::done}, std::pair{"retry", ReplyAction::retry},
                            std::pair{"dead", ReplyAction::dead}, std::pair{"hold", ReplyAction::hold}};
        return settings::Schema<ReplyActions>("reply_actions", "What becomes of a delivery by MSA-1 of its answer.")
            .option("AA", &ReplyActions::aa, "application accept", words)
            .option("AE", &ReplyActions::ae, "application error: what is in this message", words)
            .option("AR", &ReplyActions::ar,
                    "application reject: message type, processing id or version, or the receiver cannot now", words)
            .option("CA", &ReplyActions::ca, "commit accept: it is stored", words)
            .option("CE", &ReplyActions::ce, "commit error: it could not be stored", words)
            .option("CR", &ReplyActions::cr, "commit reject: message type, processing id or version", words)
            .option("*", &ReplyActions::other, "any other code, or none", words);
    }();
    return schema;
}

runtime::Destination::Answer answer_to(const Acknowledgment& acknowledgment, const ReplyActions& actions) {
    const bool known = is_known(acknowledgment.code);
    std::string detail = known ? acknowledgment.code : "an acknowledgment code that HL7 does not know";
    if (acknowledgment.condition > 0)
        detail += ": " + std::to_string(acknowledgment.condition) + " " +
                  std::string(hl7::condition_text(acknowledgment.condition));
    return {verdict(actions.of(acknowledgment.code)), std::move(detail)};
}

}  // namespace gantry::channels
