// DIMSE messages as bytes. A request as it comes from the peer, limited in time, size and nesting before DCMTK parses
// anything of it (DCMTK 3.6.7 parses recursively and without limit); and the one answer that is sent by the thousand.
// Private to the room.
#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/dicom/dcmtk/transport.hpp"

namespace gantry::dicom {

enum class CommandField : std::uint16_t { c_find_rq = 0x0020, c_echo_rq = 0x0030, c_cancel_rq = 0x0FFF };  // PS3.7 E.1

// The elements of a command set that a service needs (PS3.7 9.3).
struct Command {
    CommandField field{};
    std::uint16_t message_id = 0, responded_to = 0;
    std::string sop_class;
    bool has_dataset = false;
};

// bytes: a command set, Implicit VR Little Endian. Nothing when it is not one. Pure.
std::optional<Command> read_command(std::string_view bytes);

struct Message {
    T_ASC_PresentationContextID context = 0;
    Command command;
    std::string dataset;  // as sent, in the transfer syntax of the context; empty when there is none
};

enum class Arrival : std::uint8_t {
    message,
    released,  // the peer asks for release
    gone,      // the peer aborted or closed
    late,      // nothing came, or it did not come to its end in time
    broken     // not DICOM, too large or nested too deep: abort
};

struct Received {
    Arrival arrival = Arrival::gone;
    Message message;
};

struct MessageLimits {
    std::chrono::milliseconds idle, message;
    std::size_t longest;  // bytes of command and data set, each
};

// A C-FIND response that is not the last, as the PDUs to send (PS3.7 9.3.2.2, PS3.8 9.3.5): the command in one, the
// identifier in as many as `longest`, the bytes of data the peer takes in a PDV, makes necessary. Pure.
std::string pending_find_response(const Message& request, std::uint16_t status, std::string_view identifier,
                                  std::size_t longest);

// Waits up to limits.idle for the first byte, then up to limits.message for the rest.
Received receive_message(T_ASC_Association& association, Conversation& conversation, const MessageLimits& limits);

}  // namespace gantry::dicom
