#include "engine/base/error.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <set>

using namespace gantry;

namespace {

// ERR-3, HL7 table 0357; 0 stands for none of them.
constexpr std::array conditions = {100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207};
constexpr std::array exit_codes = {1, 2, 70, 74, 78};

// OperationOutcome.issue.code, http://hl7.org/fhir/R4/valueset-issue-type.html
const std::set<std::string_view> issue_types = {
    "invalid",          "structure", "required",     "value",      "invariant",    "security",      "login",
    "unknown",          "expired",   "forbidden",    "suppressed", "processing",   "not-supported", "duplicate",
    "multiple-matches", "not-found", "deleted",      "too-long",   "code-invalid", "extension",     "too-costly",
    "business-rule",    "conflict",  "transient",    "lock-error", "no-store",     "exception",     "timeout",
    "incomplete",       "throttled", "informational"};

template <class Range, class Value>
bool is_one_of(const Range& range, const Value& value) {
    return std::find(range.begin(), range.end(), value) != range.end();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(base_error)

BOOST_AUTO_TEST_CASE(a_row_is_found_by_its_code) {
    std::size_t index = 0;
    for (const auto& row : error_catalogue()) {
        BOOST_TEST(static_cast<std::size_t>(row.code) == index++);
        BOOST_TEST(&info(row.code) == &row);
    }
}

BOOST_AUTO_TEST_CASE(names_are_unique_words) {
    std::set<std::string_view> names;
    for (const auto& row : error_catalogue()) {
        BOOST_TEST(names.insert(row.name).second, row.name);
        BOOST_TEST(!row.name.empty());
        BOOST_TEST(row.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == std::string_view::npos,
                   row.name);
    }
}

BOOST_AUTO_TEST_CASE(sentence_and_hint_are_for_a_person) {
    for (const auto& row : error_catalogue()) {
        for (const auto words : {row.sentence, row.hint}) {
            BOOST_TEST(words.size() > 5u, row.name);
            // Error::text() goes on after the sentence.
            BOOST_TEST(!is_one_of(std::string_view(".:!\n"), words.empty() ? '.' : words.back()), row.name);
        }
        BOOST_TEST(row.sentence != row.hint, row.name);
    }
}

BOOST_AUTO_TEST_CASE(every_wire_knows_what_it_means) {
    for (const auto& row : error_catalogue()) {
        BOOST_TEST((row.hl7_ack == "AA" || row.hl7_ack == "AE" || row.hl7_ack == "AR"), row.name);
        BOOST_TEST(is_one_of(conditions, row.hl7_condition), row.name << " has ERR-3 " << row.hl7_condition);
        BOOST_TEST((row.http_status >= 400 && row.http_status <= 599), row.name);
        BOOST_TEST(issue_types.count(row.fhir_issue) == 1u, row.name << " has issue type " << row.fhir_issue);
        BOOST_TEST(is_one_of(exit_codes, row.exit_code), row.name);
        BOOST_TEST(row.dimse_status != 0, row.name);
    }
}

BOOST_AUTO_TEST_CASE(what_passes_by_itself_is_not_refused_for_good) {
    for (const auto& row : error_catalogue())
        if (row.http_status == 503) BOOST_TEST((row.then == Remedy::retry || row.then == Remedy::reconnect), row.name);
}

BOOST_AUTO_TEST_CASE(text_says_what_which_and_where) {
    const std::string sentence(info(ErrorCode::usage).sentence);
    BOOST_TEST((Error{ErrorCode::usage, "", ""}).text() == sentence);
    BOOST_TEST((Error{ErrorCode::usage, "--x", ""}).text() == sentence + ": --x");
    BOOST_TEST((Error{ErrorCode::usage, "--x", "1"}).text() == sentence + ": --x (at 1)");
}

BOOST_AUTO_TEST_SUITE_END()
