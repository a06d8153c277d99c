#include "channels/destinations/http_destination.hpp"

#include <algorithm>

#include "channels/destinations/hl7_content_type.hpp"
#include "channels/destinations/http_reply.hpp"

namespace gantry::channels {
namespace {

constexpr std::size_t most_accepted = 64;

// The number of a delivery comes again in another database; the time its message came does not.
std::string idempotency_key(const store::DeliveryWork& work) {
    return "\"" + work.destination + "-" + std::to_string(work.id.value) + "-" + std::to_string(work.received.micros) +
           "\"";
}

}  // namespace

HttpDestination::HttpDestination(HttpDestinationOptions options)
    : options_(std::move(options)),
      url_(net::parse_http_url(options_.url).value()),
      caller_(url_, caller_options(options_)) {}

runtime::Destination::Answer HttpDestination::deliver(const store::DeliveryWork& work) {
    if (work.payload.empty()) return {Verdict::refused, "the message is empty"};
    auto message = read_sent(work.payload);
    const bool seen = std::find(accepted_.begin(), accepted_.end(), message.control_id) != accepted_.end();
    if (seen) give_up();
    auto out = exchange(work, message);
    if (out.verdict != Verdict::delivered) {
        give_up();
        return out;
    }
    accepted_.push_back(std::move(message.control_id));
    if (accepted_.size() > most_accepted) accepted_.pop_front();
    return out;
}

void HttpDestination::give_up() {
    caller_.close();
    accepted_.clear();
}

runtime::Destination::Answer HttpDestination::exchange(const store::DeliveryWork& work, const SentMessage& message) {
    auto call = caller_.call(request(work));
    switch (call.end) {
        case net::HttpCall::End::away:
            return {Verdict::away, std::move(call.why)};
        case net::HttpCall::End::unanswered:
            return {Verdict::in_doubt, std::move(call.why)};
        case net::HttpCall::End::answered:
            break;
    }
    return http_answer(call, message, options_);
}

std::string HttpDestination::request(const store::DeliveryWork& work) const {
    net::HttpFields fields{{"Content-Type", hl7_content_type(options_.content_type, work.payload)},
                           {"Idempotency-Key", idempotency_key(work)}};
    for (const auto& [name, value] : options_.headers) fields.emplace_back(name, value.reveal());
    return net::write_http_request(url_, "POST", fields, work.payload, options_.keep);
}

}  // namespace gantry::channels
