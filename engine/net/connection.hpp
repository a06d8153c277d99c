// A connection that lives in the event loop of the lobby for its whole life: what a protocol with small units and many
// mostly idle peers (MLLP) is built on.
//
// Protocol: for each accepted peer the lobby calls the StreamFactory, then StreamHandler::on_data for what arrives. The
// handler cuts the bytes into units, tells the connection while one is unfinished (begin_unit, end_unit), pauses
// reading when it has taken more than it can finish, and answers with send() from any thread. on_close is the last
// call.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/events.hpp"

namespace gantry::net {

// Shared handle. Any thread unless said otherwise; no call blocks. May outlive the connection and the lobby.
class Connection {
  public:
    virtual ~Connection() = default;

    // Bytes leave in the order of the calls. False: the connection is closed, or is closed by this call because the
    // peer has left more than StreamOptions::max_output unread.
    virtual bool send(std::string bytes) = 0;

    // Reads no more, delivers what was sent so far, then closes. Calls after the first do nothing.
    virtual void close() = 0;

    // Backpressure. While paused no deadline for input runs. Resuming leads to StreamHandler::on_resume.
    virtual void pause_reading() = 0;
    virtual void resume_reading() = 0;

    // A unit has started but not ended: the connection is closed unless end_unit() comes within unit_timeout from the
    // first begin_unit(). Further begin_unit() calls do not extend it.
    virtual void begin_unit() = 0;
    virtual void end_unit() = 0;

    virtual const Peer& peer() const = 0;
    virtual bool loopback() const = 0;
    virtual std::uint64_t id() const = 0;  // never used again within the process
};

// Called on the loop thread only, never from inside a call to Connection; must not block, as all peers wait meanwhile.
// An exception closes the connection.
class StreamHandler {
  public:
    virtual ~StreamHandler() = default;

    // bytes: valid during the call only; at most 64 KiB, cut anywhere. May come once more after pause_reading() when
    // that is called from another thread.
    virtual void on_data(std::string_view bytes) = 0;

    // Reading goes on: the chance to work on what was kept back, before the next on_data.
    virtual void on_resume() {}

    // There will be no further on_data: the peer has shut down its sending side, or the lobby stops. True: no answer is
    // owed, close now. False: the handler calls Connection::close() after its last answer. on_resume still comes when
    // reading was paused. Told once.
    virtual bool on_end_of_input() = 0;

    // The connection is gone, for whatever reason. The handler is destroyed after it.
    virtual void on_close() = 0;
};

// Runs on the loop thread. nullptr: the connection is closed at once.
using StreamFactory = std::function<std::unique_ptr<StreamHandler>(std::shared_ptr<Connection>)>;

}  // namespace gantry::net
