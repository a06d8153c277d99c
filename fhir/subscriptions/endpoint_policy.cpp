#include "fhir/subscriptions/endpoint_policy.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstring>
#include <optional>

#include "engine/net/http_url.hpp"

namespace gantry::fhir {
namespace {

enum class Place : std::uint8_t { elsewhere, this_machine, never };

Place place_of_v4(std::uint32_t address) {
    const auto first = address >> 24;
    if (first == 0 || first >= 224 || address >> 16 == 0xA9FE) return Place::never;  // 169.254
    return first == 127 ? Place::this_machine : Place::elsewhere;
}

Place place_of_v6(const in6_addr& address) {
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &address, bytes.size());
    if (IN6_IS_ADDR_LOOPBACK(&address)) return Place::this_machine;
    std::uint32_t inner = 0;
    std::memcpy(&inner, bytes.data() + 12, sizeof inner);
    if (IN6_IS_ADDR_V4MAPPED(&address) || IN6_IS_ADDR_V4COMPAT(&address)) return place_of_v4(ntohl(inner));
    const bool link = bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80;
    in6_addr metadata{};
    inet_pton(AF_INET6, "fd00:ec2::254", &metadata);
    const bool secrets = std::memcmp(&metadata, &address, sizeof metadata) == 0;
    const bool nowhere = IN6_IS_ADDR_UNSPECIFIED(&address) || bytes[0] == 0xFF;
    return link || secrets || nowhere ? Place::never : Place::elsewhere;
}

// Nothing but digits, x and dots is an address in one of its old forms ("2130706433", "0x7f.1"), which resolvers read.
bool is_odd_number(std::string_view host) {
    return !host.empty() && std::isdigit(static_cast<unsigned char>(host.front())) != 0 &&
           std::all_of(host.begin(), host.end(),
                       [](unsigned char c) { return std::isxdigit(c) || c == 'x' || c == '.'; });
}

Place place_of(std::string host) {
    std::transform(host.begin(), host.end(), host.begin(), [](unsigned char c) { return std::tolower(c); });
    while (!host.empty() && host.back() == '.') host.pop_back();
    in_addr v4{};
    in6_addr v6{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return place_of_v4(ntohl(v4.s_addr));
    if (inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), &v6) == 1) return place_of_v6(v6);
    if (is_odd_number(host)) return Place::never;
    if (host == "localhost" || host.ends_with(".localhost")) return Place::this_machine;
    return host.empty() ? Place::never : Place::elsewhere;
}

}  // namespace

std::string wrong_endpoint(std::string_view url, const std::vector<std::string>& hosts) {
    const auto parsed = net::parse_http_url(url);
    if (!parsed) return "it is no address of http or https that can be asked";
    const auto place = place_of(parsed->host);
    if (place == Place::never) return "no notifications go to this address";
    const bool named = std::find(hosts.begin(), hosts.end(), parsed->host) != hosts.end();
    if (named) return {};
    if (place == Place::this_machine) return "this machine is notified only where fhir.subscriptions.hosts names it";
    return parsed->secure ? "" : "it is https, or fhir.subscriptions.hosts names the host";
}

}  // namespace gantry::fhir
