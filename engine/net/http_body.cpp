#include "engine/net/http_body.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/net/http_head.hpp"

namespace gantry::net {
namespace {

constexpr std::size_t max_line = 4096;  // of a chunk size with extensions, or a trailer
constexpr int max_trailers = 32;

Error bad_chunk() {
    return {ErrorCode::http_bad_request, "a chunk is malformed", {}};
}

}  // namespace

Result<void> HttpInput::more() {
    std::array<char, 16384> piece;
    const auto left = std::max(milliseconds(0), std::chrono::ceil<milliseconds>(deadline_ - now()));
    const auto got = stream_.read(piece.data(), piece.size(), left);
    if (!got) return got.error();
    if (*got == 0) return Error{ErrorCode::net_closed, {}, {}};
    buffer_.append(piece.data(), *got);
    if (now() > deadline_) return Error{ErrorCode::net_timeout, {}, {}};
    return {};
}

std::string HttpInput::take(std::size_t size) {
    auto out = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return out;
}

Result<std::string> HttpInput::head(std::size_t limit) {
    std::size_t seen = 0;
    for (;;) {
        const auto end = http_head_end(buffer_, seen);
        if (std::min(end, buffer_.size()) > limit) return Error{ErrorCode::http_head_too_large, {}, {}};
        if (end != std::string::npos) return take(end);
        seen = buffer_.size();
        if (const auto got = more(); !got) return got.error();
    }
}

Result<std::string> HttpInput::exactly(std::size_t size) {
    while (buffer_.size() < size)
        if (const auto got = more(); !got) return got.error();
    return take(size);
}

Result<std::string> HttpInput::line() {
    for (std::size_t seen = 0;;) {
        const auto end = buffer_.find("\r\n", seen == 0 ? 0 : seen - 1);
        if (std::min(end, buffer_.size()) > max_line) return bad_chunk();
        if (end != std::string::npos) {
            auto out = take(end + 2);
            out.resize(end);
            return out;
        }
        seen = buffer_.size();
        if (const auto got = more(); !got) return got.error();
    }
}

Result<std::size_t> HttpInput::chunk_size() {
    const auto text = line();
    if (!text) return text.error();
    std::uint64_t size = 0;
    const auto* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, size, 16);
    const bool ends_well = stop == end || *stop == ';' || *stop == ' ' || *stop == '\t';
    if (error != std::errc() || !ends_well) return bad_chunk();
    return std::size_t(size);
}

Result<void> HttpInput::trailers() {
    for (int i = 0; i < max_trailers; ++i) {
        const auto text = line();
        if (!text) return text.error();
        if (text->empty()) return {};
    }
    return bad_chunk();
}

Result<std::string> HttpInput::chunked(std::size_t limit) {
    std::string body;
    for (;;) {
        const auto size = chunk_size();
        if (!size) return size.error();
        if (*size == 0) break;
        if (*size > limit - body.size()) return Error{ErrorCode::net_too_large, {}, {}};
        const auto data = exactly(*size + 2);
        if (!data) return data.error();
        if (data->compare(*size, 2, "\r\n") != 0) return bad_chunk();
        body.append(*data, 0, *size);
    }
    if (const auto end = trailers(); !end) return end.error();
    return body;
}

}  // namespace gantry::net
