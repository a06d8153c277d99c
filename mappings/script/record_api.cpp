// patient, orders and schedule: the effects so far, field by field. What a script sets is checked against the field
// table as what a document sets; an object holds which record it means and nothing of the record itself.
#include <algorithm>

#include "engine/base/utf8.hpp"
#include "engine/effects/field_form.hpp"
#include "mappings/script/members_internal.hpp"
#include "mappings/script/sandbox_internal.hpp"

namespace gantry::mappings::script {
namespace {

using effects::FieldChange;
using effects::FieldSpec;
using effects::FieldType;
using Of = ScriptRecord::Of;
using Says = FieldChange::Says;

constexpr const char* list_name = "list";
constexpr const char* null_name = "null";

const ScriptRecord& self(lua_State* lua) {
    return *static_cast<ScriptRecord*>(lua_touserdata(lua, 1));
}

void push_record(lua_State* lua, ScriptRecord record) {
    auto* const into = static_cast<ScriptRecord*>(lua_newuserdatauv(lua, sizeof record, 0));
    *into = record;
    luaL_setmetatable(lua, members_of(record.of).name);
}

// A list of records: of is that of its elements, index the order of steps.
void push_list(lua_State* lua, Of of, std::uint32_t index) {
    auto* const into = static_cast<ScriptRecord*>(lua_newuserdatauv(lua, sizeof(ScriptRecord), 0));
    *into = {of, index, 0};
    luaL_setmetatable(lua, list_name);
}

std::size_t length_of(const effects::Effects& effects, const ScriptRecord& list) {
    if (list.of == Of::order) return effects.orders.size();
    if (list.of == Of::step) return effects.orders[list.index].steps.size();
    return effects.schedule ? effects.schedule->items.size() : 0;
}

int list_index(lua_State* lua) {
    const auto& list = self(lua);
    if (!lua_isinteger(lua, 2)) fail(lua, "a list is read by number: list[1]");
    const auto at = lua_tointeger(lua, 2);
    const auto length = length_of(Sandbox::of(lua).view().effects(), list);
    if (at < 1 || static_cast<std::uint64_t>(at) > length) return lua_pushnil(lua), 1;
    const auto index = static_cast<std::uint32_t>(at - 1);
    push_record(lua, list.of == Of::step ? ScriptRecord{Of::step, list.index, index} : ScriptRecord{list.of, index, 0});
    return 1;
}

int list_length(lua_State* lua) {
    lua_pushinteger(lua, static_cast<lua_Integer>(length_of(Sandbox::of(lua).view().effects(), self(lua))));
    return 1;
}

int refuse_change(lua_State* lua) {
    fail(lua, "a list of records cannot be changed, but the fields of its records can");
}

void push_identifiers(lua_State* lua, const std::vector<effects::Identifier>& identifiers) {
    Sandbox::of(lua).charge(50 * static_cast<std::int64_t>(identifiers.size()));
    lua_createtable(lua, static_cast<int>(std::min<std::size_t>(identifiers.size(), 1 << 20)), 0);
    lua_Integer n = 0;
    for (const auto& one : identifiers) {
        lua_createtable(lua, 0, 3);
        for (const auto& [name, text] :
             {std::pair("value", &one.value), std::pair("authority", &one.authority), std::pair("type", &one.type)}) {
            if (text->empty()) continue;
            push_text(lua, *text);
            lua_setfield(lua, -2, name);
        }
        lua_rawseti(lua, -2, ++n);
    }
}

void push_unless_empty(lua_State* lua, std::string_view text) {
    if (text.empty())
        lua_pushnil(lua);
    else
        push_text(lua, text);
}

void push_member_of_order(lua_State* lua, const ScriptRecord& record, Member member) {
    const auto& order = Sandbox::of(lua).view().effects().orders[record.index];
    switch (member) {
        case Member::control:
            return push_unless_empty(lua, order.control);
        case Member::control_status:
            return push_unless_empty(lua, order.control_status);
        case Member::action:
            return push_text(lua, effects::to_text(order.action));
        case Member::place:
            return push_text(lua, order.place);
        case Member::event_time:
            return push_text(lua, order.event_time);
        case Member::message:
            return push_part(lua, {ScriptPart::Of::order, record.index, 0});
        default:
            return push_list(lua, Of::step, record.index);
    }
}

void push_member_of_schedule(lua_State* lua, Member member) {
    const auto& schedule = *Sandbox::of(lua).view().effects().schedule;
    switch (member) {
        case Member::action:
            return push_text(lua, effects::to_text(schedule.action));
        case Member::place:
            return push_text(lua, schedule.place);
        case Member::event_time:
            return push_text(lua, schedule.event_time);
        case Member::appointment:
            return push_unless_empty(lua, schedule.appointment);
        case Member::every:
            return push_record(lua, {Of::every, 0, 0});
        default:
            return push_list(lua, Of::item, 0);
    }
}

void push_member(lua_State* lua, const ScriptRecord& record, Member member) {
    const auto& effects = Sandbox::of(lua).view().effects();
    switch (record.of) {
        case Of::patient:
            return push_identifiers(lua, effects.patient->identifiers);
        case Of::order:
            return push_member_of_order(lua, record, member);
        case Of::step:
            return push_part(lua, {ScriptPart::Of::step, record.index, record.step});
        case Of::schedule:
            return push_member_of_schedule(lua, member);
        case Of::item: {
            const auto& item = effects.schedule->items[record.index];
            return member == Member::removed ? lua_pushboolean(lua, item.removed) : push_text(lua, item.place);
        }
        case Of::every:
            return lua_pushnil(lua);
    }
}

// The fields of the record; a record that is not there any more is a mistake of the engine, not of the script.
FieldChange* fields(lua_State* lua, const ScriptRecord& record) {
    auto* const out = Sandbox::of(lua).view().fields(record);
    if (!out) fail(lua, "the message has no such " + std::string(members_of(record.of).name));
    return out;
}

// By the name at index 2: the number of a field, -1 and less for a member, nothing for neither.
std::optional<lua_Integer> number_of(lua_State* lua) {
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, lua_upvalueindex(1)) != LUA_TNUMBER) return lua_pop(lua, 1), std::nullopt;
    const auto out = lua_tointeger(lua, -1);
    lua_pop(lua, 1);
    return out;
}

[[noreturn]] void unknown_name(lua_State* lua, const ScriptRecord& record) {
    unknown_member(lua, members_of(record.of).article, text_at(lua, 2), names_of(record.of));
}

int index(lua_State* lua) {
    const auto& record = self(lua);
    const auto number = number_of(lua);
    if (!number) unknown_name(lua, record);
    auto* const all = fields(lua, record);
    if (*number < 0) return push_member(lua, record, static_cast<Member>(-1 - *number)), 1;
    const auto& change = all[*number];
    push_value(lua, {change.says, change.value, {}, {}, false});
    return 1;
}

[[noreturn]] void wrong_value(lua_State* lua, const ScriptRecord& record, const FieldSpec& spec,
                              const std::string& why) {
    fail(lua, std::string(members_of(record.of).name) + "." + std::string(spec.name) + " " + why);
}

std::string text_of_number(lua_State* lua, const ScriptRecord& record, const FieldSpec& spec) {
    if (!lua_isinteger(lua, 3) && spec.type != FieldType::decimal)
        wrong_value(lua, record, spec, "takes a text; a number with a fraction has no one way to be written");
    return shown(lua, 3);
}

// The text at index 3 as the field takes it.
std::string checked_text(lua_State* lua, const ScriptRecord& record, const FieldSpec& spec) {
    auto text = lua_type(lua, 3) == LUA_TNUMBER ? text_of_number(lua, record, spec) : std::string(text_at(lua, 3));
    Sandbox::of(lua).charge(static_cast<std::int64_t>(text.size()) / 8);
    if (text.empty()) wrong_value(lua, record, spec, "is set to an empty text: null deletes it, nil leaves it alone");
    if (text.find('\0') != std::string::npos || !is_utf8(text))
        wrong_value(lua, record, spec, "takes characters, and this text is cut within one or is none");
    if (auto form = effects::check_form(spec, text); !form)
        fail(lua, members_of(record.of).name + ("." + form.error().detail));
    const auto length = effects::length_in_characters(text);
    if (spec.longest > 0 && length > spec.longest)
        wrong_value(lua, record, spec,
                    "takes at most " + std::to_string(spec.longest) + " characters, and this text has " +
                        std::to_string(length));
    return text;
}

FieldChange change_of(lua_State* lua, const ScriptRecord& record, const FieldSpec& spec) {
    const auto& sandbox = Sandbox::of(lua);
    if (lua_isnil(lua, 3)) return {};
    const auto source = sandbox.script().source(sandbox.line());
    if (is_null(lua, 3)) return {Says::clear, {}, source};
    switch (lua_type(lua, 3)) {
        case LUA_TBOOLEAN:
            if (spec.type != FieldType::flag) wrong_value(lua, record, spec, "is no flag: it takes a text");
            return lua_toboolean(lua, 3) ? FieldChange{Says::set, "Y", source} : FieldChange{Says::clear, {}, source};
        case LUA_TNUMBER:
        case LUA_TSTRING:
            return {Says::set, checked_text(lua, record, spec), source};
        default:
            wrong_value(lua, record, spec, "takes a text, and not a " + std::string(luaL_typename(lua, 3)));
    }
}

int new_index(lua_State* lua) {
    const auto& record = self(lua);
    const auto number = number_of(lua);
    if (!number) unknown_name(lua, record);
    (void)fields(lua, record);
    if (*number < 0)
        fail(lua, members_of(record.of).name + ("." + std::string(text_at(lua, 2)) + " cannot be changed"));
    const auto field = static_cast<std::size_t>(*number);
    const auto& spec = effects::field_table(kind_of(record.of))[field];
    Sandbox::of(lua).view().set(record, field, change_of(lua, record, spec));
    return 0;
}

void push_names(lua_State* lua, const RecordMembers& kind) {
    lua_newtable(lua);
    lua_Integer number = 0;
    for (const auto& row : effects::field_table(kind_of(kind.of))) {
        push_text(lua, row.name);
        lua_pushinteger(lua, number++);
        lua_rawset(lua, -3);
    }
    for (const auto& [name, member] : kind.members) {
        lua_pushinteger(lua, -1 - static_cast<lua_Integer>(member));
        lua_setfield(lua, -2, name);
    }
}

void add_kind(lua_State* lua, const RecordMembers& kind) {
    luaL_newmetatable(lua, kind.name);
    push_names(lua, kind);
    lua_pushvalue(lua, -1);
    lua_pushcclosure(lua, index, 1);
    lua_setfield(lua, -3, "__index");
    lua_pushcclosure(lua, new_index, 1);
    lua_setfield(lua, -2, "__newindex");
    lua_pop(lua, 1);
}

void add_null(lua_State* lua) {
    lua_newuserdatauv(lua, 0, 0);
    luaL_newmetatable(lua, null_name);
    lua_setmetatable(lua, -2);
    lua_pushvalue(lua, -1);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, null_name);
    lua_setfield(lua, -2, "null");
}

constexpr luaL_Reg list_meta[] = {
    {"__index", list_index}, {"__len", list_length}, {"__newindex", refuse_change}, {nullptr, nullptr}};

}  // namespace

void add_records(lua_State* lua) {
    for (const auto& kind : record_members()) add_kind(lua, kind);
    luaL_newmetatable(lua, list_name);
    luaL_setfuncs(lua, list_meta, 0);
    lua_pop(lua, 1);
    push_list(lua, Of::order, 0);
    lua_setfield(lua, -2, "orders");
    add_null(lua);
}

void add_records_of_run(lua_State* lua, ScriptView& view) {
    for (const auto of : {Of::patient, Of::schedule}) {
        if (!view.fields({of, 0, 0})) continue;
        push_record(lua, {of, 0, 0});
        lua_setfield(lua, -2, members_of(of).name);
    }
}

void push_null(lua_State* lua) {
    lua_rawgetp(lua, LUA_REGISTRYINDEX, null_name);
}

bool is_null(lua_State* lua, int at) {
    return luaL_testudata(lua, at, null_name) != nullptr;
}

}  // namespace gantry::mappings::script
