// The section "reports" of a mapping document, from JSON to its compiled form.
#pragma once
#include <functional>

#include "mappings/language/document.hpp"
#include "mappings/language/expression_compiler.hpp"

namespace gantry::mappings {

class ReportCompiler {
  public:
    // fields: compiles an object of field: expression.
    using ReadFields =
        std::function<std::vector<FieldRule>(const json::Value&, const std::string& pointer, effects::RecordKind)>;
    ReportCompiler(DocumentReader& report, ExpressionCompiler& expressions, ReadFields fields)
        : report_(report), expressions_(expressions), fields_(std::move(fields)) {}

    // What is wrong is reported; the answer is only used when nothing was.
    ReportSection compile(const json::Value& section);

  private:
    std::string segment(const json::Value& section, const std::string& pointer, const char* member);
    std::vector<Source> sources(const json::Value& section, const std::string& pointer, const char* member);
    std::optional<Node> value(const json::Value& section, const std::string& pointer, const char* member);
    // The table named by the member, with this many key columns and these columns.
    const Table* table(const json::Value& section, const std::string& pointer, const char* member, std::size_t keys,
                       std::initializer_list<const char*> columns);

    void grouping(const json::Value& section);
    void events(const json::Value& section);
    void statuses(const json::Value& section);
    void orders(const json::Value& section);
    void lines(const json::Value& section);
    void line_sections(const json::Value& section);
    void line_statuses(const json::Value& section);
    void own_fields(const json::Value& section);
    std::optional<effects::ReportField> text_field(const std::string& name, const json::Value& at,
                                                   const std::string& pointer);

    DocumentReader& report_;
    ExpressionCompiler& expressions_;
    ReadFields fields_;
    ReportSection out_;
};

}  // namespace gantry::mappings
