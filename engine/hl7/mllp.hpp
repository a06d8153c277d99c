// MLLP framing (HL7 Minimal Lower Layer Protocol, release 1): <VT> content <FS><CR>. A pure codec: bytes in, frames
// out.
//
// Tolerated: no <VT> before the content, no <CR> after <FS>, <LF> after it, anything between frames, several frames in
// one read, a frame cut anywhere, a frame that was given up and begun again with <VT>MSH. Frames do not depend on how
// the bytes were cut into reads.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::hl7 {

struct MllpFrame {
    std::string content;
    bool missing_start = false;  // no <VT>
    // Longer than the limit: net_too_large. content holds only its first 4096 bytes (or `limit`), enough to acknowledge
    // it; the rest is skipped.
    bool too_large = false;
};

// One per connection; not thread-safe. Holds at most the limit and one read.
class MllpDecoder {
  public:
    explicit MllpDecoder(std::size_t limit = 16u << 20) : limit_(limit) {}

    void feed(std::string_view bytes);
    // The next frame, or none until more is fed.
    std::optional<MllpFrame> next();

    // Bytes skipped so far because they belong to no frame (line ends not counted).
    std::size_t junk() const { return junk_; }
    // Gives up the frame that is open and skips its rest; as a frame that is too large. Only while in_frame().
    MllpFrame give_up();
    // Bytes kept, those of the frame that is open among them.
    std::size_t held() const { return buffer_.size(); }

    // Part of a frame is held: a close now loses it.
    bool in_frame() const { return state_ == State::started || state_ == State::unstarted; }

  private:
    enum class State { between, started, unstarted, skipping };
    // Where the frame that is open ends, or is begun again; none: not within what is held.
    struct Edge {
        std::size_t at;
        bool restart;
    };
    bool enter();
    std::optional<Edge> find_edge();
    bool restarts_at(std::size_t at) const;
    std::optional<MllpFrame> overflow(std::size_t end);
    std::optional<MllpFrame> leave(const Edge& edge);

    std::size_t limit_, junk_ = 0;
    State state_ = State::between;
    std::string buffer_;
    std::size_t begin_ = 0;    // of the content, in buffer_
    std::size_t scanned_ = 0;  // no edge before it
};

// <VT> content <FS><CR>
std::string mllp_frame(std::string_view content);

}  // namespace gantry::hl7
