// Bodies of HTTP requests, read strictly: Poco 1.11 takes a body that ends too early, or a chunk size that is not a
// number, for the end of the body; an order cut in half must not be taken for a whole one.
#pragma once
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/net/replay_stream.hpp"
#include "engine/net/socket.hpp"

namespace gantry::net {

// Reads ahead of what is asked for; what was read too far goes back to the stream in the destructor.
class HttpInput {
  public:
    // deadline: for everything together.
    HttpInput(ReplayStream& stream, TimePoint deadline) : stream_(stream), deadline_(deadline) {}
    ~HttpInput() { stream_.unread(buffer_); }
    HttpInput(const HttpInput&) = delete;
    HttpInput& operator=(const HttpInput&) = delete;

    // Errors of all: net_closed (the peer closed before the end), net_timeout.
    Result<std::string> head(std::size_t limit);     // also: http_head_too_large
    Result<std::string> exactly(std::size_t size);   // Content-Length, RFC 9112 6.2
    Result<std::string> chunked(std::size_t limit);  // RFC 9112 7.1; also: http_bad_request, net_too_large

    bool has(std::size_t size) const { return buffer_.size() >= size; }

  private:
    Result<void> more();
    Result<std::string> line();
    Result<std::size_t> chunk_size();
    Result<void> trailers();
    std::string take(std::size_t size);

    ReplayStream& stream_;
    TimePoint deadline_;
    std::string buffer_;
};

}  // namespace gantry::net
