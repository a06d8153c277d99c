#include "engine/dicom/dcmtk/message.hpp"

#include <dcmtk/dcmnet/cond.h>
#include <dcmtk/dcmnet/dul.h>

#include <algorithm>

#include "engine/dicom/dataset.hpp"

namespace gantry::dicom {
namespace {

constexpr std::uint16_t no_dataset = 0x0101;
// Every level of nesting needs an item tag; real identifiers have a handful.
constexpr std::ptrdiff_t most_items = 256;
constexpr std::string_view item_tag("\xFE\xFF\x00\xE0", 4);

std::uint32_t little_endian(std::string_view bytes) {
    std::uint32_t out = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) out = out << 8 | static_cast<unsigned char>(bytes[i]);
    return out;
}

std::uint16_t us(std::string_view value) {
    return value.size() == 2 ? static_cast<std::uint16_t>(little_endian(value)) : std::uint16_t{0};
}

void read_element(Command& command, std::uint32_t element, std::string_view value) {
    switch (element) {
        case 0x0002:
            command.sop_class = std::string(trimmed(value));
            break;
        case 0x0100:
            command.field = static_cast<CommandField>(us(value));
            break;
        case 0x0110:
            command.message_id = us(value);
            break;
        case 0x0120:
            command.responded_to = us(value);
            break;
        case 0x0800:
            command.has_dataset = us(value) != no_dataset;
            break;
        default:
            break;
    }
}

bool too_many_items(std::string_view bytes) {
    std::ptrdiff_t items = 0;
    for (auto at = bytes.find(item_tag); at != std::string_view::npos; at = bytes.find(item_tag, at + 1)) ++items;
    return items > most_items;
}

Arrival arrival_of(const OFCondition& condition) {
    if (condition == DUL_PEERREQUESTEDRELEASE) return Arrival::released;
    if (condition == DUL_PEERABORTEDASSOCIATION || condition == DUL_NETWORKCLOSED) return Arrival::gone;
    return condition == DUL_READTIMEOUT ? Arrival::late : Arrival::broken;
}

std::string number(std::uint32_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i & 0xFF);
    return out;
}

void append_element(std::string& command, std::uint32_t element, const std::string& value) {
    command += number(element << 16, 4) + number(static_cast<std::uint32_t>(value.size()), 4) + value;
}

void append_big_endian(std::string& out, std::size_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}

// P-DATA-TF with one presentation data value each.
void append_pdus(std::string& out, T_ASC_PresentationContextID context, bool command, std::string_view bytes,
                 std::size_t longest) {
    constexpr char p_data = 4, is_command = 1, is_last = 2;
    do {
        const auto piece = bytes.substr(0, longest);
        bytes.remove_prefix(piece.size());
        out += p_data;
        out += '\0';
        append_big_endian(out, piece.size() + 6);
        append_big_endian(out, piece.size() + 2);
        out += static_cast<char>(context);
        out += static_cast<char>((command ? is_command : 0) | (bytes.empty() ? is_last : 0));
        out += piece;
    } while (!bytes.empty());
}

class Receiver {
  public:
    Receiver(T_ASC_Association& association, Conversation& conversation, const MessageLimits& limits)
        : association_(association), conversation_(conversation), limits_(limits) {}

    Received receive() {
        Received out;
        auto& message = out.message;
        std::string bytes;
        out.arrival = read_part(DUL_COMMANDPDV, message.context, bytes);
        if (out.arrival != Arrival::message) return out;
        const auto command = read_command(bytes);
        if (!command) return {Arrival::broken, {}};
        message.command = *command;
        if (command->has_dataset) out.arrival = read_dataset(message);
        return out;
    }

  private:
    Arrival read_dataset(Message& message) {
        T_ASC_PresentationContextID context = 0;
        const auto arrival = read_part(DUL_DATASETPDV, context, message.dataset);
        if (arrival != Arrival::message) return arrival;
        return context != message.context || too_many_items(message.dataset) ? Arrival::broken : arrival;
    }

    // All fragments of one command set or data set.
    Arrival read_part(DUL_DATAPDV type, T_ASC_PresentationContextID& context, std::string& bytes) {
        DUL_PDV pdv{};
        do {
            const auto arrival = next_pdv(pdv);
            if (arrival != Arrival::message) return arrival;
            if (pdv.pdvType != type || (context != 0 && pdv.presentationContextID != context)) return Arrival::broken;
            if (pdv.fragmentLength > limits_.longest - bytes.size()) return Arrival::broken;
            context = pdv.presentationContextID;
            bytes.append(static_cast<const char*>(pdv.data), pdv.fragmentLength);
        } while (!pdv.lastPDV);
        return Arrival::message;
    }

    Arrival next_pdv(DUL_PDV& pdv) {
        if (DUL_NextPDV(&association_.DULassociation, &pdv).good()) return Arrival::message;
        if (!started_ && !conversation_.readable(limits_.idle)) return Arrival::late;
        start();
        const auto condition = DUL_ReadPDVs(&association_.DULassociation, nullptr, DUL_NOBLOCK, seconds_left());
        if (condition != DUL_PDATAPDUARRIVED) return late_or(arrival_of(condition));
        return DUL_NextPDV(&association_.DULassociation, &pdv).good() ? Arrival::message : Arrival::broken;
    }

    void start() {
        // Fragments may be as small as the peer likes: their heads cost some more than what they carry.
        if (!started_) conversation_.allow(limits_.message, 4 * limits_.longest);
        started_ = true;
    }

    // A read that fails at its deadline looks like a closed connection to DCMTK.
    Arrival late_or(Arrival arrival) const {
        return arrival == Arrival::gone && conversation_.left().count() == 0 ? Arrival::late : arrival;
    }

    int seconds_left() const { return static_cast<int>(conversation_.left().count() / 1000) + 1; }

    T_ASC_Association& association_;
    Conversation& conversation_;
    const MessageLimits& limits_;
    bool started_ = false;
};

}  // namespace

std::optional<Command> read_command(std::string_view bytes) {
    Command command;
    while (!bytes.empty()) {
        if (bytes.size() < 8 || little_endian(bytes.substr(0, 2)) != 0) return std::nullopt;
        const auto element = little_endian(bytes.substr(2, 2)), length = little_endian(bytes.substr(4, 4));
        bytes.remove_prefix(8);
        if (length > bytes.size()) return std::nullopt;
        read_element(command, element, bytes.substr(0, length));
        bytes.remove_prefix(length);
    }
    return command.field == CommandField{} ? std::nullopt : std::optional(command);
}

std::string pending_find_response(const Message& request, std::uint16_t status, std::string_view identifier,
                                  std::size_t longest) {
    constexpr std::uint16_t c_find_rsp = 0x8020, with_dataset = 0x0001;
    auto sop_class = request.command.sop_class;
    if (sop_class.size() % 2 != 0) sop_class += '\0';
    std::string elements;
    append_element(elements, 0x0002, sop_class);
    append_element(elements, 0x0100, number(c_find_rsp, 2));
    append_element(elements, 0x0120, number(request.command.message_id, 2));
    append_element(elements, 0x0800, number(with_dataset, 2));
    append_element(elements, 0x0900, number(status, 2));
    std::string command;
    append_element(command, 0x0000, number(static_cast<std::uint32_t>(elements.size()), 4));
    std::string out;
    append_pdus(out, request.context, true, command + elements, longest);
    append_pdus(out, request.context, false, identifier, longest);
    return out;
}

Received receive_message(T_ASC_Association& association, Conversation& conversation, const MessageLimits& limits) {
    return Receiver(association, conversation, limits).receive();
}

}  // namespace gantry::dicom
