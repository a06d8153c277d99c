#include "engine/main/send_message.hpp"

#include <algorithm>
#include <charconv>

#include "engine/hl7/batch.hpp"
#include "engine/hl7/message.hpp"
#include "engine/hl7/mllp.hpp"

namespace gantry {
namespace {

constexpr char start_block = '\x0b';

// A LF in a message whose segments end with CR is text that somebody forgot to escape; it is sent as it is.
std::string with_carriage_returns(std::string_view message) {
    const bool lines_of_lf =
        message.find('\r') == std::string_view::npos || message.find("\r\n") != std::string_view::npos;
    std::string out;
    out.reserve(message.size() + 1);
    for (std::size_t i = 0; i < message.size(); ++i) {
        if (message[i] == '\n' && lines_of_lf) {
            if (i == 0 || message[i - 1] != '\r') out.push_back('\r');
        } else {
            out.push_back(message[i]);
        }
    }
    if (!out.empty() && out.back() != '\r') out.push_back('\r');
    return out;
}

std::vector<std::string> framed_messages(std::string_view bytes) {
    std::vector<std::string> out;
    hl7::MllpDecoder decoder;
    decoder.feed(bytes);
    while (auto frame = decoder.next()) out.push_back(std::move(frame->content));
    return out;
}

std::string leading_letters(std::string_view value) {
    const auto end =
        std::find_if(value.begin(), value.end(), [](char c) { return (c < 'A' || c > 'Z') && (c < 'a' || c > 'z'); });
    return std::string(value.begin(), std::min(end, value.begin() + std::min<std::ptrdiff_t>(4, std::ssize(value))));
}

}  // namespace

std::vector<std::string> messages_in(std::string_view bytes) {
    if (bytes.substr(0, bytes.find("MSH")).find(start_block) != std::string_view::npos) return framed_messages(bytes);
    const auto batch = hl7::split_batch(bytes);
    if (batch.messages.empty()) return {std::string(bytes)};
    std::vector<std::string> out;
    for (const auto message : batch.messages) out.push_back(with_carriage_returns(message));
    return out;
}

std::string_view acknowledgment_code(std::string_view reply) {
    const auto at = reply.find("\rMSA");
    return at == std::string_view::npos || at + 7 > reply.size() ? std::string_view() : reply.substr(at + 5, 2);
}

bool accepted(std::string_view code) {
    return code == "AA" || code == "CA";
}

// Finds the fields to fill in, in the order they stand, and cuts the message there.
class TemplateCutter {
  public:
    TemplateCutter(const hl7::Message& message, MessageTemplate& into) : message_(message), into_(into) {}

    void run() {
        into_.control_id_ = std::string(message_.msh().field(10).raw());
        for (std::size_t i = 0; i < message_.segments(); ++i) cut_segment(message_.segment(i));
        into_.pieces_.push_back({std::string(message_.bytes().substr(done_)), MessageTemplate::Fill::nothing, {}});
    }

  private:
    void cut_segment(const hl7::Segment& segment) {
        const auto id = segment.id();
        if (id == "MSH") cut(segment.field(10), MessageTemplate::Fill::control_id, {}, {});
        if (id == "PID") cut_number(segment.field(3).component(1), 1);
        if (id == "ZDS") cut_uid(segment.field(1).component(1));
        if (id == "ORC") ++orders_;
        if (id == "OBR") ++requests_;
        if (id != "ORC" && id != "OBR") return;
        for (const std::size_t field : {2, 3}) cut_number(segment.field(field).component(1), orders_);
        if (id == "OBR") cut_number(segment.field(18), requests_);
    }

    void cut_number(const hl7::Piece& piece, int position) {
        cut(piece, MessageTemplate::Fill::serial, leading_letters(piece.raw()),
            position > 1 ? "-" + std::to_string(position) : std::string());
    }

    void cut_uid(const hl7::Piece& piece) {
        cut(piece, MessageTemplate::Fill::serial, std::string(piece.raw().substr(0, 43)) + ".", {});
    }

    void cut(const hl7::Piece& piece, MessageTemplate::Fill fill, const std::string& prefix, std::string suffix) {
        if (!piece.valued()) return;
        const auto at = static_cast<std::size_t>(piece.raw().data() - message_.bytes().data());
        into_.pieces_.push_back(
            {std::string(message_.bytes().substr(done_, at - done_)) + prefix, fill, std::move(suffix)});
        done_ = at + piece.raw().size();
    }

    const hl7::Message& message_;
    MessageTemplate& into_;
    std::size_t done_ = 0;
    int orders_ = 0, requests_ = 0;
};

Result<MessageTemplate> MessageTemplate::make(const std::string& message) {
    const auto parsed = hl7::Message::parse(message);
    if (!parsed) return parsed.error();
    MessageTemplate out;
    TemplateCutter(*parsed, out).run();
    return out;
}

MessageTemplate MessageTemplate::verbatim(const std::string& message) {
    MessageTemplate out;
    out.pieces_.push_back({message, Fill::nothing, {}});
    if (const auto parsed = hl7::Message::parse(message)) out.control_id_ = std::string(parsed->msh().field(10).raw());
    return out;
}

// Knuth's multiplicative hash: odd, so each 32-bit number comes once.
std::uint64_t scattered(std::uint64_t serial) {
    constexpr std::uint64_t golden = 2654435761, low_bits = 0xFFFFFFFF;
    return serial * golden & low_bits;
}

void MessageTemplate::write(std::string_view run, std::uint64_t serial, std::string& frame, std::string& control_id,
                            std::string_view run_after) const {
    char digits[20];
    const std::string_view number(digits,
                                  static_cast<std::size_t>(std::to_chars(digits, digits + 20, serial).ptr - digits));
    control_id = control_id_;
    frame.assign(1, start_block);
    for (const auto& piece : pieces_) {
        frame += piece.text;
        if (piece.fill == Fill::nothing) continue;
        if (piece.fill == Fill::control_id) frame += run;
        frame += number;
        if (piece.fill == Fill::control_id) frame += run_after;
        frame += piece.suffix;
        if (piece.fill == Fill::control_id) control_id.assign(run).append(number).append(run_after);
    }
    frame += "\x1c\r";
}

}  // namespace gantry
