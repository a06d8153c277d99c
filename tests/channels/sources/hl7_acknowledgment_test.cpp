#include <boost/test/unit_test.hpp>

#include "channels/sources/hl7_mapper.hpp"

using namespace gantry;
using effects::RecordKind;
using effects::RecordOutcome;
using effects::UnitOutcome;
using What = RecordOutcome::What;

namespace {

struct Question {
    std::string version = "2.5.1", accept, application, type = "ORM^O01";
};

hl7::AckContext context(const Question& question) {
    return hl7::read_ack_context("MSH|^~\\&|HIS|HOSP|RIS|RAD|20261123080000||" + question.type + "|M1|P|" +
                                 question.version + "|||" + question.accept + "|" + question.application + "\r");
}

std::string answer(const UnitOutcome& outcome, const Question& question = {}, bool order_responses = false,
                   channels::CannotNow cannot_now = channels::CannotNow::by_mode) {
    return channels::acknowledgment(context(question), outcome, {2026, 11, 23, 9, 0, 0}, "PID|1||100001",
                                    order_responses, cannot_now);
}

UnitOutcome taken(What what = What::created, const std::string& reason = {}, const std::string& reply = "OK") {
    UnitOutcome out;
    out.message = 77;
    out.records.push_back({RecordKind::order, what, "ORC[1]", reason, reply, {"F1", "RIS"}, {"P1", "HIS"}});
    return out;
}

UnitOutcome refused(ErrorCode code) {
    UnitOutcome out;
    out.message = 77;
    out.outcome = effects::Outcome::rejected;
    out.error = Error{code, {}, "PID-3"};
    return out;
}

// MSA-1, or empty when there is no answer at all.
std::string code(const std::string& message) {
    const auto at = message.find("\rMSA|");
    return at == std::string::npos ? message : message.substr(at + 5, 2);
}

bool has(const std::string& message, const std::string& part) {
    return message.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_hl7_acknowledgment)

BOOST_AUTO_TEST_CASE(not_now_is_reject_or_error_by_mode_or_by_the_channel) {
    using channels::CannotNow;
    const auto not_now = refused(ErrorCode::storage_unavailable);
    const Question original, enhanced{"2.5.1", "AL", "NE"};
    const auto with = [&](CannotNow how, const Question& question) {
        return code(answer(not_now, question, false, how));
    };
    BOOST_TEST(with(CannotNow::by_mode, original) == "AR");
    BOOST_TEST(with(CannotNow::by_mode, enhanced) == "CE");
    BOOST_TEST(with(CannotNow::reject, original) == "AR");
    BOOST_TEST(with(CannotNow::reject, enhanced) == "CR");
    BOOST_TEST(with(CannotNow::error, original) == "AE");
    BOOST_TEST(with(CannotNow::error, enhanced) == "CE");
    // A judgment of the message stays what it is.
    BOOST_TEST(code(answer(refused(ErrorCode::hl7_unsupported_type), original, false, CannotNow::error)) == "AR");
}

BOOST_AUTO_TEST_CASE(what_was_done_travels_with_the_aa) {
    const auto text = answer(taken());
    BOOST_TEST(has(text, "MSH|^~\\&|RIS|RAD|HIS|HOSP|20261123090000"));
    BOOST_TEST(has(text, "|ACK^O01^ACK|77|P|2.5.1"));
    BOOST_TEST(has(text, "\rMSA|AA|M1"));
    BOOST_TEST(has(text, "order created"));
    BOOST_TEST(has(text, "|I|"));  // ERR-4: information
    const auto ignored = answer(taken(What::ignored, "an older message than the newest one"));
    BOOST_TEST(code(ignored) == "AA");
    BOOST_TEST(has(ignored, "order ignored: an older message than the newest one"));
}

BOOST_AUTO_TEST_CASE(a_conflict_and_a_warning_are_warnings) {
    auto outcome = taken(What::conflict, "the first was kept");
    outcome.warnings.push_back("the patient number was merged");
    const auto text = answer(outcome);
    BOOST_TEST(code(text) == "AA");
    BOOST_TEST(has(text, "|W|"));
    BOOST_TEST(has(text, "order conflict: the first was kept"));
    BOOST_TEST(has(text, "the patient number was merged"));
}

BOOST_AUTO_TEST_CASE(a_filtered_message_is_accepted) {
    UnitOutcome outcome;
    outcome.outcome = effects::Outcome::filtered;
    BOOST_TEST(code(answer(outcome)) == "AA");
    BOOST_TEST(has(answer(outcome, {"2.3.1"}), "filtered"));
}

BOOST_AUTO_TEST_CASE(an_error_says_what_and_where) {
    const auto text = answer(refused(ErrorCode::patient_missing_identifier));
    BOOST_TEST(code(text) == "AE");
    BOOST_TEST(has(text, "ERR||PID^1^3^1|101^"));
    BOOST_TEST(has(text, "|E|patient.missing_identifier"));
    BOOST_TEST(code(answer(refused(ErrorCode::hl7_unsupported_type))) == "AR");
    BOOST_TEST(code(answer(refused(ErrorCode::storage_unavailable))) == "AR");
}

BOOST_AUTO_TEST_CASE(an_answer_that_refuses_never_travels_with_aa) {
    for (const auto* reply : {"UC", "UD", "UX", "UM", "UH", "UR", "UA"})
        BOOST_TEST(code(answer(taken(What::conflict, "the procedure has already started", reply))) == "AE");
    for (const auto* reply : {"OK", "CR", "XR", "HR", ""})
        BOOST_TEST(code(answer(taken(What::updated, "", reply))) == "AA");
    const auto text = answer(taken(What::conflict, "the procedure has already started", "UX"));
    BOOST_TEST(has(text, "|E|"));
}

BOOST_AUTO_TEST_CASE(before_version_25_success_has_no_err) {
    for (const auto* version : {"2.1", "2.2", "2.3", "2.3.1", "2.4"}) {
        const auto text = answer(taken(), {version});
        BOOST_TEST(code(text) == "AA");
        BOOST_TEST(!has(text, "\rERR"));
        BOOST_TEST(has(text, "order created"));  // MSA-3
        BOOST_TEST(has(answer(refused(ErrorCode::patient_missing_identifier), {version}), "\rERR|"));
    }
    for (const auto* version : {"2.5", "2.5.1", "2.8"}) BOOST_TEST(has(answer(taken(), {version}), "\rERR|"));
}

BOOST_AUTO_TEST_CASE(enhanced_mode_answers_always_and_at_the_level_asked_for) {
    const struct {
        std::string accept, application, success, error;
    } rows[] = {
        {"", "", "AA", "AE"},  // original mode
        {"AL", "", "CA", "CE"},   {"AL", "NE", "CA", "CE"}, {"AL", "AL", "CA", "CE"}, {"AL", "ER", "CA", "CE"},
        {"NE", "AL", "AA", "AE"}, {"", "AL", "AA", "AE"},   {"NE", "ER", "CA", "AE"}, {"NE", "SU", "AA", "CE"},
        {"NE", "NE", "CA", "CE"}, {"NE", "", "CA", "CE"},   {"", "NE", "CA", "CE"},   {"ER", "NE", "CA", "CE"},
        {"ER", "AL", "AA", "CE"}, {"ER", "ER", "CA", "CE"}, {"ER", "SU", "AA", "CE"}, {"SU", "NE", "CA", "CE"},
        {"SU", "AL", "CA", "AE"}, {"SU", "ER", "CA", "AE"}, {"SU", "SU", "CA", "CE"}, {"AL", "SU", "CA", "CE"},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT("MSH-15 '" << row.accept << "' MSH-16 '" << row.application << "'") {
            const Question question{"2.5.1", row.accept, row.application};
            BOOST_TEST(code(answer(taken(), question)) == row.success);
            BOOST_TEST(code(answer(refused(ErrorCode::patient_missing_identifier), question)) == row.error);
        }
    }
    BOOST_TEST(code(answer(refused(ErrorCode::storage_unavailable), {"2.5.1", "AL"})) == "CE");
}

BOOST_AUTO_TEST_CASE(order_responses_name_each_order) {
    const auto text = answer(taken(), {}, true);
    BOOST_TEST(has(text, "ORR^O02"));
    BOOST_TEST(has(text, "\rPID|1||100001\r"));
    BOOST_TEST(has(text, "\rORC|OK|P1^HIS|F1^RIS"));
    BOOST_TEST(has(answer(taken(), {"2.5.1", "AL"}, true), "|ACK^O01^ACK|"));  // an accept acknowledgment is general
    BOOST_TEST(has(answer(taken(), {"2.5.1", "", "", "ADT^A08"}, true), "|ACK^A08^ACK|"));
    BOOST_TEST(has(answer(refused(ErrorCode::patient_missing_identifier), {}, true), "|ACK^O01^ACK|"));
}

BOOST_AUTO_TEST_CASE(every_answer_has_a_control_id_of_its_own) {
    UnitOutcome unstored = refused(ErrorCode::storage_unavailable);
    unstored.message = 0;
    BOOST_TEST(answer(unstored) != answer(unstored));
}

BOOST_AUTO_TEST_CASE(garbage_is_answered_too) {
    const auto text = channels::acknowledgment(hl7::read_ack_context("GET / HTTP/1.1\r\n"),
                                               refused(ErrorCode::hl7_not_hl7), {}, {}, true);
    BOOST_TEST(text.substr(0, 9) == "MSH|^~\\&|");
    BOOST_TEST(code(text) == "AE");
}

BOOST_AUTO_TEST_SUITE_END()
