#include "engine/hl7/mllp.hpp"

#include <algorithm>

namespace gantry::hl7 {
namespace {

constexpr char start_block = '\x0B', end_block = '\x1C';
constexpr std::size_t kept_of_too_large = 4096;
constexpr std::size_t kept_capacity = 256u << 10;  // between frames: an idle connection does not keep its largest one
constexpr std::size_t lookahead = 4;               // <VT>MSH

}  // namespace

void MllpDecoder::feed(std::string_view bytes) {
    // Moving what is held only when it is the smaller part keeps the cost per byte constant.
    const auto done = state_ == State::skipping ? scanned_ : begin_;
    if (done > 0 && done >= buffer_.size() / 2) {
        buffer_.erase(0, done);
        scanned_ -= done;
        begin_ = 0;
        if (buffer_.empty() && buffer_.capacity() > kept_capacity) buffer_.shrink_to_fit();
    }
    buffer_.append(bytes);
}

std::optional<MllpFrame> MllpDecoder::next() {
    for (;;) {
        if (state_ == State::between && !enter()) return std::nullopt;
        const auto edge = find_edge();
        if (auto frame = overflow(edge ? edge->at : scanned_)) return frame;
        if (!edge) return std::nullopt;
        if (auto frame = leave(*edge)) return frame;
    }
}

// Passes over line ends to the first byte of something.
bool MllpDecoder::enter() {
    begin_ = std::min(buffer_.find_first_not_of("\r\n", begin_), buffer_.size());
    scanned_ = begin_;
    if (begin_ == buffer_.size()) return false;
    state_ = buffer_[begin_] == start_block ? State::started : State::unstarted;
    if (state_ == State::started) scanned_ = ++begin_;
    return true;
}

bool MllpDecoder::restarts_at(std::size_t at) const {
    if (state_ == State::unstarted) return true;
    const auto id = std::string_view(buffer_).substr(at + 1, lookahead - 1);
    return id == "MSH" || id == "FHS" || id == "BHS";
}

std::optional<MllpDecoder::Edge> MllpDecoder::find_edge() {
    const auto end = std::min(buffer_.find(end_block, scanned_), buffer_.size());
    const std::string_view before = std::string_view(buffer_).substr(0, end);
    for (auto at = before.find(start_block, scanned_); at != std::string_view::npos;
         at = before.find(start_block, at + 1)) {
        scanned_ = at;
        if (restarts_at(at)) return Edge{at, true};
        if (end == buffer_.size() && end - at < lookahead) return std::nullopt;
    }
    scanned_ = end;
    return end == buffer_.size() ? std::nullopt : std::optional<Edge>(Edge{end, false});
}

std::optional<MllpFrame> MllpDecoder::overflow(std::size_t end) {
    if (state_ == State::skipping || end - begin_ <= limit_) return std::nullopt;
    return give_up();
}

MllpFrame MllpDecoder::give_up() {
    MllpFrame frame{buffer_.substr(begin_, std::min(kept_of_too_large, limit_)), state_ == State::unstarted, true};
    state_ = State::skipping;
    return frame;
}

std::optional<MllpFrame> MllpDecoder::leave(const Edge& edge) {
    const auto left = state_;
    const auto from = begin_;
    begin_ = scanned_ = edge.at + 1;
    state_ = edge.restart ? State::started : State::between;
    if (left == State::skipping) return std::nullopt;
    if (edge.restart || (left == State::unstarted && edge.at == from)) {
        junk_ += edge.at - from + (edge.restart ? 0 : 1);
        return std::nullopt;
    }
    return MllpFrame{buffer_.substr(from, edge.at - from), left == State::unstarted, false};
}

std::string mllp_frame(std::string_view content) {
    std::string out;
    out.reserve(content.size() + 3);
    return out.append(1, start_block).append(content).append(1, end_block).append(1, '\r');
}

}  // namespace gantry::hl7
