#include "engine/hl7/acknowledgment.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "engine/hl7/ack.hpp"
#include "engine/hl7/escape.hpp"
#include "engine/hl7/header.hpp"

namespace gantry::hl7 {
namespace {

constexpr std::string_view codes[] = {"AA", "AE", "AR", "CA", "CE", "CR"};

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

// ERR-3.1; before v2.5 ERR-1.4, a code with subcomponents.
int condition_of(const Segment& err) {
    for (const auto code : {err.field(3).component(1).raw(), err.field(1).component(4).subcomponent(1).raw()}) {
        int number = 0;
        std::from_chars(code.data(), code.data() + code.size(), number);
        if (number > 0 && !condition_text(number).empty()) return number;
    }
    return 0;
}

}  // namespace

namespace {

std::optional<std::int64_t> number_in(std::string_view text) {
    text = trimmed(text);
    std::int64_t out = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return out;
}

}  // namespace

std::string comparable_control_id(std::string_view raw, const Delimiters& delimiters) {
    return std::string(trimmed(unescape(echo_of(raw), delimiters)));
}

bool is_acknowledgment_code(std::string_view code) {
    return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

std::vector<Acknowledgment> read_acknowledgments(const Message& message) {
    std::vector<Acknowledgment> out;
    for (std::size_t i = 0; i < message.segments(); ++i) {
        const auto segment = message.segment(i);
        if (segment.id() == "MSA")
            out.push_back({std::string(trimmed(segment.field(1).component(1).raw())),
                           comparable_control_id(segment.field(2).raw(), message.delimiters()), 0,
                           number_in(segment.field(4).raw())});
        else if (segment.id() == "ERR" && !out.empty() && out.back().condition == 0)
            out.back().condition = condition_of(segment);
    }
    return out;
}

std::vector<Acknowledgment> read_acknowledgments(std::string_view reply) {
    const auto message = Message::parse(std::string(reply));
    return message ? read_acknowledgments(*message) : std::vector<Acknowledgment>();
}

std::string to_text(const Acknowledgment& acknowledgment) {
    return (is_acknowledgment_code(acknowledgment.code) ? acknowledgment.code : "??") + " " +
           std::to_string(acknowledgment.condition);
}

Acknowledgment acknowledgment_of(std::string_view text) {
    Acknowledgment out;
    out.code = text.substr(0, 2);
    if (text.size() > 3) std::from_chars(text.data() + 3, text.data() + text.size(), out.condition);
    return out;
}

}  // namespace gantry::hl7
