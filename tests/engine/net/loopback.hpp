// What the tests of this room share: a blocking peer on loopback, and a sink that counts events.
#pragma once
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "engine/base/events.hpp"
#include "engine/net/client.hpp"
#include "engine/net/lobby.hpp"

namespace gantry::net {

// Only the limit of a test that has gone wrong; nothing is measured by it.
constexpr milliseconds patience{20'000};

class LoopbackPeer {
  public:
    explicit LoopbackPeer(std::uint16_t port);
    void send(std::string_view bytes);
    // Exactly so many bytes, fewer only when the engine closed.
    std::string receive(std::size_t size);
    // Up to and including `mark`.
    std::string receive_until(std::string_view mark);
    // Everything until the engine closes.
    std::string receive_all();
    void half_close();
    int descriptor() const { return stream_->descriptor(); }

  private:
    bool more();
    std::unique_ptr<ByteStream> stream_;
    std::string buffer_;
};

class CountingSink final : public events::Sink {
  public:
    void emit(const events::View& event) noexcept override;
    int count(std::string_view name) const;

  private:
    mutable std::mutex mutex_;
    std::map<std::string, int, std::less<>> counts_;
};

// What a handler says of itself, for waiting without sleeping.
class Signal {
  public:
    void raise();
    bool wait(int times = 1);

  private:
    std::mutex mutex_;
    std::condition_variable raised_;
    int count_ = 0;
};

}  // namespace gantry::net
