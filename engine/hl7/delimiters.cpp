#include "engine/hl7/delimiters.hpp"

#include <string>

namespace gantry::hl7 {
namespace {

bool can_delimit(char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
    return c > ' ' && c < 127 && !letter && !digit;
}

}  // namespace

Result<Delimiters> read_delimiters(std::string_view segment) {
    if (segment.size() < 4 || segment[3] == '\r' || segment[3] == '\n')
        return Error{ErrorCode::hl7_not_hl7, {}, "MSH-1"};
    const char field = segment[3];
    if (!can_delimit(field)) return Error{ErrorCode::hl7_bad_delimiters, {}, "MSH-1"};
    const auto rest = segment.substr(4);
    const auto declared = rest.substr(0, rest.find_first_of(std::string{field, '\r', '\n'}));
    Delimiters out;
    out.field = field;
    if (declared.size() > 5) return Error{ErrorCode::hl7_bad_delimiters, "more than five encoding characters", "MSH-2"};
    const std::string_view given = declared.empty() ? std::string_view("^~\\&") : declared;
    char* const places[] = {&out.component, &out.repetition, &out.escape, &out.subcomponent, &out.truncation};
    for (std::size_t i = 0; i < 5; ++i) {
        *places[i] = i < given.size() ? given[i] : '\0';
        if (i >= given.size()) continue;
        if (!can_delimit(given[i])) return Error{ErrorCode::hl7_bad_delimiters, {}, "MSH-2"};
        if (given[i] == field || given.find(given[i]) != i)
            return Error{ErrorCode::hl7_bad_delimiters, "the same character twice", "MSH-2"};
    }
    return out;
}

std::string encoding_characters(const Delimiters& delimiters) {
    std::string out;
    for (const char c : {delimiters.component, delimiters.repetition, delimiters.escape, delimiters.subcomponent,
                         delimiters.truncation}) {
        if (!c) break;
        out.push_back(c);
    }
    return out;
}

std::size_t start_of_message(std::string_view bytes) {
    const std::size_t mark = bytes.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
    const auto first = bytes.find_first_not_of(" \t\r\n\v", mark);
    return first == std::string_view::npos ? bytes.size() : first;
}

}  // namespace gantry::hl7
