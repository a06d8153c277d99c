#include "mappings/script/members_internal.hpp"

#include <map>

namespace gantry::mappings::script {

using Of = ScriptRecord::Of;

const Names& global_names() {
    static const Names all{"assert", "error",    "filter",   "ipairs", "math",     "message", "null",   "orders",
                           "pairs",  "patient",  "pcall",    "reject", "schedule", "select",  "string", "table",
                           "tables", "tonumber", "tostring", "trace",  "type",     "utf8",    "warn"};
    return all;
}

const Names& members_of_library(std::string_view library) {
    static const std::map<std::string_view, Names> all{
        {"string",
         {"byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub",
          "upper"}},
        {"table", {"concat", "insert", "pack", "remove", "sort", "unpack"}},
        {"utf8", {"char", "codepoint", "codes", "len", "offset"}},
        {"math", {"abs",  "acos", "asin", "atan", "ceil",       "cos",  "deg",        "exp",  "floor",
                  "fmod", "huge", "log",  "max",  "maxinteger", "min",  "mininteger", "modf", "pi",
                  "rad",  "sin",  "sqrt", "tan",  "tointeger",  "type", "ult"}}};
    static const Names none;
    const auto found = all.find(library);
    return found == all.end() ? none : found->second;
}

const Names& message_members() {
    static const Names all{"all",   "channel", "control_id", "event",    "id",
                           "place", "read",    "received",   "segments", "type"};
    return all;
}

const std::vector<RecordMembers>& record_members() {
    static const std::vector<RecordMembers> all{
        {Of::patient, "patient", "a patient", {{"identifiers", Member::identifiers}}},
        {Of::order,
         "order",
         "an order",
         {{"control", Member::control},
          {"control_status", Member::control_status},
          {"action", Member::action},
          {"place", Member::place},
          {"event_time", Member::event_time},
          {"message", Member::message},
          {"steps", Member::steps}}},
        {Of::step, "step", "a step", {{"message", Member::message}}},
        {Of::schedule,
         "schedule",
         "a schedule",
         {{"action", Member::action},
          {"place", Member::place},
          {"event_time", Member::event_time},
          {"appointment", Member::appointment},
          {"items", Member::items},
          {"every", Member::every}}},
        {Of::item, "item", "an item", {{"place", Member::place}, {"removed", Member::removed}}},
        {Of::every, "every", "every step", {}},
    };
    return all;
}

const RecordMembers& members_of(Of of) {
    return record_members()[static_cast<std::size_t>(of)];
}

Names names_of(Of of) {
    Names out;
    for (const auto& row : effects::field_table(kind_of(of))) out.push_back(row.name);
    for (const auto& member : members_of(of).members) out.emplace_back(member.name);
    return out;
}

std::string lua_pattern_in(std::string_view pattern) {
    for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
        const char next = pattern[i + 1];
        const bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
        if (pattern[i] == '\\')
            ++i;
        else if (pattern[i] == '%' && (letter || std::string_view(".-()[]^$").find(next) != std::string_view::npos))
            return "patterns are regular expressions here: write \\ where Lua has %, and \\% for a percent sign";
    }
    return {};
}

}  // namespace gantry::mappings::script
