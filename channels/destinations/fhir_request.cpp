#include "channels/destinations/fhir_request.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "engine/json/value.hpp"

namespace gantry::channels {
namespace {

using Interaction = FhirDestinationOptions::Interaction;

Error wrong(const char* why) {
    return {ErrorCode::config_out_of_range, why, {}};
}

// Goes into an address as it is.
bool is_type(std::string_view name) {
    const auto letter = [](unsigned char c) { return std::isalpha(c) != 0; };
    return !name.empty() && name.size() <= 64 && std::isupper(static_cast<unsigned char>(name.front())) != 0 &&
           std::all_of(name.begin(), name.end(), letter);
}

std::string text_of(const json::Value& object, std::string_view name) {
    const auto* found = object.find(name);
    return found ? found->string() : std::string();
}

// RFC 3986 2.1, after the escapes of a search token (https://hl7.org/fhir/R4/search.html#escaping).
std::string in_query(std::string_view text) {
    std::string out;
    const auto add = [&](char c) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos)
            return out.push_back(c);
        out.push_back('%');
        out.push_back("0123456789ABCDEF"[byte >> 4]);
        out.push_back("0123456789ABCDEF"[byte & 15]);
    };
    for (const char c : text) {
        if (std::string_view("\\|,$").find(c) != std::string_view::npos) add('\\');
        add(c);
    }
    return out;
}

std::optional<std::string> criteria_of(const json::Value& identifier, const std::string& wanted) {
    const auto system = text_of(identifier, "system"), value = text_of(identifier, "value");
    if (value.empty() || (!wanted.empty() && system != wanted)) return std::nullopt;
    return "identifier=" + (system.empty() ? "" : in_query(system) + "%7C") + in_query(value);
}

// Most resources have a list of identifiers, some (QuestionnaireResponse, Composition) one.
std::optional<std::string> criteria_of(const json::Value& resource, const FhirDestinationOptions& options) {
    const auto* identifiers = resource.find("identifier");
    if (!identifiers) return std::nullopt;
    if (identifiers->is_object()) return criteria_of(*identifiers, options.identifier_system);
    for (const auto& one : identifiers->items())
        if (auto criteria = criteria_of(one, options.identifier_system)) return criteria;
    return std::nullopt;
}

// Of an entry of a transaction: the same whenever it is done again.
bool is_repeatable(const json::Value& entry) {
    const auto* request = entry.find("request");
    if (!request) return false;
    const auto method = text_of(*request, "method");
    return method == "PUT" || method == "DELETE" || method == "GET" || method == "HEAD" ||
           (method == "POST" && !text_of(*request, "ifNoneExist").empty());
}

Result<FhirRequest> transaction(const json::Value& bundle) {
    if (text_of(bundle, "type") != "transaction")
        return wrong("a Bundle is sent when its type is transaction; of others it is not certain that all is done");
    const auto* entries = bundle.find("entry");
    const bool repeatable = !entries || std::all_of(entries->items().begin(), entries->items().end(), is_repeatable);
    return FhirRequest{"POST", {}, {}, repeatable};
}

}  // namespace

Result<FhirRequest> fhir_request(std::string_view payload, const FhirDestinationOptions& options) {
    const auto resource = json::parse(payload);
    if (!resource || !resource->is_object()) return wrong("the message is not a FHIR resource in JSON");
    const auto type = text_of(*resource, "resourceType");
    if (!is_type(type)) return wrong("the message has no resourceType");
    if (type == "Bundle") return transaction(*resource);
    const auto criteria = criteria_of(*resource, options);
    if (!criteria) return wrong("the resource has no identifier that it could be known by");
    if (options.interaction == Interaction::create) return FhirRequest{"POST", "/" + type, *criteria, true};
    return FhirRequest{"PUT", "/" + type + "?" + *criteria, {}, true};
}

}  // namespace gantry::channels
