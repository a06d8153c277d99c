// What a server sends, as bytes (draft-ietf-secsh-filexfer-02): for tests of the client that reads it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "engine/sftp/packets.hpp"

namespace gantry::sftp::testing {

inline std::string number(std::uint64_t value, int bytes = 4) {
    std::string out;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
    return out;
}
inline std::string text(std::string_view value) {
    return number(value.size()) + std::string(value);
}
// With its length in front.
inline std::string packet(const std::string& payload) {
    return number(payload.size()) + payload;
}

inline std::string attributes(const Attributes& from) {
    const auto flags = (from.size ? 1u : 0u) | (from.permissions ? 4u : 0u) | (from.modified ? 8u : 0u);
    auto out = number(flags);
    if (from.size) out += number(*from.size, 8);
    if (from.permissions) out += number(*from.permissions);
    if (from.modified) out += number(0) + number(*from.modified);
    return out;
}

// The payload of a reply.
inline std::string payload(const Reply& reply) {
    const auto head = [&](int type) { return std::string(1, static_cast<char>(type)) + number(reply.id); };
    return std::visit(
        [&](const auto& content) {
            using T = std::decay_t<decltype(content)>;
            if constexpr (std::is_same_v<T, Status>) {
                return head(101) + number(static_cast<std::uint32_t>(content)) + text("words") + text("en");
            } else if constexpr (std::is_same_v<T, Handle>) {
                return head(102) + text(content.bytes);
            } else if constexpr (std::is_same_v<T, Data>) {
                return head(103) + text(content.bytes);
            } else if constexpr (std::is_same_v<T, Names>) {
                auto out = head(104) + number(content.entries.size());
                for (const auto& [name, about] : content.entries)
                    out += text(name) + text("-rw-r--r-- " + name) + attributes(about);
                return out;
            } else {
                return head(105) + attributes(content);
            }
        },
        reply.content);
}

}  // namespace gantry::sftp::testing
