// The ByteStream that the lobby hands over: bytes read too far can be put back, and the connection can be given back.
#pragma once
#include <string_view>

#include "engine/base/byte_stream.hpp"

namespace gantry::net {

// Threads: as ByteStream.
class ReplayStream : public ByteStream {
  public:
    // The next read() starts with these bytes.
    virtual void unread(std::string_view bytes) = 0;

    // Says that the last answer was written: whoever gets the stream back ends the connection so that the answer is
    // not lost, even when the peer is still sending (a plain close with unread input resets the connection, RFC 1122
    // 4.2.2.13).
    virtual void finish() = 0;
};

}  // namespace gantry::net
