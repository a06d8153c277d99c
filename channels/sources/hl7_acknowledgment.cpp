#include <algorithm>
#include <atomic>

#include "channels/sources/hl7_mapper.hpp"
#include "engine/hl7/order_reply.hpp"

namespace gantry::channels {
namespace {

using What = effects::RecordOutcome::What;

// Unique for ever for a stored message; for one that could not be stored, unique in this process.
std::string control_id_of(const effects::UnitOutcome& outcome) {
    if (outcome.message != 0) return std::to_string(outcome.message);
    static std::atomic<std::uint64_t> unstored{0};
    return "X" + std::to_string(++unstored);
}

// Answers that refuse never travel with AA: a sender that reads only MSA-1 must not believe the cancel.
bool refuses(const std::string& reply) {
    return reply == "UC" || reply == "UD" || reply == "UX" || reply == "UM" || reply == "UH" || reply == "UR" ||
           reply == "UA";
}

hl7::ErrorSegment note(const std::string& place, std::string text, char severity) {
    hl7::ErrorSegment segment;
    segment.location = hl7::error_location(place);
    segment.condition = severity == 'E' ? 207 : 0;
    segment.severity = severity;
    segment.user_message = std::move(text);
    return segment;
}

std::string sentence(const effects::RecordOutcome& record) {
    std::string text = std::string(effects::to_text(record.kind)) + " " + std::string(effects::to_text(record.what));
    if (!record.reason.empty()) text += ": " + record.reason;
    return text;
}

// One ERR for each problem, with the code table 0357 has for it.
hl7::Reply not_valid(const Error& error, const std::vector<structures::Problem>& problems) {
    auto reply = hl7::refusal(error);
    const auto whole = reply.errors.front();
    reply.errors.clear();
    for (const auto& problem : problems)
        reply.errors.push_back({problem.location, problem.condition, problem.error ? 'E' : 'W', whole.application_code,
                                whole.diagnostic, problem.text});
    return reply;
}

// What refuses comes first: many senders read one ERR.
void errors_first(hl7::Reply& reply) {
    std::stable_partition(reply.errors.begin(), reply.errors.end(),
                          [](const auto& segment) { return segment.severity == 'E'; });
}

hl7::Reply verdict(const effects::UnitOutcome& outcome) {
    if (outcome.error) return hl7::refusal(*outcome.error);
    hl7::Reply reply;
    for (const auto& record : outcome.records) {
        const bool refused = refuses(record.reply);
        if (refused) reply.code = hl7::AcknowledgmentCode::AE;
        const char severity = refused ? 'E' : record.what == What::conflict ? 'W' : 'I';
        reply.errors.push_back(note(record.place, sentence(record), severity));
        reply.text += (reply.text.empty() ? "" : "; ") + sentence(record);
    }
    for (const auto& warning : outcome.warnings) {
        reply.errors.push_back(note({}, warning, 'W'));
        reply.text += (reply.text.empty() ? "" : "; ") + warning;
    }
    if (outcome.outcome == effects::Outcome::filtered) {
        reply.text = "filtered: " + outcome.filtered_by;
        reply.errors.push_back(note({}, reply.text, 'I'));
    }
    return reply;
}

// No judgment of the message: it may come again as it is.
bool is_not_now(ErrorCode code) {
    return code == ErrorCode::storage_unavailable || code == ErrorCode::overloaded;
}

hl7::AcknowledgmentCode code_of_not_now(CannotNow cannot_now, bool enhanced) {
    const bool error = cannot_now == CannotNow::error || (cannot_now == CannotNow::by_mode && enhanced);
    return error ? hl7::AcknowledgmentCode::AE : hl7::AcknowledgmentCode::AR;
}

std::vector<hl7::OrderVerdict> order_verdicts(const effects::UnitOutcome& outcome) {
    std::vector<hl7::OrderVerdict> out;
    for (const auto& record : outcome.records) {
        if (record.kind != effects::RecordKind::order || record.reply.empty()) continue;
        hl7::OrderVerdict verdict;
        verdict.control = record.reply;
        verdict.placer.number = record.placer.number;
        verdict.placer.namespace_id = record.placer.authority;
        verdict.filler.number = record.filler.number;
        verdict.filler.namespace_id = record.filler.authority;
        out.push_back(std::move(verdict));
    }
    return out;
}

}  // namespace

std::string acknowledgment(const hl7::AckContext& context, const effects::UnitOutcome& outcome, const LocalTime& when,
                           const std::string& pid, bool order_responses, CannotNow cannot_now,
                           const std::vector<structures::Problem>& problems) {
    const bool judged = outcome.error && outcome.error->code == ErrorCode::hl7_not_valid && !problems.empty();
    auto reply = judged ? not_valid(*outcome.error, problems) : verdict(outcome);
    errors_first(reply);
    if (outcome.error && is_not_now(outcome.error->code)) reply.code = code_of_not_now(cannot_now, context.enhanced());
    reply.own_control_id = control_id_of(outcome);
    reply.when = when;
    // A sender in enhanced mode that wants both gets the accept acknowledgment. So does one that wants neither: over
    // MLLP it waits for a frame before it sends the next message, whatever MSH-15 and MSH-16 say.
    const bool application_wanted = hl7::wants_application_ack(context, reply.code);
    const bool accept = hl7::wants_accept_ack(context, hl7::accept_level(reply.code)) || !application_wanted;
    const bool application = !accept;
    // Before v2.5 an ERR is an error: what went well is said in MSA-3 alone.
    if (!outcome.error && reply.code == hl7::AcknowledgmentCode::AA && context.version_number() < 205)
        reply.errors.clear();
    if (accept) reply.code = hl7::accept_level(reply.code);
    if (application && order_responses) return hl7::order_reply(context, reply, pid, order_verdicts(outcome));
    return hl7::acknowledge(context, reply);
}

}  // namespace gantry::channels
