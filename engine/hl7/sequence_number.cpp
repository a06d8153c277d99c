#include "engine/hl7/sequence_number.hpp"

#include <algorithm>
#include <vector>

namespace gantry::hl7 {
namespace {

// The first segment, by its own separator: MSH-n is fields[n - 1].
struct Header {
    explicit Header(std::string_view message) {
        begin = std::min(message.find("MSH"), message.size());
        if (message.size() - begin < 5) return;
        end = std::min(message.find_first_of("\r\n", begin), message.size());
        separator = message[begin + 3];
        auto rest = message.substr(begin, end - begin);
        for (;;) {
            const auto bar = rest.find(separator);
            fields.emplace_back(rest.substr(0, bar));
            if (bar == std::string_view::npos) return;
            rest.remove_prefix(bar + 1);
        }
    }
    void set(std::size_t field, std::string_view value) {
        if (fields.size() < field) fields.resize(field);
        fields[field - 1] = value;
    }
    std::string text() const {
        std::string out;
        for (const auto& field : fields) out += (&field == fields.data() ? "" : std::string(1, separator)) + field;
        return out;
    }

    std::size_t begin = 0, end = 0;
    char separator = '|';
    std::vector<std::string> fields;  // empty: there is no MSH
};

}  // namespace

std::string with_sequence_number(std::string_view message, std::int64_t number) {
    Header header(message);
    std::string out(message);
    if (header.fields.empty()) return out;
    header.set(13, std::to_string(number));
    return out.replace(header.begin, header.end - header.begin, header.text());
}

std::string link_start(std::string_view message, std::string_view control_id, std::string_view when) {
    Header header(message);
    if (header.fields.empty()) return {};
    header.set(7, when);
    header.set(8, "");
    header.set(10, control_id);
    header.set(13, "0");
    header.fields.resize(13);
    return header.text() + "\r";
}

}  // namespace gantry::hl7
