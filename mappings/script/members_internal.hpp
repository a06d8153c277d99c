// The names a script finds: what the sandbox puts there and what the check knows. A test compares both.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "mappings/language/script_view.hpp"

namespace gantry::mappings::script {

using Names = std::vector<std::string_view>;

const Names& global_names();
// What string, table, math or utf8 has; empty: no such library.
const Names& members_of_library(std::string_view library);
const Names& message_members();  // of a message and of a segment

// What a record has besides its fields. Read only.
enum class Member : std::uint8_t {
    identifiers,
    control,
    control_status,
    action,
    place,
    event_time,
    message,
    steps,
    items,
    every,
    appointment,
    removed
};

struct NamedMember {
    const char* name;
    Member member;
};

struct RecordMembers {
    ScriptRecord::Of of;
    const char* name;
    const char* article;  // "an order"
    std::vector<NamedMember> members;
};
const std::vector<RecordMembers>& record_members();  // by ScriptRecord::Of
const RecordMembers& members_of(ScriptRecord::Of of);
Names names_of(ScriptRecord::Of of);  // of its fields and members

// "%d" is a digit to Lua and a percent sign and a d to a regular expression; whoever writes it means a digit. What to
// say about it, or empty.
std::string lua_pattern_in(std::string_view pattern);

}  // namespace gantry::mappings::script
