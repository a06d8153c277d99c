// The error catalogue (errors.json) as a type, and one error with the place it speaks of.
//
// An Error travels in a Result. Its `detail` and `place` may quote configuration and the names of fields; they must not
// quote patient data, because they reach logs and acknowledgments.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gantry {

enum class ErrorCode : std::uint8_t {
#define GANTRY_ERROR(name, ...) name,
#include "engine/base/error_codes.inc"
#undef GANTRY_ERROR
};

// What the runtime must do when it meets the error.
enum class Remedy : std::uint8_t { retry, reconnect, reject, hold, stop };

// One row of the catalogue: the error's name, words, and meaning on every wire.
struct ErrorInfo {
    ErrorCode code;
    std::string_view name;      // "hl7.missing_field"
    std::string_view sentence;  // what happened
    std::string_view hint;      // what to do next
    std::string_view hl7_ack;   // MSA-1 in original mode: AE or AR
    int hl7_condition;          // ERR-3, HL7 table 0357
    int http_status;
    std::string_view fhir_issue;  // OperationOutcome.issue.code
    std::uint16_t dimse_status;   // PS3.7 annex C
    int exit_code;
    Remedy then;
};

const ErrorInfo& info(ErrorCode code);
std::span<const ErrorInfo> error_catalogue();

struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string detail;  // completes the sentence: which option, which code; never patient data
    std::string place;   // where: "PID-3[1].1", "/destinations/0/port"

    // "a required field is missing: PID-5 (at PID-5)"
    std::string text() const;
};

}  // namespace gantry
