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

// Not taken for what it is (MSH-9, 11, 12), not now, or not in its turn: a matter of the accept level, where that may
// speak.
bool is_refused_at_the_door(const effects::UnitOutcome& outcome, hl7::AcknowledgmentCode code) {
    if (code == hl7::AcknowledgmentCode::AR) return true;
    return outcome.error && (is_not_now(outcome.error->code) || outcome.error->code == ErrorCode::hl7_out_of_sequence);
}

struct Levels {
    std::optional<hl7::AcknowledgmentCode> accept, application;
};

// 2.9.3; the table in docs/specs/acknowledgments.md.
Levels enhanced_levels(const hl7::AckContext& context, hl7::AcknowledgmentCode code, bool at_the_door, bool is_reply) {
    using hl7::AcknowledgmentCode;
    const auto refused = hl7::accept_level(code);
    Levels out;
    if (at_the_door && hl7::wants_accept_ack(context, refused)) return {refused, {}};
    if (!is_reply && hl7::wants_application_ack(context, code)) out.application = code;
    const bool told = out.application || code == AcknowledgmentCode::AA;
    const auto accept = told && !at_the_door ? AcknowledgmentCode::CA : refused;
    if (hl7::wants_accept_ack(context, accept)) out.accept = accept;
    return out;
}

Levels levels(const hl7::AckContext& context, hl7::AcknowledgmentCode code, bool at_the_door, bool is_reply) {
    if (context.enhanced()) return enhanced_levels(context, code, at_the_door, is_reply);
    return {{}, is_reply ? std::nullopt : std::optional(code)};
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

Acknowledgments acknowledgments(const hl7::AckContext& context, const effects::UnitOutcome& outcome,
                                const LocalTime& when, const std::string& pid, const AcknowledgmentHandling& handling,
                                const std::vector<structures::Problem>& problems, bool is_reply) {
    const bool judged = outcome.error && outcome.error->code == ErrorCode::hl7_not_valid && !problems.empty();
    auto reply = judged ? not_valid(*outcome.error, problems) : verdict(outcome);
    errors_first(reply);
    if (outcome.error && is_not_now(outcome.error->code))
        reply.code = code_of_not_now(handling.cannot_now, context.enhanced());
    const auto code = reply.code;
    auto said = levels(context, code, is_refused_at_the_door(outcome, code), is_reply);
    if (handling.always_one && !is_reply && !said.accept && !said.application) said.accept = hl7::accept_level(code);
    reply.own_control_id = control_id_of(outcome);
    if (outcome.expected_number) reply.expected_sequence_number = std::to_string(*outcome.expected_number);
    reply.when = when;
    // Before v2.5 an ERR is an error: what went well is said in MSA-3 alone.
    if (!outcome.error && code == hl7::AcknowledgmentCode::AA && context.version_number() < 205) reply.errors.clear();
    Acknowledgments out;
    if (said.application) {
        auto application = reply;
        if (!handling.application_to.empty() && context.enhanced()) {
            application.accept_ack = "AL";
            application.application_ack = "NE";
        }
        out.application = handling.order_responses
                              ? hl7::order_reply(context, application, pid, order_verdicts(outcome))
                              : hl7::acknowledge(context, application);
        reply.own_control_id += "C";
        reply.errors.clear();  // the application acknowledgment has them
        reply.text.clear();
    }
    if (said.accept) {
        reply.code = *said.accept;
        out.accept = hl7::acknowledge(context, reply);
    }
    return out;
}

}  // namespace gantry::channels
