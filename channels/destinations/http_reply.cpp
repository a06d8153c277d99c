#include "channels/destinations/http_reply.hpp"

#include <algorithm>

#include "channels/destinations/http_retry_after.hpp"

namespace gantry::channels {
namespace {

using Answer = runtime::Destination::Answer;
using Verdict = runtime::Destination::Verdict;
using Expect = HttpDestinationOptions::Expect;

std::string words(int status) {
    return "HTTP " + std::to_string(status);
}

// Of this message: the first.
const Acknowledgment* answering(const std::vector<Acknowledgment>& acknowledgments, const SentMessage& message) {
    const auto found = std::find_if(acknowledgments.begin(), acknowledgments.end(), [&](const auto& acknowledgment) {
        return acknowledgment.control_id == message.control_id;
    });
    return found == acknowledgments.end() ? nullptr : &*found;
}

bool may_be_cut(const net::HttpCall& call) {
    const auto& body = call.response.body;
    return !call.measured && !body.ends_with('\r') && !body.ends_with('\n');
}

bool only_errors(Wanted wanted) {
    return wanted == Wanted::on_error || wanted == Wanted::never;
}

Answer by_acknowledgment(const net::HttpCall& call, const SentMessage& message, const HttpDestinationOptions& options) {
    const auto status = call.response.status;
    const bool success = status >= 200 && status < 300;
    const auto acknowledgments =
        may_be_cut(call) ? std::vector<Acknowledgment>() : read_acknowledgments(call.response.body);
    const auto* found = answering(acknowledgments, message);
    const bool accepts = found != nullptr && (found->code == "AA" || found->code == "CA");
    if (found != nullptr && (success || !accepts)) {
        auto out = answer_to(*found, options.reply_actions);
        if (!success) out.detail = words(status) + ", " + out.detail;
        return out;
    }
    if (!success) return status_answer(call.response, options.status_actions);
    if (call.response.body.empty() && only_errors(message.accept) && only_errors(message.application))
        return {Verdict::delivered, words(status) + "; it asks for no other acknowledgment"};
    return {Verdict::in_doubt, words(status) + ", without an acknowledgment of this message"};
}

}  // namespace

Answer status_answer(const net::HttpResponse& response, const StatusActions& actions) {
    return {status_verdict(response.status, actions), words(response.status), retry_after(response)};
}

Answer http_answer(const net::HttpCall& call, const SentMessage& message, const HttpDestinationOptions& options) {
    const auto status = call.response.status;
    if (!call.sent && status < 400)
        return {Verdict::in_doubt, words(status) + " came before the message was sent as a whole"};
    if (!call.sent || options.expect == Expect::status || named_verdict(status, options.status_actions))
        return status_answer(call.response, options.status_actions);
    if (!call.too_large) return by_acknowledgment(call, message, options);
    if (status >= 300) return status_answer(call.response, options.status_actions);
    return {Verdict::in_doubt, words(status) + " with an answer that is longer than max_reply"};
}

}  // namespace gantry::channels
