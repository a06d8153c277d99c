// What a case file expects against what came out: field by field, only what is named; and the file with its
// expectations rewritten.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/json/diagnostic.hpp"
#include "engine/json/value.hpp"

namespace gantry {

// One thing that came out, in the shape of an expectation: a text, named fields, or rows.
struct Observation {
    enum class Kind : std::uint8_t { text, fields, rows };
    struct Field;

    Kind kind = Kind::text;
    std::string text;
    std::vector<Field> fields;
    std::vector<Observation> rows;
    // Fields with names that cannot be listed (message paths, tags); asked when `fields` has no such name.
    std::function<std::optional<std::string>(const std::string& name)> other;
    // Names written when a new row is blessed.
    std::vector<std::string_view> usual;

    static Observation of_text(std::string text);
    static Observation of_rows(std::vector<Observation> rows);
    static Observation of_texts(const std::vector<std::string>& texts);
    void add(std::string name, std::string text);
    void add(std::string name, Observation observation);
    std::optional<Observation> find(const std::string& name) const;
};
struct Observation::Field {
    std::string name;
    Observation content;
};

struct Difference {
    json::Position position;
    std::string pointer, expected, got;
    std::string blessed;  // JSON that would stand here instead; empty: this is nothing that blessing can mend
};

// Compares values with expectations. A string stands for itself, null for "empty", "*" for "any value but empty"; a
// list must have as many rows as came out.
class Comparison {
  public:
    // ignored: names that are not compared. problems: expectations that cannot be understood (config_…).
    Comparison(const std::vector<std::string>& ignored, json::Diagnostics& problems)
        : ignored_(ignored), problems_(problems) {}
    void compare(const json::Value& expected, const std::string& pointer, const Observation& got);
    // Something that is wrong and that no expectation can be bent to.
    void fail(const json::Value& at, std::string pointer, std::string expected, std::string got);
    std::vector<Difference> take() { return std::move(differences_); }

  private:
    void compare_text(const json::Value& expected, const std::string& pointer, const std::string& got);
    void compare_fields(const json::Value& expected, const std::string& pointer, const Observation& got);
    void compare_rows(const json::Value& expected, const std::string& pointer, const Observation& got);
    bool check(const json::Value& expected, const std::string& pointer, json::Kind kind, const char* words);

    const std::vector<std::string>& ignored_;
    json::Diagnostics& problems_;
    std::vector<Difference> differences_;
};

// The text of the case file with each difference's value replaced by what came out. Comments and layout stay.
std::string blessed(const std::string& text, std::vector<Difference> differences);

}  // namespace gantry
