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

channels::Acknowledgments both(const UnitOutcome& outcome, const Question& question,
                               const channels::AcknowledgmentHandling& how = {}, bool is_reply = false) {
    return channels::acknowledgments(context(question), outcome, {2026, 11, 23, 9, 0, 0}, "PID|1||100001", how, {},
                                     is_reply);
}

// All that is said, one after the other.
std::string answer(const UnitOutcome& outcome, const Question& question = {}, bool order_responses = false,
                   channels::CannotNow cannot_now = channels::CannotNow::by_mode) {
    const auto said = both(outcome, question, {cannot_now, order_responses, false, {}});
    return said.accept + said.application;
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

// "CA AA", "-".
std::string codes(const channels::Acknowledgments& said) {
    const auto text =
        code(said.accept) + (said.accept.empty() || said.application.empty() ? "" : " ") + code(said.application);
    return text.empty() ? "-" : text;
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

BOOST_AUTO_TEST_CASE(all_pairs_are_answered_as_they_ask) {
    const struct {
        std::string accept, application, success, error, reject, not_now;
    } rows[] = {
        {"", "", "AA", "AE", "AR", "AR"},  // original mode
        {"AL", "AL", "CA AA", "CA AE", "CR", "CE"},
        {"AL", "NE", "CA", "CE", "CR", "CE"},
        {"AL", "ER", "CA", "CA AE", "CR", "CE"},
        {"AL", "SU", "CA AA", "CE", "CR", "CE"},
        {"NE", "AL", "AA", "AE", "AR", "AE"},
        {"NE", "NE", "-", "-", "-", "-"},
        {"NE", "ER", "-", "AE", "AR", "AE"},
        {"NE", "SU", "AA", "-", "-", "-"},
        {"ER", "AL", "AA", "AE", "CR", "CE"},
        {"ER", "NE", "-", "CE", "CR", "CE"},
        {"ER", "ER", "-", "AE", "CR", "CE"},
        {"ER", "SU", "AA", "CE", "CR", "CE"},
        {"SU", "AL", "CA AA", "CA AE", "AR", "AE"},
        {"SU", "NE", "CA", "-", "-", "-"},
        {"SU", "ER", "CA", "CA AE", "AR", "AE"},
        {"SU", "SU", "CA AA", "-", "-", "-"},
        {"AL", "", "CA", "CE", "CR", "CE"},
        {"", "AL", "AA", "AE", "AR", "AE"},
        {"", "NE", "-", "-", "-", "-"},
        {"XX", "YY", "CA AA", "CA AE", "CR", "CE"},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT("MSH-15 '" << row.accept << "' MSH-16 '" << row.application << "'") {
            const Question question{"2.5.1", row.accept, row.application};
            BOOST_TEST(codes(both(taken(), question)) == row.success);
            BOOST_TEST(codes(both(refused(ErrorCode::patient_missing_identifier), question)) == row.error);
            BOOST_TEST(codes(both(refused(ErrorCode::hl7_unsupported_type), question)) == row.reject);
            BOOST_TEST(codes(both(refused(ErrorCode::storage_unavailable), question)) == row.not_now);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_sender_that_waits_for_a_frame_gets_one_where_the_channel_says_so) {
    channels::AcknowledgmentHandling how;
    how.always_one = true;
    const auto with = [&](const UnitOutcome& outcome, const char* accept, const char* application) {
        return codes(both(outcome, {"2.5.1", accept, application}, how));
    };
    BOOST_TEST(with(taken(), "NE", "NE") == "CA");
    BOOST_TEST(with(taken(), "ER", "ER") == "CA");
    BOOST_TEST(with(refused(ErrorCode::patient_missing_identifier), "SU", "NE") == "CE");
    BOOST_TEST(with(taken(), "NE", "AL") == "AA");
    BOOST_TEST(with(taken(), "AL", "AL") == "CA AA");
}

BOOST_AUTO_TEST_CASE(the_two_acknowledgments_of_a_message_are_two_messages) {
    const auto said = both(refused(ErrorCode::patient_missing_identifier), {"2.5.1", "AL", "AL"});
    BOOST_TEST(has(said.accept, "|77C|P|"));
    BOOST_TEST(has(said.application, "|77|P|"));
    BOOST_TEST(!has(said.accept, "\rERR"));  // it is stored, and that is all it says
    BOOST_TEST(has(said.application, "\rERR|"));
}

BOOST_AUTO_TEST_CASE(an_acknowledgment_is_accepted_when_it_asks_for_it_and_never_answered_otherwise) {
    for (const auto* application : {"", "AL", "NE"}) {
        BOOST_TEST(codes(both(taken(), {"2.5.1", "AL", application}, {}, true)) == "CA");
        BOOST_TEST(codes(both(taken(), {"2.5.1", "NE", application}, {}, true)) == "-");
    }
    BOOST_TEST(codes(both(taken(), {}, {}, true)) == "-");
    channels::AcknowledgmentHandling how;
    how.always_one = true;
    BOOST_TEST(codes(both(taken(), {}, how, true)) == "-");
}

BOOST_AUTO_TEST_CASE(an_application_acknowledgment_that_goes_another_way_asks_to_be_accepted) {
    channels::AcknowledgmentHandling how;
    how.application_to = "orders/his";
    BOOST_TEST(has(both(taken(), {"2.5.1", "AL", "AL"}, how).application, "|77|P|2.5.1|||AL|NE"));
    BOOST_TEST(!has(both(taken(), {"2.5.1"}, how).application, "|AL|NE"));  // original mode: to the sender
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
    const auto text =
        channels::acknowledgments(hl7::read_ack_context("GET / HTTP/1.1\r\n"), refused(ErrorCode::hl7_not_hl7), {}, {},
                                  {channels::CannotNow::by_mode, true, false, {}})
            .application;
    BOOST_TEST(text.substr(0, 9) == "MSH|^~\\&|");
    BOOST_TEST(code(text) == "AE");
}

BOOST_AUTO_TEST_SUITE_END()
