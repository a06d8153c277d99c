#include "engine/hl7/batch_writer.hpp"

#include "engine/hl7/batch.hpp"
#include "engine/hl7/header.hpp"

namespace gantry::hl7 {
namespace {

bool ends_line(std::string_view bytes) {
    return bytes.ends_with('\r') || bytes.ends_with('\n');
}

// Field 2 are the encoding characters, so the name stands nine fields behind them.
void begin(std::string& out, const char* id, const Delimiters& delimiters, std::string_view name) {
    out.append(id).append(1, delimiters.field).append(encoding_characters(delimiters));
    out.append(9, delimiters.field).append(name).append(1, '\r');
}

void end(std::string& out, const char* id, const Delimiters& delimiters, std::size_t count) {
    out.append(id).append(1, delimiters.field).append(std::to_string(count)).append(1, '\r');
}

// A line that a reader takes for the end of the batch.
bool has_trailer(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const auto line = bytes.substr(at);
        if (line.starts_with("BTS") || line.starts_with("FTS")) return true;
        const auto next = bytes.find_first_of("\r\n", at);
        if (next == std::string_view::npos) return false;
        at = next + 1;
    }
    return false;
}

}  // namespace

bool is_single_message(std::string_view whole) {
    const auto bytes = whole.substr(start_of_message(whole));
    if (!bytes.starts_with("MSH") || !read_header_line(bytes).found || has_trailer(bytes)) return false;
    const auto batch = split_batch(bytes);
    return !batch.several() && batch.messages.size() == 1;
}

std::string write_batch(const std::vector<std::string_view>& messages, std::string_view name, bool file_envelope) {
    const auto delimiters = messages.empty() ? Delimiters() : read_header(messages.front()).delimiters;
    std::string out;
    if (file_envelope) begin(out, "FHS", delimiters, name);
    begin(out, "BHS", delimiters, name);
    for (const auto message : messages) {
        out.append(message.substr(start_of_message(message)));
        if (!ends_line(message)) out.push_back('\r');
    }
    end(out, "BTS", delimiters, messages.size());
    if (file_envelope) end(out, "FTS", delimiters, 1);
    return out;
}

}  // namespace gantry::hl7
