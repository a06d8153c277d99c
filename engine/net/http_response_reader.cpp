#include "engine/net/http_response_reader.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <vector>

#include "engine/net/http_field.hpp"
#include "engine/net/http_head.hpp"

namespace gantry::net {
namespace {

constexpr std::size_t max_line = 4096;  // of a chunk size with extensions

bool same(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The whole text, or nothing.
std::optional<std::size_t> number(std::string_view text, int base) {
    std::size_t out = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, out, base);
    if (error != std::errc() || stop != end) return std::nullopt;
    return out;
}

// "HTTP/1.1 200 OK": of the status, or nothing.
std::optional<int> status_of(std::string_view line) {
    const bool shaped = line.size() >= 12 && line.starts_with("HTTP/1.") && (line[7] == '0' || line[7] == '1') &&
                        line[8] == ' ' && (line.size() == 12 || line[12] == ' ');
    if (!shaped || has_http_control(line)) return std::nullopt;
    const auto status = number(line.substr(9, 3), 10);
    if (!status || *status < 100) return std::nullopt;
    return static_cast<int>(*status);
}

// head: without odd lines, from its second line on.
bool read_fields(std::string_view head, HttpResponse& out) {
    while (head != "\r\n") {
        const auto end = head.find("\r\n"), colon = head.find(':');
        const auto name = head.substr(0, colon), value = trimmed(head.substr(colon + 1, end - colon - 1));
        if (!is_http_token(name) || has_http_control(value)) return false;
        out.headers.emplace_back(name, value);
        head.remove_prefix(end + 2);
    }
    return true;
}

// Every value of that name.
std::vector<std::string_view> values(const HttpResponse& response, std::string_view name) {
    std::vector<std::string_view> out;
    for (const auto& [key, value] : response.headers)
        if (same(key, name)) out.push_back(value);
    return out;
}

}  // namespace

HttpResponseReader::State HttpResponseReader::state() const {
    if (part_ == Part::whole) return State::whole;
    if (part_ == Part::too_large) return State::too_large;
    return part_ == Part::broken ? State::broken : State::open;
}

HttpResponseReader::State HttpResponseReader::feed(std::string_view bytes) {
    if (part_ == Part::too_large || part_ == Part::broken) return state();
    buffer_ += bytes;
    while (state() == State::open && step()) {
    }
    return state();
}

HttpResponseReader::State HttpResponseReader::end() {
    if (part_ == Part::rest)
        part_ = Part::whole;
    else if (state() == State::open)
        fail("the connection ended before the answer did");
    return state();
}

bool HttpResponseReader::step() {
    switch (part_) {
        case Part::head:
            return read_head();
        case Part::sized:
            return read_sized();
        case Part::chunk_size:
            return read_chunk_size();
        case Part::chunk:
            return read_chunk();
        case Part::trailers:
            return read_trailer();
        case Part::rest:
            return read_rest();
        case Part::whole:
        case Part::too_large:
        case Part::broken:
            return false;
    }
    return false;
}

bool HttpResponseReader::fail(const char* why) {
    why_ = why;
    part_ = Part::broken;
    return false;
}

bool HttpResponseReader::refuse_size() {
    part_ = Part::too_large;
    return false;
}

bool HttpResponseReader::read_head() {
    constexpr std::string_view beginning = "HTTP/1.";
    if (!beginning.starts_with(std::string_view(buffer_).substr(0, beginning.size())))
        return fail("what came back is no answer of HTTP");
    const auto end = http_head_end(buffer_, seen_);
    if (heads_ + std::min(end, buffer_.size()) > limits_.head) return fail("the head of the answer has no end");
    seen_ = buffer_.size();
    if (end == std::string::npos) return false;
    const auto head = std::string_view(buffer_).substr(0, end);
    const auto line = head.find("\r\n");
    const auto status = status_of(head.substr(0, line));
    if (!status || has_odd_http_line(head)) return fail("what came back is no answer of HTTP");
    const bool modern = head[7] == '1';
    response_ = {};
    response_.status = *status;
    if (!read_fields(head.substr(line + 2), response_)) return fail("a header of the answer is malformed");
    buffer_.erase(0, end);
    heads_ += end;
    seen_ = 0;
    if (*status == 101) return fail("the server changed to a protocol that nobody asked for");
    if (*status < 200) return true;
    read_keep(modern);
    return frame();
}

void HttpResponseReader::read_keep(bool modern) {
    keep_ = modern;
    for (auto value : values(response_, "Connection")) {
        for (bool more = true; more;) {
            const auto end = value.find(',');
            const auto word = trimmed(value.substr(0, end));
            if (same(word, "close")) {
                keep_ = false;
                return;
            }
            if (same(word, "keep-alive")) keep_ = true;
            more = end != value.npos;
            if (more) value.remove_prefix(end + 1);
        }
    }
}

// RFC 9112 6.3.
bool HttpResponseReader::frame() {
    const auto codings = values(response_, "Transfer-Encoding"), lengths = values(response_, "Content-Length");
    if (codings.size() + lengths.size() > 1) return fail("the length of the answer is given twice");
    if (response_.status == 204 || response_.status == 304) {
        part_ = Part::whole;
        return true;
    }
    if (!codings.empty()) {
        if (!same(codings[0], "chunked")) return fail("the answer has a coding that nobody asked for");
        part_ = Part::chunk_size;
        return true;
    }
    if (lengths.empty()) {
        measured_ = keep_ = false;
        part_ = Part::rest;
        return true;
    }
    const auto size = number(lengths[0], 10);
    if (!size) return fail("the length of the answer is not one number");
    if (*size > limits_.body) return refuse_size();
    left_ = *size;
    part_ = Part::sized;
    return true;
}

bool HttpResponseReader::read_sized() {
    const auto size = std::min(left_, buffer_.size());
    response_.body.append(buffer_, 0, size);
    buffer_.erase(0, size);
    left_ -= size;
    if (left_ == 0) part_ = Part::whole;
    return false;
}

bool HttpResponseReader::read_rest() {
    response_.body += buffer_;
    buffer_.clear();
    return response_.body.size() > limits_.body ? refuse_size() : false;
}

bool HttpResponseReader::read_chunk_size() {
    const auto end = buffer_.find("\r\n", seen_ == 0 ? 0 : seen_ - 1);
    if (std::min(end, buffer_.size()) > max_line) return fail("a chunk of the answer is malformed");
    seen_ = buffer_.size();
    if (end == std::string::npos) return false;
    const auto line = std::string_view(buffer_).substr(0, end);
    const auto size = number(line.substr(0, line.find_first_of("; \t")), 16);
    if (!size || has_http_control(line)) return fail("a chunk of the answer is malformed");
    if (*size > limits_.body - response_.body.size()) return refuse_size();
    left_ = *size;
    buffer_.erase(0, end + 2);
    seen_ = 0;
    part_ = left_ == 0 ? Part::trailers : Part::chunk;
    return true;
}

bool HttpResponseReader::read_chunk() {
    const auto size = std::min(left_, buffer_.size());
    response_.body.append(buffer_, 0, size);
    buffer_.erase(0, size);
    left_ -= size;
    if (left_ > 0 || buffer_.size() < 2) return false;
    if (!buffer_.starts_with("\r\n")) return fail("a chunk of the answer is malformed");
    buffer_.erase(0, 2);
    part_ = Part::chunk_size;
    return true;
}

bool HttpResponseReader::read_trailer() {
    const auto end = buffer_.find("\r\n", seen_ == 0 ? 0 : seen_ - 1);
    if (heads_ + std::min(end, buffer_.size()) > limits_.head) return fail("the answer has no end");
    seen_ = buffer_.size();
    if (end == std::string::npos) return false;
    buffer_.erase(0, end + 2);
    heads_ += end + 2;
    seen_ = 0;
    if (end == 0) part_ = Part::whole;
    return end != 0;
}

}  // namespace gantry::net
