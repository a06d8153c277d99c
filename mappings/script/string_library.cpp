// Lua's string and utf8 libraries as a script has them. find, match, gmatch and gsub take regular expressions that
// cannot take long (engine/text); what makes texts is written anew, so that none is made that is too long; the rest is
// Lua's own, charged by the length of its texts.
#include <algorithm>
#include <array>
#include <cstring>

#include "mappings/script/members_internal.hpp"
#include "mappings/script/sandbox_internal.hpp"

namespace gantry::mappings::script {
namespace {

constexpr std::size_t most_found = 33;  // the whole and 32 groups

// A text that grows as far as one may.
class Draft {
  public:
    explicit Draft(lua_State* lua) : lua_(lua) {}
    void add(std::string_view part) {
        if (!Sandbox::of(lua_).budget().allows_text(text_.size() + part.size())) Sandbox::of(lua_).end_for_limit();
        text_ += part;
    }
    int push() {
        Sandbox::of(lua_).room_for_text(text_.size());
        push_text(lua_, text_);
        return 1;
    }

  private:
    lua_State* lua_;
    std::string text_;
};

void charge_for(lua_State* lua, std::size_t bytes) {
    Sandbox::of(lua).charge(static_cast<std::int64_t>(bytes) / 8 + 1);
}

// Calls the function of Lua's own that is the upvalue.
int charged(lua_State* lua) {
    std::size_t bytes = 0;
    for (int i = 1; i <= lua_gettop(lua); ++i)
        if (lua_type(lua, i) == LUA_TSTRING) bytes += lua_rawlen(lua, i);
    charge_for(lua, bytes);
    return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

template <char From, char To>
int in_case(lua_State* lua) {
    std::string out(text_at(lua, 1));
    charge_for(lua, out.size());
    for (auto& c : out)
        if (c >= From && c <= From + 25) c = static_cast<char>(c - From + To);
    Sandbox::of(lua).room_for_text(out.size());
    push_text(lua, out);
    return 1;
}

int reverse(lua_State* lua) {
    std::string out(text_at(lua, 1));
    charge_for(lua, out.size());
    std::reverse(out.begin(), out.end());
    Sandbox::of(lua).room_for_text(out.size());
    push_text(lua, out);
    return 1;
}

int repeat(lua_State* lua) {
    const auto part = text_at(lua, 1);
    const auto times = luaL_checkinteger(lua, 2);
    const auto between = lua_isnoneornil(lua, 3) ? std::string_view() : text_at(lua, 3);
    if (times <= 0) return lua_pushliteral(lua, ""), 1;
    const auto each = part.size() + between.size();
    const auto most = Sandbox::of(lua).budget().limits().text.count;
    if (each > 0 && static_cast<std::uint64_t>(times) > most / each + 1) Sandbox::of(lua).room_for_text(most + 1);
    std::string out;
    if (each > 0) {
        charge_for(lua, each * static_cast<std::size_t>(times));
        Sandbox::of(lua).room_for_text(each * static_cast<std::size_t>(times) - between.size());
        for (lua_Integer i = 0; i < times; ++i) out.append(i > 0 ? between : std::string_view()).append(part);
    }
    push_text(lua, out);
    return 1;
}

// Lua's own, with every value shown as tostring shows it and no conversion that shows an address.
int format(lua_State* lua) {
    const auto text = text_at(lua, 1);
    for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
        at = text.find_first_not_of("-+ #0123456789.", at + 1);
        if (at == std::string_view::npos ||
            std::string_view("aAcdeEfgGiqsuxX%").find(text[at]) == std::string_view::npos)
            fail(lua, "format has a conversion that there is not");
    }
    auto bytes = text.size();
    for (int i = 2; i <= lua_gettop(lua); ++i) {
        const auto type = lua_type(lua, i);
        if (type == LUA_TSTRING) bytes += 4 * lua_rawlen(lua, i);  // %q escapes
        if (type == LUA_TNUMBER) bytes += 128;
        if (type != LUA_TTABLE && type != LUA_TFUNCTION && type != LUA_TUSERDATA) continue;
        push_text(lua, shown(lua, i));
        lua_replace(lua, i);
    }
    charge_for(lua, bytes);
    if (!Sandbox::of(lua).budget().fits(3 * bytes)) lua_gc(lua, LUA_GCCOLLECT);
    return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

void refuse_lua_pattern(lua_State* lua, std::string_view pattern) {
    if (const auto wrong = lua_pattern_in(pattern); !wrong.empty()) fail(lua, wrong);
}

// One search after the other through a text.
class Search {
  public:
    Search(lua_State* lua, std::string_view text, std::string_view pattern)
        : lua_(lua), text_(text), pattern_((refuse_lua_pattern(lua, pattern), Sandbox::of(lua).pattern(pattern))) {}

    bool find(std::size_t from) {
        from_ = from;
        const auto groups = std::span(found_).first(pattern_.groups() + 1);
        const bool there = pattern_.find(text_, from, groups);
        const auto read = there ? end() - from : text_.size() - std::min(from, text_.size());
        const auto size = static_cast<std::int64_t>(pattern_.size());
        const bool long_one = text_.size() - std::min(from, text_.size()) > 10'000;
        Sandbox::of(lua_).charge(20 + static_cast<std::int64_t>(read) * size / 32, long_one);
        return there;
    }
    // The next match, after an empty one a character further; as Lua does it, no empty one at the end of the last.
    bool next() {
        while (at_ <= text_.size() && find(at_)) {
            if (end() > begin() || end() != last_) {
                at_ = last_ = end();
                return true;
            }
            do ++at_;
            while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0) == 0x80);
        }
        return false;
    }
    void go_on(std::size_t at, std::size_t last) {
        at_ = at;
        last_ = last;
    }

    std::size_t begin() const { return static_cast<std::size_t>(found_[0].data() - text_.data()); }
    std::size_t end() const { return begin() + found_[0].size(); }
    std::size_t at() const { return at_; }
    std::size_t last() const { return last_; }
    std::size_t groups() const { return pattern_.groups(); }
    std::string_view group(std::size_t n) const { return found_[n]; }
    std::string_view text() const { return text_; }

    void push_group(std::size_t n) const {
        if (found_[n].data())
            push_text(lua_, found_[n]);
        else
            lua_pushnil(lua_);
    }
    // The groups, or the whole when there are none.
    int push_groups() const {
        luaL_checkstack(lua_, static_cast<int>(most_found), nullptr);
        if (groups() == 0) return push_group(0), 1;
        for (std::size_t n = 1; n <= groups(); ++n) push_group(n);
        return static_cast<int>(groups());
    }

  private:
    lua_State* lua_;
    std::string_view text_;
    const text::Pattern& pattern_;
    std::array<std::string_view, most_found> found_{};
    std::size_t from_ = 0, at_ = 0, last_ = std::string_view::npos;
};

// Where to begin, from Lua's third argument; past the end: nothing can be found.
std::size_t start_of(lua_State* lua, std::size_t size) {
    const auto init = luaL_optinteger(lua, 3, 1);
    const auto length = static_cast<lua_Integer>(size);
    if (init > 0) return init - 1 > length ? size + 1 : static_cast<std::size_t>(init - 1);
    return init == 0 || -init > length ? 0 : static_cast<std::size_t>(length + init);
}

int find_plain(lua_State* lua, std::string_view text, std::string_view wanted, std::size_t from) {
    charge_for(lua, text.size() - from);
    const auto* const found = memmem(text.data() + from, text.size() - from, wanted.data(), wanted.size());
    if (!found) return lua_pushnil(lua), 1;
    const auto at = static_cast<const char*>(found) - text.data();
    lua_pushinteger(lua, at + 1);
    lua_pushinteger(lua, at + static_cast<lua_Integer>(wanted.size()));
    return 2;
}

int find(lua_State* lua) {
    const auto text = text_at(lua, 1), pattern = text_at(lua, 2);
    const auto from = start_of(lua, text.size());
    if (from > text.size()) return lua_pushnil(lua), 1;
    if (lua_toboolean(lua, 4)) return find_plain(lua, text, pattern, from);
    Search search(lua, text, pattern);
    if (!search.find(from)) return lua_pushnil(lua), 1;
    lua_pushinteger(lua, static_cast<lua_Integer>(search.begin()) + 1);
    lua_pushinteger(lua, static_cast<lua_Integer>(search.end()));
    return 2 + (search.groups() == 0 ? 0 : search.push_groups());
}

int match(lua_State* lua) {
    const auto text = text_at(lua, 1);
    const auto from = start_of(lua, text.size());
    Search search(lua, text, text_at(lua, 2));
    if (from > text.size() || !search.find(from)) return lua_pushnil(lua), 1;
    return search.push_groups();
}

// Upvalues: text, pattern, where to go on, the end of the last match.
int next_match(lua_State* lua) {
    Search search(lua, text_at(lua, lua_upvalueindex(1)), text_at(lua, lua_upvalueindex(2)));
    search.go_on(static_cast<std::size_t>(lua_tointeger(lua, lua_upvalueindex(3))),
                 static_cast<std::size_t>(lua_tointeger(lua, lua_upvalueindex(4))));
    if (!search.next()) return lua_pushnil(lua), 1;
    lua_pushinteger(lua, static_cast<lua_Integer>(search.at()));
    lua_replace(lua, lua_upvalueindex(3));
    lua_pushinteger(lua, static_cast<lua_Integer>(search.last()));
    lua_replace(lua, lua_upvalueindex(4));
    return search.push_groups();
}

int each_match(lua_State* lua) {
    Search(lua, text_at(lua, 1), text_at(lua, 2));
    lua_settop(lua, 2);
    lua_pushinteger(lua, 0);
    lua_pushinteger(lua, -1);
    lua_pushcclosure(lua, next_match, 4);
    return 1;
}

// A replacement with %0 to %9 in it, as Lua has them.
void add_replacement(lua_State* lua, const Search& search, std::string_view text, Draft& out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto end = std::min(text.find_first_of("%\\", i), text.size());
        out.add(text.substr(i, end - i));
        i = end;
        if (i == text.size()) return;
        const char next = i + 1 < text.size() ? text[i + 1] : '\0';
        const auto n = static_cast<std::size_t>(next - '0');
        if (text[i] == '\\' && n <= 9) fail(lua, "a replacement names groups by %: write %1 and not \\1");
        if (text[i] == '\\') {
            out.add("\\");
            continue;
        }
        if (next != '%' && (n > 9 || n > std::max<std::size_t>(search.groups(), 1)))
            fail(lua, "a replacement has % with no group of that number (and %% for a percent sign)");
        ++i;
        out.add(next == '%' ? std::string_view("%") : search.group(n > search.groups() ? 0 : n));
    }
}

// What a table or function says instead of the match, on top of the stack; false and nil keep it.
void add_answer(lua_State* lua, const Search& search, Draft& out) {
    if (!lua_toboolean(lua, -1))
        out.add(search.group(0));
    else if (lua_isstring(lua, -1))
        out.add(text_at(lua, -1));
    else
        fail(lua, "a replacement is a text, and not a " + std::string(luaL_typename(lua, -1)));
    lua_pop(lua, 1);
}

void add_match(lua_State* lua, const Search& search, Draft& out) {
    switch (lua_type(lua, 3)) {
        case LUA_TFUNCTION:
            lua_pushvalue(lua, 3);
            lua_call(lua, search.push_groups(), 1);
            return add_answer(lua, search, out);
        case LUA_TTABLE:
            search.push_group(search.groups() == 0 ? 0 : 1);
            if (!lua_isnil(lua, -1)) lua_gettable(lua, 3);
            return add_answer(lua, search, out);
        default:
            return add_replacement(lua, search, text_at(lua, 3), out);
    }
}

int substitute(lua_State* lua) {
    const auto most = luaL_optinteger(lua, 4, LUA_MAXINTEGER);
    const auto type = lua_type(lua, 3);
    if (type != LUA_TFUNCTION && type != LUA_TTABLE) (void)text_at(lua, 3);
    Search search(lua, text_at(lua, 1), text_at(lua, 2));
    Draft out(lua);
    std::size_t copied = 0;
    lua_Integer count = 0;
    while (count < most && search.next()) {
        out.add(search.text().substr(copied, search.begin() - copied));
        copied = search.end();
        ++count;
        add_match(lua, search, out);
    }
    out.add(search.text().substr(copied));
    out.push();
    lua_pushinteger(lua, count);
    return 2;
}

constexpr luaL_Reg own[] = {
    {"find", find},    {"gmatch", each_match}, {"gsub", substitute}, {"lower", in_case<'A', 'a'>},
    {"match", match},  {"rep", repeat},        {"reverse", reverse}, {"upper", in_case<'a', 'A'>},
    {nullptr, nullptr}};

// Replaces a function of the library on top of the stack by one that has it as its upvalue.
void wrap(lua_State* lua, const char* name, lua_CFunction by) {
    lua_getfield(lua, -1, name);
    lua_pushcclosure(lua, by, 1);
    lua_setfield(lua, -2, name);
}

void remove(lua_State* lua, const char* name) {
    lua_pushnil(lua);
    lua_setfield(lua, -2, name);
}

}  // namespace

void add_string_library(lua_State* lua) {
    luaL_requiref(lua, LUA_STRLIBNAME, luaopen_string, 0);
    for (const auto* name : {"dump", "pack", "packsize", "unpack"}) remove(lua, name);
    for (const auto* name : {"byte", "char", "len", "sub"}) wrap(lua, name, charged);
    wrap(lua, "format", format);
    luaL_setfuncs(lua, own, 0);
    make_read_only(lua, "string");
    lua_setfield(lua, -2, "string");
    luaL_requiref(lua, LUA_UTF8LIBNAME, luaopen_utf8, 0);
    remove(lua, "charpattern");
    for (const auto* name : {"char", "codepoint", "codes", "len", "offset"}) wrap(lua, name, charged);
    make_read_only(lua, "utf8");
    lua_setfield(lua, -2, "utf8");
}

}  // namespace gantry::mappings::script
