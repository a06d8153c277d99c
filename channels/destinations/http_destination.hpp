// Destination `http`: each message as the body of a POST to one address; its response decides (http_reply.hpp).
//
// The message goes out byte for byte as it is in the queue, over a connection that is kept, and once: what may have
// arrived without an answer is in doubt, also when a kept connection ends while the message is sent. The header
// Idempotency-Key is the same whenever this delivery is sent, and no other's.
//
// A response does not say which request it answers; its place on the connection does, unless a server answers twice. So
// the connection is given up after every answer that was no success, and before a message whose control id it has seen:
// what is said twice finds nobody, or names another message. With Expect::status a success that is said twice, the
// second time when the next message is on its way, is taken for that one's; only `keep: false` helps against that.
#pragma once
#include <deque>
#include <string>

#include "channels/destinations/http_destination_options.hpp"
#include "engine/net/http_caller.hpp"
#include "engine/runtime/ports.hpp"

namespace gantry::channels {

class HttpDestination final : public runtime::Destination {
  public:
    // options: without problems.
    explicit HttpDestination(HttpDestinationOptions options);

    // delivered, retry, refused, held, in_doubt: as the response says. in_doubt also: there is no whole response.
    // refused also: the message is empty. away: nobody takes the connection, or not without being asked. Blocks for
    // connect_timeout, send_timeout and reply_timeout at most, and for the resolver.
    Answer deliver(const store::DeliveryWork& work) override;
    // While nothing was sent the answer is away, afterwards in doubt (net::HttpCaller::interrupt).
    void interrupt() override { caller_.interrupt(); }

  private:
    std::string request(const store::DeliveryWork& work) const;
    void give_up();
    Answer exchange(const store::DeliveryWork& work, const SentMessage& message);

    const HttpDestinationOptions options_;
    const net::HttpUrl url_;
    net::HttpCaller caller_;
    std::deque<std::string> accepted_;  // control ids, the last ones of this connection
};

}  // namespace gantry::channels
