// The options of destination `fhir`.
#pragma once
#include <optional>
#include <string>

#include "channels/destinations/http_connection.hpp"
#include "channels/destinations/http_status.hpp"
#include "channels/destinations/oauth_client.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::channels {

struct FhirDestinationOptions : HttpConnectionOptions {
    enum class Interaction : std::uint8_t { update, create };

    Interaction interaction = Interaction::update;
    std::string identifier_system;  // empty: the first identifier
    std::optional<OauthOptions> oauth{};
    StatusActions status_actions;
};
const settings::Schema<FhirDestinationOptions>& fhir_destination_schema();

}  // namespace gantry::channels
