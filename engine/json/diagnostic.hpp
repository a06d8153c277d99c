// One problem in a configuration file, in the form editors and people know:
//   file:line:col: error|warning [code] message (at /json/pointer)
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/json/value.hpp"

namespace gantry::json {

enum class Severity : std::uint8_t { error, warning };

struct Diagnostic {
    std::string file;
    Position position;
    Severity severity = Severity::error;
    ErrorCode code = ErrorCode::config_wrong_type;
    std::string message;  // whole, with "did you mean" already in it
    std::string pointer;

    std::string text() const;
};

// Collects the problems of one file while it is read.
class Diagnostics {
  public:
    explicit Diagnostics(std::string file) : file_(std::move(file)) {}
    void error(const Value& at, std::string pointer, ErrorCode code, std::string detail);
    void warning(const Value& at, std::string pointer, ErrorCode code, std::string detail);
    void error_at(Position at, std::string pointer, ErrorCode code, std::string detail);
    void warning_at(Position at, std::string pointer, ErrorCode code, std::string detail);
    // What is wrong is in another file than the one being read.
    void error_in(std::string file, Position at, std::string pointer, ErrorCode code, std::string detail);
    bool has_errors() const;
    const std::vector<Diagnostic>& all() const { return all_; }
    const std::string& file() const { return file_; }

  private:
    std::string file_;
    std::vector<Diagnostic> all_;
};

// The word of `known` nearest to `written` (Damerau-Levenshtein, at most a third of its length), or empty.
std::string_view nearest(std::string_view written, std::span<const std::string_view> known);
// ", did you mean \"nearest\"?" or empty.
std::string did_you_mean(std::string_view written, std::span<const std::string_view> known);

}  // namespace gantry::json
