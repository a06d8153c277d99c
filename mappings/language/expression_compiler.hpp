// From the JSON of an expression to a Node. The function table below is the language; docs/specs/mapping-language.md
// describes it in the same order.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/effects/fields.hpp"
#include "engine/structures/path_check.hpp"
#include "mappings/language/document.hpp"
#include "mappings/language/document_reader.hpp"
#include "mappings/language/expression.hpp"

namespace gantry::mappings {

// Where an expression stands.
struct Target {
    effects::FieldType type = effects::FieldType::text;
    std::span<const std::string_view> choices;
    effects::RecordKind record = effects::RecordKind::order;
    const std::vector<std::size_t>* above = nullptr;        // fields of the record that same_as may name
    const std::vector<std::size_t>* above_order = nullptr;  // in a step: fields of its order
};

class ExpressionCompiler {
  public:
    ExpressionCompiler(const Tables& tables, DocumentReader& report) : tables_(tables), report_(report) {}

    // Segments that paths do not look for outside an order group.
    void set_own(std::vector<std::string> own) { own_ = std::move(own); }

    // Where paths may lead. beyond: segments that senders add to these messages.
    void set_scope(structures::PathScope scope, std::vector<std::string> beyond) {
        scope_ = std::move(scope);
        beyond_ = std::move(beyond);
    }
    // False, and reported as config.no_such_place, when no message in scope has that place.
    bool can_be(const hl7::Path& path, const json::Value& value, const std::string& pointer);

    // An expression with a mistake becomes an empty constant; the mistake is reported.
    Node compile(const json::Value& value, const std::string& pointer, const Target& target);
    Condition condition(const json::Value& value, const std::string& pointer);
    std::optional<Source> source(const json::Value& value, const std::string& pointer);
    // A path or a list of paths.
    std::vector<Source> sources(const json::Value& value, const std::string& pointer);
    const Table* table(const json::Value& name, const std::string& pointer);
    // What the compiled expressions point into; theirs to keep. Called once.
    std::vector<std::shared_ptr<const Table>> take_tables() { return std::move(used_); }
    // The functions of the language, in the order in which an object is tried for them.
    static std::vector<Shape> function_shapes();

    // The column a table reference reads: named, or the only one.
    std::size_t column(const Table& table, const json::Value& object, const std::string& pointer);

    // What was compiled so far, for Document.
    std::vector<ExpressionPlace> take_expressions() { return std::move(expressions_); }

  private:
    struct Function;
    friend struct Function;
    static const std::vector<Function>& functions();

    static Read read_for(const Target& target, const std::optional<Source>& source);
    static void set_read(Node& node, Read read);

    using Members = const json::Value&;
    Node compiled(const json::Value& value, const std::string& pointer, const Target& target);
    std::uint32_t number(const json::Value& value, const std::string& pointer);
    Node path(const json::Value& value, const std::string& pointer, Read read);
    Node list(const json::Value& value, const std::string& pointer, const Target& target);
    Node object(const json::Value& value, const std::string& pointer, const Target& target);
    std::vector<Node> children(const json::Value& value, const std::string& pointer, const Target& target);
    std::vector<Node> paths(const json::Value& value, const std::string& pointer, const Target& target);

    Node constant(Members object, const std::string& pointer, const Target& target);
    Node table_lookup(Members object, const std::string& pointer, const Target& target);
    Node join(Members object, const std::string& pointer, const Target& target);
    Node concat(Members object, const std::string& pointer, const Target& target);
    Node match(Members object, const std::string& pointer, const Target& target);
    Node replace(Members object, const std::string& pointer, const Target& target);
    Node split(Members object, const std::string& pointer, const Target& target);
    Node when(Members object, const std::string& pointer, const Target& target);
    Node quantity(Members object, const std::string& pointer, const Target& target);
    Node text(Members object, const std::string& pointer, const Target& target);
    Node coded(Members object, const std::string& pointer, const Target& target);
    Node person(Members object, const std::string& pointer, const Target& target);
    Node phone(Members object, const std::string& pointer, const Target& target);
    Node parts(Members object, const std::string& pointer, const Target& target);
    Node most_urgent(Members object, const std::string& pointer, const Target& target);
    Node ae_titles(Members object, const std::string& pointer, const Target& target);
    Node same_as(Members object, const std::string& pointer, const Target& target);
    Node channel(Members object, const std::string& pointer, const Target& target);
    Node allowed(Members object, const std::string& pointer, const Target& target);
    Node fallback(Members object, const std::string& pointer, const Target& target);

    std::string optional_text(Members object, const std::string& pointer, const char* name, std::string otherwise);
    double optional_number(Members object, const std::string& pointer, const char* name, double otherwise);
    std::shared_ptr<const text::Pattern> pattern(const json::Value& value, const std::string& pointer);
    void read_template(Members object, const std::string& pointer, const char* member, Node& node);
    void read_miss(Members object, const std::string& pointer, Node& node);
    void check_choices(const Node& node, const Target& target);

    const Tables& tables_;
    DocumentReader& report_;
    std::vector<std::string> own_, beyond_;
    structures::PathScope scope_;
    std::vector<std::shared_ptr<const Table>> used_;
    std::vector<ExpressionPlace> expressions_;
};

}  // namespace gantry::mappings
