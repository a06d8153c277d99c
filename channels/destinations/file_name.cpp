#include "channels/destinations/file_name.hpp"

#include <algorithm>
#include <optional>

namespace gantry::channels {
namespace {

// A name of at most 255 bytes (POSIX NAME_MAX), with room for what is put around it while it is written.
constexpr std::size_t longest_name = 200, longest_value = 40;

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
}

std::string plain(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return !is_plain(c); }, '_');
    text.resize(std::min(text.size(), longest_value));
    return text;
}

Error wrong_at(const std::string& what) {
    return {ErrorCode::config_out_of_range, what, {}};
}

}  // namespace

Result<std::vector<FileName::Part>> FileName::read(std::string_view pattern) {
    std::vector<Part> out;
    while (!pattern.empty()) {
        const auto open = pattern.find('{');
        const auto text = pattern.substr(0, open);
        if (const auto bad = std::find_if_not(text.begin(), text.end(), is_plain); bad != text.end())
            return wrong_at(std::string("has '") + *bad +
                            "'; beside {…} a name is of letters, digits, '-', '_' and '.'");
        if (!text.empty()) out.emplace_back(std::string(text));
        if (open == std::string_view::npos) break;
        const auto close = pattern.find('}', open);
        if (close == std::string_view::npos) return wrong_at("has { without }");
        const auto inside = pattern.substr(open + 1, close - open - 1);
        pattern.remove_prefix(close + 1);
        if (inside == "id") {
            out.emplace_back(Number{});
            continue;
        }
        auto path = hl7::Path::parse(inside);
        if (!path)
            return wrong_at("has {" + std::string(inside) +
                            "}, which is neither {id} nor a place of a message such as {MSH-10}");
        out.emplace_back(std::move(*path));
    }
    return out;
}

std::string FileName::wrong(std::string_view pattern) {
    const auto parts = read(pattern);
    if (!parts) return parts.error().detail;
    const auto numbers =
        std::count_if(parts->begin(), parts->end(), [](const Part& part) { return part.index() == 1; });
    if (numbers == 0) return "is without {id}: two messages could get one name, and the second would replace the first";
    if (pattern.starts_with('.')) return "begins with '.': such files are hidden, and those being written";
    constexpr std::size_t of_number = 20;
    std::size_t longest = 0;
    for (const auto& part : *parts) {
        const auto* text = std::get_if<std::string>(&part);
        longest += text ? text->size() : (part.index() == 1 ? of_number : longest_value);
    }
    return longest > longest_name ? "may become longer than 200 characters" : "";
}

FileName::FileName(std::string_view pattern, std::string extension) : extension_(std::move(extension)) {
    if (wrong(pattern).empty()) parts_ = *read(pattern);
    if (parts_.empty()) parts_.emplace_back(Number{});
    reads_message_ = std::any_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.index() == 2; });
}

std::string FileName::of(const store::DeliveryWork& work) const {
    std::optional<hl7::Message> message;
    if (reads_message_)
        if (auto parsed = hl7::Message::parse(work.payload)) message = std::move(*parsed);
    std::string out;
    for (const auto& part : parts_) {
        if (const auto* text = std::get_if<std::string>(&part))
            out += *text;
        else if (const auto* path = std::get_if<hl7::Path>(&part))
            out += message ? plain(path->find(hl7::whole(*message)).text()) : std::string();
        else
            out += std::to_string(work.id.value);
    }
    // A value that begins with a dot must not hide the file.
    if (out.starts_with('.')) out.front() = '_';
    return out + extension_;
}

}  // namespace gantry::channels
