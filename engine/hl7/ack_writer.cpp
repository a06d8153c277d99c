#include "engine/hl7/ack_writer.hpp"

#include "engine/base/utf8.hpp"
#include "engine/hl7/escape.hpp"

namespace gantry::hl7 {
namespace {

std::string number(std::size_t value) {
    return value ? std::to_string(value) : std::string();
}

std::string ascii(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            out.push_back(c);
        else if (byte >= 0xC0)
            out.push_back('?');  // once per character: continuation bytes are 80-BF
    }
    return out;
}

bool names_utf8(std::string_view charset) {
    return charset.find("UTF-8") != std::string_view::npos;
}

}  // namespace

AckWriter::AckWriter(const AckContext& context)
    : context_(context),
      delimiters_(context.delimiters),
      version_(context.version_number() ? context.version_number() : 205),
      utf8_(names_utf8(context.charset)) {}

std::string AckWriter::joined(const std::vector<std::string>& parts, char delimiter) const {
    auto count = parts.size();
    while (count > 0 && parts[count - 1].empty()) --count;
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out.push_back(delimiter ? delimiter : ' ');
        out.append(parts[i]);
    }
    return out;
}

std::string AckWriter::components(const std::vector<std::string>& parts) const {
    return joined(parts, delimiters_.component);
}

std::string AckWriter::escaped(std::string_view text) const {
    return escape(utf8_ ? std::string(text) : ascii(text), delimiters_);
}

void AckWriter::segment(std::string_view id, const std::vector<std::string>& fields) {
    out_.append(id);
    if (const auto text = joined(fields, delimiters_.field); !text.empty())
        out_.append(1, delimiters_.field).append(text);
    out_.push_back('\r');
}

void AckWriter::header(const Reply& reply, std::string_view message_type) {
    const auto& c = context_;
    segment("MSH", {encoding_characters(delimiters_),
                    c.receiving_application,
                    c.receiving_facility,
                    c.sending_application,
                    c.sending_facility,
                    reply.when.stamp(),
                    {},
                    std::string(message_type),
                    escaped(reply.own_control_id),
                    c.processing_id.empty() ? "P" : c.processing_id,
                    c.version_number() ? c.version : "2.5.1",
                    {},
                    {},
                    reply.accept_ack,
                    reply.application_ack,
                    {},
                    c.charset});
}

void AckWriter::verdict(const Reply& reply) {
    segment("MSA", {std::string(text(reply.code)), context_.control_id,
                    before_2_5() ? escaped(reply.text) : std::string(), reply.expected_sequence_number});
}

// ELD: segment^sequence^field^code&text&scheme
std::string AckWriter::error_1(const ErrorSegment& error) const {
    const auto code =
        joined({number(static_cast<std::size_t>(error.condition)), escaped(condition_text(error.condition)), "HL70357"},
               delimiters_.subcomponent);
    return components({error.location.segment, number(error.location.sequence), number(error.location.field), code});
}

std::string AckWriter::error_2(const ErrorLocation& l) const {
    return components({l.segment, number(l.sequence), number(l.field), number(l.repetition), number(l.component),
                       number(l.subcomponent)});
}

void AckWriter::errors(const Reply& reply) {
    if (before_2_5()) {
        std::vector<std::string> all;
        for (const auto& error : reply.errors) all.push_back(error_1(error));
        if (!all.empty()) segment("ERR", {joined(all, delimiters_.repetition)});
        return;
    }
    for (const auto& error : reply.errors)
        segment("ERR",
                {{},
                 error_2(error.location),
                 components({std::to_string(error.condition), escaped(condition_text(error.condition)), "HL70357"}),
                 std::string(1, error.severity),
                 escaped(error.application_code),
                 {},
                 escaped(error.diagnostic),
                 escaped(error.user_message)});
}

}  // namespace gantry::hl7
