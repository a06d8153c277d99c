// What a file holds: one message, several, a batch (HL7 v2.9 2.10.3), or frames of MLLP with any of these in them.
// Pure.
#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hl7/batch_answer.hpp"

namespace gantry::channels {

class FileContent {
  public:
    // bytes: of the whole file. Frames are looked for where the first byte that is no line end is <VT>. A message
    // longer than max_message counts as one, of which only the beginning is kept.
    FileContent(std::string bytes, std::size_t max_message);
    FileContent(const FileContent&) = delete;
    FileContent& operator=(const FileContent&) = delete;

    struct Message {
        std::string_view bytes;  // of this object
        bool too_large = false;
    };
    // In the order of the file. What is not blank and holds no header at all is one message, so that it is answered
    // and recorded like any other. An envelope may hold none.
    const std::vector<Message>& messages() const { return messages_; }

    // There is nothing in it but line ends and blanks.
    bool blank() const { return blank_; }

    // Sentences: where it is not what it says itself (another number of messages than BTS-1 announces), is cut (a frame
    // that does not end; it is not among the messages), or has bytes that belong to no message. No patient data.
    const std::vector<std::string>& problems() const { return problems_; }

    // The answer to the whole file, from the acknowledgment of each message: in the envelopes of its batches and the
    // frames of MLLP, as it came.
    std::string answer(const std::vector<std::string>& acknowledgments) const;

  private:
    // What is answered together: the whole file, or one frame.
    struct Part {
        std::optional<hl7::BatchAnswer> answer;  // none: a text without a header
        std::size_t first, count;                // of messages_
    };
    void read_frames(std::string_view bytes, std::size_t max_message);
    void take(std::string_view text, std::size_t max_message);
    void add(std::string_view message, std::size_t max_message);
    void compare(const hl7::Batch& batch, std::string_view text);

    std::string bytes_;
    std::deque<std::string> frames_;
    bool framed_ = false, blank_ = false;
    std::vector<Part> parts_;
    std::vector<Message> messages_;
    std::vector<std::string> problems_;
};

}  // namespace gantry::channels
