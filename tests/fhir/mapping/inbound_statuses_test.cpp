#include "fhir/mapping/inbound_statuses.hpp"

#include <boost/test/unit_test.hpp>

#include "fhir/json/definitions.hpp"

using namespace gantry;
using namespace gantry::fhir;

namespace {

std::vector<std::string> codes_of(const char* type, const char* element) {
    const auto codes = r4::Type::find(type)->element(element)->codes();
    BOOST_REQUIRE(codes.has_value());
    std::vector<std::string> out{"", "garbage", "ACTIVE", " active", std::string(5000, 'x')};
    for (std::size_t i = 0; i < codes->size(); ++i) out.emplace_back(codes->code(i));
    return out;
}

}  // namespace

// Of every code of R4's value set, and of garbage: a state, or the named error.
BOOST_AUTO_TEST_CASE(every_status_has_an_action_or_a_named_rejection) {
    std::size_t taken = 0, refused = 0;
    const auto count = [&](const auto& result) {
        result ? ++taken : ++refused;
        if (!result) BOOST_TEST((result.error().code == ErrorCode::fhir_status_refused));
    };
    for (const auto& status : codes_of("ServiceRequest", "status"))
        for (const auto& intent : codes_of("ServiceRequest", "intent")) count(request_state(status, intent));
    BOOST_TEST(taken == 6u * 5u);
    taken = 0;
    for (const auto& status : codes_of("ImagingStudy", "status")) {
        count(study_state(status, false));
        count(study_state(status, true));
    }
    BOOST_TEST(taken == 2u * 5u);
    taken = 0;
    for (const auto& status : codes_of("DiagnosticReport", "status")) count(result_status_of(status));
    BOOST_TEST(taken == 10u);
    BOOST_TEST(refused > 0u);
}

BOOST_AUTO_TEST_CASE(statuses_of_the_design) {
    using effects::ResultStatus;
    BOOST_CHECK(*request_state("active", "order") == OrderState::open);
    BOOST_CHECK(*request_state("on-hold", "order") == OrderState::held);
    BOOST_CHECK(*request_state("revoked", "order") == OrderState::cancelled);
    BOOST_CHECK(*request_state("entered-in-error", "filler-order") == OrderState::cancelled);
    BOOST_CHECK(*request_state("unknown", "order") == OrderState::not_said);
    BOOST_CHECK(!request_state("draft", "order"));
    BOOST_CHECK(!request_state("active", "proposal"));
    BOOST_CHECK(*study_state("registered", false) == OrderState::scheduled);
    BOOST_CHECK(*study_state("registered", true) == OrderState::in_progress);
    BOOST_CHECK(*study_state("available", true) == OrderState::completed);
    BOOST_CHECK(*study_state("entered-in-error", true) == OrderState::cancelled);
    BOOST_CHECK(*study_state("unknown", true) == OrderState::not_said);
    BOOST_CHECK(**result_status_of("registered") == ResultStatus::registered);
    BOOST_CHECK(**result_status_of("partial") == ResultStatus::partial);
    for (const auto* amended : {"amended", "corrected", "appended"})
        BOOST_CHECK(**result_status_of(amended) == ResultStatus::corrected);
    BOOST_CHECK(!result_status_of("unknown")->has_value());
}

// A request that was called off, held or completed counts before its study; a study that is merely registered says less
// than any request.
BOOST_AUTO_TEST_CASE(a_request_and_its_study_say_one_thing) {
    using enum OrderState;
    for (const auto study : {open, scheduled, in_progress, held, completed, cancelled, not_said}) {
        for (const auto request : {held, completed, cancelled}) BOOST_CHECK(together(request, study) == request);
        BOOST_CHECK(together(not_said, study) == study);
    }
    BOOST_CHECK(together(open, scheduled) == open);
    BOOST_CHECK(together(open, completed) == completed);
    BOOST_CHECK(together(open, in_progress) == in_progress);
}
