#include "channels/destinations/mllp_destination.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "engine/hl7/sequence_number.hpp"
#include "engine/net/client.hpp"

namespace gantry::channels {
namespace {

using Verdict = runtime::Destination::Verdict;
using Ending = MllpConversation::Ending;
using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr char end_block = '\x1C';
// What may have come between two messages; a receiver that has more to say is not listening.
constexpr std::size_t most_between = 32u << 10;
constexpr const char* not_sent = "interrupted; nothing was sent";

const char* why_not_framed(const std::string& payload) {
    if (payload.empty()) return "the message is empty";
    if (payload.find(end_block) != std::string::npos)
        return "the message has the byte 1C in it, which ends an MLLP frame";
    return nullptr;
}

}  // namespace

struct MllpDestination::Session {
    // Valid until the next call; empty: the receiver has closed.
    Result<std::string_view> read(milliseconds wait) {
        const auto got = stream->read(buffer.data(), buffer.size(), wait);
        if (!got) return got.error();
        return std::string_view(buffer.data(), *got);
    }

    std::unique_ptr<ByteStream> stream;
    MllpConversation conversation;
    Steady::time_point used = Steady::now();
    std::array<char, 16384> buffer{};
};

MllpDestination::MllpDestination(const MllpDestinationOptions& options)
    : options_(options), tls_(options.tls ? std::make_unique<net::TlsClient>(*options.tls) : nullptr) {}

MllpDestination::~MllpDestination() = default;

runtime::Destination::Answer MllpDestination::deliver(const store::DeliveryWork& work) {
    if (const auto* why = why_not_framed(work.payload)) return {Verdict::refused, why};
    auto message = read_sent(work.payload);
    message.delivery = work.id;
    message.number = options_.sequence_numbers ? work.number : 0;
    message.sent_before = work.attempts > 0;
    Answer out;
    if (auto why = make_ready(message, work))
        out = {Verdict::away, std::move(*why)};
    else
        out = send(message, work);
    take_late();
    if (session_) session_->used = Steady::now();
    if (session_ && (!options_.keep || session_->conversation.fenced() || is_stopped())) close();
    forget_interrupt();
    return out;
}

runtime::Destination::Answer MllpDestination::send(const SentMessage& message, const store::DeliveryWork& work) {
    if (message.number == 0) return exchange(message, work.payload);
    if (const auto expected = std::exchange(expected_number_, std::nullopt))
        if (auto answer = out_of_turn(message, *expected)) return *answer;
    return exchange(message, hl7::with_sequence_number(work.payload, message.number));
}

// Asks which number is expected, with the number 0 (2.10.1 b). Nothing of the delivery has been sent by then.
std::optional<std::string> MllpDestination::start_link(const store::DeliveryWork& work) {
    const auto now = SystemClock().now();
    SentMessage start;
    start.control_id = "SN" + std::to_string(now.micros);
    const auto answer =
        exchange(start, hl7::link_start(work.payload, start.control_id, Zone("UTC").local(now).stamp()));
    expected_number_ = session_->conversation.expected_number();
    if (answer.verdict == Verdict::delivered && expected_number_) return std::nullopt;
    close();
    return "the receiver does not say which sequence number it expects";
}

void MllpDestination::interrupt() {
    const std::lock_guard lock(mutex_);
    stop_.request_stop();
    if (session_) session_->stream->shut_down();
}

std::optional<store::AwaitedReply> MllpDestination::expects(const store::DeliveryWork& work) const {
    if (options_.wait_for != MllpDestinationOptions::WaitFor::application_apart) return std::nullopt;
    const auto message = read_sent(work.payload);
    if (!may_come_apart(message)) return std::nullopt;
    return store::AwaitedReply{work.id, {}, message.control_id, message.names};
}

runtime::Destination::Answer MllpDestination::judge(const store::DeliveryWork& work, const std::string& answer) const {
    if (!answer.empty()) return answer_to(hl7::acknowledgment_of(answer), options_.reply_actions);
    if (read_sent(work.payload).application == Wanted::on_error)
        return {Verdict::delivered, "no application error came within application_timeout"};
    return {Verdict::in_doubt, "no application acknowledgment came within application_timeout"};
}

bool MllpDestination::listens() const {
    return !came_.empty() || (session_ && session_->conversation.awaits());
}

std::vector<store::ReplyHeard> MllpDestination::listen() {
    if (session_ && (!hear_what_came() || session_->conversation.fenced())) close();
    take_late();
    return came_;
}

void MllpDestination::heard() {
    came_.clear();
    if (!session_) return;
    session_->conversation.confirm();
    // Not taken: the connection has ended, which the next read finds.
    (void)write(session_->conversation.take_output(SystemClock().now()));
}

void MllpDestination::take_late() {
    if (!session_) return;
    for (auto& one : session_->conversation.take_late()) came_.push_back(std::move(one));
}

std::stop_token MllpDestination::stop_token() {
    const std::lock_guard lock(mutex_);
    return stop_.get_token();
}

bool MllpDestination::is_stopped() {
    return stop_token().stop_requested();
}

void MllpDestination::forget_interrupt() {
    const std::lock_guard lock(mutex_);
    if (stop_.stop_requested()) stop_ = std::stop_source();
}

std::optional<std::string> MllpDestination::make_ready(const SentMessage& message, const store::DeliveryWork& work) {
    if (is_stopped()) return not_sent;
    if (session_ && (Steady::now() - session_->used >= options_.idle || !is_usable(message))) close();
    if (!session_) {
        if (auto why = open()) return why;
        if (!is_usable(message)) {
            close();
            return "the receiver closed the connection, or spoke before it was asked";
        }
        if (message.number != 0)
            if (auto why = start_link(work)) return why;
    }
    if (is_stopped()) return not_sent;
    return std::nullopt;
}

std::optional<std::string> MllpDestination::open() {
    auto stream = net::connect(tls_.get(), options_.host, static_cast<std::uint16_t>(options_.port),
                               options_.connect_timeout, stop_token());
    if (!stream) return stream.error().code == ErrorCode::net_closed ? not_sent : stream.error().text();
    auto session = std::make_unique<Session>(Session{std::move(*stream), MllpConversation(options_)});
    const std::lock_guard lock(mutex_);
    session_ = std::move(session);
    return std::nullopt;
}

void MllpDestination::close() {
    take_late();
    const std::lock_guard lock(mutex_);
    session_.reset();
}

bool MllpDestination::is_usable(const SentMessage& message) {
    return hear_what_came() && session_->conversation.may_begin(message);
}

bool MllpDestination::hear_what_came() {
    auto& conversation = session_->conversation;
    for (std::size_t heard = 0; session_->stream->readable(milliseconds(0));) {
        const auto got = session_->read(milliseconds(0));
        if (!got || got->empty()) return false;
        heard += got->size();
        conversation.feed(*got);
        if (heard > most_between || !write(conversation.take_output(SystemClock().now()))) return false;
    }
    return true;
}

bool MllpDestination::write(const std::string& bytes) {
    return session_->stream->write(bytes.data(), bytes.size(), options_.send_timeout).ok();
}

runtime::Destination::Answer MllpDestination::exchange(const SentMessage& message, const std::string& payload) {
    auto& conversation = session_->conversation;
    conversation.begin(message);
    if (!write(hl7::mllp_frame(payload))) {
        // The alert of a receiver that did not let us in may be there, although nothing more can be written.
        if (const auto got = session_->read(milliseconds(0)); !got)
            if (auto answer = turned_away(got.error())) return *answer;
        return conversation.end(is_stopped() ? Ending::interrupted : Ending::not_taken);
    }
    if (auto answer = conversation.sent()) return *answer;
    return wait_for_answer();
}

std::optional<runtime::Destination::Answer> MllpDestination::turned_away(const Error& error) {
    if (error.code != ErrorCode::net_refused) return std::nullopt;
    (void)session_->conversation.end(Ending::closed);
    return Answer{Verdict::away, error.text()};
}

runtime::Destination::Answer MllpDestination::wait_for_answer() {
    auto& conversation = session_->conversation;
    const auto deadline = Steady::now() + options_.reply_timeout;
    // Rounded up: the last wait must not be a fraction that is asked for again and again.
    const auto left = [&] { return std::chrono::ceil<milliseconds>(deadline - Steady::now()); };
    for (auto wait = left(); wait > milliseconds(0); wait = left()) {
        const auto got = session_->read(wait);
        if (!got && got.error().code == ErrorCode::net_timeout) break;
        if (!got)
            if (auto answer = turned_away(got.error())) return *answer;
        if (!got || got->empty()) return conversation.end(is_stopped() ? Ending::interrupted : Ending::closed);
        auto answer = conversation.feed(*got);
        // Not taken: the connection has ended, which the next read finds.
        if (const auto output = conversation.take_output(SystemClock().now()); !output.empty()) (void)write(output);
        if (answer) return *answer;
    }
    return conversation.end(Ending::silence);
}

}  // namespace gantry::channels
