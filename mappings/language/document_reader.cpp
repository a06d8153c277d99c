#include "mappings/language/document_reader.hpp"

#include <algorithm>

namespace gantry::mappings {

bool DocumentReader::object(const json::Value& value, const std::string& pointer,
                            const std::vector<std::string_view>& known, const std::vector<std::string_view>& required) {
    if (!value.is_object()) {
        wrong(value, pointer, ErrorCode::config_wrong_type, "an object is expected here");
        return false;
    }
    const auto before = failed_;
    failed_ = false;
    for (const auto& member : value.members()) {
        if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
        failed_ = true;
        diagnostics_.error_at(member.position, json::child_pointer(pointer, member.key),
                              ErrorCode::config_unknown_option,
                              "\"" + member.key + "\"" + json::did_you_mean(member.key, known));
    }
    for (const auto name : required)
        if (value.find(name) == nullptr)
            wrong(value, pointer, ErrorCode::config_missing_option, "\"" + std::string(name) + "\"");
    const bool fine = !failed_;
    failed_ = failed_ || before;
    return fine;
}

bool DocumentReader::list(const json::Value& value, const std::string& pointer) {
    if (value.is_array() && !value.items().empty()) return true;
    wrong(value, pointer, ErrorCode::config_wrong_type, "a list with at least one item is expected here");
    return false;
}

bool DocumentReader::text(const json::Value& value, const std::string& pointer) {
    if (value.is_string()) return true;
    wrong(value, pointer, ErrorCode::config_wrong_type, "a text is expected here");
    return false;
}

std::vector<std::string> DocumentReader::texts(const json::Value& value, const std::string& pointer) {
    if (value.is_string()) return {value.string()};
    std::vector<std::string> out;
    if (!list(value, pointer)) return out;
    for (const auto& item : value.items())
        if (text(item, json::child_pointer(pointer, std::to_string(out.size())))) out.push_back(item.string());
    return out;
}

void DocumentReader::wrong(const json::Value& at, const std::string& pointer, ErrorCode code, std::string detail) {
    failed_ = true;
    diagnostics_.error(at, pointer, code, std::move(detail));
}

void DocumentReader::unknown(const json::Value& at, const std::string& pointer, ErrorCode code, std::string what,
                             std::string_view written, const std::vector<std::string_view>& known) {
    unknown_at(at.position(), pointer, code, std::move(what), written, known);
}

void DocumentReader::unknown_at(json::Position at, const std::string& pointer, ErrorCode code, std::string what,
                                std::string_view written, const std::vector<std::string_view>& known) {
    failed_ = true;
    diagnostics_.error_at(at, pointer, code,
                          what + " \"" + std::string(written) + "\"" + json::did_you_mean(written, known));
}

}  // namespace gantry::mappings
