#include "engine/dicom/wire_text.hpp"

#include <algorithm>

#include "engine/base/utf8.hpp"
#include "engine/text/folding.hpp"

namespace gantry::dicom {
namespace {

constexpr std::size_t name_groups = 3, name_components = 5;

bool is_text(Vr vr) {
    return vr == Vr("LT") || vr == Vr("ST") || vr == Vr("UT");
}

std::size_t bytes_of(std::string_view utf8, std::size_t characters) {
    auto rest = utf8;
    while (!rest.empty() && characters-- > 0) next_character(rest);
    return utf8.size() - rest.size();
}

WireText cut(std::string_view text, std::size_t longest) {
    const auto size = longest == 0 ? text.size() : bytes_of(text, longest);
    return {std::string(trimmed(text.substr(0, size))), size < text.size()};
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

std::string on_one_line(std::string_view text) {
    std::string out(trimmed(text));
    std::replace(out.begin(), out.end(), '\\', '/');
    std::replace_if(out.begin(), out.end(), is_control, ' ');
    return out;
}

// Line ends are CR LF; other control characters have no place in it.
std::string with_lines(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n')
            out += "\r\n";
        else if (c != '\r')
            out += is_control(c) ? ' ' : c;
    }
    return out;
}

// A sixth component would be read as none of a person's name: it joins the fifth.
WireText name_group(std::string_view group) {
    std::string out(group);
    std::size_t carets = 0;
    std::replace_if(
        out.begin(), out.end(), [&](char c) { return c == '^' && ++carets >= name_components; }, ' ');
    while (!out.empty() && (out.back() == '^' || out.back() == ' ')) out.pop_back();
    return cut(out, longest_of("PN"));
}

WireText name(std::string_view stored) {
    const std::string line = on_one_line(stored);
    std::string_view rest = line;
    WireText out;
    for (std::size_t i = 0; i < name_groups; ++i) {
        const auto end = rest.find('=');
        auto group = name_group(rest.substr(0, end));
        out.value += (i > 0 ? "=" : "") + group.value;
        out.shortened |= group.shortened;
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    while (!out.value.empty() && out.value.back() == '=') out.value.pop_back();
    return out;
}

bool only(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == text.npos;
}

bool well_formed(Vr vr, std::string_view text) {
    if (vr == Vr("DA")) return text.size() == 8 && only(text, "0123456789");
    if (vr == Vr("TM")) return text.size() >= 2 && only(text, "0123456789.");
    if (vr == Vr("US")) return text.size() <= 4 && only(text, "0123456789");
    if (vr == Vr("DS")) return text.size() <= 16 && only(text, "+-.0123456789eE");
    return vr != Vr("UI") || (text.size() <= 64 && only(text, ".0123456789"));
}

// As much of `text` as one value holds, up to the last space when that is not too early; takes it off.
std::string next_piece(std::string_view& text, std::size_t longest) {
    auto size = bytes_of(text, longest);
    if (size < text.size()) {
        const auto space = text.rfind(' ', size);
        if (space != std::string_view::npos && space > size / 2) size = space;
    }
    std::string piece(trimmed(text.substr(0, size)));
    text = trimmed(text.substr(size));
    return piece;
}

void append(WireText& values, const std::string& value) {
    if (!values.value.empty()) values.value += '\\';
    values.value += value;
}

void append_pieces(WireText& out, Vr vr, std::string_view one) {
    if (vr != Vr("LO")) {
        const auto value = wire_text(vr, one);
        out.shortened |= value.shortened;
        return append(out, value.value);
    }
    const std::string line = on_one_line(one);
    std::string_view rest = line;
    while (!rest.empty()) append(out, next_piece(rest, longest_of(vr)));
}

}  // namespace

std::size_t longest_of(Vr vr) {
    if (vr == Vr("AE") || vr == Vr("CS") || vr == Vr("SH")) return 16;
    if (vr == Vr("LO") || vr == Vr("PN")) return 64;
    if (vr == Vr("ST")) return 1024;
    return vr == Vr("LT") ? 10240 : 0;
}

WireText wire_text(Vr vr, std::string_view stored) {
    if (vr == Vr("PN")) return name(stored);
    if (is_text(vr)) return cut(with_lines(stored), longest_of(vr));
    const auto line = on_one_line(stored);
    if (!well_formed(vr, line)) return {};
    return cut(line, longest_of(vr));
}

WireText wire_texts(Vr vr, std::string_view stored) {
    WireText out;
    while (!stored.empty()) {
        const auto end = stored.find_first_of("\\\n");
        const auto one = trimmed(stored.substr(0, end));
        if (!one.empty()) append_pieces(out, vr, one);
        stored = end == std::string_view::npos ? std::string_view() : stored.substr(end + 1);
    }
    return out;
}

}  // namespace gantry::dicom
