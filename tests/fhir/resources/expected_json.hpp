// Expectations written as JSON for people, compared with what a projection writes byte for byte.
#pragma once
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "engine/json/value.hpp"
#include "engine/json/writer.hpp"

namespace gantry::fhir::testing {

// The same elements in the same order.
inline void check_json(const std::string& written, std::string_view expected) {
    const auto tree = json::parse(expected);
    BOOST_REQUIRE(bool(tree));
    BOOST_TEST(written == json::serialise(*tree));
}

}  // namespace gantry::fhir::testing
