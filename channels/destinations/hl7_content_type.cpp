#include "channels/destinations/hl7_content_type.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "engine/hl7/decode.hpp"

namespace gantry::channels {
namespace {

// What decode() calls them, but for 8859/n and WINDOWS-n.
constexpr std::pair<std::string_view, std::string_view> names[] = {
    {"ASCII", "utf-8"}, {"UNICODE UTF-8", "utf-8"}, {"GB 18030-2000", "gb18030"}, {"BIG-5", "big5"}};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

std::string iana_name(const std::string& charset) {
    if (charset.starts_with("8859/")) return "iso-8859-" + charset.substr(5);
    if (charset.starts_with("WINDOWS-")) return lower(charset);
    for (const auto& [name, iana] : names)
        if (name == charset) return std::string(iana);
    return {};
}

std::string charset_of(std::string_view message) {
    if (message.find('\x1b') != message.npos) return {};
    const auto decoded = hl7::decode(std::string(message));
    const auto name = iana_name(decoded.charset);
    // Where it was guessed, the channel may know better than the message: only UTF-8 shows that it is.
    const bool certain = !decoded.replaced && (!decoded.guessed || name == "utf-8");
    return certain ? name : std::string();
}

}  // namespace

std::string hl7_content_type(const std::string& type, std::string_view message) {
    if (lower(type).find("charset=") != std::string::npos) return type;
    const auto charset = charset_of(message);
    return charset.empty() ? type : type + "; charset=" + charset;
}

}  // namespace gantry::channels
