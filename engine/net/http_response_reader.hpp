// One response as a client reads it (RFC 9112): bytes in, a response out. Pure; what comes of it does not depend on how
// the bytes were cut into reads.
//
// Strict where two readings are possible, because the answer decides what becomes of an order: a length given twice, a
// length beside chunks, a coding nobody asked for, a malformed line, chunk or number make the response *broken*, and so
// does an end before the end. Interim responses (1xx) are passed over; together with the head they have Limits::head
// bytes. 101 answers no request of ours.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/net/http.hpp"

namespace gantry::net {

// Not thread-safe. Holds at most the limits and one read.
class HttpResponseReader {
  public:
    struct Limits {
        std::size_t head = 64u << 10;
        std::size_t body = 1u << 20;
    };
    enum class State : std::uint8_t {
        open,       // more is needed
        whole,      // the response is there
        too_large,  // its head is; its body is longer than the limit
        broken      // there will be none
    };

    explicit HttpResponseReader(const Limits& limits) : limits_(limits) {}

    State feed(std::string_view bytes);
    // The server has closed in an orderly way: the end of a body without length.
    State end();

    State state() const;
    // With whole and too_large; the body only with whole.
    const HttpResponse& response() const { return response_; }
    // The response said how long it is: one that was cut could not look whole.
    bool measured() const { return measured_; }
    // Whole, nothing came after it, and the server keeps the connection.
    bool reusable() const { return state() == State::whole && keep_ && buffer_.empty(); }
    // Of a broken one, for people.
    const char* why() const { return why_; }

  private:
    enum class Part : std::uint8_t { head, sized, chunk_size, chunk, trailers, rest, whole, too_large, broken };

    bool step();  // false: more is needed, or it is over
    bool read_head();
    bool read_sized();
    bool read_chunk_size();
    bool read_chunk();
    bool read_trailer();
    bool read_rest();
    bool frame();
    void read_keep(bool modern);
    bool fail(const char* why);
    bool refuse_size();

    const Limits limits_;
    Part part_ = Part::head;
    std::string buffer_;
    std::size_t seen_ = 0;   // of buffer_, without a line end
    std::size_t heads_ = 0;  // bytes of heads and trailers so far
    std::size_t left_ = 0;   // of the body or chunk
    HttpResponse response_;
    bool keep_ = false, measured_ = true;
    const char* why_ = "";
};

}  // namespace gantry::net
