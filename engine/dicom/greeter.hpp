// The first bytes of a DICOM connection, before anybody spends a thread on it: A-ASSOCIATE-RQ and the busy answer
// (PS3.8 9.3). Pure functions on bytes; the acceptor that owns the socket calls them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::dicom {

enum class Greeting : std::uint8_t {
    need_more,  // what is there may become an A-ASSOCIATE-RQ: read on
    complete,   // the whole first PDU is there: hand the connection over with these bytes
    refuse      // not DICOM, or longer than the limit: close
};

inline constexpr std::size_t longest_association_request = 64u << 10;  // its variable part, as the length field says

// bytes: everything read so far from the start of the connection. Refuses as early as the bytes allow.
Greeting association_greeter(std::string_view bytes);

// A-ASSOCIATE-RJ: transient, service provider (presentation), local limit exceeded. For a connection that finds no
// room.
std::string busy_rejection();

}  // namespace gantry::dicom
