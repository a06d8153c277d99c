#include "fhir/resources/identifier_systems.hpp"

#include <array>

namespace gantry::fhir {
namespace {

constexpr std::string_view oid_prefix = "urn:oid:", uuid_prefix = "urn:uuid:";

// urn:oid of FHIR: [0-2](\.(0|[1-9][0-9]*))+
bool is_oid(std::string_view text) {
    if (text.size() < 3 || text[0] < '0' || text[0] > '2' || text[1] != '.') return false;
    for (std::size_t i = 1; i < text.size(); ++i) {
        const char before = text[i - 1], next = i + 1 < text.size() ? text[i + 1] : '.';
        if (text[i] == '.' && before != '.' && i + 1 < text.size()) continue;
        if (text[i] < '0' || text[i] > '9') return false;
        if (text[i] == '0' && before == '.' && next != '.') return false;
    }
    return true;
}

bool is_uri(std::string_view text) {
    const auto colon = text.find(':');
    return colon != std::string_view::npos && colon > 0 && text.find_first_of(" \t\r\n\"<>") == std::string_view::npos;
}

}  // namespace

Authority authority_of(std::string_view text) {
    std::array<std::string_view, 3> parts;
    for (auto& part : parts) {
        const auto end = text.find('&');
        part = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    if (parts[1].empty() && is_oid(parts[0])) return {{}, parts[0], "ISO"};
    return {parts[0], parts[1], parts[1].empty() ? std::string_view() : parts[2]};
}

void IdentifierSystems::map(std::string authority, std::string system) {
    authorities_[system] = authority;
    systems_[std::move(authority)] = std::move(system);
}

std::string IdentifierSystems::system_of(std::string_view authority) const {
    if (const auto whole = systems_.find(authority); whole != systems_.end()) return whole->second;
    const auto [space, id, type] = authority_of(authority);
    if (const auto named = systems_.find(space); !space.empty() && named != systems_.end()) return named->second;
    if (is_oid(id) && (type == "ISO" || type.empty())) return std::string(oid_prefix).append(id);
    if (type == "UUID" && is_uri(std::string(uuid_prefix).append(id))) return std::string(uuid_prefix).append(id);
    return type == "URI" && is_uri(id) ? std::string(id) : std::string();
}

std::string IdentifierSystems::authority_for(std::string_view system, std::string_view assigner) const {
    if (assigner.find('&') != std::string_view::npos) return std::string(assigner);
    const auto configured = authorities_.find(system);
    if (configured != authorities_.end()) {
        // One system may be that of several namespaces; the assigner tells which.
        const bool other = !assigner.empty() && authority_of(configured->second).space != assigner;
        return other ? std::string(assigner) : configured->second;
    }
    const bool oid = system.starts_with(oid_prefix), uuid = system.starts_with(uuid_prefix);
    const auto id = system.substr(oid ? oid_prefix.size() : uuid ? uuid_prefix.size() : 0);
    if (id.empty()) return std::string(assigner);
    if (oid && assigner.empty()) return std::string(id);
    return std::string(assigner).append("&").append(id).append(oid ? "&ISO" : uuid ? "&UUID" : "&URI");
}

}  // namespace gantry::fhir
