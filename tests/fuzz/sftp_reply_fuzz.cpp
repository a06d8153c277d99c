// Any bytes from an SFTP server, cut anywhere: the same packets come out however they are cut, none longer than it may
// be, and no reply says more than its bytes hold; what is read is read again as the same from what it would be written
// as.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/engine/sftp/reply_packets.hpp"
#include "tests/fuzz/parts.hpp"

using namespace gantry;
using gantry::fuzz::must;

namespace {

struct Came {
    std::vector<std::string> packets;
    bool broken = false;
    bool operator==(const Came&) const = default;
};

Came cut(std::string_view bytes, std::size_t width) {
    Came out;
    sftp::PacketReader reader;
    for (std::size_t at = 0; at < bytes.size() && !out.broken; at += width) {
        reader.feed(bytes.substr(at, width));
        for (;;) {
            const auto next = reader.next();
            out.broken = !next.ok();
            if (out.broken || !*next) break;
            must((*next)->size() <= sftp::PacketReader::longest, "no packet is longer than the longest");
            out.packets.push_back(**next);
        }
    }
    return out;
}

std::size_t bytes_in(const sftp::Reply& reply) {
    if (const auto* handle = std::get_if<sftp::Handle>(&reply.content)) return handle->bytes.size();
    if (const auto* data = std::get_if<sftp::Data>(&reply.content)) return data->bytes.size();
    std::size_t out = 0;
    if (const auto* names = std::get_if<sftp::Names>(&reply.content))
        for (const auto& entry : names->entries) out += 12 + entry.name.size();
    return out;
}

void check_reply(std::string_view payload) {
    const auto version = sftp::read_version(payload);
    if (version) must(version->extensions.size() * 8 <= payload.size(), "each extension has its bytes");
    const auto reply = sftp::read_reply(payload);
    if (!reply) return;
    must(bytes_in(*reply) <= payload.size(), "a reply says no more than its bytes hold");
    const auto again = sftp::read_reply(sftp::testing::payload(*reply));
    must(again.ok() && *again == *reply, "what is written is read as the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const auto bytes = gantry::fuzz::text_of(data + 1, size - 1);
    const auto whole = cut(bytes, bytes.size() + 1);
    must(cut(bytes, 1 + data[0] % 17) == whole, "the cuts do not matter");
    for (const auto& packet : whole.packets) check_reply(packet);
    check_reply(bytes);
    return 0;
}
