#include "engine/hl7/ack.hpp"

#include "engine/hl7/ack_writer.hpp"
#include "engine/hl7/header.hpp"

namespace gantry::hl7 {
namespace {

bool wanted(std::string_view condition, AcknowledgmentCode code) {
    const bool success = code == AcknowledgmentCode::AA || code == AcknowledgmentCode::CA;
    if (condition == "NE") return false;
    if (condition == "ER") return !success;
    if (condition == "SU") return success;
    return true;
}

struct Condition {
    int code;
    std::string_view text;
};
constexpr Condition conditions[] = {{0, "Message accepted"},
                                    {100, "Segment sequence error"},
                                    {101, "Required field missing"},
                                    {102, "Data type error"},
                                    {103, "Table value not found"},
                                    {104, "Value too long"},
                                    {200, "Unsupported message type"},
                                    {201, "Unsupported event code"},
                                    {202, "Unsupported processing id"},
                                    {203, "Unsupported version id"},
                                    {204, "Unknown key identifier"},
                                    {205, "Duplicate key identifier"},
                                    {206, "Application record locked"},
                                    {207, "Application error"}};

std::string message_type(const AckContext& context, const AckWriter& writer) {
    if (writer.version() < 203 || context.event.empty()) return "ACK";
    // Message structures came with 2.3.1.
    const bool structured = writer.version() > 203 || context.version != "2.3";
    return writer.components({"ACK", context.event, structured ? "ACK" : ""});
}

}  // namespace

std::string_view text(AcknowledgmentCode code) {
    static constexpr std::string_view names[] = {"AA", "AE", "AR", "CA", "CE", "CR"};
    return names[static_cast<std::size_t>(code)];
}

AcknowledgmentCode accept_level(AcknowledgmentCode code) {
    switch (code) {
        case AcknowledgmentCode::AA:
            return AcknowledgmentCode::CA;
        case AcknowledgmentCode::AE:
            return AcknowledgmentCode::CE;
        case AcknowledgmentCode::AR:
            return AcknowledgmentCode::CR;
        default:
            return code;
    }
}

std::string_view condition_text(int condition) {
    for (const auto& row : conditions)
        if (row.code == condition) return row.text;
    return {};
}

int AckContext::version_number() const {
    const std::string_view v(version);
    const bool readable = v.size() >= 3 && v[0] == '2' && v[1] == '.' && v[2] >= '0' && v[2] <= '9';
    return readable ? 200 + (v[2] - '0') : 0;
}

AckContext read_ack_context(std::string_view bytes) {
    const auto header = read_header(bytes);
    AckContext out;
    out.found = header.found;
    out.usable = header.usable;
    if (!header.found) return out;
    if (header.usable) out.delimiters = header.delimiters;
    out.sending_application = header.echo(3);
    out.sending_facility = header.echo(4);
    out.receiving_application = header.echo(5);
    out.receiving_facility = header.echo(6);
    out.type = echo_of(header.component(9, 1));
    out.event = header.usable ? echo_of(header.component(9, 2)) : std::string();
    out.structure = echo_of(header.component(9, 3));
    out.control_id = header.echo(10);
    out.processing_id = header.echo(11);
    out.version = echo_of(header.component(12, 1));
    out.sequence_number = header.echo(13);
    out.accept_ack = echo_of(header.first_of(15));
    out.application_ack = echo_of(header.first_of(16));
    out.charset = header.echo(18);
    return out;
}

bool wants_accept_ack(const AckContext& context, AcknowledgmentCode code) {
    return context.enhanced() && !context.accept_ack.empty() && wanted(context.accept_ack, code);
}

bool wants_application_ack(const AckContext& context, AcknowledgmentCode code) {
    if (!context.enhanced()) return true;
    return !context.application_ack.empty() && wanted(context.application_ack, code);
}

Reply refusal(const Error& error) {
    const auto& row = info(error.code);
    Reply out;
    out.code = row.hl7_ack == "AR" ? AcknowledgmentCode::AR : AcknowledgmentCode::AE;
    out.text = error.text();
    out.errors.push_back(
        {error_location(error.place), row.hl7_condition, 'E', std::string(row.name), std::string(row.hint), out.text});
    return out;
}

std::string acknowledge(const AckContext& context, const Reply& reply) {
    AckWriter writer(context);
    writer.header(reply, message_type(context, writer));
    writer.verdict(reply);
    writer.errors(reply);
    return std::move(writer).take();
}

}  // namespace gantry::hl7
