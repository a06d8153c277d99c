#include "mappings/language/enclosed_document.hpp"

#include <algorithm>

#include "engine/base/base64.hpp"
#include "mappings/language/reading.hpp"

namespace gantry::mappings {
namespace {

constexpr std::string_view pdf = "application/pdf";

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

std::string word(const hl7::Piece& ed, std::size_t component) {
    return lower(trimmed(ed.component(component).subcomponent(1).text()));
}

// HL7 tables 0834, 0191 and 0291 as media types; a subtype that is one already stands.
std::string media_type(const std::string& type, const std::string& subtype) {
    if (subtype.find('/') != std::string::npos) return subtype;
    if (type.find('/') != std::string::npos) return type;
    if (subtype == "pdf" || type == "pdf") return std::string(pdf);
    if (subtype == "rtf" || subtype == "x-rtf") return "application/rtf";
    if (subtype == "jpeg" || subtype == "jpg") return "image/jpeg";
    if (subtype == "png" || subtype == "tiff" || subtype == "gif") return "image/" + subtype;
    if (subtype == "html" || subtype == "plain") return "text/" + subtype;
    if (subtype == "xml" || subtype == "x-hl7-cda-level-one") return "text/xml";
    if (type == "text" || type == "tx" || type == "ft") return "text/plain";
    return subtype == "octet-stream" || !subtype.empty() || !type.empty() ? "application/octet-stream" : "";
}

// Table 0299; what says nothing is tried.
bool is_base64(const std::string& encoding) {
    return encoding == "base64" || encoding == "b64" || encoding.empty();
}

// A header within the first kilobyte is what readers of PDF accept.
bool is_pdf(std::string_view bytes) {
    return bytes.substr(0, 1024).find("%PDF-") != std::string_view::npos;
}

Error bad(std::string detail) {
    return {ErrorCode::hl7_bad_value, std::move(detail), {}};
}

// Nothing: there is no data.
Result<std::optional<effects::DocumentContent>> document_of(const hl7::Piece& ed) {
    const auto type = media_type(word(ed, 2), word(ed, 3));
    const bool bare = ed.component(2).empty() && ed.component(5).empty();
    const auto data = bare ? ed.component(1) : ed.component(5);
    if (!data.valued()) return std::optional<effects::DocumentContent>();
    auto bytes = from_base64(data.text());
    if (!bytes) return bad("the enclosed document is not base64");
    if (bytes->empty()) return std::optional<effects::DocumentContent>();
    if (is_pdf(*bytes)) return std::optional(effects::DocumentContent{std::string(pdf), std::move(*bytes), {}, {}});
    if (type == pdf) return bad("the enclosed document is called a PDF and is none");
    if (type.empty()) return bad("the type of the enclosed document is not said (OBX-5.2 to 5.4)");
    return std::optional(effects::DocumentContent{type, std::move(*bytes), {}, {}});
}

// One document: text may hold what looks like components or repetitions.
std::vector<effects::DocumentContent> in_the_clear(const hl7::Piece& field) {
    auto text = field.from_component(5).text();
    if (text.empty()) return {};
    const auto type = media_type(word(field, 2), word(field, 3));
    return {{type.empty() ? "text/plain" : type, std::move(text), {}, {}}};
}

}  // namespace

Result<std::vector<effects::DocumentContent>> enclosed_documents(const hl7::Piece& field) {
    if (!is_base64(word(field, 4))) return in_the_clear(field);
    std::vector<effects::DocumentContent> out;
    for (const auto& repetition : field.each_repetition()) {
        auto document = document_of(repetition);
        if (!document) return document.error();
        if (*document) out.push_back(std::move(**document));
    }
    return out;
}

}  // namespace gantry::mappings
