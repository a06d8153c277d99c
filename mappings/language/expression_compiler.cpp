#include "mappings/language/expression_compiler.hpp"

#include <algorithm>

namespace gantry::mappings {

using effects::FieldType;
using json::child_pointer;

struct ExpressionCompiler::Function {
    Shape shape;  // its name is the member that makes an object this function
    Node (ExpressionCompiler::*compile)(const json::Value&, const std::string&, const Target&);
};

const std::vector<ExpressionCompiler::Function>& ExpressionCompiler::functions() {
    using Self = ExpressionCompiler;
    constexpr bool required = true;
    const Member of_with{"with", Content::text, "what stands between"};
    // The first one that an object has a member for; most_urgent stands before table, which it also names.
    static const std::vector<Function> table{
        {{"constant", "this text; \"\" deletes", {{"constant", Content::text, "the text", required}}}, &Self::constant},
        {{"most_urgent",
          "STAT, URGENT or ROUTINE: the most urgent of all codes",
          {{"most_urgent", Content::expressions, "where they are", required},
           {"table", Content::table, "of priorities", required},
           {"give",
            Content::text,
            "the urgency, or the codes that the table does not know",
            false,
            {"urgency", "unknown"}}}},
         &Self::most_urgent},
        {{"table",
          "the code translated by a table",
          {{"table", Content::table, "which", required},
           {"of", Content::expressions, "the code, or one per key column", required},
           {"value", Content::text, "the column to read"},
           {"miss", Content::text, "a code that is not in it", false, {"reject", "pass", "empty"}}}},
         &Self::table_lookup},
        {{"join",
          "all repetitions of all these segments as one text",
          {{"join", Content::expressions, "where they are", required},
           of_with,
           {"skip", Content::number, "as many of the first ones"}}},
         &Self::join},
        {{"concat",
          "what the parts say, one after the other",
          {{"concat", Content::expressions, "the parts", required}, of_with}},
         &Self::concat},
        {{"match",
          "what a regular expression finds in a value",
          {{"match", Content::expression, "the value", required},
           {"pattern", Content::text, "the expression, in the syntax of RE2", required},
           {"give", Content::text, "what is taken: $1 is the first group, $0 the whole"}}},
         &Self::match},
        {{"replace",
          "a value with everything that a regular expression finds replaced",
          {{"replace", Content::expression, "the value", required},
           {"pattern", Content::text, "the expression, in the syntax of RE2", required},
           {"with", Content::text, "what is written instead: $1 is the first group, $0 the whole", required}}},
         &Self::replace},
        {{"split",
          "one of the pieces of a value",
          {{"split", Content::expression, "the value", required},
           {"at", Content::text, "what stands between the pieces", required},
           {"piece", Content::number, "which: from 1, or from -1 for the last", required}}},
         &Self::split},
        {{"when",
          "one or the other",
          {{"when", Content::condition, "what decides", required},
           {"then", Content::expression, "if it holds", required},
           {"else", Content::expression, "if not"}}},
         &Self::when},
        {{"quantity",
          "the OBX that a table calls weight or height, in kg or m",
          {{"quantity", Content::text, "which", required, {"weight", "height"}},
           {"observations", Content::table, "codes to quantities", required},
           {"least", Content::number, "less is not taken"},
           {"most", Content::number, "more is not taken"}}},
         &Self::quantity},
        {{"text", "everything as it stands", {{"text", Content::path, "where", required}}}, &Self::text},
        {{"coded", "of a coded element the text, else the code", {{"coded", Content::path, "where", required}}},
         &Self::coded},
        {{"person",
          "a person name in a text field",
          {{"person", Content::path, "where", required},
           {"as", Content::text, "its data type", false, {"XPN", "XCN", "CNN"}}}},
         &Self::person},
        {{"phone", "of a telephone number one text", {{"phone", Content::path, "where", required}}}, &Self::phone},
        {{"parts",
          "these components",
          {{"parts", Content::path, "where", required},
           {"of", Content::numbers, "components, from 1", required},
           of_with}},
         &Self::parts},
        {{"ae_titles", "all that are valid AE titles", {{"ae_titles", Content::expressions, "where", required}}},
         &Self::ae_titles},
        {{"same_as",
          "a field written above; in a step order.NAME is one of its order",
          {{"same_as", Content::text, "its name", required}}},
         &Self::same_as},
        {{"channel",
          "a setting of the channel",
          {{"channel",
            Content::text,
            "which",
            required,
            {"accession", "accession_issuer", "placer_namespace", "default_authority", "modality_reading", "name"}},
           {"else", Content::expressions, "where the channel has no list of places"}}},
         &Self::channel},
        {{"allowed",
          "only if the channel's list of modalities has it",
          {{"allowed", Content::expression, "what", required}}},
         &Self::allowed},
        {{"default",
          "what the message does not say itself: where the record has nothing yet",
          {{"default", Content::expression, "what", required}}},
         &Self::fallback},
    };
    return table;
}

std::vector<Shape> ExpressionCompiler::function_shapes() {
    std::vector<Shape> out;
    for (const auto& function : functions()) out.push_back(function.shape);
    return out;
}

namespace {

// CNN or XCN (imaging rule 7.10).
bool is_cnn(const hl7::Path& path) {
    return path.segment() == "OBR" && path.field() >= 32 && path.field() <= 35;
}

bool is_xpn(const hl7::Path& path) {
    static constexpr std::string_view segments[] = {"PID", "MRG", "NK1"};
    return std::find(std::begin(segments), std::end(segments), path.segment()) != std::end(segments);
}

}  // namespace

Source source_of(hl7::Path path) {
    Source out;
    out.path = std::move(path);
    out.segment = packed_id(out.path.segment());
    const auto& text = out.path.text();
    out.plain = text.find('[') == std::string::npos;
    const auto dot = text.find('.', std::max(text.rfind(']') + 1, text.rfind('-')));
    if (out.path.component() != 0 && dot != std::string::npos)
        if (auto whole = hl7::Path::parse(text.substr(0, dot))) out.whole = std::move(whole).value();
    return out;
}

Read name_read(const hl7::Path& path) {
    if (is_cnn(path)) return Read::cnn;
    return is_xpn(path) ? Read::xpn : Read::xcn;
}

// How a bare path is read for a field of this type.
Read ExpressionCompiler::read_for(const Target& target, const std::optional<Source>& source) {
    switch (target.type) {
        case FieldType::name:
            return source ? name_read(source->path) : Read::xpn;
        case FieldType::date:
            return target.record == effects::RecordKind::patient ? Read::birth_date : Read::date;
        case FieldType::time:
            return Read::time;
        case FieldType::moment:
            return Read::moment;
        default:
            return Read::text;
    }
}

void ExpressionCompiler::set_read(Node& node, Read read) {
    node.read = read;
    if (node.source) node.source->all_repetitions = read == Read::xpn || read == Read::xcn || read == Read::cnn;
}

Node ExpressionCompiler::compile(const json::Value& value, const std::string& pointer, const Target& target) {
    auto node = compiled(value, pointer, target);
    node.id = node.source ? node.source->id : number(value, pointer);
    return node;
}

std::uint32_t ExpressionCompiler::number(const json::Value& value, const std::string& pointer) {
    expressions_.push_back({pointer, value.position()});
    return static_cast<std::uint32_t>(expressions_.size());
}

Node ExpressionCompiler::compiled(const json::Value& value, const std::string& pointer, const Target& target) {
    if (value.is_string()) {
        auto node = path(value, pointer, Read::text);
        set_read(node, read_for(target, node.source));
        return node;
    }
    if (value.is_array()) return list(value, pointer, target);
    if (value.is_object()) return object(value, pointer, target);
    report_.wrong(value, pointer, ErrorCode::config_wrong_type,
                  "an expression is a path, a list of alternatives or a function");
    return {};
}

std::optional<Source> ExpressionCompiler::source(const json::Value& value, const std::string& pointer) {
    if (!report_.text(value, pointer)) return std::nullopt;
    auto parsed = hl7::Path::parse(value.string());
    if (!parsed) {
        report_.wrong(value, pointer, ErrorCode::config_bad_path, parsed.error().detail);
        return std::nullopt;
    }
    if (!can_be(*parsed, value, pointer)) return std::nullopt;
    auto out = source_of(std::move(parsed).value());
    out.own = std::find(own_.begin(), own_.end(), out.path.segment()) != own_.end();
    out.id = number(value, pointer);
    return out;
}

bool ExpressionCompiler::can_be(const hl7::Path& path, const json::Value& value, const std::string& pointer) {
    using Answer = structures::PathVerdict::Answer;
    auto verdict = structures::check_path(path, scope_);
    const bool added = std::find(beyond_.begin(), beyond_.end(), path.segment()) != beyond_.end();
    if (verdict.answer == Answer::possible || (verdict.answer == Answer::not_in_structure && added)) return true;
    report_.wrong(value, pointer, ErrorCode::config_no_such_place, std::move(verdict.reason));
    return false;
}

std::vector<Source> ExpressionCompiler::sources(const json::Value& value, const std::string& pointer) {
    std::vector<Source> out;
    if (value.is_string()) {
        if (auto one = source(value, pointer)) out.push_back(std::move(*one));
        return out;
    }
    if (!report_.list(value, pointer)) return out;
    for (std::size_t i = 0; i < value.items().size(); ++i)
        if (auto one = source(value.items()[i], child_pointer(pointer, std::to_string(i))))
            out.push_back(std::move(*one));
    return out;
}

Node ExpressionCompiler::path(const json::Value& value, const std::string& pointer, Read read) {
    Node node;
    auto found = source(value, pointer);
    if (!found) return node;
    node.op = Node::Op::path;
    node.read = read;
    node.text = found->path.text();
    node.source = std::move(found);
    return node;
}

Node ExpressionCompiler::list(const json::Value& value, const std::string& pointer, const Target& target) {
    Node node;
    if (!report_.list(value, pointer)) return node;
    node.op = Node::Op::first;
    node.children = children(value, pointer, target);
    return node;
}

std::vector<Node> ExpressionCompiler::children(const json::Value& value, const std::string& pointer,
                                               const Target& target) {
    std::vector<Node> out;
    if (!value.is_array()) {
        out.push_back(compile(value, pointer, target));
        return out;
    }
    if (!report_.list(value, pointer)) return out;
    for (const auto& item : value.items())
        out.push_back(compile(item, child_pointer(pointer, std::to_string(out.size())), target));
    return out;
}

// Children that each stand for all repetitions of one path.
std::vector<Node> ExpressionCompiler::paths(const json::Value& value, const std::string& pointer,
                                            const Target& target) {
    auto out = children(value, pointer, target);
    if (!std::all_of(out.begin(), out.end(), [](const Node& node) { return node.op == Node::Op::path; }))
        report_.wrong(value, pointer, ErrorCode::config_bad_mapping,
                      "only paths, or text, coded, person, phone and parts of a path");
    return out;
}

Node ExpressionCompiler::object(const json::Value& value, const std::string& pointer, const Target& target) {
    const auto& all = functions();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Function& one) { return value.find(one.shape.name); });
    if (found != all.end()) {
        if (!report_.object(value, pointer, found->shape)) return {};
        return (this->*found->compile)(value, pointer, target);
    }
    std::vector<std::string_view> names;
    for (const auto& one : all) names.push_back(one.shape.name);
    const auto written = value.members().empty() ? std::string() : value.members().front().key;
    report_.unknown(value, pointer, ErrorCode::config_bad_mapping, "there is no function", written, names);
    return {};
}

const Table* ExpressionCompiler::table(const json::Value& name, const std::string& pointer) {
    if (!report_.text(name, pointer)) return nullptr;
    auto found = tables_.share(name.string());
    if (!found) {
        if (tables_.is_broken(name.string()))
            report_.fail_quietly();
        else
            report_.unknown(name, pointer, ErrorCode::config_unknown_name, "there is no table", name.string(),
                            tables_.names());
        return nullptr;
    }
    if (std::find(used_.begin(), used_.end(), found) == used_.end()) used_.push_back(found);
    return found.get();
}

std::size_t ExpressionCompiler::column(const Table& table, const json::Value& object, const std::string& pointer) {
    const auto* name = object.find("value");
    if (!name) {
        if (table.columns().size() != 1)
            report_.wrong(object, pointer, ErrorCode::config_missing_option,
                          "\"value\": table " + table.name() + " has several value columns");
        return 0;
    }
    const auto place = child_pointer(pointer, "value");
    if (!report_.text(*name, place)) return 0;
    if (const auto found = table.column(name->string())) return *found;
    const std::vector<std::string_view> known(table.columns().begin(), table.columns().end());
    report_.unknown(*name, place, ErrorCode::config_unknown_name, "table " + table.name() + " has no column",
                    name->string(), known);
    return 0;
}

void ExpressionCompiler::read_miss(Members object, const std::string& pointer, Node& node) {
    const auto miss = optional_text(object, pointer, "miss", "empty");
    if (miss == "reject")
        node.miss = Node::Miss::reject;
    else if (miss == "pass")
        node.miss = Node::Miss::pass;
    else if (miss != "empty")
        report_.unknown(*object.find("miss"), child_pointer(pointer, "miss"), ErrorCode::config_unknown_name,
                        "\"miss\" cannot be", miss, {"reject", "pass", "empty"});
}

// A table that gives a field what the field cannot take would reject every message: say so at load.
void ExpressionCompiler::check_choices(const Node& node, const Target& target) {
    if (target.type != FieldType::code || target.choices.empty()) return;
    for (std::size_t row = 0; row < node.table->rows(); ++row) {
        const auto& cell = node.table->cell(row, node.column);
        if (!cell || cell->empty()) continue;
        if (std::find(target.choices.begin(), target.choices.end(), *cell) != target.choices.end()) continue;
        report_.wrong_cell(*node.table, row, node.table->columns()[node.column],
                           "this table gives a field what it cannot take,", *cell,
                           {target.choices.begin(), target.choices.end()});
    }
}

std::string ExpressionCompiler::optional_text(Members object, const std::string& pointer, const char* name,
                                              std::string otherwise) {
    const auto* value = object.find(name);
    if (!value || !report_.text(*value, child_pointer(pointer, name))) return otherwise;
    return value->string();
}

double ExpressionCompiler::optional_number(Members object, const std::string& pointer, const char* name,
                                           double otherwise) {
    const auto* value = object.find(name);
    if (!value) return otherwise;
    if (value->kind() == json::Kind::number) return value->number();
    report_.wrong(*value, child_pointer(pointer, name), ErrorCode::config_wrong_type, "a number is expected here");
    return otherwise;
}

}  // namespace gantry::mappings
