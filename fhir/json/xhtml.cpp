#include "fhir/json/xhtml.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "engine/base/utf8.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/xml_text_internal.hpp"

namespace gantry::fhir::r4 {
namespace {

constexpr std::size_t most_attributes = 50;

// HTML 4.0 chapters 7 to 11 without 9.4, chapter 15, a, img and image maps. Sorted.
constexpr std::array<std::string_view, 53> elements = {
    "a",     "abbr", "acronym", "address",  "area",  "b",     "bdo",  "big",    "blockquote", "br",  "caption",
    "cite",  "code", "col",     "colgroup", "dd",    "dfn",   "div",  "dl",     "dt",         "em",  "h1",
    "h2",    "h3",   "h4",      "h5",       "h6",    "hr",    "i",    "img",    "kbd",        "li",  "map",
    "ol",    "p",    "pre",     "q",        "samp",  "small", "span", "strong", "sub",        "sup", "table",
    "tbody", "td",   "tfoot",   "th",       "thead", "tr",    "tt",   "ul",     "var"};

// Of any of them: none that acts (on…), and none that loads but those of a and img.
constexpr std::array<std::string_view, 52> attributes = {
    "abbr",    "accesskey", "align",  "alt",   "axis",     "border",    "cellpadding", "cellspacing", "char",
    "charoff", "charset",   "cite",   "class", "clear",    "colspan",   "compact",     "coords",      "dir",
    "frame",   "headers",   "height", "href",  "hreflang", "id",        "ismap",       "lang",        "longdesc",
    "name",    "nowrap",    "rel",    "rev",   "rowspan",  "rules",     "scope",       "shape",       "size",
    "span",    "src",       "start",  "style", "summary",  "tabindex",  "target",      "title",       "type",
    "usemap",  "valign",    "value",  "width", "xml:lang", "xml:space", "xmlns"};

template <std::size_t n>
bool holds(const std::array<std::string_view, n>& sorted, std::string_view word) {
    return std::binary_search(sorted.begin(), sorted.end(), word);
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool starts_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool in_name(char c) {
    return starts_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
}
// Of the characters of XML 1.0 those below U+0020 and the two that are none.
bool is_character(std::uint32_t c) {
    if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
    return c < 0xD800 || (c > 0xDFFF && c < 0xFFFE) || (c > 0xFFFF && c < 0x110000);
}

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    XhtmlVerdict check() {
        skip_blanks();
        if (!open_tag(true)) return verdict_;
        while (!open_.empty())
            if (!content()) return verdict_;
        skip_blanks();
        if (at_ != text_.size()) return malformed("something follows the div"), verdict_;
        if (verdict_.mistake == XhtmlMistake::none && !shown_)
            verdict_ = {XhtmlMistake::blank, "there is nothing to be seen in it", 0};
        return verdict_;
    }

  private:
    bool malformed(std::string_view words) {
        verdict_ = {XhtmlMistake::malformed, words, at_};
        return false;
    }
    // Noted, but reading goes on: a later one may be worse.
    void forbidden(std::string_view words, std::size_t at) {
        if (verdict_.mistake == XhtmlMistake::none) verdict_ = {XhtmlMistake::forbidden, words, at};
    }

    bool starts(std::string_view word) const { return text_.substr(at_, word.size()) == word; }
    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }
    std::string_view name() {
        const auto from = at_;
        if (at_ < text_.size() && starts_name(text_[at_]))
            while (at_ < text_.size() && in_name(text_[at_])) ++at_;
        return text_.substr(from, at_ - from);
    }

    // Text up to the next tag, and that tag.
    bool content() {
        while (at_ < text_.size() && text_[at_] != '<')
            if (!character()) return false;
        if (at_ == text_.size()) return malformed("an element is not closed");
        if (starts("<!--")) return comment();
        if (starts("<![CDATA[")) return character_data();
        if (starts("<!") || starts("<?")) return malformed("a declaration or processing instruction");
        return starts("</") ? close_tag() : open_tag(false);
    }

    bool character() {
        const char c = text_[at_];
        if (c == '&') return shown_ = true, entity();
        if (starts("]]>")) return malformed("]]> outside of a CDATA section");
        if (!step()) return false;
        shown_ = shown_ || !is_blank(c);
        return true;
    }

    bool step() {
        const auto byte = static_cast<unsigned char>(text_[at_]);
        if (byte < 0x80) {
            if (!is_character(byte)) return malformed("a control character");
            ++at_;
            return true;
        }
        auto rest = text_.substr(at_);
        const auto size = rest.size();
        if (!is_character(next_character(rest))) return malformed("a character that XML does not have");
        at_ += size - rest.size();
        return true;
    }

    bool entity() {
        const auto end = text_.find(';', at_);
        if (end == std::string_view::npos) return malformed("& without an entity");
        const auto word = text_.substr(at_ + 1, end - at_ - 1);
        constexpr std::array<std::string_view, 5> known = {"amp", "apos", "gt", "lt", "quot"};
        if (!holds(known, word) && !is_reference(word)) return malformed("an entity that XML does not have");
        at_ = end + 1;
        return true;
    }
    static bool is_reference(std::string_view word) {
        if (word.size() < 2 || word[0] != '#') return false;
        const bool hexadecimal = word[1] == 'x';
        const auto digits = word.substr(hexadecimal ? 2 : 1);
        std::uint32_t code = 0;
        const auto* end = digits.data() + digits.size();
        const auto [stop, error] = std::from_chars(digits.data(), end, code, hexadecimal ? 16 : 10);
        return !digits.empty() && stop == end && error == std::errc() && is_character(code);
    }

    bool comment() {
        const auto end = text_.find("--", at_ + 4);
        if (end == std::string_view::npos || text_.substr(end, 3) != "-->") return malformed("a comment is not closed");
        return pass(4, end, 3);
    }
    bool character_data() {
        const auto end = text_.find("]]>", at_ + 9);
        if (end == std::string_view::npos) return malformed("a CDATA section is not closed");
        shown_ = true;
        return pass(9, end, 3);
    }
    // Over what only has to be made of characters.
    bool pass(std::size_t head, std::size_t end, std::size_t tail) {
        at_ += head;
        while (at_ < end)
            if (!step()) return false;
        at_ = end + tail;
        return true;
    }

    bool open_tag(bool first) {
        const auto begin = at_;
        if (!starts("<")) return malformed("it is no XHTML div");
        ++at_;
        const auto tag = name();
        if (tag.empty() || tag.find(':') != std::string_view::npos) return malformed("a tag without a plain name");
        if (first && tag != "div") return malformed("it is no XHTML div");
        if (!holds(elements, tag)) forbidden("an element that is no basic formatting", begin);
        if (tag == "img") shown_ = true;
        attributes_.clear();
        bool closed = false;
        if (!read_attributes(closed)) return false;
        if (first && !has_namespace_) return malformed("the div is not in the XHTML namespace");
        if (closed) return true;
        if (open_.size() >= max_depth) return malformed("it is nested deeper than is read");
        open_.push_back(tag);
        return true;
    }

    bool read_attributes(bool& closed) {
        while (true) {
            const auto before = at_;
            skip_blanks();
            if (starts("/>")) return at_ += 2, closed = true, true;
            if (starts(">")) return ++at_, true;
            if (before == at_) return malformed("a tag is not closed");
            if (!attribute()) return false;
        }
    }

    bool attribute() {
        const auto begin = at_;
        const auto word = name();
        if (word.empty()) return malformed("an attribute without a name");
        if (std::find(attributes_.begin(), attributes_.end(), word) != attributes_.end())
            return malformed("an attribute is there twice");
        if (attributes_.size() >= most_attributes) return malformed("a tag with more attributes than are read");
        attributes_.push_back(word);
        if (!holds(attributes, word)) {
            if (word.find(':') != std::string_view::npos) return malformed("an attribute of a namespace");
            forbidden("an attribute that is no basic formatting", begin);
        }
        skip_blanks();
        if (!starts("=")) return malformed("an attribute without a value");
        ++at_;
        skip_blanks();
        return quoted(word);
    }

    bool quoted(std::string_view word) {
        const char quote = at_ < text_.size() ? text_[at_] : ' ';
        if (quote != '"' && quote != '\'') return malformed("an attribute without a value in quotes");
        const auto from = ++at_;
        while (at_ < text_.size() && text_[at_] != quote) {
            if (text_[at_] == '<') return malformed("< in an attribute");
            if (text_[at_] == '&' ? !entity() : !step()) return false;
        }
        if (at_ == text_.size()) return malformed("a quote is not closed");
        const auto value = text_.substr(from, at_ - from);
        ++at_;
        if (word != "xmlns") return true;
        if (value != xhtml_namespace) return malformed("an element of another namespace than XHTML");
        has_namespace_ = true;
        return true;
    }

    bool close_tag() {
        at_ += 2;
        const auto tag = name();
        skip_blanks();
        if (tag != open_.back() || !starts(">")) return malformed("an element is closed that is not the innermost");
        ++at_;
        open_.pop_back();
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<std::string_view> open_, attributes_;
    bool shown_ = false, has_namespace_ = false;
    XhtmlVerdict verdict_;
};

}  // namespace

XhtmlVerdict check_xhtml(std::string_view text) {
    return Scanner(text).check();
}

}  // namespace gantry::fhir::r4
