// DCMTK's view of a connection that is ours: a DcmTransportConnection over a ByteStream, where everything has a
// deadline and a budget of bytes. Private to the room.
#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/dcmlayer.h>
#include <dcmtk/dcmnet/dcmtrans.h>

#include <chrono>
#include <cstddef>
#include <string>

#include "engine/base/byte_stream.hpp"

namespace gantry::dicom {

// What the peer may do next, and what it has not been sent yet: DCMTK writes each answer in four small pieces, and
// fifty answers in two hundred; they are gathered and leave together. One thread; outlives the association.
class Conversation {
  public:
    Conversation(ByteStream& stream, std::chrono::milliseconds write_timeout)
        : stream_(stream), write_timeout_(write_timeout) {}

    // From now on the peer may send `most` bytes within `wait`; then reads fail.
    void allow(std::chrono::milliseconds wait, std::size_t most);
    // Waits for a first byte, whatever was allowed; who waits has sent all he has. True also when the peer is gone.
    bool readable(std::chrono::milliseconds wait);
    std::chrono::milliseconds left() const;  // of the deadline, not negative

    ssize_t read(void* into, std::size_t most);
    // Gathers; sends when there is enough, or when the first piece has waited for long. -1: the peer is gone.
    ssize_t write(const void* from, std::size_t size);
    // False: the peer is gone.
    bool flush();
    void close();
    ByteStream& stream() { return stream_; }

  private:
    ByteStream& stream_;
    std::string gathered_;
    std::chrono::steady_clock::time_point gathering_since_{};
    bool gone_ = false;
    std::chrono::milliseconds write_timeout_;
    std::chrono::steady_clock::time_point deadline_{};
    std::size_t budget_ = 0;
};

// Makes the one connection of one T_ASC_Network; ignores the socket DCMTK offers.
class StreamLayer final : public DcmTransportLayer {
  public:
    explicit StreamLayer(Conversation& conversation) : conversation_(conversation) {}
    DcmTransportConnection* createConnection(DcmNativeSocketType socket, OFBool secure) override;

  private:
    Conversation& conversation_;
};

}  // namespace gantry::dicom
