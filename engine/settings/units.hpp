// Quantities as people write them in a configuration: durations, sizes, network addresses.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::settings {

// A number of bytes; the type tells an option that takes "16MB" from one that counts.
struct ByteSize {
    std::size_t count = 0;
    constexpr ByteSize() = default;
    constexpr ByteSize(std::size_t bytes) : count(bytes) {}
    constexpr operator std::size_t() const { return count; }
};

// "127.0.0.1:104", "pacs.example:104", "[::1]:104".
struct HostPort {
    std::string host;  // without the brackets of an IPv6 address
    std::uint16_t port = 0;
    bool operator==(const HostPort&) const = default;
};

// A whole number and ms, s, m, h or d. At most 100 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// With the largest unit that gives a whole number: 90 s is "90s", 120 s is "2m".
std::string to_string(std::chrono::milliseconds duration);

// A whole number and B, kB, MB, GB, TB (powers of 1000) or KiB, MiB, GiB, TiB (powers of 1024), or nothing. At most
// 2^53.
std::optional<ByteSize> parse_size(std::string_view text);
std::string to_string(ByteSize size);

// A host that is not empty and a port between 1 and 65535.
std::optional<HostPort> parse_host_port(std::string_view text);
// Empty for the default-constructed one.
std::string to_string(const HostPort& address);

}  // namespace gantry::settings
