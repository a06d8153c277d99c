// One connected peer as a stream of bytes with deadlines: what the lobby hands to whoever speaks the protocol. It may
// replay bytes that were read before the handover, and may be TLS underneath; the reader cannot tell.
#pragma once
#include <chrono>
#include <cstddef>

#include "engine/base/events.hpp"
#include "engine/base/result.hpp"

namespace gantry {

// Used by one thread at a time, except shut_down(), which any thread may call to make a blocked call return.
class ByteStream {
  public:
    virtual ~ByteStream() = default;

    // Waits up to `wait` for at least one byte. Answers how many were read; 0: the peer closed in an orderly way.
    // Errors: net_timeout, net_closed.
    virtual Result<std::size_t> read(char* into, std::size_t most, std::chrono::milliseconds wait) = 0;

    // Writes all of it or fails. Errors: net_timeout (the peer did not take it within `wait`), net_closed.
    virtual Result<void> write(const char* from, std::size_t size, std::chrono::milliseconds wait) = 0;

    // True when read() would not have to wait (bytes buffered, or the peer closed).
    virtual bool readable(std::chrono::milliseconds wait) = 0;

    virtual void shut_down() noexcept = 0;

    // The protocol did not let the peer in: whoever owns the port may count it against the peer's address.
    virtual void count_refusal() noexcept {}

    virtual const Peer& peer() const = 0;
    virtual bool loopback() const = 0;
    virtual int descriptor() const = 0;  // for select() by libraries that insist; -1 when there is none
};

}  // namespace gantry
