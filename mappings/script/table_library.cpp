// Lua's table library as a script has it. sort is stable, and the same on every run; Lua's own chooses by the clock.
#include "mappings/script/sandbox_internal.hpp"

namespace gantry::mappings::script {
namespace {

// Written in Lua, so that its steps are counted as the script's own.
constexpr std::string_view sort_source = R"lua(
local function ascending(a, b) return a < b end
return function(list, before)
  before = before or ascending
  local count, width, from, to = #list, 1, {}, {}
  for i = 1, count do from[i] = list[i] end
  while width < count do
    for low = 1, count, 2 * width do
      local middle, high = low + width, low + 2 * width
      if middle > count + 1 then middle = count + 1 end
      if high > count + 1 then high = count + 1 end
      local left, right = low, middle
      for i = low, high - 1 do
        if left < middle and (right >= high or not before(from[right], from[left])) then
          to[i], left = from[left], left + 1
        else
          to[i], right = from[right], right + 1
        end
      end
    end
    from, to, width = to, from, 2 * width
  end
  for i = 1, count do list[i] = from[i] end
end
)lua";

// Lua's own, which is the upvalue, moves what follows in the list.
int charged(lua_State* lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (lua_gettop(lua) > 1) Sandbox::of(lua).charge(static_cast<std::int64_t>(lua_rawlen(lua, 1)) + 1);
    return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

int append_or_insert(lua_State* lua) {
    if (lua_gettop(lua) != 2) return charged(lua);
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_rawseti(lua, 1, static_cast<lua_Integer>(lua_rawlen(lua, 1)) + 1);
    return 0;
}

int unpack(lua_State* lua) {
    const auto from = luaL_optinteger(lua, 2, 1);
    const auto to = lua_isnoneornil(lua, 3) ? luaL_len(lua, 1) : luaL_checkinteger(lua, 3);
    if (from <= to)
        Sandbox::of(lua).charge(static_cast<std::int64_t>(
            std::min<lua_Unsigned>(static_cast<lua_Unsigned>(to) - static_cast<lua_Unsigned>(from), 1u << 30)));
    return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

int concat(lua_State* lua) {
    luaL_checktype(lua, 1, LUA_TTABLE);
    const auto between = lua_isnoneornil(lua, 2) ? std::string_view() : text_at(lua, 2);
    const auto from = luaL_optinteger(lua, 3, 1), to = luaL_optinteger(lua, 4, luaL_len(lua, 1));
    auto& sandbox = Sandbox::of(lua);
    std::string out;
    for (auto i = from; i <= to; ++i) {
        lua_rawgeti(lua, 1, i);
        if (!lua_isstring(lua, -1))
            fail(lua, "concat takes texts and numbers, and number " + std::to_string(i) + " of the list is a " +
                          luaL_typename(lua, -1));
        if (i > from) out += between;
        out += text_at(lua, -1);
        lua_pop(lua, 1);
        sandbox.charge(2);
        if (!sandbox.budget().allows_text(out.size())) sandbox.end_for_limit();
        if (i == LUA_MAXINTEGER) break;
    }
    sandbox.room_for_text(out.size());
    push_text(lua, out);
    return 1;
}

}  // namespace

void add_table_library(lua_State* lua) {
    luaL_requiref(lua, LUA_TABLIBNAME, luaopen_table, 0);
    lua_newtable(lua);
    lua_getfield(lua, -2, "pack");
    lua_setfield(lua, -2, "pack");
    for (const auto& [name, by] :
         {std::pair("insert", &append_or_insert), std::pair("remove", &charged), std::pair("unpack", &unpack)}) {
        lua_getfield(lua, -2, name);
        lua_pushcclosure(lua, by, 1);
        lua_setfield(lua, -2, name);
    }
    lua_pushcfunction(lua, concat);
    lua_setfield(lua, -2, "concat");
    if (luaL_loadbufferx(lua, sort_source.data(), sort_source.size(), "=table.sort", "t") != LUA_OK) lua_error(lua);
    lua_call(lua, 0, 1);
    lua_setfield(lua, -2, "sort");
    make_read_only(lua, "table");
    lua_setfield(lua, -3, "table");
    lua_pop(lua, 1);
}

}  // namespace gantry::mappings::script
