#include <algorithm>

#include "mappings/language/expression_compiler.hpp"
#include "mappings/language/outgoing_document.hpp"

namespace gantry::mappings {

using json::child_pointer;
using json::Value;

// Reads one document; the functions follow its order.
class OutgoingCompiler {
  public:
    OutgoingCompiler(std::string name, const Tables& tables, json::Diagnostics& diagnostics)
        : report_(diagnostics), expressions_(tables, report_) {
        out_.name = std::move(name);
    }

    std::optional<Outgoing> compile(const Value& document) {
        if (!report_.object(document, "", outgoing_shape())) return std::nullopt;
        for (const auto* member : {"reads", "writes"}) only_hl7(*document.find(member), member);
        if (const auto* names = document.find("messages")) messages(*names);
        if (const auto* start = document.find("groups")) out_.groups = segment(*start, "/groups", false);
        if (const auto* names = document.find("without"))
            for (const auto& item : report_.items(*names, "/without"))
                out_.without.push_back(segment(*item.value, item.pointer, true));
        if (const auto* paths = document.find("clear")) clear(*paths);
        if (const auto* rules = document.find("set")) set(*rules, "/set", {}, out_.set);
        if (const auto* list = document.find("add")) add(*list);
        if (report_.failed()) return std::nullopt;
        out_.tables = expressions_.take_tables();
        return Outgoing(std::make_shared<const Outgoing::Compiled>(std::move(out_)));
    }

  private:
    void only_hl7(const Value& value, const std::string& member) {
        if (value.string() != "hl7")
            report_.unknown(value, "/" + member, ErrorCode::config_unknown_name, "a mapping cannot handle",
                            value.string(), {"hl7"});
    }

    void messages(const Value& value) {
        for (const auto& item : report_.items(value, "/messages")) {
            const auto name = message_name(item.value->string());
            if (name)
                out_.messages.push_back(*name);
            else
                report_.wrong(
                    *item.value, item.pointer, ErrorCode::config_bad_mapping,
                    "\"" + item.value->string() + "\" is not a message: write type^event, for example ORM^O01");
        }
    }

    // "ORC"; where many may be meant, "Z*", too.
    std::string segment(const Value& value, const std::string& pointer, bool many) {
        if (!report_.text(value, pointer)) return {};
        const auto& text = value.string();
        const bool pattern = many && text.size() >= 2 && text.size() <= 3 && text.back() == '*';
        const auto letters = std::string_view(text).substr(0, text.size() - (pattern ? 1 : 0));
        const bool fits = (pattern || text.size() == 3) && std::all_of(letters.begin(), letters.end(), [](char c) {
                              return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                          });
        if (!fits)
            report_.wrong(value, pointer, ErrorCode::config_bad_path,
                          many ? "a segment has three characters, for example NTE; Z* is every one that begins with Z"
                               : "a segment has three characters, for example ORC");
        if (many && text == "MSH")
            report_.wrong(value, pointer, ErrorCode::config_bad_mapping, "a message cannot be without MSH");
        return text;
    }

    void clear(const Value& paths) {
        for (const auto& item : report_.items(paths, "/clear"))
            if (auto rule = target(item.value->string(), *item.value, item.pointer, {})) {
                rule->empties = true;
                out_.set.push_back(std::move(*rule));
            }
    }

    void set(const Value& rules, const std::string& pointer, const std::string& only, std::vector<SetRule>& into) {
        if (!rules.is_object())
            return report_.wrong(rules, pointer, ErrorCode::config_wrong_type,
                                 "an object of path: expression is expected here");
        for (const auto& member : rules.members()) {
            const auto place = child_pointer(pointer, member.key);
            auto rule = target(member.key, member.value, place, only);
            if (!rule) continue;
            if (const auto* from = member.value.find("copy")) {
                (void)report_.object(member.value, place, std::vector<std::string_view>{"copy"});
                rule->copy = expressions_.source(*from, child_pointer(place, "copy"));
            } else {
                rule->value = expressions_.compile(member.value, place, {});
            }
            into.push_back(std::move(*rule));
        }
    }

    // Where to write: a field of every such segment, or a part of it.
    std::optional<SetRule> target(const std::string& text, const Value& at, const std::string& pointer,
                                  const std::string& only) {
        const auto path = hl7::Path::parse(text);
        if (!path) return report_.wrong(at, pointer, ErrorCode::config_bad_path, path.error().detail), std::nullopt;
        if (!expressions_.can_be(*path, at, pointer)) return std::nullopt;
        if (!path->names_one_place())
            return report_.wrong(at, pointer, ErrorCode::config_bad_path,
                                 "what is written is one place of each such segment: PID-5, PID-3[2] or OBR-4.2"),
                   std::nullopt;
        if (path->segment() == "MSH" && path->field() <= 2)
            return report_.wrong(at, pointer, ErrorCode::config_bad_mapping,
                                 "MSH-1 and MSH-2 are the delimiters: they stay as they are"),
                   std::nullopt;
        if (!only.empty() && path->segment() != only)
            return report_.wrong(at, pointer, ErrorCode::config_bad_path, "this is about " + only), std::nullopt;
        return SetRule{path->segment(),
                       {path->field(), path->repetition(), path->component(), path->subcomponent()},
                       {},
                       std::nullopt,
                       false};
    }

    void add(const Value& list) {
        if (!report_.list(list, "/add")) return;
        for (std::size_t i = 0; i < list.items().size(); ++i) {
            const auto& item = list.items()[i];
            const auto at = child_pointer("/add", std::to_string(i));
            if (!report_.object(item, at, added_segment_shape())) continue;
            auto& added = out_.add.emplace_back();
            added.segment = segment(*item.find("segment"), at + "/segment", false);
            added.after = segment(*item.find("after"), at + "/after", false);
            if (added.segment == "MSH")
                report_.wrong(item, at + "/segment", ErrorCode::config_bad_mapping, "a message has one MSH");
            set(*item.find("set"), at + "/set", added.segment, added.set);
        }
    }

    DocumentReader report_;
    ExpressionCompiler expressions_;
    Outgoing::Compiled out_;
};

std::optional<Outgoing> Outgoing::compile(std::string name, const json::Value& document, const Tables& tables,
                                          json::Diagnostics& diagnostics) {
    return OutgoingCompiler(std::move(name), tables, diagnostics).compile(document);
}

bool is_outgoing(const json::Value& document) {
    return document.is_object() && document.find("writes") != nullptr;
}

}  // namespace gantry::mappings
