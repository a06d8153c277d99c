#include "engine/base/result.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

using namespace gantry;

namespace {

Result<int> half(int number) {
    if (number % 2 == 0) return number / 2;
    return Error{ErrorCode::config_out_of_range, "odd", "/number"};
}

Result<void> only_even(int number) {
    if (const auto result = half(number); !result) return result.error();
    return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(base_result)

BOOST_AUTO_TEST_CASE(a_value) {
    auto result = half(4);
    BOOST_TEST(result.ok());
    BOOST_TEST(static_cast<bool>(result));
    BOOST_TEST(*result == 2);
    BOOST_TEST(result.value() == 2);
    *result = 5;
    BOOST_TEST(result.value() == 5);
}

BOOST_AUTO_TEST_CASE(an_error) {
    const auto result = half(3);
    BOOST_TEST(!result.ok());
    BOOST_TEST((result.error().code == ErrorCode::config_out_of_range));
    BOOST_TEST(result.error().text() == "the value is outside what is allowed: odd (at /number)");
}

BOOST_AUTO_TEST_CASE(nothing_to_answer) {
    BOOST_TEST(only_even(2).ok());
    BOOST_TEST(only_even(3).error().detail == "odd");
}

BOOST_AUTO_TEST_CASE(values_that_only_move) {
    Result<std::unique_ptr<std::string>> result(std::make_unique<std::string>("x"));
    const auto taken = std::move(result).value();
    BOOST_TEST(*taken == "x");
    BOOST_TEST(Result<std::string>(std::string("abc"))->size() == 3u);
}

// A Result of the error type would be ambiguous in every constructor; one of a string must not take an Error for a
// value.
BOOST_AUTO_TEST_CASE(an_error_is_never_taken_for_a_value) {
    const Result<std::string> result(Error{ErrorCode::io, "", ""});
    BOOST_TEST(!result.ok());
    BOOST_TEST(result.error().text() == "a file or device could not be read or written");
}

BOOST_AUTO_TEST_SUITE_END()
