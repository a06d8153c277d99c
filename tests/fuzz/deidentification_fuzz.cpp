// Whatever message comes in: without its persons it is a message of the same segments, and the same one each time.
#include <cstdlib>

#include "engine/structures/deidentification.hpp"

using namespace gantry;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<hl7::Message> messages;
    auto message =
        hl7::Message::parse(std::string(reinterpret_cast<const char*>(data), size), {1u << 16, 1000, 10'000});
    if (!message) return 0;
    messages.push_back(std::move(*message));
    const auto result = structures::deidentified(messages, {false, {"FINDINGS"}});
    if (result.messages.size() != 1 || result.days >= 0) std::abort();
    const auto again = hl7::Message::parse(result.messages.front());
    if (!again || again->segments() != messages.front().segments()) std::abort();
    if (structures::deidentified(messages, {false, {"FINDINGS"}}).messages != result.messages) std::abort();
    return 0;
}
