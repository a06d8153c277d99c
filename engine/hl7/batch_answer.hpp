// The answer to a batch (HL7 v2.9 2.10.3.3): one acknowledgment per message, in the batch's envelope with sender and
// receiver changed; without an envelope only the acknowledgments, one after the other.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hl7/batch.hpp"
#include "engine/hl7/delimiters.hpp"

namespace gantry::hl7 {

class BatchAnswer {
  public:
    // Keeps nothing of the batch's buffer.
    explicit BatchAnswer(const Batch& batch);

    // acknowledgments: of every message, in their order. BTS-1 counts them; BTS-2 says it when the batch announced
    // another number of messages than came. Their MSH-7 is the time of the answer.
    std::string text(const std::vector<std::string>& acknowledgments) const;

  private:
    struct Header {
        Delimiters delimiters;
        std::string sending_application, sending_facility, receiving_application, receiving_facility;  // as received
        std::string control_id;                                                                        // FHS-11, BHS-11
    };
    struct Group {
        std::optional<Header> header;
        std::size_t messages = 0;
        std::string remark;  // BTS-2
    };
    static std::optional<Header> read(std::string_view line);
    static void begin(std::string& out, const char* id, const Header& header, std::string_view time);
    static void end(std::string& out, const char* id, const Header& header, std::size_t count, std::string_view remark);

    std::optional<Header> file_;
    std::vector<Group> groups_;
    std::size_t batches_ = 0;
    std::string file_remark_;
};

}  // namespace gantry::hl7
