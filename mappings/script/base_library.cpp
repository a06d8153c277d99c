// What of Lua's basic functions a script has. Left out: whatever reads files or code, changes metatables or the
// collector, or shows an address. pairs goes through its keys in order, because Lua's own order differs from run to
// run.
#include <algorithm>

#include "engine/base/utf8.hpp"
#include "mappings/script/sandbox_internal.hpp"

namespace gantry::mappings::script {
namespace {

// A limit, and the end of the script, pass through every pcall.
int protected_call(lua_State* lua) {
    luaL_checkany(lua, 1);
    const auto status = lua_pcall(lua, lua_gettop(lua) - 1, LUA_MULTRET, 0);
    auto& sandbox = Sandbox::of(lua);
    if (status == LUA_ERRMEM) sandbox.budget().out_of_memory();
    if (sandbox.ended() || (status != LUA_OK && status != LUA_ERRRUN && status != LUA_ERRERR)) return lua_error(lua);
    luaL_checkstack(lua, 1, nullptr);
    lua_pushboolean(lua, status == LUA_OK);
    lua_insert(lua, 1);
    return lua_gettop(lua);
}

// A text that the script put together may quote the message.
int raise(lua_State* lua, int index) {
    if (lua_type(lua, index) == LUA_TSTRING) {
        auto& sandbox = Sandbox::of(lua);
        const auto text = text_at(lua, index);
        const bool literal = sandbox.script().has_literal(text);
        luaL_where(lua, 1);
        lua_pushvalue(lua, index);
        lua_concat(lua, 2);
        if (!literal) sandbox.hide(std::string(text_at(lua, -1)));
    } else {
        lua_pushvalue(lua, index);
    }
    return lua_error(lua);
}

int error(lua_State* lua) {
    luaL_checkany(lua, 1);
    return raise(lua, 1);
}

int assert_true(lua_State* lua) {
    luaL_checkany(lua, 1);
    if (lua_toboolean(lua, 1)) return lua_gettop(lua);
    if (lua_gettop(lua) < 2) fail(lua, "an assertion does not hold");
    return raise(lua, 2);
}

int to_string(lua_State* lua) {
    luaL_checkany(lua, 1);
    push_text(lua, shown(lua, 1));
    return 1;
}

// One key of a table, to be put in order.
struct Key {
    enum class Rank : std::uint8_t { number, text, boolean };
    Rank rank = Rank::number;
    lua_Integer integer = 0;
    lua_Number number = 0;
    bool is_integer = false;
    std::string_view text;
    lua_Integer position = 0;  // in the table of keys

    long double exact() const { return is_integer ? static_cast<long double>(integer) : number; }

    bool operator<(const Key& other) const {
        if (rank != other.rank) return rank < other.rank;
        if (rank == Rank::text) return text < other.text;
        if (is_integer && other.is_integer) return integer < other.integer;
        return exact() < other.exact();
    }
};

Key key_at(lua_State* lua, int index, lua_Integer position) {
    Key out;
    out.position = position;
    switch (lua_type(lua, index)) {
        case LUA_TNUMBER:
            out.is_integer = lua_isinteger(lua, index);
            out.integer = lua_tointeger(lua, index);
            out.number = lua_tonumber(lua, index);
            return out;
        case LUA_TSTRING:
            out.rank = Key::Rank::text;
            out.text = text_at(lua, index);
            return out;
        case LUA_TBOOLEAN:
            out.rank = Key::Rank::boolean;
            out.number = lua_toboolean(lua, index);
            return out;
        default:
            fail(lua,
                 "pairs goes through keys in order, and one of them is a " + std::string(luaL_typename(lua, index)));
    }
}

int next_pair(lua_State* lua) {
    auto at = lua_tointeger(lua, lua_upvalueindex(2));
    while (true) {
        if (lua_rawgeti(lua, lua_upvalueindex(1), ++at) == LUA_TNIL) return 1;
        lua_pushvalue(lua, -1);
        // What was taken out on the way is not visited.
        if (lua_rawget(lua, 1) != LUA_TNIL) break;
        lua_settop(lua, 2);
    }
    lua_pushinteger(lua, at);
    lua_replace(lua, lua_upvalueindex(2));
    return 2;
}

// The keys of the table at index 1, in order, as a list on top of the stack.
void push_sorted_keys(lua_State* lua) {
    lua_newtable(lua);  // keeps the texts alive while they are put in order
    std::vector<Key> keys;
    for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
        keys.push_back(key_at(lua, -2, static_cast<lua_Integer>(keys.size()) + 1));
        lua_pushvalue(lua, -2);
        lua_rawseti(lua, -4, keys.back().position);
        Sandbox::of(lua).charge(10);
    }
    std::sort(keys.begin(), keys.end());
    lua_createtable(lua, static_cast<int>(std::min<std::size_t>(keys.size(), 1 << 20)), 0);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        lua_rawgeti(lua, -2, keys[i].position);
        lua_rawseti(lua, -2, static_cast<lua_Integer>(i) + 1);
    }
    lua_remove(lua, -2);
}

int pairs(lua_State* lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    push_sorted_keys(lua);
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, next_pair, 2);
    lua_pushvalue(lua, 1);
    lua_pushnil(lua);
    return 3;
}

int to_number(lua_State* lua) {
    Sandbox::of(lua).charge(static_cast<std::int64_t>(lua_rawlen(lua, 1)) / 8);
    return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

constexpr luaL_Reg own[] = {{"assert", assert_true},   {"error", error},        {"pairs", pairs},
                            {"pcall", protected_call}, {"tostring", to_string}, {nullptr, nullptr}};

}  // namespace

void add_base_library(lua_State* lua) {
    luaL_requiref(lua, LUA_GNAME, luaopen_base, 0);
    for (const auto* name : {"ipairs", "select", "type"}) {
        lua_getfield(lua, -1, name);
        lua_setfield(lua, -3, name);
    }
    lua_getfield(lua, -1, "tonumber");
    lua_pushcclosure(lua, to_number, 1);
    lua_setfield(lua, -3, "tonumber");
    lua_pop(lua, 1);
    luaL_setfuncs(lua, own, 0);
    luaL_requiref(lua, LUA_MATHLIBNAME, luaopen_math, 0);
    for (const auto* random : {"random", "randomseed"}) {
        lua_pushnil(lua);
        lua_setfield(lua, -2, random);
    }
    make_read_only(lua, "math");
    lua_setfield(lua, -2, "math");
}

std::string_view text_at(lua_State* lua, int index) {
    std::size_t size = 0;
    const char* const text = luaL_checklstring(lua, index, &size);
    return {text, size};
}

void push_text(lua_State* lua, std::string_view text) {
    lua_pushlstring(lua, text.data(), text.size());
}

std::string shown(lua_State* lua, int index) {
    switch (lua_type(lua, index)) {
        case LUA_TNIL:
            return "nil";
        case LUA_TBOOLEAN:
            return lua_toboolean(lua, index) ? "true" : "false";
        case LUA_TNUMBER:
        case LUA_TSTRING: {
            lua_pushvalue(lua, index);
            std::string out(text_at(lua, -1));
            lua_pop(lua, 1);
            return out;
        }
        case LUA_TUSERDATA: {
            const bool named = luaL_getmetafield(lua, index, "__name") == LUA_TSTRING;
            std::string out(named ? text_at(lua, -1) : std::string_view("userdata"));
            lua_pop(lua, named ? 1 : 0);
            return out;
        }
        default:
            return luaL_typename(lua, index);
    }
}

std::string readable(std::string_view text) {
    constexpr std::size_t longest = 2000;
    std::string out;
    while (!text.empty() && out.size() < longest) {
        const auto length = utf8_length(text);
        out += length == 0 ? std::string_view("?") : text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

}  // namespace gantry::mappings::script
