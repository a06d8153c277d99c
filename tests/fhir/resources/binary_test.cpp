#include "fhir/resources/binary.hpp"

#include "expected_json.hpp"
#include "records.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::fhir::testing;

BOOST_AUTO_TEST_SUITE(binary)

BOOST_AUTO_TEST_CASE(of_a_document) {
    check_json(binary_json(std::string(64, 'a'), "application/pdf", "%PDF-1.4"), R"({
  "resourceType": "Binary",
  "id": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
  "meta": {"versionId": "1"},
  "contentType": "application/pdf",
  "data": "JVBERi0xLjQ="
})");
}

BOOST_AUTO_TEST_CASE(of_nothing) {
    check_json(binary_json(std::string(64, 'b'), "", ""), R"({
  "resourceType": "Binary",
  "id": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
  "meta": {"versionId": "1"},
  "contentType": "application/octet-stream"
})");
}

BOOST_AUTO_TEST_SUITE_END()
