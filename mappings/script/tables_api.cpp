// tables.NAME{column = code}: a row of a code table by its key columns.
#include <algorithm>

#include "mappings/script/sandbox_internal.hpp"

namespace gantry::mappings::script {
namespace {

const Table& table_of(lua_State* lua) {
    return *static_cast<const Table*>(lua_touserdata(lua, lua_upvalueindex(1)));
}

std::vector<std::string_view> views_of(const std::vector<std::string>& names) {
    return {names.begin(), names.end()};
}

// A column that is none; one that says nothing in this row is nil.
int row_index(lua_State* lua) {
    const auto& table = table_of(lua);
    const auto name = text_at(lua, 2);
    if (table.column(name)) return 0;
    unknown_member(lua, "a row of the table " + table.name(), name, views_of(table.columns()));
}

int refuse_change(lua_State* lua) {
    fail(lua, "the table " + table_of(lua).name() + " cannot be changed by a script");
}

void check_columns(lua_State* lua, const Table& table) {
    const auto& key = table.key();
    for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
        Sandbox::of(lua).charge(5);
        if (lua_type(lua, -2) != LUA_TSTRING) fail(lua, "a row is asked for by name: {" + key.front() + " = …}");
        const auto name = text_at(lua, -2);
        if (std::find(key.begin(), key.end(), name) == key.end())
            unknown_member(lua, "the key of the table " + table.name(), name, views_of(key));
    }
}

// The codes by key column; what is nil or null is empty.
std::vector<std::string> codes(lua_State* lua, const Table& table) {
    std::vector<std::string> out;
    for (const auto& name : table.key()) {
        lua_getfield(lua, 1, name.c_str());
        const bool none = lua_isnil(lua, -1) || is_null(lua, -1);
        if (!none && !lua_isstring(lua, -1))
            fail(lua, "a code is a text, and " + name + " is a " + luaL_typename(lua, -1));
        out.push_back(none ? std::string() : std::string(text_at(lua, -1)));
        Sandbox::of(lua).charge(20 + static_cast<std::int64_t>(out.back().size()) / 8);
        lua_pop(lua, 1);
    }
    return out;
}

void push_row(lua_State* lua, const Table& table, std::size_t row) {
    lua_createtable(lua, 0, static_cast<int>(table.columns().size()));
    for (std::size_t column = 0; column < table.columns().size(); ++column) {
        const auto& cell = table.cell(row, column);
        if (!cell) continue;
        push_text(lua, table.columns()[column]);
        if (cell->empty())
            push_null(lua);
        else
            push_text(lua, *cell);
        lua_rawset(lua, -3);
    }
    lua_pushvalue(lua, lua_upvalueindex(2));
    lua_setmetatable(lua, -2);
}

// Upvalues: the table, the metatable of its rows.
int look_up(lua_State* lua) {
    const auto& table = table_of(lua);
    luaL_checktype(lua, 1, LUA_TTABLE);
    check_columns(lua, table);
    const auto wanted = codes(lua, table);
    if (std::all_of(wanted.begin(), wanted.end(), [](const auto& code) { return code.empty(); }))
        return lua_pushnil(lua), 1;
    const auto row = table.find(std::vector<std::string_view>(wanted.begin(), wanted.end()));
    if (row) return push_row(lua, table, *row), 1;
    std::string missed;
    for (const auto& code : wanted) missed += (missed.empty() ? "" : ", ") + code;
    Sandbox::of(lua).view().unmapped(table, missed);
    return lua_pushnil(lua), 1;
}

void push_look_up(lua_State* lua, const Table* table) {
    lua_pushlightuserdata(lua, const_cast<Table*>(table));
    lua_createtable(lua, 0, 2);
    for (const auto& [name, function] : {std::pair("__index", &row_index), std::pair("__newindex", &refuse_change)}) {
        lua_pushlightuserdata(lua, const_cast<Table*>(table));
        lua_pushcclosure(lua, function, 1);
        lua_setfield(lua, -2, name);
    }
    lua_pushcclosure(lua, look_up, 2);
}

int index(lua_State* lua) {
    auto& sandbox = Sandbox::of(lua);
    const auto name = text_at(lua, 2);
    const auto* const table = sandbox.tables().find(name);
    if (!table) unknown_member(lua, "the configuration", name, sandbox.tables().names());
    push_look_up(lua, table);
    // Remembered where it is found at once the next time; the names are those of the configuration, so they are few.
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, -2);
    lua_rawset(lua, lua_upvalueindex(1));
    return 1;
}

}  // namespace

void add_tables(lua_State* lua) {
    lua_newtable(lua);
    lua_createtable(lua, 0, 1);
    lua_pushvalue(lua, -2);
    lua_pushcclosure(lua, index, 1);
    lua_setfield(lua, -2, "__index");
    lua_setmetatable(lua, -2);
    make_read_only(lua, "tables");
    lua_setfield(lua, -2, "tables");
}

}  // namespace gantry::mappings::script
