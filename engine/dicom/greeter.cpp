#include "engine/dicom/greeter.hpp"

namespace gantry::dicom {
namespace {

constexpr std::size_t head_size = 6;         // PDU type, reserved, length
constexpr std::size_t fixed_part_size = 68;  // protocol version, reserved, two AE titles, 32 reserved bytes

std::size_t length_field(std::string_view bytes) {
    std::size_t length = 0;
    for (const char c : bytes.substr(2, 4)) length = length << 8 | static_cast<unsigned char>(c);
    return length;
}

}  // namespace

Greeting association_greeter(std::string_view bytes) {
    if (bytes.empty()) return Greeting::need_more;
    if (bytes[0] != '\x01') return Greeting::refuse;
    if (bytes.size() < head_size) return Greeting::need_more;
    const std::size_t length = length_field(bytes);
    if (length < fixed_part_size || length > longest_association_request) return Greeting::refuse;
    return bytes.size() < head_size + length ? Greeting::need_more : Greeting::complete;
}

std::string busy_rejection() {
    constexpr char pdu[] = {3, 0, 0, 0, 0, 4, 0, /*transient*/ 2, /*provider, presentation*/ 3, /*local limit*/ 2};
    return {pdu, sizeof pdu};
}

}  // namespace gantry::dicom
