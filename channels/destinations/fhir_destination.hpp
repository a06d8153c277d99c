// Destination `fhir`: FHIR R4 resources and transactions, in JSON, to one server. What a message asks for:
// fhir_request.hpp; what the answer decides: fhir_reply.hpp.
//
// A response says nothing of the request it answers but by its place on the connection, so that is given up after every
// answer that was no success, as by destination `http`.
//
// The message goes out byte for byte as it is in the queue, so a mapping, or whoever sent it, must have made FHIR of
// it.
#pragma once
#include <optional>

#include "channels/destinations/fhir_destination_options.hpp"
#include "channels/destinations/fhir_request.hpp"
#include "engine/net/http_caller.hpp"
#include "engine/runtime/ports.hpp"

namespace gantry::channels {

class FhirDestination final : public runtime::Destination {
  public:
    // options: without problems.
    explicit FhirDestination(const FhirDestinationOptions& options);

    // As the answer says; refused also: it is no FHIR that could be sent. in_doubt: there is no whole answer, and it is
    // not a request that can be made twice. away: nobody takes the connection, or there is no access token. A token
    // that the server does not take (401) is replaced, once. Blocks for connect_timeout, send_timeout and
    // reply_timeout, of up to four requests.
    Answer deliver(const store::DeliveryWork& work) override;
    void interrupt() override;

  private:
    std::string written(const FhirRequest& request, const std::string& payload,
                        const std::optional<std::string>& token) const;

    const FhirDestinationOptions options_;
    const net::HttpUrl base_;
    net::HttpCaller caller_;
    std::optional<OauthClient> oauth_;
};

}  // namespace gantry::channels
