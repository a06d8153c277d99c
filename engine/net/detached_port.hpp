// A port whose connections leave the loop once their first unit is complete, and may come back between units.
#pragma once
#include <memory>
#include <string>

#include "engine/net/lobby.hpp"
#include "engine/net/loop.hpp"
#include "engine/net/socket_stream.hpp"
#include "engine/net/thread_set.hpp"

namespace gantry::net {

class DetachedPort : public std::enable_shared_from_this<DetachedPort> {
  public:
    DetachedPort(Loop& loop, events::Sink& sink, ConfigName name, DetachedOptions options, DetachedService service);

    // Loop thread: starts to greet.
    void welcome(Accepted accepted);
    std::string last_words(Parting why) const { return service_.part(why); }
    // Not from a thread of the port: waits for all of them.
    void close() { threads_.close(); }

  private:
    class Greeted;
    using Stream = std::unique_ptr<SocketStream>;

    void work(Stream stream) noexcept;
    Stream serve_once(Stream stream);
    bool next_unit_is_here(SocketStream& stream);
    void take_back(Stream stream);

    Loop& loop_;
    events::Sink& sink_;
    const ConfigName name_;
    const DetachedOptions options_;
    const DetachedService service_;
    ThreadSet<Stream> threads_;
};

}  // namespace gantry::net
