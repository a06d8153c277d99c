#include "fhir/json/xml_writer.hpp"

#include "engine/base/utf8.hpp"
#include "fhir/json/specification_order_internal.hpp"
#include "fhir/json/xhtml.hpp"
#include "fhir/json/xml_text_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

class TreeWriter {
  public:
    TreeWriter(const Tree& tree, const WriteOptions& options) : tree_(tree), options_(options) {}

    std::string write(std::uint32_t resource) {
        top_ = resource;
        out_ = R"(<?xml version="1.0" encoding="UTF-8"?>)";
        element(resource, rows::text(tree_.nodes[resource].type->name), fhir_namespace);
        if (options_.pretty) out_ += '\n';
        return std::move(out_);
    }

  private:
    void new_line() {
        if (options_.pretty) out_.append("\n").append(depth_ * 2, ' ');
    }

    void element(std::uint32_t at, std::string_view name, std::string_view with_namespace = {}) {
        const auto begin = children_.size();
        in_specification_order(tree_, at, Foreign::json, children_);
        const auto end = children_.size();
        new_line();
        out_.append("<").append(name);
        if (!with_namespace.empty()) attribute("xmlns", with_namespace);
        for (auto i = begin; i < end; ++i)
            if (is_attribute(children_[i])) attribute(tree_.nodes[children_[i]].name, tree_.nodes[children_[i]].text);
        if (tree_.nodes[at].kind != ValueKind::none) attribute("value", tree_.nodes[at].text);
        content(at, begin, end, name);
        children_.resize(begin);
    }

    bool is_attribute(std::uint32_t child) const {
        const auto& one = tree_.nodes[child];
        return one.element && (one.element->flags & rows::xml_attribute) != 0 && one.kind != ValueKind::none;
    }

    void attribute(std::string_view name, std::string_view value) {
        out_.append(" ").append(name).append("=\"");
        append_xml(out_, value);
        out_ += '"';
    }

    void content(std::uint32_t at, std::size_t begin, std::size_t end, std::string_view name) {
        const auto open = out_.size();
        out_ += '>';
        ++depth_;
        const auto before = out_.size();
        for (auto i = begin; i < end; ++i)
            if (is_written(tree_, at, children_[i], at == top_, options_)) child(children_[i]);
        --depth_;
        if (out_.size() == before) {
            out_.resize(open);
            out_.append("/>");
            return;
        }
        new_line();
        out_.append("</").append(name).append(">");
    }

    void child(std::uint32_t at) {
        const auto& one = tree_.nodes[at];
        if (is_attribute(at)) return;
        if (one.foreign == Foreign::xml) return new_line(), void(out_.append(one.text));
        if (one.type->primitive == Primitive::xhtml_) return narrative(one);
        const bool wrapped = rows::types[one.element->type].kind == 'a';
        if (!wrapped) return element(at, one.name);
        new_line();
        out_.append("<").append(one.name).append(">");
        ++depth_;
        element(at, rows::text(one.type->name));
        --depth_;
        new_line();
        out_.append("</").append(one.name).append(">");
    }

    // What is no XHTML would break everything around it: it is written as the text it is.
    void narrative(const Node& one) {
        if (one.kind == ValueKind::none) return;
        new_line();
        if (check_xhtml(one.text).mistake != XhtmlMistake::malformed) return void(out_.append(one.text));
        out_.append("<div xmlns=\"").append(xhtml_namespace).append("\">");
        append_xml(out_, one.text);
        out_.append("</div>");
    }

    const Tree& tree_;
    const WriteOptions& options_;
    std::string out_;
    std::vector<std::uint32_t> children_;
    std::size_t depth_ = 0;
    std::uint32_t top_ = 0;
};

bool stands_for_itself(char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '&' && c != '<' && c != '>';
}

std::string_view escape_of(char32_t c) {
    switch (c) {
        case '"':
            return "&quot;";
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '\t':
            return "&#9;";
        case '\n':
            return "&#10;";
        case '\r':
            return "&#13;";
        default:
            return c < 0x20 || c == 0xFFFE || c == 0xFFFF ? "\xEF\xBF\xBD" : "";
    }
}

}  // namespace

void append_xml(std::string& out, std::string_view text) {
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && stands_for_itself(text[plain])) ++plain;
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) return;
        const auto before = text;
        const auto escape = escape_of(next_character(text));
        out.append(escape.empty() ? before.substr(0, before.size() - text.size()) : escape);
    }
}

std::string write_xml(const Resource& resource, const WriteOptions& options) {
    return write_xml(resource.root(), options);
}

std::string write_xml(Element resource, const WriteOptions& options) {
    if (!is_subset(options)) return TreeWriter(resource.tree(), options).write(resource.node());
    const auto marked = marked_as_subset(resource);
    return TreeWriter(marked.tree(), options).write(0);
}

}  // namespace gantry::fhir::r4
