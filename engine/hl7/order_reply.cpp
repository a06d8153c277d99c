#include "engine/hl7/order_reply.hpp"

#include <algorithm>

#include "engine/hl7/ack_writer.hpp"

namespace gantry::hl7 {
namespace {

struct Answer {
    std::string_view order, type, event, structure;
};
constexpr Answer answers[] = {
    {"ORM", "ORR", "O02", "ORR_O02"}, {"OMG", "ORG", "O20", "ORG_O20"}, {"OMI", "ORI", "O24", "ORI_O24"}};

const Answer* answer_to(const std::string& type) {
    const auto* found =
        std::find_if(std::begin(answers), std::end(answers), [&](const Answer& a) { return a.order == type; });
    return found == std::end(answers) ? nullptr : found;
}

std::string message_type(const Answer& answer, const AckContext& context, const AckWriter& writer) {
    if (writer.version() < 203) return std::string(answer.type);
    const bool structured = writer.version() > 203 || context.version != "2.3";
    return writer.components(
        {std::string(answer.type), std::string(answer.event), structured ? std::string(answer.structure) : ""});
}

bool refuses(const OrderVerdict& verdict) {
    static constexpr std::string_view codes[] = {"UA", "UC", "UD", "UF", "UH", "UM", "UR", "UX"};
    return std::find(std::begin(codes), std::end(codes), verdict.control) != std::end(codes);
}

Reply never_misleading(Reply reply, const std::vector<OrderVerdict>& verdicts) {
    if (std::none_of(verdicts.begin(), verdicts.end(), refuses)) return reply;
    if (reply.code == AcknowledgmentCode::AA) reply.code = AcknowledgmentCode::AE;
    if (reply.code == AcknowledgmentCode::CA) reply.code = AcknowledgmentCode::CE;
    return reply;
}

std::string number(const EntityIdentifier& id, const AckWriter& writer) {
    return writer.components({writer.escaped(id.number), writer.escaped(id.namespace_id),
                              writer.escaped(id.universal_id), writer.escaped(id.universal_id_type)});
}

bool is_pid(const std::string& text, char separator) {
    return text.size() > 4 && text.compare(0, 3, "PID") == 0 && text[3] == separator &&
           text.find_first_of("\r\n") == std::string::npos;
}

}  // namespace

std::string order_reply(const AckContext& context, const Reply& reply, const std::string& pid,
                        const std::vector<OrderVerdict>& verdicts) {
    const auto* answer = answer_to(context.type);
    const auto honest = never_misleading(reply, verdicts);
    if (!answer || verdicts.empty()) return acknowledge(context, honest);
    AckWriter writer(context);
    writer.header(honest, message_type(*answer, context, writer));
    writer.verdict(honest);
    writer.errors(honest);
    if (is_pid(pid, context.delimiters.field)) writer.raw_segment(pid);
    for (const auto& verdict : verdicts)
        writer.segment("ORC", {writer.escaped(verdict.control),
                               number(verdict.placer, writer),
                               number(verdict.filler, writer),
                               {},
                               writer.escaped(verdict.status)});
    return std::move(writer).take();
}

}  // namespace gantry::hl7
