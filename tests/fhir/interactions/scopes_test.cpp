#include "fhir/interactions/scopes.hpp"

#include <boost/test/unit_test.hpp>

using namespace gantry;
using namespace gantry::fhir;

namespace {

Reach far(const char* scopes, const char* type, Action action, std::int64_t patient = 0) {
    return reach({scopes_of(scopes).value(), patient}, type, action);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scopes)

BOOST_AUTO_TEST_CASE(version_2_has_letters) {
    BOOST_CHECK(far("system/*.rs", "Patient", Action::read) == Reach::everything);
    BOOST_CHECK(far("system/*.rs", "Patient", Action::search) == Reach::everything);
    BOOST_CHECK(far("system/*.rs", "Patient", Action::update) == Reach::nothing);
    BOOST_CHECK(far("user/Patient.r", "Patient", Action::search) == Reach::nothing);
    BOOST_CHECK(far("user/Patient.r", "Task", Action::read) == Reach::nothing);
    BOOST_CHECK(far("user/Patient.cruds", "Patient", Action::remove) == Reach::everything);
}

BOOST_AUTO_TEST_CASE(version_1_has_words) {
    BOOST_CHECK(far("user/*.read", "Patient", Action::search) == Reach::everything);
    BOOST_CHECK(far("user/*.read", "Patient", Action::create) == Reach::nothing);
    BOOST_CHECK(far("user/*.write", "Patient", Action::remove) == Reach::everything);
    BOOST_CHECK(far("user/*.*", "Patient", Action::update) == Reach::everything);
}

BOOST_AUTO_TEST_CASE(a_patients_context_reaches_the_patient_and_needs_one) {
    BOOST_CHECK(far("patient/*.rs", "Patient", Action::read, 7) == Reach::patient);
    BOOST_CHECK(far("patient/*.rs", "Patient", Action::read) == Reach::nothing);
    BOOST_CHECK(far("patient/*.rs user/Task.r", "Task", Action::read, 7) == Reach::everything);
}

BOOST_AUTO_TEST_CASE(what_is_no_scope_is_refused) {
    for (const auto* broken : {"", " ", "openid", "system/Patient", "system/.rs", "system/patient.rs", "system/*.sr",
                               "system/*.rr", "system/*.x", "every/*.rs", "system/*.", "system/Patient.rs?x=y"})
        BOOST_TEST(!scopes_of(broken).ok(), broken);
    BOOST_TEST(scope_text("Patient", Action::search) == "system/Patient.s");
    BOOST_TEST(scope_text("Patient", Action::create) == "system/Patient.c");
}

BOOST_AUTO_TEST_SUITE_END()
