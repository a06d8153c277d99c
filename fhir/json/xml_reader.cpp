#include "fhir/json/xml_reader.hpp"

#include <expat.h>

#include <algorithm>
#include <climits>

#include "engine/base/utf8.hpp"
#include "engine/json/diagnostic.hpp"
#include "fhir/json/tree_internal.hpp"
#include "fhir/json/xhtml.hpp"
#include "fhir/json/xml_text_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

constexpr char between = '|';                    // namespace and name, as the parser hands them over
constexpr std::size_t max_tags = 3 * max_depth;  // elements, what is around resources, markup
constexpr std::string_view schema_instance = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::string_view xml_namespace = "http://www.w3.org/XML/1998/namespace";

struct Name {
    std::string_view space, local;
};
Name name_of(const char* text) {
    const std::string_view whole(text);
    const auto at = whole.rfind(between);
    if (at == std::string_view::npos) return {{}, whole};
    return {whole.substr(0, at), whole.substr(at + 1)};
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_utf8_name(std::string_view name) {
    if (name.size() != 5) return false;
    constexpr std::string_view wanted = "utf-8";
    return std::equal(name.begin(), name.end(), wanted.begin(),
                      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

struct ParserDeleter {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, ParserDeleter>;

// Turns the parser's events into elements.
class TreeReader {
  public:
    TreeReader(std::string_view bytes, const ReadOptions& options, Tree& tree, Issues& issues)
        : parser_(XML_ParserCreateNS("UTF-8", between)),
          bytes_(bytes),
          options_(options),
          tree_(tree),
          issues_(issues) {
        XML_SetUserData(parser_.get(), this);
        XML_SetElementHandler(
            parser_.get(),
            [](void* self, const char* name, const char** attributes) { of(self).start(name, attributes); },
            [](void* self, const char*) { of(self).end(); });
        XML_SetCharacterDataHandler(parser_.get(), [](void* self, const char* text, int size) {
            of(self).text({text, static_cast<std::size_t>(size)});
        });
        XML_SetCommentHandler(parser_.get(), [](void* self, const char* text) { of(self).comment(text); });
        XML_SetStartDoctypeDeclHandler(parser_.get(), [](void* self, const char*, const char*, const char*, int) {
            of(self).stop(IssueType::structure, "a DOCTYPE is not read");
        });
        XML_SetXmlDeclHandler(parser_.get(), [](void* self, const char*, const char* encoding, int) {
            if (encoding && !is_utf8_name(encoding)) of(self).stop(IssueType::structure, "it says it is not UTF-8");
        });
    }

    // False: there is no resource.
    bool read() {
        const auto status = XML_Parse(parser_.get(), bytes_.data(), static_cast<int>(bytes_.size()), 1);
        if (stopped_) return false;
        if (status == XML_STATUS_OK) return known_;
        fatal(IssueType::structure, XML_ErrorString(XML_GetErrorCode(parser_.get())), offset());
        return false;
    }

  private:
    // What is open. Of `wrapper` the one child is a resource; of `markup` everything is kept as text.
    enum class Mode : std::uint8_t { element, wrapper, markup };
    struct Frame {
        Mode mode;
        std::uint32_t node;
        const rows::Element* last = nullptr;     // of the children so far
        const rows::Element* wrapped = nullptr;  // what a wrapper is
        std::uint32_t offset = 0;
        bool filled = false;
    };

    static TreeReader& of(void* self) { return *static_cast<TreeReader*>(self); }
    std::uint32_t offset() const {
        return static_cast<std::uint32_t>(std::max<XML_Index>(0, XML_GetCurrentByteIndex(parser_.get())));
    }
    Element at(std::uint32_t node) const { return {tree_, node}; }

    void fatal(IssueType type, std::string words, std::uint32_t offset) {
        issues_.add_at(Severity::fatal, type, std::move(words), "", tree_.position(offset));
    }
    void stop(IssueType type, std::string words) {
        if (std::exchange(stopped_, true)) return;
        fatal(type, std::move(words), offset());
        XML_StopParser(parser_.get(), XML_FALSE);
    }
    void error(std::string words, std::uint32_t node, Severity severity = Severity::error) {
        error_at(std::move(words), node, offset(), severity);
    }
    void error_at(std::string words, std::uint32_t node, std::uint32_t offset, Severity severity = Severity::error) {
        if (issues_.full()) return;  // a path costs a walk over the siblings
        issues_.add_at(severity, IssueType::structure, std::move(words), at(node).path(), tree_.position(offset));
    }

    // --- events

    void start(const char* text, const char** attributes) {
        if (stopped_) return;
        if (issues_.full()) return stop_quietly();
        if (frames_.size() >= max_tags) return stop(IssueType::too_costly, "it is nested deeper than is read");
        if (tree_.nodes.size() >= options_.max_elements)
            return stop(IssueType::too_costly, "there are more elements than are read");
        const auto name = name_of(text);
        if (frames_.empty()) return start_root(name, attributes);
        auto& above = frames_.back();
        if (above.mode == Mode::markup) return start_markup(name, attributes, above.node);
        if (above.mode == Mode::wrapper) return start_wrapped(name, attributes, above);
        start_child(name, attributes);
    }

    void start_root(Name name, const char** attributes) {
        const auto type = resource_type(name, nullptr);
        if (!type) return stop_quietly();
        Node root;
        root.type = &type->row();
        root.name = type->name();
        root.offset = offset();
        const auto node = tree_.append(no_node, root);
        known_ = true;
        open(node, attributes);
    }
    void stop_quietly() {
        stopped_ = true;
        XML_StopParser(parser_.get(), XML_FALSE);
    }

    // wrapper: what it is in; none: it is the root.
    std::optional<Type> resource_type(Name name, const Frame* wrapper) {
        const auto type = Type::find(name.local);
        const bool in_fhir = name.space == fhir_namespace;
        if (in_fhir && type && type->is_resource()) return type;
        auto path = wrapper ? at(wrapper->node).path() + "." + std::string(rows::text(wrapper->wrapped->name)) : "";
        issues_.add_at(Severity::error, in_fhir ? IssueType::not_supported : IssueType::structure,
                       in_fhir ? "it is no resource of R4" : "it is not in the namespace of FHIR", std::move(path),
                       tree_.position(offset()));
        return std::nullopt;
    }

    void start_wrapped(Name name, const char** attributes, Frame& above) {
        const auto parent = above.node;
        if (std::exchange(above.filled, true)) error("it holds one resource, not several", parent);
        const auto type = resource_type(name, &above);
        if (!type) return start_unknown(name, attributes, parent, above.wrapped);
        const auto node = add(parent, *above.wrapped);
        tree_.nodes[node].type = &type->row();
        open(node, attributes);
    }

    void start_child(Name name, const char** attributes) {
        const auto parent = frames_.back().node;
        const Type type(*tree_.nodes[parent].type);
        const auto definition = type.element(name.local);
        const bool markup = definition && definition->type().primitive() == Primitive::xhtml_;
        const bool known =
            definition && !definition->is_xml_attribute() && name.space == (markup ? xhtml_namespace : fhir_namespace);
        if (!known) return refuse_unknown(name, attributes, parent, type);
        const auto& row = definition->row();
        if (frames_.back().last && &row < frames_.back().last)
            error("it stands after what comes later in the specification: " + std::string(name.local), parent);
        frames_.back().last = &row;
        if (definition->type().is_abstract()) {
            if (*attributes) error("an attribute where none may be", parent);
            frames_.push_back({Mode::wrapper, parent, nullptr, &row, offset()});
            return;
        }
        const auto node = add(parent, row);
        if (!markup) return open(node, attributes);
        markup_.clear();
        start_markup(name, attributes, node);
    }

    void refuse_unknown(Name name, const char** attributes, std::uint32_t parent, const Type& type) {
        start_unknown(name, attributes, parent, nullptr);
        const bool in_fhir = name.space == fhir_namespace;
        std::vector<std::string_view> names;
        for (std::size_t n = 0; n < type.elements(); ++n) names.push_back(type.element_at(n).name());
        auto words = in_fhir ? std::string(type.name()) + " has no such element" + json::did_you_mean(name.local, names)
                             : std::string("an element of another namespace");
        error(std::move(words), frames_.back().node, options_.lenient ? Severity::warning : Severity::error);
    }

    // Kept as text.
    void start_unknown(Name name, const char** attributes, std::uint32_t parent, const rows::Element* element) {
        Node node;
        node.element = element;
        node.name = tree_.texts.keep(name.local);
        node.offset = offset();
        node.foreign = Foreign::xml;
        markup_.clear();
        start_markup(name, attributes, tree_.append(parent, node));
    }

    std::uint32_t add(std::uint32_t parent, const rows::Element& row) {
        if (depth_ >= max_depth) stop(IssueType::too_costly, "it is nested deeper than is read");
        Node node;
        node.element = &row;
        node.type = &rows::types[row.type];
        node.name = rows::text(row.name);
        node.offset = offset();
        return tree_.append(parent, node);
    }

    void open(std::uint32_t node, const char** attributes) {
        frames_.push_back({Mode::element, node, nullptr, nullptr, offset()});
        ++depth_;
        for (; *attributes; attributes += 2) {
            const auto name = name_of(attributes[0]);
            if (name.space == schema_instance) continue;
            attribute(node, name, attributes[1]);
        }
    }

    void attribute(std::uint32_t node, Name name, std::string_view value) {
        const Type type(*tree_.nodes[node].type);
        if (name.space.empty() && name.local == "value" && type.is_primitive()) return set(node, value);
        const auto definition = type.element(name.local);
        if (!name.space.empty() || !definition || !definition->is_xml_attribute())
            return error("an attribute that R4 does not have: " + std::string(name.local.substr(0, 64)), node);
        set(add(node, definition->row()), value);
    }
    void set(std::uint32_t node, std::string_view value) {
        auto& one = tree_.nodes[node];
        one.text = tree_.texts.keep(value);
        one.kind = value_kind(one.type->primitive, value);
    }

    // --- text that is kept: narrative and what is unknown

    void start_markup(Name name, const char** attributes, std::uint32_t node) {
        const bool top = frames_.back().mode != Mode::markup;
        // It is written back where FHIR's is the default namespace.
        const auto around = top ? fhir_namespace : std::string_view(spaces_.back());
        frames_.push_back({Mode::markup, node, nullptr, nullptr, offset()});
        markup_.append("<").append(name.local);
        if (name.space != around) markup_attribute("xmlns", name.space);
        spaces_.emplace_back(name.space);
        for (; *attributes; attributes += 2) {
            const auto attribute = name_of(attributes[0]);
            const auto prefix = attribute.space == xml_namespace ? "xml:" : "";
            if (attribute.space.empty() || *prefix)
                markup_attribute(prefix + std::string(attribute.local), attributes[1]);
        }
        names_.emplace_back(name.local);
        markup_.append(">");
    }
    void markup_attribute(std::string_view name, std::string_view value) {
        markup_.append(" ").append(name).append("=\"");
        append_xml(markup_, value);
        markup_ += '"';
    }

    void end_markup(const Frame& frame) {
        markup_.append("</").append(names_.back()).append(">");
        names_.pop_back();
        spaces_.pop_back();
        if (!frames_.empty() && frames_.back().mode == Mode::markup) return;
        auto& node = tree_.nodes[frame.node];
        std::string_view text = markup_;
        if (node.foreign == Foreign::known) {
            const auto end = offset() + static_cast<std::uint32_t>(XML_GetCurrentByteCount(parser_.get()));
            const auto written = bytes_.substr(frame.offset, end - frame.offset);
            // As it stands, unless it leans on what is declared around it.
            if (check_xhtml(written).mistake != XhtmlMistake::malformed) text = written;
            node.kind = ValueKind::string;
        }
        node.text = tree_.texts.keep(text);
    }

    void end() {
        if (stopped_) return;
        const auto frame = frames_.back();
        frames_.pop_back();
        if (frame.mode == Mode::markup) return end_markup(frame);
        if (frame.mode == Mode::element) --depth_;
        if (frame.mode == Mode::wrapper && !frame.filled)
            error_at("it holds no resource: " + std::string(rows::text(frame.wrapped->name)), frame.node, frame.offset);
    }

    void text(std::string_view text) {
        if (stopped_ || frames_.empty()) return;
        if (frames_.back().mode == Mode::markup)
            append_text(text);
        else if (!is_blank(text))
            error("text where R4 has none", frames_.back().node);
    }
    void append_text(std::string_view text) {
        for (; !text.empty(); text.remove_prefix(1)) {
            const bool plain = text[0] != '&' && text[0] != '<' && text[0] != '>' && text[0] != '\r';
            plain ? markup_.push_back(text[0]) : append_xml(markup_, text.substr(0, 1));
        }
    }
    void comment(std::string_view text) {
        if (!stopped_ && !frames_.empty() && frames_.back().mode == Mode::markup)
            markup_.append("<!--").append(text).append("-->");
    }

    Parser parser_;
    std::string_view bytes_;
    const ReadOptions& options_;
    Tree& tree_;
    Issues& issues_;
    std::vector<Frame> frames_;
    std::string markup_;
    std::vector<std::string> names_, spaces_;  // of open markup
    std::size_t depth_ = 0;                    // of the elements that are open
    bool stopped_ = false, known_ = false;
};

std::optional<Issue> refused(std::string_view bytes, const ReadOptions& options) {
    Issue issue{Severity::fatal, IssueType::too_costly, {}, {}, {1, 1}, {}};
    if (bytes.size() > std::min<std::size_t>(options.max_bytes, INT_MAX)) {
        issue.diagnostics = "it has more than the " + std::to_string(options.max_bytes) + " bytes that are read";
        return issue;
    }
    if (is_utf8(bytes)) return std::nullopt;
    issue.type = IssueType::structure;
    issue.diagnostics = "it is not UTF-8";
    return issue;
}

}  // namespace

ReadOutcome read_xml(std::string_view bytes, const ReadOptions& options) {
    ReadOutcome out;
    if (auto issue = refused(bytes, options)) {
        out.issues.push_back(std::move(*issue));
        return out;
    }
    Issues issues(options.max_issues);
    auto tree = std::make_unique<Tree>();
    tree->note_lines(bytes);
    if (TreeReader(bytes, options, *tree, issues).read()) out.resource.emplace(std::move(tree));
    out.issues = issues.take();
    return out;
}

}  // namespace gantry::fhir::r4
