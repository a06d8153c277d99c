#include "engine/structures/enclosed_data.hpp"

#include <algorithm>

#include "engine/base/utf8.hpp"

namespace gantry::structures {
namespace {

constexpr std::size_t kept_of_others = 16;
// Without a table of places: readers find the objects by themselves, whatever stands behind them.
constexpr std::string_view empty_pdf =
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

}  // namespace

bool is_text(std::string_view bytes) {
    const bool control = std::any_of(bytes.begin(), bytes.end(), [](char c) {
        return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t';
    });
    return !control && is_utf8(bytes) && !bytes.starts_with("%PDF");
}

std::string emptied(std::string_view bytes) {
    if (!bytes.starts_with("%PDF")) {
        std::string out(bytes);
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(std::min(kept_of_others, out.size())), out.end(), '\0');
        return out;
    }
    std::string out(empty_pdf);
    if (out.size() < bytes.size()) out.resize(bytes.size(), '\n');
    return out;
}

std::string to_base64(std::string_view bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const auto group = bytes.substr(at, 3);
        unsigned bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0u);
        for (std::size_t i = 0; i < 4; ++i) out += i <= group.size() ? alphabet[bits >> (18 - 6 * i) & 0x3F] : '=';
    }
    return out;
}

}  // namespace gantry::structures
