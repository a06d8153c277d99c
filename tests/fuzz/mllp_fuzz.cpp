// Any bytes, cut anywhere: the frames, their flags and the count of junk do not depend on the cuts, no frame is longer
// than the limit, and every frame that is written is read back.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/hl7/mllp.hpp"

using namespace gantry::hl7;

namespace {

constexpr std::size_t limit = 64;

void require(bool condition) {
    if (!condition) std::abort();
}

std::string decoded(std::string_view bytes, std::size_t width) {
    MllpDecoder decoder(limit);
    std::string out;
    for (std::size_t at = 0; at < bytes.size(); at += width) {
        decoder.feed(bytes.substr(at, width));
        while (const auto frame = decoder.next()) {
            require(frame->content.size() <= limit);
            out.append(std::to_string(frame->content.size())).append(frame->content);
            out.append(frame->missing_start ? "s" : "-").append(frame->too_large ? "L" : "-");
        }
    }
    return out + std::to_string(decoder.junk()) + (decoder.in_frame() ? "+" : "-");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t width = 1 + data[0] % 17;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto expected = decoded(bytes, bytes.size() + 1);
    require(decoded(bytes, width) == expected);
    require(decoded(bytes, 1) == expected);
    const bool clean = bytes.size() <= limit && bytes.find_first_of("\x0B\x1C") == std::string_view::npos;
    if (!clean) return 0;
    MllpDecoder decoder(limit);
    decoder.feed(mllp_frame(bytes));
    const auto frame = decoder.next();
    require(frame && frame->content == bytes && !frame->missing_start);
    return 0;
}
