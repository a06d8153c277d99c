// Reading a configuration document part by part: each check reports what is wrong with position and pointer and answers
// whether it may be used. Shared by tables and mappings.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/json/diagnostic.hpp"
#include "mappings/language/vocabulary.hpp"

namespace gantry::mappings {

class Table;

class DocumentReader {
  public:
    explicit DocumentReader(json::Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

    // Whether it is an object with all of `required`. Members that are not `known` are reported, and do no harm beyond
    // that: one that stands for a required member is not also reported as missing.
    bool object(const json::Value& value, const std::string& pointer, const Shape& shape);
    bool object(const json::Value& value, const std::string& pointer, const std::vector<std::string_view>& known,
                const std::vector<std::string_view>& required = {});
    bool list(const json::Value& value, const std::string& pointer);  // a non-empty array
    bool text(const json::Value& value, const std::string& pointer);  // a string
    // A string or an array of strings.
    std::vector<std::string> texts(const json::Value& value, const std::string& pointer);
    struct Item {
        const json::Value* value;
        std::string pointer;
    };
    // The same with their places.
    std::vector<Item> items(const json::Value& value, const std::string& pointer);

    void wrong(const json::Value& at, const std::string& pointer, ErrorCode code, std::string detail);
    // Reports `code` with "did you mean".
    void unknown(const json::Value& at, const std::string& pointer, ErrorCode code, std::string what,
                 std::string_view written, const std::vector<std::string_view>& known);
    void unknown_at(json::Position at, const std::string& pointer, ErrorCode code, std::string what,
                    std::string_view written, const std::vector<std::string_view>& known);
    // A warning: it can be used, and is hardly meant so.
    void suspicious(json::Position at, const std::string& pointer, ErrorCode code, std::string detail) {
        diagnostics_.warning_at(at, pointer, code, std::move(detail));
    }
    // The cell of a table that another document cannot use.
    void wrong_cell(const Table& table, std::size_t row, std::string_view column, std::string what,
                    std::string_view written, const std::vector<std::string_view>& known);
    // It cannot be used, because of what was reported elsewhere.
    void fail_quietly() { failed_ = true; }
    bool failed() const { return failed_; }

  private:
    void report_missing(const json::Value& value, const std::string& pointer,
                        const std::vector<std::string_view>& known, std::string_view name);
    json::Diagnostics& diagnostics_;
    bool failed_ = false;
};

}  // namespace gantry::mappings
