#include "fhir/subscriptions/subscription_options.hpp"

namespace gantry::fhir {

const settings::Schema<SubscriptionOptions>& subscription_schema() {
    static const auto schema =
        settings::Schema<SubscriptionOptions>("fhir_subscriptions", "Who may be notified over FHIR.")
            .option("hosts", &SubscriptionOptions::hosts,
                    "hosts that may be notified over http, or that are this machine, as their addresses name them; to "
                    "others notifications go over https only")
            .example("[\"127.0.0.1\", \"ehr.example.org\"]")
            .option("most", &SubscriptionOptions::most, "subscriptions; a further one is refused")
            .range(1, 1000)
            .object("tls", &SubscriptionOptions::tls, net::tls_client_schema(), "for addresses that begin with https");
    return schema;
}

}  // namespace gantry::fhir
