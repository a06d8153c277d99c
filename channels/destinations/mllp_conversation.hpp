// What is said on one outgoing MLLP connection: which bytes answer which message, and what silence means. Pure: bytes
// in, answers out; sockets and time are the caller's.
//
// One message at a time. Only an acknowledgment whose MSA-2 is the control id of that message decides about it. Nothing
// that comes is believed to be the answer because of when it comes:
//   * An acknowledgment of a message that this connection has finished is passed over: doubled, or the application
//     acknowledgment after a commit accept.
//   * Anything else (another control id, no MSA, not HL7, too long) means that the two sides are out of step. The
//     connection is *fenced*: it must be closed, because what comes next on it may answer anything. The message that
//     was being sent is in doubt, as it is when the connection ends or nothing comes.
//   * A message whose answer could be that of a finished one must go over another connection: one with the same control
//     id, and any after the first when answers may come without control id.
// Answers do not depend on how the bytes were cut into reads.
//
// What is waited for, by MSH-15 and MSH-16 (2.9.3; original mode is never × always):
//   never × never           nothing: done when it is sent (release 2: with the commit byte)
//   on error, else never    silence until the time is up is success
//   else                    an acknowledgment; silence is doubt
// With WaitFor::application_apart a commit accept, or what stands for one by the rules above, ends the attempt as
// accepted where MSH-16 asks for something; an application acknowledgment of such a message that comes over this
// connection later, also between messages, is kept until it was taken (take_late) and, where it asks for it, accepted
// when it is on disk (confirm).
// With WaitFor::first the first acknowledgment decides. With WaitFor::application a commit accept decides only where
// MSH-16 asks for nothing; else what MSH-16 asks for is waited for, by the same rules.
//
// An application acknowledgment that decides, and says in its own MSH-15 that it wants to be accepted, is (2.9.3).
//
// MLLP release 2: <VT> 06 <FS><CR> says that the receiver has the frame, 15 that it could not keep it (again later).
// The commit byte names no message, so it finishes none but those that ask for no acknowledgment; each frame that comes
// with an acknowledgment is confirmed in the same way.
#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "channels/destinations/mllp_destination_options.hpp"
#include "engine/base/clock.hpp"
#include "engine/hl7/ack.hpp"
#include "engine/hl7/mllp.hpp"

namespace gantry::channels {

// One per connection; not thread-safe. Holds at most max_reply and one read.
class MllpConversation {
  public:
    using Answer = runtime::Destination::Answer;
    // What ended the wait.
    enum class Ending : std::uint8_t { silence, closed, not_taken, interrupted };

    explicit MllpConversation(const MllpDestinationOptions& options);

    // Between two messages: everything that has come is taken first with feed(). False: the connection is not for
    // this message.
    bool may_begin(const SentMessage& message) const;
    // Precondition: may_begin(message).
    void begin(const SentMessage& message);
    // The whole message was sent. An answer: nothing is waited for.
    std::optional<Answer> sent();
    // An answer: the message is finished. Between messages, none.
    std::optional<Answer> feed(std::string_view bytes);
    // No more will come of the message under way.
    Answer end(Ending ending);

    // Whether an application acknowledgment of a message that was accepted may still come.
    bool awaits() const { return !awaiting_.empty() || !unconfirmed_.empty(); }
    // Application acknowledgments that came late, each once.
    std::vector<store::ReplyHeard> take_late() { return std::exchange(late_, {}); }
    // MSA-4 of the acknowledgment that finished the last message.
    std::optional<std::int64_t> expected_number() const { return expected_number_; }
    // What take_late() gave is on disk: it is accepted with the next take_output().
    void confirm();

    // To be closed, when the message under way has its answer.
    bool fenced() const { return fenced_; }
    // What is to be sent to the receiver because of what came. Given once. now: for MSH-7.
    std::string take_output(Instant now);

  private:
    std::optional<Answer> take(const hl7::MllpFrame& frame);
    std::optional<Answer> take(const Acknowledgment& acknowledgment, const std::string& reply);
    std::optional<Answer> take_commit_byte(char byte);
    std::optional<Answer> out_of_step(const char* why);
    std::optional<Answer> out_of_turn(const Acknowledgment& acknowledgment) const;
    bool answers(const Acknowledgment& acknowledgment) const;
    bool is_finished(const std::string& control_id) const;
    bool must_go_on(const Acknowledgment& acknowledgment) const;
    bool silence_is_success() const;
    void owe_accept_ack(const std::string& reply);
    bool is_apart() const;
    Answer accepted(std::string why);
    bool take_late_one(const Acknowledgment& acknowledgment, const std::string& reply);
    std::string accept_acknowledgment(const hl7::AckContext& context, Instant now);
    Answer finish(Answer answer);
    void remember(std::string control_id);
    Answer doubt(const std::string& why);

    const MllpDestinationOptions options_;
    hl7::MllpDecoder decoder_;
    std::optional<SentMessage> message_;  // under way
    bool committed_ = false;              // its commit accept came, and more is awaited
    bool confirmed_ = false;              // its commit byte came (release 2)
    std::deque<std::string> finished_;    // control ids of the last messages before it
    bool fenced_ = false;
    std::optional<std::int64_t> expected_number_;
    std::deque<std::pair<std::string, DeliveryId>> awaiting_;  // control ids of what was accepted
    std::vector<store::ReplyHeard> late_;
    std::vector<hl7::AckContext> unconfirmed_, confirmed_late_;  // late ones that want an accept acknowledgment
    std::size_t accept_acknowledgments_ = 0;
    std::string output_;                       // commit bytes
    std::optional<hl7::AckContext> accepted_;  // an application acknowledgment that wants an accept acknowledgment
};

}  // namespace gantry::channels
