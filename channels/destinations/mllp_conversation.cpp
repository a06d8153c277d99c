#include "channels/destinations/mllp_conversation.hpp"

#include <algorithm>
#include <utility>

namespace gantry::channels {
namespace {

using Verdict = runtime::Destination::Verdict;
using WaitFor = MllpDestinationOptions::WaitFor;

constexpr char commit_ack = '\x06', commit_nak = '\x15';
constexpr std::size_t most_finished = 64;
constexpr std::size_t most_awaiting = 4096;

std::string words(MllpConversation::Ending ending) {
    using Ending = MllpConversation::Ending;
    switch (ending) {
        case Ending::silence:
            return "no acknowledgment came in time";
        case Ending::closed:
            return "the connection ended before the acknowledgment came";
        case Ending::not_taken:
            return "the connection ended, or the receiver stopped reading, while the message was being sent";
        case Ending::interrupted:
            return "the wait for the acknowledgment was interrupted here";
    }
    return {};
}

bool asks_for_nothing(const SentMessage& message) {
    return message.accept == Wanted::never && message.application == Wanted::never;
}

bool only_errors(Wanted wanted) {
    return wanted == Wanted::on_error || wanted == Wanted::never;
}

}  // namespace

MllpConversation::MllpConversation(const MllpDestinationOptions& options)
    : options_(options), decoder_(options.max_reply.count) {}

bool MllpConversation::may_begin(const SentMessage& message) const {
    if (fenced_ || decoder_.in_frame() || is_finished(message.control_id)) return false;
    const bool answered_without = message.control_id.empty() || !options_.control_id_echoed;
    return !answered_without || finished_.empty();
}

void MllpConversation::begin(const SentMessage& message) {
    message_ = message;
    committed_ = confirmed_ = false;
}

std::optional<MllpConversation::Answer> MllpConversation::sent() {
    if (options_.release == 2) return std::nullopt;
    if (is_apart() && message_->accept == Wanted::never) return accepted("sent");
    if (!asks_for_nothing(*message_)) return std::nullopt;
    return finish({Verdict::delivered, "sent; it asks for no acknowledgment"});
}

std::optional<MllpConversation::Answer> MllpConversation::feed(std::string_view bytes) {
    std::optional<Answer> out;
    decoder_.feed(bytes);
    while (!fenced_) {
        const auto frame = decoder_.next();
        if (!frame) break;
        auto answer = take(*frame);
        if (answer) out = std::move(answer);
    }
    return out;
}

std::optional<MllpConversation::Answer> MllpConversation::take(const hl7::MllpFrame& frame) {
    if (frame.too_large) return out_of_step("an answer came that is longer than max_reply");
    const bool byte =
        frame.content == std::string_view(&commit_ack, 1) || frame.content == std::string_view(&commit_nak, 1);
    if (byte && options_.release == 2) return take_commit_byte(frame.content[0]);
    const auto acknowledgments = read_acknowledgments(frame.content);
    if (acknowledgments.empty()) return out_of_step("what came back is no acknowledgment");
    if (options_.release == 2) output_ += hl7::mllp_frame(std::string_view(&commit_ack, 1));
    std::optional<Answer> out;
    for (const auto& acknowledgment : acknowledgments) {
        auto answer = take(acknowledgment, frame.content);
        if (answer) out = std::move(answer);
    }
    return out;
}

std::optional<MllpConversation::Answer> MllpConversation::take(const Acknowledgment& acknowledgment,
                                                               const std::string& reply) {
    if (message_ && answers(acknowledgment)) {
        expected_number_ = acknowledgment.expected_number;
        if (auto answer = out_of_turn(acknowledgment)) return finish(std::move(*answer));
        if (is_apart() && acknowledgment.code == "CA" && options_.reply_actions.ca == ReplyAction::done) {
            if (options_.release == 2 && !confirmed_) fenced_ = true;
            return accepted("CA: the receiver has stored it");
        }
        committed_ = must_go_on(acknowledgment);
        if (committed_) return std::nullopt;
        // Its commit byte may still come, and would be taken for that of the next message.
        if (options_.release == 2 && !confirmed_) fenced_ = true;
        const bool asked_for = message_->enhanced && message_->application != Wanted::never;
        if (asked_for && acknowledgment.code.starts_with('A')) owe_accept_ack(reply);
        return finish(answer_to(acknowledgment, options_.reply_actions));
    }
    if (take_late_one(acknowledgment, reply) || is_finished(acknowledgment.control_id)) return std::nullopt;
    return out_of_step(acknowledgment.control_id.empty() ? "an acknowledgment came that names no message"
                                                         : "an acknowledgment came that names another message");
}

std::optional<MllpConversation::Answer> MllpConversation::take_commit_byte(char byte) {
    if (!message_ || confirmed_) return out_of_step("a commit byte came that belongs to no message");
    if (byte == commit_nak) return finish({Verdict::retry, "NAK: the receiver could not keep it"});
    confirmed_ = true;
    if (is_apart() && message_->accept == Wanted::never) return accepted("the receiver has it");
    if (!asks_for_nothing(*message_)) return std::nullopt;
    return finish({Verdict::delivered, "the receiver has it; it asks for no acknowledgment"});
}

// Only a refusal is about the number: who accepts has taken it.
std::optional<MllpConversation::Answer> MllpConversation::out_of_turn(const Acknowledgment& acknowledgment) const {
    const bool refused = acknowledgment.code != "AA" && acknowledgment.code != "CA";
    if (message_->number == 0 || !refused || !acknowledgment.expected_number) return std::nullopt;
    return channels::out_of_turn(*message_, *acknowledgment.expected_number);
}

bool MllpConversation::answers(const Acknowledgment& acknowledgment) const {
    if (acknowledgment.control_id.empty()) return message_->control_id.empty() || !options_.control_id_echoed;
    return acknowledgment.control_id == message_->control_id;
}

bool MllpConversation::is_finished(const std::string& control_id) const {
    return std::find(finished_.begin(), finished_.end(), control_id) != finished_.end();
}

bool MllpConversation::must_go_on(const Acknowledgment& acknowledgment) const {
    return acknowledgment.code == "CA" && options_.wait_for == WaitFor::application &&
           message_->application != Wanted::never && options_.reply_actions.ca == ReplyAction::done;
}

bool MllpConversation::silence_is_success() const {
    if (options_.release == 2 && !confirmed_) return false;
    const auto accept = committed_ ? Wanted::never : message_->accept;
    return only_errors(accept) && only_errors(message_->application);
}

bool MllpConversation::is_apart() const {
    return options_.wait_for == WaitFor::application_apart && may_come_apart(*message_);
}

MllpConversation::Answer MllpConversation::accepted(std::string why) {
    awaiting_.emplace_back(message_->control_id, message_->delivery);
    if (awaiting_.size() > most_awaiting) awaiting_.pop_front();
    Answer out{Verdict::accepted, std::move(why) + "; its application acknowledgment is awaited"};
    out.answer_within = options_.application_timeout;
    return finish(std::move(out));
}

// Of two with one control id the first: they went over this connection one after the other, and the second may not.
bool MllpConversation::take_late_one(const Acknowledgment& acknowledgment, const std::string& reply) {
    const auto found = std::find_if(awaiting_.begin(), awaiting_.end(),
                                    [&](const auto& one) { return one.first == acknowledgment.control_id; });
    if (found == awaiting_.end()) return false;
    if (acknowledgment.code.starts_with('C')) return true;  // doubled
    late_.push_back({found->second, hl7::to_text(acknowledgment)});
    awaiting_.erase(found);
    auto context = hl7::read_ack_context(reply);
    if (hl7::wants_accept_ack(context, hl7::AcknowledgmentCode::CA)) unconfirmed_.push_back(std::move(context));
    return true;
}

void MllpConversation::confirm() {
    for (auto& context : unconfirmed_) confirmed_late_.push_back(std::move(context));
    unconfirmed_.clear();
}

MllpConversation::Answer MllpConversation::end(Ending ending) {
    const bool may_be_silent = message_->accept == Wanted::never || message_->accept == Wanted::on_error;
    if (ending == Ending::silence && is_apart() && may_be_silent && (options_.release == 1 || confirmed_))
        return accepted("no error came in time");
    if (ending == Ending::silence && silence_is_success())
        return finish({Verdict::delivered, "no error came in time, and it asks for no other acknowledgment"});
    return doubt(committed_ ? "the receiver has stored it (CA), but " + words(ending) : words(ending));
}

std::optional<MllpConversation::Answer> MllpConversation::out_of_step(const char* why) {
    fenced_ = true;
    if (!message_) return std::nullopt;
    return doubt(why);
}

void MllpConversation::owe_accept_ack(const std::string& reply) {
    auto context = hl7::read_ack_context(reply);
    if (!hl7::wants_accept_ack(context, hl7::AcknowledgmentCode::CA)) return;
    accepted_ = std::move(context);
    // Its commit byte would be taken for that of the next message.
    if (options_.release == 2) fenced_ = true;
}

std::string MllpConversation::take_output(Instant now) {
    auto out = std::exchange(output_, {});
    if (const auto context = std::exchange(accepted_, std::nullopt)) out += accept_acknowledgment(*context, now);
    for (const auto& context : std::exchange(confirmed_late_, {})) out += accept_acknowledgment(context, now);
    return out;
}

std::string MllpConversation::accept_acknowledgment(const hl7::AckContext& context, Instant now) {
    hl7::Reply reply;
    reply.code = hl7::AcknowledgmentCode::CA;
    reply.own_control_id = "CA" + std::to_string(now.micros + static_cast<std::int64_t>(accept_acknowledgments_++));
    reply.when = Zone("UTC").local(now);
    // A receiver may answer even this; that is no answer to the next message.
    remember(reply.own_control_id);
    return hl7::mllp_frame(hl7::acknowledge(context, reply));
}

MllpConversation::Answer MllpConversation::finish(Answer answer) {
    remember(std::move(message_->control_id));
    message_.reset();
    return answer;
}

void MllpConversation::remember(std::string control_id) {
    finished_.push_back(std::move(control_id));
    if (finished_.size() > most_finished) finished_.pop_front();
}

MllpConversation::Answer MllpConversation::doubt(const std::string& why) {
    fenced_ = true;
    message_.reset();
    return {Verdict::in_doubt, why};
}

}  // namespace gantry::channels
