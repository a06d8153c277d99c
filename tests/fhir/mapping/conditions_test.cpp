// Conditional create and update, as the rules decide them in the transaction that writes.
#include <boost/test/unit_test.hpp>

#include "known.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;
using effects::KnownBy;
using effects::MemoryRecords;
using effects::RecordKind;

namespace {

effects::Effects patient_with(const std::string& birth_date) {
    KnownInMemory known;
    return read(R"({"resourceType": "Patient", "identifier": [{"system": "http://hospital.example/patients",
        "value": "4711"}], "name": [{"family": "Muster"}], "birthDate": ")" +
                    birth_date + "\"}",
                known);
}

effects::Effects request_with(const std::string& number, const std::string& code) {
    KnownInMemory known;
    return read(R"({"resourceType": "ServiceRequest", "status": "active", "intent": "order", "identifier": [
        {"system": "urn:oid:1.2.3", "value": ")" +
                    number + R"("}], "code": {"coding": [{"code": ")" + code +
                    R"("}]}, "orderDetail": [{"coding": [{"system": "http://dicom.nema.org/resources/ontology/DCM",
        "code": "CT"}]}], "subject": {"identifier": {"system": "http://hospital.example/patients", "value": "4711"}}})",
                known);
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_known_is_not_made_again_and_not_changed) {
    MemoryRecords records;
    auto first = patient_with("1970-01-31"), second = patient_with("1999-09-09");
    first.unless_known = second.unless_known = KnownBy{RecordKind::patient, {"4711", "CITY", {}}};
    const auto made = records.apply(first);
    BOOST_REQUIRE_EQUAL(made.records.size(), 1u);
    BOOST_CHECK(made.records.front().what == effects::RecordOutcome::What::created);
    const auto again = records.apply(second);
    BOOST_TEST(!again.filtered_by.empty());
    BOOST_TEST(again.patients.empty());
    BOOST_REQUIRE_EQUAL(again.records.size(), 1u);
    BOOST_TEST(again.records.front().id == made.records.front().id);
    BOOST_TEST(records.patients.begin()->second.fields[PatientField::birth_date] == "19700131");
}

BOOST_AUTO_TEST_CASE(a_number_of_several_orders_is_no_condition) {
    MemoryRecords records;
    BOOST_REQUIRE(!records.apply(patient_with("1970-01-31")).refused);
    const KnownBy number{RecordKind::order, {"PL-1", "1.2.3", {}}};
    auto one = request_with("PL-1", "A"), two = request_with("PL-1", "B");
    one.unless_known = number;
    BOOST_REQUIRE(!records.apply(one).refused);
    auto again = two;
    again.unless_known = number;
    BOOST_TEST(!records.apply(again).filtered_by.empty());
    BOOST_TEST(records.orders.size() == 1u);
    two.orders.front().action = effects::OrderAction::create;  // another procedure under the number, as an NW
    BOOST_REQUIRE(!records.apply(two).refused);
    BOOST_REQUIRE_EQUAL(records.orders.size(), 2u);
    const auto several = records.apply(again);
    BOOST_REQUIRE(several.refused.has_value());
    BOOST_CHECK(several.refused->code == ErrorCode::fhir_multiple_matches);
}

BOOST_AUTO_TEST_CASE(an_update_of_another_version_is_refused) {
    MemoryRecords records;
    BOOST_REQUIRE(!records.apply(patient_with("1970-01-31")).refused);
    auto& known = records.patients.begin()->second;
    known.last_change = 7;
    auto update = patient_with("1971-01-31");
    update.only_version = effects::KnownVersion{RecordKind::patient, known.id.value, 6};
    const auto late = records.apply(update);
    BOOST_REQUIRE(late.refused.has_value());
    BOOST_CHECK(late.refused->code == ErrorCode::fhir_precondition);
    update.only_version->last_change = 7;
    BOOST_TEST(!records.apply(update).refused);
    BOOST_TEST(records.patients.begin()->second.fields[PatientField::birth_date] == "19710131");
}
