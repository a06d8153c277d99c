// The functions of the language, one each; what they mean is in docs/specs/mapping-language.md.
#include <algorithm>

#include "mappings/language/expression_compiler.hpp"
#include "mappings/language/patterns.hpp"

namespace gantry::mappings {
namespace {

// The code that a table translates, as a person would say where it stands.
std::string label(const Node& node) {
    switch (node.op) {
        case Node::Op::path:
        case Node::Op::same_as:
            return node.text;
        case Node::Op::first:
            return label(node.children.front());
        default:
            return {};
    }
}

std::string label(const Table& table, const std::vector<Node>& codes) {
    for (const auto& code : codes)
        if (auto text = label(code); !text.empty()) return text + " (table " + table.name() + ")";
    return "table " + table.name();
}

Target plain_text(const Target& target) {
    Target out = target;
    out.type = effects::FieldType::text;
    out.choices = {};
    return out;
}

}  // namespace

using effects::FieldType;
using json::child_pointer;

Node ExpressionCompiler::constant(Members object, const std::string& pointer, const Target& target) {
    Node node;
    const auto& value = *object.find("constant");
    const auto place = child_pointer(pointer, "constant");
    if (!report_.text(value, place)) return node;
    node.text = value.string();
    const auto& choices = target.choices;
    if (!node.text.empty() && !choices.empty() && std::find(choices.begin(), choices.end(), node.text) == choices.end())
        report_.unknown(value, place, ErrorCode::config_bad_mapping, "the field cannot take", node.text,
                        {choices.begin(), choices.end()});
    return node;
}

Node ExpressionCompiler::table_lookup(Members object, const std::string& pointer, const Target& target) {
    Node node;
    const auto* found = table(*object.find("table"), child_pointer(pointer, "table"));
    const auto* of = object.find("of");
    if (!found) return node;
    node.table = found;
    node.column = column(*found, object, pointer);
    read_miss(object, pointer, node);
    if (found->columns().empty()) return node;
    check_choices(node, target);
    const auto inner = plain_text(target);
    const bool composite = found->key().size() > 1;
    if (composite)
        node.children = children(*of, child_pointer(pointer, "of"), inner);
    else
        node.children.push_back(compile(*of, child_pointer(pointer, "of"), inner));
    if (node.children.size() != found->key().size()) {
        report_.wrong(*of, child_pointer(pointer, "of"), ErrorCode::config_bad_mapping,
                      "table " + found->name() + " has " + std::to_string(found->key().size()) + " key columns");
        return {};
    }
    node.op = Node::Op::table;
    node.text = label(*found, node.children);
    return node;
}

Node ExpressionCompiler::join(Members object, const std::string& pointer, const Target& target) {
    Node node;
    node.op = Node::Op::join;
    node.text = optional_text(object, pointer, "with", "\\");
    node.number = static_cast<std::size_t>(std::max(0.0, optional_number(object, pointer, "skip", 0)));
    node.children = paths(*object.find("join"), child_pointer(pointer, "join"), target);
    for (auto& child : node.children)
        if (child.read == Read::xpn) child.read = Read::other_xpn;
    return node;
}

Node ExpressionCompiler::concat(Members object, const std::string& pointer, const Target& target) {
    Node node;
    node.op = Node::Op::concat;
    node.text = optional_text(object, pointer, "with", "");
    node.children = children(*object.find("concat"), child_pointer(pointer, "concat"), target);
    return node;
}

std::shared_ptr<const text::Pattern> ExpressionCompiler::pattern(const json::Value& value, const std::string& pointer) {
    if (!report_.text(value, pointer)) return nullptr;
    auto compiled_pattern = text::Pattern::compile(value.string());
    if (compiled_pattern) return std::make_shared<const text::Pattern>(std::move(compiled_pattern).value());
    report_.wrong(value, pointer, compiled_pattern.error().code, compiled_pattern.error().detail);
    return nullptr;
}

// Into `separator`.
void ExpressionCompiler::read_template(Members object, const std::string& pointer, const char* member, Node& node) {
    node.separator = optional_text(object, pointer, member, node.pattern->groups() > 0 ? "$1" : "$0");
    const auto wrong = wrong_template(node.separator, node.pattern->groups());
    if (wrong)
        report_.wrong(*object.find(member), child_pointer(pointer, member), ErrorCode::config_bad_pattern, *wrong);
}

Node ExpressionCompiler::match(Members object, const std::string& pointer, const Target& target) {
    Node node;
    node.pattern = pattern(*object.find("pattern"), child_pointer(pointer, "pattern"));
    node.children.push_back(compile(*object.find("match"), child_pointer(pointer, "match"), plain_text(target)));
    if (!node.pattern) return {};
    node.op = Node::Op::match;
    read_template(object, pointer, "give", node);
    return node;
}

Node ExpressionCompiler::replace(Members object, const std::string& pointer, const Target& target) {
    Node node;
    node.pattern = pattern(*object.find("pattern"), child_pointer(pointer, "pattern"));
    node.children.push_back(compile(*object.find("replace"), child_pointer(pointer, "replace"), plain_text(target)));
    if (!node.pattern) return {};
    node.op = Node::Op::replace;
    read_template(object, pointer, "with", node);
    return node;
}

Node ExpressionCompiler::split(Members object, const std::string& pointer, const Target& target) {
    Node node;
    node.op = Node::Op::split;
    node.children.push_back(compile(*object.find("split"), child_pointer(pointer, "split"), plain_text(target)));
    node.separator = optional_text(object, pointer, "at", "");
    if (node.separator.empty())
        report_.wrong(*object.find("at"), child_pointer(pointer, "at"), ErrorCode::config_bad_mapping,
                      "something must stand between the pieces");
    const auto& piece = *object.find("piece");
    if (piece.is_integer() && piece.integer() != 0)
        node.piece = piece.integer();
    else
        report_.wrong(piece, child_pointer(pointer, "piece"), ErrorCode::config_wrong_type,
                      "a piece is a number: 1 is the first, -1 the last");
    return node;
}

Node ExpressionCompiler::when(Members object, const std::string& pointer, const Target& target) {
    Node node;
    node.op = Node::Op::when;
    node.condition.push_back(condition(*object.find("when"), child_pointer(pointer, "when")));
    node.children.push_back(compile(*object.find("then"), child_pointer(pointer, "then"), target));
    if (const auto* otherwise = object.find("else"))
        node.children.push_back(compile(*otherwise, child_pointer(pointer, "else"), target));
    return node;
}

Node ExpressionCompiler::quantity(Members object, const std::string& pointer, const Target&) {
    Node node;
    node.text = optional_text(object, pointer, "quantity", "");
    if (node.text != "weight" && node.text != "height")
        report_.unknown(*object.find("quantity"), child_pointer(pointer, "quantity"), ErrorCode::config_unknown_name,
                        "there is no quantity", node.text, {"weight", "height"});
    const auto* observations = object.find("observations");
    node.table = table(*observations, child_pointer(pointer, "observations"));
    node.least = optional_number(object, pointer, "least", node.least);
    node.most = optional_number(object, pointer, "most", node.most);
    if (!node.table) return {};
    if (node.table->key().size() != 1 || node.table->columns().size() != 1) {
        report_.wrong(*observations, child_pointer(pointer, "observations"), ErrorCode::config_bad_mapping,
                      "a table of observations has one key column and one value column");
        return {};
    }
    node.op = Node::Op::quantity;
    return node;
}

Node ExpressionCompiler::text(Members object, const std::string& pointer, const Target&) {
    return path(*object.find("text"), child_pointer(pointer, "text"), Read::whole);
}

Node ExpressionCompiler::coded(Members object, const std::string& pointer, const Target&) {
    return path(*object.find("coded"), child_pointer(pointer, "coded"), Read::coded);
}

Node ExpressionCompiler::phone(Members object, const std::string& pointer, const Target&) {
    return path(*object.find("phone"), child_pointer(pointer, "phone"), Read::phone);
}

Node ExpressionCompiler::person(Members object, const std::string& pointer, const Target&) {
    auto node = path(*object.find("person"), child_pointer(pointer, "person"), Read::xpn);
    if (!node.source) return node;
    auto read = name_read(node.source->path);
    const auto as = optional_text(object, pointer, "as", "");
    if (as == "XPN")
        read = Read::xpn;
    else if (as == "XCN")
        read = Read::xcn;
    else if (as == "CNN")
        read = Read::cnn;
    else if (!as.empty())
        report_.unknown(*object.find("as"), child_pointer(pointer, "as"), ErrorCode::config_unknown_name,
                        "a person cannot be read as", as, {"XPN", "XCN", "CNN"});
    set_read(node, read);
    return node;
}

Node ExpressionCompiler::parts(Members object, const std::string& pointer, const Target&) {
    auto node = path(*object.find("parts"), child_pointer(pointer, "parts"), Read::parts);
    const auto* of = object.find("of");
    const auto place = child_pointer(pointer, "of");
    if (report_.list(*of, place))
        for (const auto& item : of->items()) {
            if (item.is_integer() && item.integer() > 0)
                node.components.push_back(static_cast<std::size_t>(item.integer()));
            else
                report_.wrong(item, place, ErrorCode::config_wrong_type, "a component is a number from 1");
        }
    node.separator = optional_text(object, pointer, "with", " ");
    return node;
}

Node ExpressionCompiler::most_urgent(Members object, const std::string& pointer, const Target& target) {
    Node node;
    const auto* name = object.find("table");
    node.table = table(*name, child_pointer(pointer, "table"));
    const auto give = optional_text(object, pointer, "give", "urgency");
    if (give != "urgency" && give != "unknown")
        report_.unknown(*object.find("give"), child_pointer(pointer, "give"), ErrorCode::config_unknown_name,
                        "most_urgent cannot give", give, {"urgency", "unknown"});
    node.number = give == "unknown" ? 1 : 0;
    Target inner = target;
    inner.type = FieldType::text;
    node.children = paths(*object.find("most_urgent"), child_pointer(pointer, "most_urgent"), inner);
    if (!node.table) return {};
    if (node.table->key().size() != 1 || node.table->columns().size() != 1) {
        report_.wrong(*name, child_pointer(pointer, "table"), ErrorCode::config_bad_mapping,
                      "a table of priorities has one key column and one value column");
        return {};
    }
    if (give == "urgency") check_choices(node, target);
    node.op = Node::Op::most_urgent;
    return node;
}

Node ExpressionCompiler::ae_titles(Members object, const std::string& pointer, const Target& target) {
    Node node;
    node.op = Node::Op::ae_titles;
    Target inner = target;
    inner.type = FieldType::text;
    node.children = paths(*object.find("ae_titles"), child_pointer(pointer, "ae_titles"), inner);
    return node;
}

Node ExpressionCompiler::same_as(Members object, const std::string& pointer, const Target& target) {
    Node node;
    const auto& value = *object.find("same_as");
    const auto place = child_pointer(pointer, "same_as");
    if (!report_.text(value, place)) return node;
    std::string_view name = value.string();
    node.of_order = target.above_order && name.substr(0, 6) == "order.";
    if (node.of_order) name.remove_prefix(6);
    const auto kind = node.of_order ? effects::RecordKind::order : target.record;
    const auto* above = node.of_order ? target.above_order : target.above;
    std::vector<std::string_view> names;
    for (const auto index : above ? *above : std::vector<std::size_t>{})
        names.push_back(effects::field_table(kind)[index].name);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
        report_.unknown(value, place, ErrorCode::config_bad_mapping, "no field above this one is named", name, names);
        return node;
    }
    node.op = Node::Op::same_as;
    node.text = name;
    node.number = *effects::field_index(kind, name);
    return node;
}

Node ExpressionCompiler::channel(Members object, const std::string& pointer, const Target& target) {
    static const std::vector<std::string_view> settings{"accession",         "accession_issuer", "placer_namespace",
                                                        "default_authority", "modality_reading", "name"};
    Node node;
    const auto& value = *object.find("channel");
    const auto place = child_pointer(pointer, "channel");
    if (!report_.text(value, place)) return node;
    const auto found = std::find(settings.begin(), settings.end(), value.string());
    if (found == settings.end()) {
        report_.unknown(value, place, ErrorCode::config_unknown_name, "a channel has no setting", value.string(),
                        settings);
        return node;
    }
    node.setting = static_cast<Node::Setting>(found - settings.begin());
    node.op = Node::Op::channel;
    node.text = "channel: " + value.string();
    const auto* otherwise = object.find("else");
    if (otherwise && node.setting != Node::Setting::accession)
        report_.wrong(*otherwise, child_pointer(pointer, "else"), ErrorCode::config_bad_mapping,
                      "only accession takes \"else\"");
    if (otherwise) node.children = children(*otherwise, child_pointer(pointer, "else"), target);
    return node;
}

Node ExpressionCompiler::allowed(Members object, const std::string& pointer, const Target& target) {
    Node node;
    node.op = Node::Op::allowed;
    node.children.push_back(compile(*object.find("allowed"), child_pointer(pointer, "allowed"), target));
    return node;
}

Node ExpressionCompiler::fallback(Members object, const std::string& pointer, const Target& target) {
    Node node;
    node.op = Node::Op::fallback;
    node.children.push_back(compile(*object.find("default"), child_pointer(pointer, "default"), target));
    return node;
}

}  // namespace gantry::mappings
