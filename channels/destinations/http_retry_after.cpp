#include "channels/destinations/http_retry_after.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "engine/net/http_date.hpp"

namespace gantry::channels {
namespace {

constexpr std::int64_t second = 1'000'000;

bool same(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

std::optional<std::string_view> header_of(const net::HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (same(key, name)) return value;
    return std::nullopt;
}

std::chrono::seconds retry_after(const net::HttpResponse& response) {
    const std::chrono::seconds none(0);
    const auto asked = header_of(response, "Retry-After");
    if (!asked) return none;
    std::uint32_t seconds = 0;
    const auto [stop, error] = std::from_chars(asked->data(), asked->data() + asked->size(), seconds);
    if (error == std::errc() && stop == asked->data() + asked->size()) return std::chrono::seconds(seconds);
    const auto until = net::read_http_date(*asked);
    const auto said = header_of(response, "Date");
    const auto at = said ? net::read_http_date(*said) : std::nullopt;
    if (!until || !at) return none;
    return std::max(none, std::chrono::seconds((until->micros - at->micros) / second));
}

}  // namespace gantry::channels
