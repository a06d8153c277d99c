#include "fhir/search/cursor.hpp"

#include <charconv>

#include "engine/base/digest.hpp"

namespace gantry::fhir {
namespace {

constexpr char separator = '\x1f';
constexpr std::size_t digest_length = 16;  // hexadecimal digits of it that are kept

std::optional<std::string> bytes_of(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        unsigned byte = 0;
        const auto read = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
        if (read.ec != std::errc() || read.ptr != text.data() + i + 2) return std::nullopt;
        out += static_cast<char>(byte);
    }
    return out;
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> out(1);
    for (const char c : text) {
        if (c == separator)
            out.emplace_back();
        else
            out.back() += c;
    }
    return out;
}

}  // namespace

std::string search_digest(std::string_view type, const std::vector<std::pair<std::string, std::string>>& parameters) {
    std::string all(type);
    for (const auto& [name, value] : parameters) all += '\n' + name + '\n' + value;
    const auto made = sha256(all);
    auto out = hex({reinterpret_cast<const char*>(made.data()), made.size()});
    out.resize(digest_length);
    return out;
}

std::string cursor_text(const store::FoundRecord& last, std::string_view digest) {
    auto out = std::string(digest) + separator + std::to_string(last.id);
    for (const auto& key : last.keys) out += separator + key;
    return hex(out);
}

std::optional<store::FoundRecord> read_cursor(std::string_view text, std::string_view digest, std::size_t sort_keys) {
    constexpr std::size_t longest = 4096;
    if (text.size() > longest) return std::nullopt;
    const auto bytes = bytes_of(text);
    if (!bytes) return std::nullopt;
    auto parts = split(*bytes);
    if (parts.size() != 2 + sort_keys || parts[0] != digest) return std::nullopt;
    store::FoundRecord out;
    const auto& id = parts[1];
    const auto read = std::from_chars(id.data(), id.data() + id.size(), out.id);
    if (read.ec != std::errc() || read.ptr != id.data() + id.size()) return std::nullopt;
    out.keys.assign(std::make_move_iterator(parts.begin() + 2), std::make_move_iterator(parts.end()));
    return out;
}

}  // namespace gantry::fhir
