#include "channels/destinations/hl7_reply.hpp"

#include <algorithm>
#include <iterator>

#include "engine/hl7/ack.hpp"

namespace gantry::channels {
namespace {

using Verdict = runtime::Destination::Verdict;

constexpr std::string_view codes[] = {"AA", "AE", "AR", "CA", "CE", "CR"};

Wanted wanted(std::string_view condition) {
    if (condition.empty() || condition == "NE") return Wanted::never;
    if (condition == "ER") return Wanted::on_error;
    return condition == "SU" ? Wanted::on_success : Wanted::always;
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

}  // namespace

SentMessage read_sent(std::string_view message) {
    const auto context = hl7::read_ack_context(message);
    SentMessage out;
    out.control_id = hl7::comparable_control_id(context.control_id, context.delimiters);
    out.enhanced = context.enhanced();
    out.names = store::reply_names(context.receiving_application, context.receiving_facility,
                                   context.sending_application, context.sending_facility);
    if (out.enhanced) {
        out.accept = wanted(context.accept_ack);
        out.application = wanted(context.application_ack);
    }
    return out;
}

bool may_come_apart(const SentMessage& message) {
    constexpr std::size_t longest = 199;
    return message.enhanced && message.application != Wanted::never && !message.control_id.empty() &&
           message.control_id.size() <= longest;
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

std::optional<runtime::Destination::Answer> out_of_turn(const SentMessage& message, std::int64_t expected) {
    if (expected == message.number || expected == -1) return std::nullopt;
    runtime::Destination::Answer out;
    out.detail =
        "the receiver expects number " + std::to_string(expected) + ", and this is " + std::to_string(message.number);
    if (expected == message.number + 1 && message.sent_before) {
        out.detail += ": it has it";
        return out;
    }
    out.verdict = expected > 0 && expected < message.number ? Verdict::retry : Verdict::held;
    out.next_number = std::max<std::int64_t>(expected, 0);
    return out;
}

runtime::Destination::Answer answer_to(const Acknowledgment& acknowledgment, const ReplyActions& actions) {
    const bool known = hl7::is_acknowledgment_code(acknowledgment.code);
    std::string detail = known ? acknowledgment.code : "an acknowledgment code that HL7 does not know";
    if (acknowledgment.condition > 0)
        detail += ": " + std::to_string(acknowledgment.condition) + " " +
                  std::string(hl7::condition_text(acknowledgment.condition));
    return {verdict(actions.of(acknowledgment.code)), std::move(detail)};
}

}  // namespace gantry::channels
