#include "engine/main/case_comparison.hpp"

#include <algorithm>

#include "engine/json/writer.hpp"

namespace gantry {
namespace {

std::string shown(const std::string& text) {
    return text.empty() ? "null" : json::quoted(text);
}

// One row as it would be written: the fields that `like` names, else the usual ones.
std::string written(const Observation& row, const json::Value* like) {
    if (row.kind == Observation::Kind::text) return shown(row.text);
    std::vector<std::string> names(row.usual.begin(), row.usual.end());
    if (like && like->is_object()) {
        names.clear();
        for (const auto& member : like->members()) names.push_back(member.key);
    }
    std::string out;
    for (const auto& name : names) {
        const auto content = row.find(name);
        if (!content || content->kind != Observation::Kind::text) continue;
        out += (out.empty() ? "" : ", ") + json::quoted(name) + ": " + shown(content->text);
    }
    return "{" + out + "}";
}

std::string written(const Observation& list, const json::Value& expected) {
    std::string out;
    for (std::size_t i = 0; i < list.rows.size(); ++i) {
        const auto& rows = expected.items();
        const auto* like = i < rows.size() ? &rows[i] : rows.empty() ? nullptr : &rows.back();
        out += (i == 0 ? "" : ",\n" + std::string(expected.position().column, ' ')) + written(list.rows[i], like);
    }
    return "[" + out + "]";
}

std::string counted(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " row" : " rows");
}

std::size_t offset_of(const std::string& text, json::Position position) {
    std::size_t at = 0;
    for (std::uint32_t line = 1; line < position.line; ++line) at = text.find('\n', at) + 1;
    return at + position.column - 1;
}

std::size_t end_of_string(const std::string& text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\';
    return at + 1;
}

std::size_t end_of_comment(const std::string& text, std::size_t at) {
    const bool line = text[at + 1] == '/';
    const auto end = text.find(line ? "\n" : "*/", at + 2);
    return end == std::string::npos ? text.size() : end + (line ? 1 : 2);
}

// Where the value that starts at `at` ends. The text is valid JSON with comments.
std::size_t end_of_value(const std::string& text, std::size_t at) {
    int depth = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (c == '/') {
            at = end_of_comment(text, at);
            continue;
        }
        if (c == '"') {
            at = end_of_string(text, at);
        } else if (c == '[' || c == '{') {
            ++depth, ++at;
        } else if (c == ']' || c == '}') {
            --depth, ++at;
        } else if (depth > 0) {
            ++at;
            continue;
        } else {
            at = std::min(text.find_first_of(",]} \t\r\n/", at), text.size());
        }
        if (depth == 0) return at;
    }
    return at;
}

}  // namespace

Observation Observation::of_text(std::string text) {
    Observation out;
    out.text = std::move(text);
    return out;
}

Observation Observation::of_rows(std::vector<Observation> rows) {
    Observation out;
    out.kind = Kind::rows;
    out.rows = std::move(rows);
    return out;
}

Observation Observation::of_texts(const std::vector<std::string>& texts) {
    std::vector<Observation> rows;
    for (const auto& text : texts) rows.push_back(of_text(text));
    return of_rows(std::move(rows));
}

void Observation::add(std::string name, std::string content) {
    add(std::move(name), of_text(std::move(content)));
}

void Observation::add(std::string name, Observation observation) {
    kind = Kind::fields;
    fields.push_back({std::move(name), std::move(observation)});
}

std::optional<Observation> Observation::find(const std::string& name) const {
    for (const auto& field : fields) {
        if (field.name == name) return field.content;
    }
    if (!other) return std::nullopt;
    auto content = other(name);
    if (!content) return std::nullopt;
    return of_text(std::move(*content));
}

void Comparison::compare(const json::Value& expected, const std::string& pointer, const Observation& got) {
    switch (got.kind) {
        case Observation::Kind::text:
            return compare_text(expected, pointer, got.text);
        case Observation::Kind::fields:
            return compare_fields(expected, pointer, got);
        case Observation::Kind::rows:
            return compare_rows(expected, pointer, got);
    }
}

void Comparison::fail(const json::Value& at, std::string pointer, std::string expected, std::string got) {
    differences_.push_back({at.position(), std::move(pointer), std::move(expected), std::move(got), {}});
}

bool Comparison::check(const json::Value& expected, const std::string& pointer, json::Kind kind, const char* words) {
    if (expected.kind() == kind) return true;
    problems_.error(expected, pointer, ErrorCode::config_wrong_type, std::string(words) + " is expected");
    return false;
}

void Comparison::compare_text(const json::Value& expected, const std::string& pointer, const std::string& got) {
    const bool empty = expected.kind() == json::Kind::null;
    if (!empty && !check(expected, pointer, json::Kind::string, "a string or null")) return;
    const bool same = expected.string() == "*" ? !got.empty() : expected.string() == got;
    if (same) return;
    differences_.push_back({expected.position(), pointer, shown(expected.string()), shown(got), shown(got)});
}

void Comparison::compare_fields(const json::Value& expected, const std::string& pointer, const Observation& got) {
    if (!check(expected, pointer, json::Kind::object, "an object")) return;
    for (const auto& member : expected.members()) {
        if (std::find(ignored_.begin(), ignored_.end(), member.key) != ignored_.end()) continue;
        const auto at = json::child_pointer(pointer, member.key);
        if (const auto content = got.find(member.key)) {
            compare(member.value, at, *content);
            continue;
        }
        std::vector<std::string_view> names;
        for (const auto& field : got.fields) names.push_back(field.name);
        problems_.error_at(member.position, at, ErrorCode::config_unknown_name,
                           "\"" + member.key + "\"" + json::did_you_mean(member.key, names));
    }
}

void Comparison::compare_rows(const json::Value& expected, const std::string& pointer, const Observation& got) {
    if (!check(expected, pointer, json::Kind::array, "a list")) return;
    const auto& rows = expected.items();
    if (rows.size() != got.rows.size()) {
        const auto instead = written(got, expected);
        differences_.push_back(
            {expected.position(), pointer, counted(rows.size()), counted(got.rows.size()) + " " + instead, instead});
        return;
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        compare(rows[i], json::child_pointer(pointer, std::to_string(i)), got.rows[i]);
}

std::string blessed(const std::string& text, std::vector<Difference> differences) {
    std::vector<std::pair<std::size_t, const Difference*>> places;
    for (const auto& difference : differences) {
        if (!difference.blessed.empty()) places.emplace_back(offset_of(text, difference.position), &difference);
    }
    std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    auto out = text;
    for (const auto& [at, difference] : places) out.replace(at, end_of_value(out, at) - at, difference->blessed);
    return out;
}

}  // namespace gantry
