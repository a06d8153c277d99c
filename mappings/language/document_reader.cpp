#include "mappings/language/document_reader.hpp"

#include <algorithm>

#include "mappings/language/table.hpp"

namespace gantry::mappings {

bool DocumentReader::object(const json::Value& value, const std::string& pointer, const Shape& shape) {
    return object(value, pointer, shape.names(), shape.required());
}

bool DocumentReader::object(const json::Value& value, const std::string& pointer,
                            const std::vector<std::string_view>& known, const std::vector<std::string_view>& required) {
    if (!value.is_object()) {
        wrong(value, pointer, ErrorCode::config_wrong_type, "an object is expected here");
        return false;
    }
    for (const auto& member : value.members()) {
        if (std::find(known.begin(), known.end(), member.key) != known.end()) continue;
        failed_ = true;
        diagnostics_.error_at(member.position, json::child_pointer(pointer, member.key),
                              ErrorCode::config_unknown_option,
                              "\"" + member.key + "\"" + json::did_you_mean(member.key, known));
    }
    bool complete = true;
    for (const auto name : required) {
        if (value.find(name) != nullptr) continue;
        complete = false;
        report_missing(value, pointer, known, name);
    }
    return complete;
}

void DocumentReader::report_missing(const json::Value& value, const std::string& pointer,
                                    const std::vector<std::string_view>& known, std::string_view name) {
    for (const auto& member : value.members()) {
        const bool unknown = std::find(known.begin(), known.end(), member.key) == known.end();
        if (unknown && json::nearest(member.key, known) == name) return;
    }
    wrong(value, pointer, ErrorCode::config_missing_option, "\"" + std::string(name) + "\"");
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

std::vector<DocumentReader::Item> DocumentReader::items(const json::Value& value, const std::string& pointer) {
    if (value.is_string()) return {{&value, pointer}};
    std::vector<Item> out;
    if (!list(value, pointer)) return out;
    for (std::size_t i = 0; i < value.items().size(); ++i) {
        auto place = json::child_pointer(pointer, std::to_string(i));
        if (text(value.items()[i], place)) out.push_back({&value.items()[i], std::move(place)});
    }
    return out;
}

std::vector<std::string> DocumentReader::texts(const json::Value& value, const std::string& pointer) {
    std::vector<std::string> out;
    for (const auto& item : items(value, pointer)) out.push_back(item.value->string());
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

void DocumentReader::wrong_cell(const Table& table, std::size_t row, std::string_view column, std::string what,
                                std::string_view written, const std::vector<std::string_view>& known) {
    failed_ = true;
    const auto pointer = json::child_pointer("/rows/" + std::to_string(row), column);
    diagnostics_.error_in(table.file(), table.position(row, *table.column(column)), pointer,
                          ErrorCode::config_bad_mapping,
                          what + " \"" + std::string(written) + "\"" + json::did_you_mean(written, known));
}

}  // namespace gantry::mappings
