#include "fhir/resources/identifier_systems.hpp"

#include <array>

#include "fhir/resources/uri_forms.hpp"

namespace gantry::fhir {
namespace {

constexpr std::string_view oid_prefix = "urn:oid:", uuid_prefix = "urn:uuid:";

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
    if (type == "UUID" && is_uuid(id)) return std::string(uuid_prefix).append(id);
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
