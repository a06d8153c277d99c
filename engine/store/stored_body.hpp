// Bodies of messages and deliveries as they are stored: compressed where that makes them shorter, and given back byte
// for byte.
//
// The encoding stands beside each body, so that what an older program stored is read as it is. What is large in one is
// kept apart (engine/store/attachments.hpp). Every body is compressed alone, with zstd: a dictionary of other senders'
// messages made them no shorter, and one of the site's own would keep parts of patients' data when retention has long
// removed the messages.
//
// Threads: any; each thread keeps its own compressor.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/store/body_encoding.hpp"

namespace gantry::store {

class Attachments;

struct StoredBody {
    BodyEncoding encoding = BodyEncoding::as_received;
    std::string compressed;  // empty as_received: the bytes themselves are stored

    std::string_view bytes(std::string_view received) const {
        return encoding == BodyEncoding::as_received ? received : std::string_view(compressed);
    }
};

StoredBody stored_body(std::string_view bytes);
// The same without its attachments, which are added to those. The frame of such a body holds, little-endian,
//   how many there are (4 bytes); of each: the bytes of the rest between the one before and it (8), the bytes of its
//   text (8), 1 where that is base64 of what is kept, else 0 (1), the digest of what is kept (32)
// and the rest.
StoredBody stored_body(std::string_view bytes, Attachments& attachments);

// A body that says it is longer is refused before anything is allocated for it: no source takes so long a message.
inline constexpr std::size_t longest_body = std::size_t{1} << 30;

// Gives the bytes kept under a digest (hexadecimal); none: they are gone, or not those.
using AttachmentReader = std::function<std::optional<std::string>(const std::string& digest)>;

// Errors: storage_content_damaged (an encoding that this program does not know; not one whole frame, or of another
// length than it says; an attachment is missing).
Result<std::string> original_body(std::int16_t encoding, std::string_view stored,
                                  const AttachmentReader& attachment = {});
// With nothing in the place of attachments. Errors: as above, but for these.
Result<std::string> body_without_attachments(std::int16_t encoding, std::string_view stored);

}  // namespace gantry::store
