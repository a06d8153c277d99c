// message, order.message and segments: reading the message by path. An object holds which part of the message it means
// and nothing of the message itself.
#include <algorithm>
#include <array>

#include "mappings/script/members_internal.hpp"
#include "mappings/script/sandbox_internal.hpp"

namespace gantry::mappings::script {
namespace {

constexpr const char* type_name = "message";

struct Reading {
    std::string_view word;
    Read read;
};
constexpr std::array<Reading, 9> readings{{{"text", Read::text},
                                           {"whole", Read::whole},
                                           {"coded", Read::coded},
                                           {"name", Read::xpn},
                                           {"phone", Read::phone},
                                           {"birth_date", Read::birth_date},
                                           {"date", Read::date},
                                           {"time", Read::time},
                                           {"moment", Read::moment}}};

ScriptPart self(lua_State* lua) {
    return *static_cast<ScriptPart*>(luaL_checkudata(lua, 1, type_name));
}

// Looking for a segment looks at every one of them.
void charge_for_search(Sandbox& sandbox) {
    sandbox.charge(20 + static_cast<std::int64_t>(sandbox.view().segments()) / 4);
}

// Of a segment the id is known: "5.1" and 5 are fields of it.
const Node& path_at(lua_State* lua, const ScriptPart& part, int index, Read read) {
    auto& sandbox = Sandbox::of(lua);
    std::string whole;
    std::string_view path;
    if (part.of == ScriptPart::Of::segment) {
        whole.append(sandbox.view().segment_id(part.index)).append("-").append(shown(lua, index));
        path = whole;
    } else {
        path = text_at(lua, index);
    }
    const auto& node = sandbox.path(path, read);
    return read == Read::xpn ? sandbox.path(path, name_read(node.source->path)) : node;
}

bool is_path(std::string_view key) {
    return !key.empty() && (key[0] < 'a' || key[0] > 'z');
}

Read reading_at(lua_State* lua, int index) {
    const auto word = text_at(lua, index);
    std::vector<std::string_view> known;
    for (const auto& one : readings) {
        if (one.word == word) return one.read;
        known.push_back(one.word);
    }
    unknown_member(lua, "what a path can be read as", word, known);
}

int all(lua_State* lua) {
    const auto part = self(lua);
    auto& sandbox = Sandbox::of(lua);
    const auto read = lua_isnoneornil(lua, 3) ? Read::text : reading_at(lua, 3);
    charge_for_search(sandbox);
    const auto values = sandbox.view().values(path_at(lua, part, 2, read), part);
    sandbox.charge(10 * static_cast<std::int64_t>(values.size()), values.size() > 1000);
    lua_createtable(lua, static_cast<int>(std::min<std::size_t>(values.size(), 1 << 20)), 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        push_value(lua, values[i]);
        lua_rawseti(lua, -2, static_cast<lua_Integer>(i) + 1);
    }
    return 1;
}

int read(lua_State* lua) {
    const auto part = self(lua);
    auto& sandbox = Sandbox::of(lua);
    charge_for_search(sandbox);
    push_value(lua, sandbox.view().value(path_at(lua, part, 2, reading_at(lua, 3)), part));
    return 1;
}

// Upvalues: the part, the id, the index to go on from.
int next_segment(lua_State* lua) {
    auto& sandbox = Sandbox::of(lua);
    const auto part = *static_cast<ScriptPart*>(lua_touserdata(lua, lua_upvalueindex(1)));
    const auto id = static_cast<std::uint32_t>(lua_tointeger(lua, lua_upvalueindex(2)));
    const auto from = static_cast<std::size_t>(lua_tointeger(lua, lua_upvalueindex(3)));
    const auto found = sandbox.view().next_segment(part, id, from);
    sandbox.charge(20 + static_cast<std::int64_t>(found - std::min(from, found)) / 4);
    if (found >= sandbox.view().segments()) return lua_pushnil(lua), 1;
    lua_pushinteger(lua, static_cast<lua_Integer>(found) + 1);
    lua_replace(lua, lua_upvalueindex(3));
    push_part(lua, {ScriptPart::Of::segment, static_cast<std::uint32_t>(found), 0});
    return 1;
}

int segments(lua_State* lua) {
    (void)self(lua);
    const auto id = lua_isnoneornil(lua, 2) ? std::string_view() : text_at(lua, 2);
    if (!id.empty() && packed_id(id) == 0) fail(lua, "a segment has three characters, for example OBX");
    lua_pushvalue(lua, 1);
    lua_pushinteger(lua, packed_id(id));
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, next_segment, 3);
    return 1;
}

int member(lua_State* lua, const ScriptPart& part, std::string_view name) {
    const auto& view = Sandbox::of(lua).view();
    const bool segment = part.of == ScriptPart::Of::segment;
    if (name == "all") return lua_pushcfunction(lua, all), 1;
    if (name == "read") return lua_pushcfunction(lua, read), 1;
    if (name == "segments" && !segment) return lua_pushcfunction(lua, segments), 1;
    if (name == "id" && segment)
        push_text(lua, view.segment_id(part.index));
    else if (name == "place" && segment)
        push_text(lua, view.segment_place(part.index));
    else if (name == "type")
        push_text(lua, view.type());
    else if (name == "event")
        push_text(lua, view.event());
    else if (name == "channel")
        push_text(lua, view.channel());
    else if (name == "control_id")
        push_text(lua, view.control_id());
    else if (name == "received")
        push_text(lua, view.received().stamp());
    else
        unknown_member(lua, segment ? "a segment" : "a message", name, message_members());
    return 1;
}

int index(lua_State* lua) {
    const auto part = *static_cast<ScriptPart*>(lua_touserdata(lua, 1));
    auto& sandbox = Sandbox::of(lua);
    charge_for_search(sandbox);
    if (lua_type(lua, 2) == LUA_TSTRING)
        if (const auto key = text_at(lua, 2); !is_path(key)) return member(lua, part, key);
    push_value(lua, sandbox.view().value(path_at(lua, part, 2, Read::text), part));
    return 1;
}

int refuse_change(lua_State* lua) {
    fail(lua, "the message cannot be changed");
}

constexpr luaL_Reg meta[] = {{"__index", index}, {"__newindex", refuse_change}, {nullptr, nullptr}};

}  // namespace

void add_message(lua_State* lua) {
    luaL_newmetatable(lua, type_name);
    luaL_setfuncs(lua, meta, 0);
    lua_pop(lua, 1);
    push_part(lua, {});
    lua_setfield(lua, -2, "message");
}

void push_part(lua_State* lua, ScriptPart part) {
    auto* const into = static_cast<ScriptPart*>(lua_newuserdatauv(lua, sizeof part, 0));
    *into = part;
    luaL_setmetatable(lua, type_name);
}

std::optional<ScriptPart> part_at(lua_State* lua, int at) {
    const auto* const part = static_cast<ScriptPart*>(luaL_testudata(lua, at, type_name));
    if (!part) return std::nullopt;
    return *part;
}

void push_value(lua_State* lua, const Value& value) {
    if (value.says == Value::Says::nothing)
        lua_pushnil(lua);
    else if (value.says == Value::Says::clear)
        push_null(lua);
    else
        Sandbox::of(lua).room_for_text(value.text.size()), push_text(lua, value.text);
}

}  // namespace gantry::mappings::script
