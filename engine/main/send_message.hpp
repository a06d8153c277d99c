// What `gantry send` sends: messages read from files, and templates that make many different copies of one cheaply.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace gantry {

// The messages of one file, segments ended by CR, without framing: one message, a batch, messages one after the other,
// or MLLP frames. Bytes that hold no MSH are one message as they stand, so that broken input can be sent too.
std::vector<std::string> messages_in(std::string_view bytes);

// MSA-1 of an answer, or empty.
std::string_view acknowledgment_code(std::string_view reply);
// AA or CA.
bool accepted(std::string_view code);

// A message cut at the fields that identify it, so that a copy with other numbers is a few appends:
//   MSH-10        the run and the serial number
//   PID-3.1, ORC-2.1, ORC-3.1, OBR-2.1, OBR-3.1, OBR-18
//                 their leading letters and the serial number; "-2" … in the second order group and after
//   ZDS-1.1       the UID with the serial number as last component
// Fields without a value stay so.
class MessageTemplate {
  public:
    // Errors: those of hl7::Message::parse.
    static Result<MessageTemplate> make(const std::string& message);
    // The same bytes each time.
    static MessageTemplate verbatim(const std::string& message);

    // Puts copy number `serial` with its MLLP framing into `frame`, and its control id into `control_id`. run,
    // run_after: what the control id has before and after the number.
    void write(std::string_view run, std::uint64_t serial, std::string& frame, std::string& control_id,
               std::string_view run_after = {}) const;

  private:
    enum class Fill : std::uint8_t { nothing, control_id, serial };
    struct Piece {
        std::string text;  // before what is filled in
        Fill fill = Fill::nothing;
        std::string suffix;  // after the serial number
    };
    friend class TemplateCutter;
    std::vector<Piece> pieces_;
    std::string control_id_;  // of the original
};

// Each number below 2^32 becomes another one, in no order.
std::uint64_t scattered(std::uint64_t serial);

}  // namespace gantry
