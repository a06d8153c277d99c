// Where notifications may go, and how many subscribers there may be.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/net/tls_options.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::fhir {

struct SubscriptionOptions {
    std::vector<std::string> hosts;              // that may be reached without TLS, or on this machine
    std::size_t most = 100;                      // subscriptions
    std::optional<net::TlsClientOptions> tls{};  // none: the authorities that this machine trusts
};
const settings::Schema<SubscriptionOptions>& subscription_schema();

}  // namespace gantry::fhir
