// Bodies of messages and deliveries as they are stored: compressed where that makes them shorter, and given back byte
// for byte.
//
// The encoding stands beside each body, so that what an older program stored is read as it is. Every body is compressed
// alone, with zstd: a dictionary of other senders' messages made them no shorter, and one of the site's own would keep
// parts of patients' data when retention has long removed the messages.
//
// Threads: any; each thread keeps its own compressor.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace gantry::store {

enum class BodyEncoding : std::int16_t {
    as_received = 0,
    zstd = 1  // one frame (RFC 8878) with the length and a checksum of its content
};

struct StoredBody {
    BodyEncoding encoding = BodyEncoding::as_received;
    std::string compressed;  // empty as_received: the bytes themselves are stored

    std::string_view bytes(std::string_view received) const {
        return encoding == BodyEncoding::as_received ? received : std::string_view(compressed);
    }
};

StoredBody stored_body(std::string_view bytes);

// A body that says it is longer is refused before anything is allocated for it: no source takes so long a message.
inline constexpr std::size_t longest_body = std::size_t{1} << 30;

// Errors: storage_content_damaged (an encoding that this program does not know; not one whole frame, or of another
// length than it says).
Result<std::string> original_body(std::int16_t encoding, std::string_view stored);

}  // namespace gantry::store
