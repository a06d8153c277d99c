// How the bytes of a body or a document are stored; the number stands beside them.
#pragma once
#include <cstdint>

namespace gantry::store {

enum class BodyEncoding : std::int16_t {
    as_received = 0,
    zstd = 1,             // one frame (RFC 8878) with the length and a checksum of its content
    with_attachments = 2  // such a frame, of a body whose attachments are kept apart; documents never are
};

}  // namespace gantry::store
