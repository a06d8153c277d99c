// Any bytes from a receiver, cut anywhere, before or after a message was sent: the message is answered at most once,
// the same way however they are cut; what came before it was sent does not finish it; nothing finishes it that cannot
// name it; and once the two sides are out of step nothing is believed.
#include <cstddef>
#include <cstdint>
#include <string>

#include "channels/destinations/mllp_conversation.hpp"
#include "tests/fuzz/parts.hpp"

using namespace gantry;
using channels::MllpConversation;
using gantry::fuzz::must;
using Verdict = runtime::Destination::Verdict;

namespace {

// The first byte chooses what is asked for.
channels::SentMessage message(std::uint8_t choice) {
    return {"M1", channels::Wanted(choice & 3), channels::Wanted(choice >> 2 & 3), true};
}

channels::MllpDestinationOptions options(std::uint8_t choice) {
    channels::MllpDestinationOptions out;
    out.max_reply = {1024};
    out.release = choice & 16 ? 2 : 1;
    out.wait_for = channels::MllpDestinationOptions::WaitFor(choice >> 5 & 1);
    return out;
}

std::string answer_of(std::uint8_t choice, std::string_view bytes, std::size_t width) {
    MllpConversation conversation(options(choice));
    conversation.begin(message(choice));
    auto answer = conversation.sent();
    const bool at_once = answer.has_value();
    for (std::size_t at = 0; at < bytes.size(); at += width) {
        const bool fenced = conversation.fenced();
        auto more = conversation.feed(bytes.substr(at, width));
        must(!more || (!answer && !fenced), "one answer, and none behind a fence");
        if (more) answer = std::move(more);
    }
    const bool by_bytes = answer && !at_once;
    if (by_bytes && answer->verdict == Verdict::delivered && options(choice).release == 1)
        must(bytes.find('1') != std::string_view::npos, "only what names the message finishes it");
    return (answer ? std::to_string(int(answer->verdict)) + answer->detail : "waiting") +
           (conversation.fenced() ? " fenced" : "");
}

void check_before(std::uint8_t choice, std::string_view bytes) {
    MllpConversation conversation(options(choice));
    must(!conversation.feed(bytes), "no message, no answer");
    if (!conversation.may_begin(message(choice))) return;
    conversation.begin(message(choice));
    if (conversation.sent()) return;
    must(conversation.end(MllpConversation::Ending::closed).verdict == Verdict::in_doubt, "a lost answer is doubt");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto choice = data[0];
    const auto bytes = gantry::fuzz::text_of(data + 2, size - 2);
    const auto whole = answer_of(choice, bytes, bytes.size() + 1);
    must(answer_of(choice, bytes, 1 + data[1] % 17) == whole, "the cuts do not matter");
    must(answer_of(choice, bytes, 1) == whole, "the cuts do not matter");
    check_before(choice, bytes);
    return 0;
}
