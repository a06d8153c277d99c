// Destination `mllp`: HL7 v2 over MLLP (HL7 v2.9 appendix C), one message at a time, each waited for until its receiver
// acknowledges it. Which bytes are believed to be the acknowledgment: mllp_conversation.hpp.
//
// The message goes out byte for byte as it is in the queue. The connection is opened when it is needed and kept. Before
// a message is sent it is looked at: closed by the receiver, unused for `idle`, or holding bytes that nobody asked for,
// it is replaced, once; as nothing was sent yet, nothing is in doubt. What the receiver can do wrong after that leaves
// the message in doubt. Every step has a deadline, whatever and however slowly the
// receiver sends; at most max_reply of its bytes are kept.
#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "channels/destinations/mllp_conversation.hpp"
#include "engine/net/tls.hpp"
#include "engine/runtime/ports.hpp"

namespace gantry::channels {

class MllpDestination final : public runtime::Destination {
  public:
    explicit MllpDestination(const MllpDestinationOptions& options);
    ~MllpDestination() override;

    // delivered, retry, refused, held: as the acknowledgment and `reply_actions` say. in_doubt: it may
    // have arrived. refused also: the
    // message is empty or has the byte 1C in it, which ends an MLLP frame. away: nobody takes the connection, or not
    // without being asked, or TLS does not come about: also when the receiver refuses our certificate after the message
    // was sent, as it has taken nothing then. Blocks for connect_timeout, send_timeout and reply_timeout at most, and
    // for the resolver.
    Answer deliver(const store::DeliveryWork& work) override;
    // Of a deliver() under way; of the next one, when there is none: so that one about to begin is not missed. While
    // nothing was sent the answer is away, afterwards in doubt. A name that is being resolved is waited for.
    void interrupt() override;
    // With wait_for application_apart.
    std::optional<store::AwaitedReply> expects(const store::DeliveryWork& work) const override;
    Answer judge(const store::DeliveryWork& work, const std::string& answer) const override;
    bool listens() const override;
    std::vector<store::ReplyHeard> listen() override;
    void heard() override;

  private:
    struct Session;
    std::optional<std::string> make_ready(const SentMessage& message, const store::DeliveryWork& work);
    Answer send(const SentMessage& message, const store::DeliveryWork& work);
    std::optional<std::string> open();
    std::optional<std::string> start_link(const store::DeliveryWork& work);
    void close();
    void take_late();
    bool is_usable(const SentMessage& message);
    bool hear_what_came();
    Answer exchange(const SentMessage& message, const std::string& payload);
    Answer wait_for_answer();
    bool write(const std::string& bytes);
    std::stop_token stop_token();
    bool is_stopped();
    void forget_interrupt();

    std::optional<Answer> turned_away(const Error& error);

    const MllpDestinationOptions options_;
    const std::unique_ptr<net::TlsClient> tls_;  // none: plain text
    std::mutex mutex_;                           // of what interrupt() uses: exchanging session_, and stop_
    std::unique_ptr<Session> session_;
    std::stop_source stop_;
    std::optional<std::int64_t> expected_number_;  // said when the link was started; not yet compared
    std::vector<store::ReplyHeard> came_;          // late, and not known to be on disk
};

}  // namespace gantry::channels
