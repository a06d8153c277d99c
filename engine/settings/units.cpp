#include "engine/settings/units.hpp"

#include <charconv>
#include <span>

namespace gantry::settings {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t factor;
};

constexpr Unit durations[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};
constexpr std::int64_t longest = std::int64_t{36525} * 86'400'000;

constexpr Unit sizes[] = {
    {"TB", 1'000'000'000'000}, {"GB", 1'000'000'000}, {"MB", 1'000'000}, {"kB", 1000}, {"KB", 1000}, {"TiB", 1LL << 40},
    {"GiB", 1 << 30},          {"MiB", 1 << 20},      {"KiB", 1 << 10},  {"B", 1},     {"", 1}};
constexpr std::int64_t largest = std::int64_t{1} << 53;

// A whole number and one of the units; nothing when it is neither, or more than `most`.
std::optional<std::int64_t> parse_quantity(std::string_view text, std::span<const Unit> units, std::int64_t most) {
    std::int64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || number < 0) return std::nullopt;
    const auto written = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const auto& unit : units)
        if (unit.name == written && number <= most / unit.factor) return number * unit.factor;
    return std::nullopt;
}

std::string quantity_text(std::int64_t quantity, std::span<const Unit> units) {
    for (const auto& unit : units)
        if (quantity != 0 && quantity % unit.factor == 0)
            return std::to_string(quantity / unit.factor) + std::string(unit.name);
    return std::to_string(quantity);
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto quantity = parse_quantity(text, durations, longest);
    if (!quantity) return std::nullopt;
    return std::chrono::milliseconds(*quantity);
}

std::string to_string(std::chrono::milliseconds duration) {
    return duration.count() == 0 ? "0s" : quantity_text(duration.count(), durations);
}

std::optional<ByteSize> parse_size(std::string_view text) {
    const auto quantity = parse_quantity(text, sizes, largest);
    if (!quantity) return std::nullopt;
    return ByteSize(static_cast<std::size_t>(*quantity));
}

std::string to_string(ByteSize size) {
    return size.count == 0 ? "0B" : quantity_text(static_cast<std::int64_t>(size.count), sizes);
}

std::optional<HostPort> parse_host_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    auto host = text.substr(0, colon);
    const auto digits = text.substr(colon + 1);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    if (!bracketed && host.find_first_of(":[]") != std::string_view::npos) return std::nullopt;
    if (host.find_first_of(" \t\r\n/") != std::string_view::npos) return std::nullopt;
    std::uint16_t port = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (failure != std::errc() || end != digits.data() + digits.size() || port == 0) return std::nullopt;
    return HostPort{std::string(host), port};
}

std::string to_string(const HostPort& address) {
    if (address == HostPort()) return {};
    const bool brackets = address.host.find(':') != std::string::npos;
    return (brackets ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace gantry::settings
