#include "fhir/resources/resource_writer.hpp"

#include <algorithm>

#include "fhir/resources/code_pairs.hpp"
#include "fhir/resources/moments.hpp"

namespace gantry::fhir {
namespace {

constexpr std::size_t longest_string = 1024 * 1024;
constexpr std::string_view blanks = " \t\r\n";

bool is_control(char c) {
    return static_cast<unsigned char>(c) < ' ' && blanks.find(c) == std::string_view::npos;
}

// Not in the middle of a character.
std::string_view within_limit(std::string_view text) {
    if (text.size() <= longest_string) return text;
    auto end = longest_string;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end);
}

std::string without_controls(std::string_view text) {
    std::string out;
    for (const char c : text) is_control(c) ? out.append("\xEF\xBF\xBD") : out.append(1, c);
    return out;
}

std::string single_blanks(std::string_view text) {
    std::string out;
    bool gap = false;
    for (const char c : text) {
        const bool blank = static_cast<unsigned char>(c) <= ' ';
        if (!blank) out.append(gap && !out.empty() ? " " : "").append(1, c);
        gap = blank;
    }
    return out;
}

bool is_single_spaced(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (static_cast<unsigned char>(text[i]) > ' ') continue;
        const bool inside = i > 0 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) > ' ';
        if (text[i] != ' ' || !inside) return false;
    }
    return true;
}

std::string percent_encoded(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > ' ' && byte != 0x7F && c != '"' && c != '<' && c != '>')
            out.push_back(c);
        else
            out.append(1, '%').append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
    return out;
}

bool all_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// -?(0|[1-9][0-9]*)(\.[0-9]+)? of FHIR's decimal; empty: it is none.
std::string decimal_of(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const auto point = std::min(text.find('.'), text.size());
    auto whole = text.substr(0, point);
    const auto part = text.substr(std::min(point + 1, text.size()));
    if (!all_digits(whole) || (point < text.size() && !all_digits(part))) return {};
    whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size() - 1));
    return std::string(negative ? "-" : "").append(whole).append(part.empty() ? "" : ".").append(part);
}

}  // namespace

bool is_blank(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

ResourceWriter::ResourceWriter(std::string_view type, std::string_view id) {
    open({}, '{');
    word("resourceType", type);
    word("id", id);
}

void ResourceWriter::open(std::string_view name, char bracket) {
    open_.push_back({name, bracket});
}

void ResourceWriter::close() {
    if (written_ == open_.size()) {
        open_.back().kind == '{' ? out_.end_object() : out_.end_array();
        --written_;
    }
    open_.pop_back();
}

// The brackets around a value appear with the first one.
void ResourceWriter::begin(std::string_view name) {
    for (; written_ < open_.size(); ++written_) {
        const auto& bracket = open_[written_];
        if (!bracket.name.empty()) out_.key(bracket.name);
        bracket.kind == '{' ? out_.begin_object() : out_.begin_array();
    }
    if (!name.empty()) out_.key(name);
}

void ResourceWriter::string(std::string_view name, std::string_view text) {
    if (is_blank(text)) return;
    begin(name);
    const auto kept = within_limit(text);
    if (std::any_of(kept.begin(), kept.end(), is_control))
        out_.value(without_controls(kept));
    else
        out_.value(kept);
}

void ResourceWriter::code(std::string_view name, std::string_view text) {
    if (is_single_spaced(text)) return word(name, text);
    word(name, single_blanks(text));
}

void ResourceWriter::uri(std::string_view name, std::string_view text) {
    word(name, percent_encoded(text));
}

void ResourceWriter::word(std::string_view name, std::string_view text) {
    if (text.empty()) return;
    begin(name);
    out_.value(text);
}

void ResourceWriter::boolean(std::string_view name, bool value) {
    begin(name);
    out_.value(value);
}

void ResourceWriter::number(std::string_view name, std::string_view digits) {
    const auto text = decimal_of(digits);
    if (text.empty()) return;
    begin(name);
    out_.json(text);
}

void ResourceWriter::string_extension(std::string_view url, std::string_view text) {
    if (is_blank(text)) return;
    object({}, [&] {
        word("url", url);
        string("valueString", text);
    });
}

std::string ResourceWriter::finish() && {
    close();
    return std::move(out_).text();
}

void write_meta(ResourceWriter& out, const ResourceVersion& version) {
    write_meta(out, version, {});
}

void write_meta(ResourceWriter& out, const ResourceVersion& version, std::string_view confidentiality) {
    out.object("meta", [&] {
        out.word("versionId", std::to_string(version.version));
        out.word("lastUpdated", instant_of(version.updated));
        out.array("security", [&] {
            out.object({}, [&] {
                const auto code = confidentiality_code(confidentiality);
                if (!code.empty()) out.word("system", "http://terminology.hl7.org/CodeSystem/v3-Confidentiality");
                out.word("code", code);
                out.string("display", confidentiality);
            });
        });
    });
}

}  // namespace gantry::fhir
