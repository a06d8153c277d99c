// Any bytes: decoding gives UTF-8; a message that parses has fields that rejoin to its segments and segments that
// rejoin to its content; what is unescaped, escaped and unescaped again is the same; there is always an answer that
// parses.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/base/utf8.hpp"
#include "engine/hl7/ack.hpp"
#include "engine/hl7/batch.hpp"
#include "engine/hl7/decode.hpp"
#include "engine/hl7/escape.hpp"
#include "engine/hl7/message.hpp"
#include "engine/hl7/moment.hpp"
#include "engine/hl7/person_name.hpp"

using namespace gantry::hl7;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

std::string without_line_ends(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != '\r' && c != '\n') out.push_back(c);
    return out;
}

std::string rejoined(const Message& message, std::size_t index) {
    const auto segment = message.segment(index);
    std::string out(segment.id());
    const bool header = out == "MSH" || out == "BHS" || out == "FHS";
    for (std::size_t n = header ? 2 : 1; n <= segment.fields(); ++n)
        out.append(1, message.delimiters().field).append(segment.field(n).raw());
    return out;
}

void check_values(const Message& message, const Segment& segment) {
    for (std::size_t n = 3; n <= segment.fields() && n < 40; ++n) {
        const auto field = segment.field(n);
        const auto text = field.text();
        const auto& delimiters = message.delimiters();
        if (delimiters.escape) require(unescape(escape(text, delimiters), delimiters) == text);
        std::size_t length = 0;
        for (const auto& repetition : field.each_repetition()) length += repetition.raw().size() + 1;
        require(field.empty() || length == field.raw().size() + 1);
        const auto name = dicom_name_of_xpn(field);
        require(name.find('\\') == std::string::npos);
        const auto read = moment(field);
        require(!read.valid || read.date.size() >= 4);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const auto decoded = decode(bytes);
    require(gantry::is_utf8(decoded.utf8));
    for (const auto part : split_batch(decoded.utf8).messages) require(part.substr(0, 3) == "MSH");
    const auto answer = acknowledge(read_ack_context(bytes), refusal({gantry::ErrorCode::hl7_not_hl7, {}, {}}));
    require(Message::parse(answer).ok());
    const auto message = Message::parse(decoded.utf8);
    if (!message.ok()) return 0;
    std::string joined;
    for (std::size_t i = 0; i < message->segments(); ++i) {
        const auto segment = message->segment(i);
        require(rejoined(*message, i) == segment.raw());
        joined += segment.raw();
        check_values(*message, segment);
    }
    require(without_line_ends(joined) == without_line_ends(message->bytes()));
    return 0;
}
