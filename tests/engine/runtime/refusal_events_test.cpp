#include "engine/runtime/refusal_events.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using effects::Outcome;

namespace {

class Names final : public events::Sink {
  public:
    void emit(const events::View& event) noexcept override { told += std::string(event.name.text()) + " "; }
    std::string told;
};

std::string told(Outcome outcome, std::optional<ErrorCode> error, const std::string& reply, bool apart = false) {
    store::Unit unit;
    unit.channel = "orders";
    if (apart) unit.answer = [](const auto&, Instant) { return std::string("MSA|AE"); };
    store::Committed committed;
    committed.outcome.outcome = outcome;
    if (error) committed.outcome.error = Error{*error, {}, {}};
    committed.reply = reply;
    Names sink;
    runtime::tell_of_refusal(unit, committed, sink);
    return sink.told;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_refusal_events)

BOOST_AUTO_TEST_CASE(what_its_sender_was_told_is_no_alarm) {
    BOOST_TEST(told(Outcome::rejected, ErrorCode::hl7_missing_segment, "MSA|AE") == "");
    BOOST_TEST(told(Outcome::rejected, ErrorCode::hl7_missing_segment, "", true) == "");
    BOOST_TEST(told(Outcome::pending, {}, "") == "");
    BOOST_TEST(told(Outcome::filtered, {}, "") == "");
}

BOOST_AUTO_TEST_CASE(what_nobody_was_told_is) {
    BOOST_TEST(told(Outcome::rejected, ErrorCode::hl7_missing_segment, "") == "message_refused_unanswered ");
    BOOST_TEST(told(Outcome::rejected, ErrorCode::storage_unavailable, "") == "message_refused_unanswered ");
}

BOOST_AUTO_TEST_CASE(what_a_person_must_decide_is_whatever_was_answered) {
    BOOST_TEST(told(Outcome::held, ErrorCode::order_ambiguous, "MSA|AA") == "message_held ");
    BOOST_TEST(told(Outcome::held, ErrorCode::order_ambiguous, "") == "message_held ");
}

BOOST_AUTO_TEST_SUITE_END()
