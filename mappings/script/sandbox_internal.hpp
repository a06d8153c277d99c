// One Lua state with one script in it, used by one thread at a time, message after message. What a message leaves
// behind is out of reach for the next: globals live in a table of the run, and everything else a script can name cannot
// be changed.
//
// Lua is compiled as C++ here: lua_error throws, and what stands on the C++ stack is given back.
#pragma once
#include <lua.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/text/pattern.hpp"
#include "mappings/language/script_view.hpp"
#include "mappings/script/budget_internal.hpp"
#include "mappings/script/script_text_internal.hpp"

namespace gantry::mappings::script {

class Sandbox {
  public:
    // Error: config_bad_script, place is the line and the detail what Lua says of it.
    static Result<std::unique_ptr<Sandbox>> open(const ScriptText& script, const Tables& tables,
                                                 const ScriptLimits& limits);

    // False when the state must not be used for another message.
    bool run(ScriptView& view);

    // For the functions that Lua calls: the sandbox they run in.
    static Sandbox& of(lua_State* lua) { return **static_cast<Sandbox**>(lua_getextraspace(lua)); }

    ScriptView& view() { return *view_; }
    const ScriptText& script() const { return script_; }
    const Tables& tables() const { return tables_; }
    Budget& budget() { return budget_; }

    // Ends the run when the budget is spent; heavy: what was done may have taken long.
    void charge(std::int64_t steps, bool heavy = false);
    // Ends the run when a text of that length is too long; makes room for it otherwise.
    void room_for_text(std::size_t bytes);
    [[noreturn]] void end_for_limit();
    // reject and filter: the script is over, whatever it has around the call.
    [[noreturn]] void end();
    bool ended() const { return ended_ || budget_.spent() != Budget::Spent::nothing; }

    // Compiled once; what is new to this run is charged for. Throws Lua's error.
    const text::Pattern& pattern(std::string_view expression);
    const Node& path(std::string_view text, Read read);

    // The line of the script that is being run, 0 outside of it.
    int line() const;
    // An error whose text may quote the message: nobody but who tries the script is told more than its line.
    void hide(std::string text) { hidden_ = std::move(text); }
    std::int64_t count_warning() { return ++warnings_; }

  private:
    struct CompiledPattern {
        text::Pattern pattern;
        std::uint64_t used_in;
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    template <class T>
    using ByText = std::unordered_map<std::string, T, Hash, std::equal_to<>>;

    Sandbox(const ScriptText& script, const Tables& tables, const ScriptLimits& limits)
        : script_(script), tables_(tables), budget_(limits) {}
    std::optional<Error> load();
    void make_environment();
    void load_script();
    void begin(ScriptView& view);
    void enter();
    void report(int status);
    static int explain(lua_State* lua);
    static void count(lua_State* lua, lua_Debug*);
    text::Pattern compiled(std::string_view expression) const;
    void drop_patterns_of_earlier_runs();

    struct Close {
        void operator()(lua_State* lua) const { lua_close(lua); }
    };

    const ScriptText& script_;
    const Tables& tables_;
    Budget budget_;
    std::unique_ptr<lua_State, Close> state_;
    int chunk_ = LUA_NOREF, of_environments_ = LUA_NOREF;  // in Lua's registry
    ScriptView* view_ = nullptr;
    bool ended_ = false;
    std::uint64_t runs_ = 0;
    std::string hidden_;
    int failed_line_ = 0;
    std::int64_t warnings_ = 0;
    ByText<CompiledPattern> patterns_;
    std::size_t patterns_of_run_ = 0;
    ByText<Node> paths_;
};

// The base table of the environment is on top of the stack; each adds what it is about.
void add_base_library(lua_State* lua);
void add_string_library(lua_State* lua);
void add_table_library(lua_State* lua);
void add_message(lua_State* lua);
void add_records(lua_State* lua);
void add_tables(lua_State* lua);
void add_verdicts(lua_State* lua);  // reject, filter, warn, trace

// Of the run, into the environment on top of the stack: patient and schedule, where there are any.
void add_records_of_run(lua_State* lua, ScriptView& view);

// Pushes. null is the marker of HL7's "".
void push_null(lua_State* lua);
bool is_null(lua_State* lua, int index);
void push_value(lua_State* lua, const Value& value);  // nil, null or a text
void push_text(lua_State* lua, std::string_view text);
void push_part(lua_State* lua, ScriptPart part);  // an object to read the message by
std::optional<ScriptPart> part_at(lua_State* lua, int index);

std::string_view text_at(lua_State* lua, int index);  // of an argument; an error when it is no text
// As tostring says it. Addresses are not shown: they differ from run to run.
std::string shown(lua_State* lua, int index);

// For people to read: at most 2000 bytes of it, and what is not UTF-8 as "?".
std::string readable(std::string_view text);

// A table of functions that cannot be changed from inside, in front of the one on top of the stack, which it replaces.
void make_read_only(lua_State* lua, const char* name);
// Throws: "an order has no member "x", did you mean …". names: what there is.
[[noreturn]] void unknown_member(lua_State* lua, std::string_view owner, std::string_view written,
                                 const std::vector<std::string_view>& names);
[[noreturn]] void fail(lua_State* lua, const std::string& sentence);  // luaL_error with the line of the script

}  // namespace gantry::mappings::script
