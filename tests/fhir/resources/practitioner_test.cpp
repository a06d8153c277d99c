#include "fhir/resources/practitioner.hpp"

#include "expected_json.hpp"
#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

BOOST_AUTO_TEST_SUITE(practitioner)

BOOST_AUTO_TEST_CASE(with_everything) {
    check_json(practitioner_json(full_provider(), changed_at, context()), R"({
  "resourceType": "Practitioner",
  "id": "201",
  "meta": {"versionId": "1", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "identifier": [
    {"system": "http://hospital.example/patients", "value": "P77", "assigner": {"display": "CITY"}}
  ],
  "name": [{"text": "Dr. Marcus Welby", "family": "Welby", "given": ["Marcus"], "prefix": ["Dr."]}]
})");
}

BOOST_AUTO_TEST_CASE(with_a_name_only) {
    check_json(practitioner_json(minimal_provider(), changed_at, context()), R"({
  "resourceType": "Practitioner",
  "id": "202",
  "meta": {"versionId": "1", "lastUpdated": "2026-11-29T08:00:00.123Z"},
  "name": [{"text": "Gregory House", "family": "House", "given": ["Gregory"]}]
})");
}

BOOST_AUTO_TEST_SUITE_END()
