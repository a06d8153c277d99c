// Reading a configuration document part by part: each check reports what is wrong with position and pointer and answers
// whether it may be used. Shared by tables and mappings.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/json/diagnostic.hpp"

namespace gantry::mappings {

class DocumentReader {
  public:
    explicit DocumentReader(json::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

    // An object that has only `known` members and all of `required`.
    bool object(const json::Value& value, const std::string& pointer, const std::vector<std::string_view>& known,
                const std::vector<std::string_view>& required = {});
    bool list(const json::Value& value, const std::string& pointer);  // a non-empty array
    bool text(const json::Value& value, const std::string& pointer);  // a string
    // A string or an array of strings.
    std::vector<std::string> texts(const json::Value& value, const std::string& pointer);

    void wrong(const json::Value& at, const std::string& pointer, ErrorCode code, std::string detail);
    // Reports `code` with "did you mean".
    void unknown(const json::Value& at, const std::string& pointer, ErrorCode code, std::string what,
                 std::string_view written, const std::vector<std::string_view>& known);
    void unknown_at(json::Position at, const std::string& pointer, ErrorCode code, std::string what,
                    std::string_view written, const std::vector<std::string_view>& known);
    bool failed() const { return failed_; }

  private:
    json::Diagnostics& diagnostics_;
    bool failed_ = false;
};

}  // namespace gantry::mappings
