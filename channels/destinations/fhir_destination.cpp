#include "channels/destinations/fhir_destination.hpp"

#include "channels/destinations/fhir_reply.hpp"

namespace gantry::channels {
namespace {

constexpr const char* json_type = "application/fhir+json";

net::HttpUrl base_of(const std::string& url) {
    auto out = net::parse_http_url(url).value();
    while (out.target.ends_with('/')) out.target.pop_back();
    return out;
}

}  // namespace

FhirDestination::FhirDestination(const FhirDestinationOptions& options)
    : options_(options), base_(base_of(options_.url)), caller_(base_, caller_options(options_)) {
    if (options_.oauth) oauth_.emplace(*options_.oauth, options_);
}

runtime::Destination::Answer FhirDestination::deliver(const store::DeliveryWork& work) {
    const auto request = fhir_request(work.payload, options_);
    if (!request) return {Verdict::refused, request.error().detail};
    for (bool again = false;; again = true) {
        std::optional<std::string> token;
        if (oauth_) {
            auto given = oauth_->token();
            if (!given) return {Verdict::away, given.error().text()};
            token = std::move(*given);
        }
        const auto call = caller_.call(written(*request, work.payload, token));
        const bool expired = call.end == net::HttpCall::End::answered && call.response.status == 401;
        if (!oauth_ || !expired || again) {
            auto out = fhir_answer(call, *request, options_);
            if (out.verdict != Verdict::delivered) caller_.close();
            return out;
        }
        oauth_->forget();
    }
}

void FhirDestination::interrupt() {
    if (oauth_) oauth_->interrupt();
    caller_.interrupt();
}

std::string FhirDestination::written(const FhirRequest& request, const std::string& payload,
                                     const std::optional<std::string>& token) const {
    auto url = base_;
    url.target += request.target;
    if (url.target.empty()) url.target = "/";
    net::HttpFields fields{{"Content-Type", json_type}, {"Accept", json_type}, {"Prefer", "return=minimal"}};
    if (!request.if_none_exist.empty()) fields.emplace_back("If-None-Exist", request.if_none_exist);
    if (token) fields.emplace_back("Authorization", "Bearer " + *token);
    for (const auto& [name, value] : options_.headers) fields.emplace_back(name, value.reveal());
    return net::write_http_request(url, request.method, fields, payload, options_.keep);
}

}  // namespace gantry::channels
