#include "mappings/script/sandbox_internal.hpp"

#include <cstdlib>

#include "mappings/script/members_internal.hpp"

namespace gantry::mappings::script {
namespace {

constexpr int steps_between_counts = 1000;
constexpr std::size_t most_patterns = 64, longest_pattern = 4096, most_paths = 1000;

std::string_view top_text(lua_State* lua) {
    std::size_t size = 0;
    const char* const text = lua_tolstring(lua, -1, &size);
    return text ? std::string_view(text, size) : std::string_view();
}

// "ward.lua:12: what" → "what".
std::string_view without_place(std::string_view text, std::string_view name) {
    if (text.substr(0, name.size()) != name || text.substr(name.size(), 1) != ":") return text;
    const auto end = text.find(": ", name.size());
    return end == std::string_view::npos ? text : text.substr(end + 2);
}

int line_in(std::string_view text, std::string_view name) {
    int line = 0;
    if (text.substr(0, name.size()) != name) return line;
    for (auto at = name.size() + 1; at < text.size() && text[at] >= '0' && text[at] <= '9' && line < 10'000'000; ++at)
        line = line * 10 + (text[at] - '0');
    return line;
}

int refuse_global(lua_State* lua) {
    const auto written = std::string(text_at(lua, 2));
    if (written == "patient" || written == "schedule") return 0;  // the message has none
    fail(lua, "\"" + written + "\" has no value yet");
}

int refuse_change(lua_State* lua) {
    fail(lua, std::string(lua_tostring(lua, lua_upvalueindex(1))) + " cannot be changed");
}

}  // namespace

Result<std::unique_ptr<Sandbox>> Sandbox::open(const ScriptText& script, const Tables& tables,
                                               const ScriptLimits& limits) {
    std::unique_ptr<Sandbox> out(new Sandbox(script, tables, limits));
    if (auto error = out->load()) return std::move(*error);
    return out;
}

std::optional<Error> Sandbox::load() {
    state_.reset(lua_newstate(Budget::allocate, &budget_));
    if (!state_) return Error{ErrorCode::config_bad_script, budget_.sentence(), {}};
    auto* const lua = state_.get();
    *static_cast<Sandbox**>(lua_getextraspace(lua)) = this;
    lua_pushcfunction(lua, [](lua_State* l) {
        Sandbox::of(l).make_environment();
        Sandbox::of(l).load_script();
        return 0;
    });
    if (lua_pcall(lua, 0, 0, 0) == LUA_OK) return std::nullopt;
    const auto said = top_text(lua);
    return Error{ErrorCode::config_bad_script, std::string(without_place(said, script_.name())),
                 std::to_string(line_in(said, script_.name()))};
}

void Sandbox::load_script() {
    auto* const lua = state_.get();
    const auto chunk = "=" + script_.name();
    const auto& text = script_.text();
    if (luaL_loadbufferx(lua, text.data(), text.size(), chunk.c_str(), "t") != LUA_OK) lua_error(lua);
    chunk_ = luaL_ref(lua, LUA_REGISTRYINDEX);
}

void Sandbox::make_environment() {
    auto* const lua = state_.get();
    luaL_checkstack(lua, 100, nullptr);
    lua_newtable(lua);
    add_base_library(lua);
    add_string_library(lua);
    add_table_library(lua);
    add_message(lua);
    add_records(lua);
    add_tables(lua);
    add_verdicts(lua);
    lua_createtable(lua, 0, 1);
    lua_pushcfunction(lua, refuse_global);
    lua_setfield(lua, -2, "__index");
    lua_setmetatable(lua, -2);
    lua_createtable(lua, 0, 1);
    lua_insert(lua, -2);
    lua_setfield(lua, -2, "__index");
    of_environments_ = luaL_ref(lua, LUA_REGISTRYINDEX);
    // Lua's own libraries are not needed any more by name.
    lua_newtable(lua);
    lua_rawseti(lua, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushnil(lua);
    lua_setfield(lua, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
}

// A table of its own for the globals of this run, in front of what is the same for all.
void Sandbox::enter() {
    auto* const lua = state_.get();
    lua_rawgeti(lua, LUA_REGISTRYINDEX, chunk_);
    lua_createtable(lua, 0, 8);
    add_records_of_run(lua, *view_);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, of_environments_);
    lua_setmetatable(lua, -2);
    lua_setupvalue(lua, -2, 1);
    lua_call(lua, 0, 0);
}

void Sandbox::begin(ScriptView& view) {
    view_ = &view;
    ended_ = false;
    hidden_.clear();
    failed_line_ = 0;
    warnings_ = 0;
    patterns_of_run_ = 0;
    ++runs_;
    budget_.begin();
    // Set anew, so that it counts from the beginning of this run.
    lua_sethook(state_.get(), count, LUA_MASKCOUNT, steps_between_counts);
}

bool Sandbox::run(ScriptView& view) {
    auto* const lua = state_.get();
    begin(view);
    lua_pushcfunction(lua, explain);
    lua_pushcfunction(lua, [](lua_State* l) {
        Sandbox::of(l).enter();
        return 0;
    });
    const auto status = lua_pcall(lua, 0, 0, -2);
    if (status != LUA_OK && !ended_) report(status);
    view_ = nullptr;
    lua_settop(lua, 0);
    return status == LUA_OK || (status == LUA_ERRRUN && budget_.spent() == Budget::Spent::nothing);
}

// Turns an error into its text and remembers where the script was; runs before the stack is given up.
int Sandbox::explain(lua_State* lua) {
    auto& self = of(lua);
    self.failed_line_ = self.line();
    if (lua_type(lua, 1) == LUA_TSTRING) return 1;
    push_text(lua, "error() with a " + std::string(luaL_typename(lua, 1)) + " that nothing took care of");
    return 1;
}

void Sandbox::report(int status) {
    if (status == LUA_ERRMEM) budget_.out_of_memory();
    const auto where = script_.place(failed_line_) + ": ";
    if (budget_.spent() != Budget::Spent::nothing)
        return view_->refuse(ErrorCode::script_limit, where + budget_.sentence(), {});
    const auto text = status == LUA_ERRERR ? std::string_view("stack overflow") : top_text(state_.get());
    if (view_->tracing()) view_->trace(readable(text));
    const bool hidden = !hidden_.empty() && text == hidden_;
    view_->refuse(ErrorCode::script_failed,
                  where + (hidden ? std::string("error() with a text that was put together; gantry try shows it")
                                  : std::string(without_place(text, script_.name()))),
                  {});
}

void Sandbox::count(lua_State* lua, lua_Debug*) {
    of(lua).charge(steps_between_counts);
}

void Sandbox::charge(std::int64_t steps, bool heavy) {
    if (!budget_.charge(steps, heavy)) end_for_limit();
}

void Sandbox::room_for_text(std::size_t bytes) {
    if (!budget_.allows_text(bytes)) end_for_limit();
    if (!budget_.fits(2 * bytes)) lua_gc(state_.get(), LUA_GCCOLLECT);
}

void Sandbox::end_for_limit() {
    luaL_error(state_.get(), "the script may not spend more");
    std::abort();  // lua_error does not return, and does not say so
}

void Sandbox::end() {
    ended_ = true;
    luaL_error(state_.get(), "the script is over");
    std::abort();
}

int Sandbox::line() const {
    lua_Debug at{};
    for (int level = 0; lua_getstack(state_.get(), level, &at) == 1; ++level) {
        lua_getinfo(state_.get(), "l", &at);
        if (at.currentline <= 0) continue;
        lua_getinfo(state_.get(), "S", &at);
        if (at.source + 1 == script_.name()) return at.currentline;
    }
    return 0;
}

const text::Pattern& Sandbox::pattern(std::string_view expression) {
    auto found = patterns_.find(expression);
    if (found != patterns_.end() && found->second.used_in == runs_) return found->second.pattern;
    // What is new to this run costs the same whether an earlier one has compiled it or not.
    if (expression.size() > longest_pattern) fail(state_.get(), "a pattern is longer than 4096 bytes");
    if (++patterns_of_run_ > most_patterns) fail(state_.get(), "more than 64 different patterns");
    charge(1000 + 100 * static_cast<std::int64_t>(expression.size()), true);
    if (found == patterns_.end()) {
        if (patterns_.size() >= most_patterns) drop_patterns_of_earlier_runs();
        found = patterns_.emplace(std::string(expression), CompiledPattern{compiled(expression), 0}).first;
    }
    found->second.used_in = runs_;
    return found->second.pattern;
}

text::Pattern Sandbox::compiled(std::string_view expression) const {
    auto pattern = text::Pattern::compile(expression);
    if (pattern) return std::move(*pattern);
    const bool literal = script_.has_literal(expression);
    fail(state_.get(), "a pattern cannot be read" + (literal ? ": " + pattern.error().detail : std::string()));
}

void Sandbox::drop_patterns_of_earlier_runs() {
    for (auto it = patterns_.begin(); it != patterns_.end();)
        it = it->second.used_in == runs_ ? std::next(it) : patterns_.erase(it);
}

const Node& Sandbox::path(std::string_view text, Read read) {
    const char how = static_cast<char>('A' + static_cast<int>(read));
    const auto key = std::string(1, how) + std::string(text);
    const auto found = paths_.find(key);
    if (found != paths_.end()) return found->second;
    auto compiled = ScriptView::compile(text, read);
    if (!compiled)
        fail(state_.get(),
             "a path cannot be read" + (script_.has_literal(text) ? ": " + compiled.error().detail : std::string()));
    if (paths_.size() >= most_paths) paths_.clear();
    return paths_.emplace(key, std::move(*compiled)).first->second;
}

void make_read_only(lua_State* lua, const char* name) {
    lua_newtable(lua);
    lua_createtable(lua, 0, 2);
    lua_pushvalue(lua, -3);
    lua_setfield(lua, -2, "__index");
    lua_pushstring(lua, name);
    lua_pushcclosure(lua, refuse_change, 1);
    lua_setfield(lua, -2, "__newindex");
    lua_setmetatable(lua, -2);
    lua_remove(lua, -2);
}

void unknown_member(lua_State* lua, std::string_view owner, std::string_view written,
                    const std::vector<std::string_view>& names) {
    const bool known = Sandbox::of(lua).script().has_word(written);
    fail(lua, std::string(owner) + " has no " +
                  (known ? "\"" + std::string(written) + "\"" + json::did_you_mean(written, names)
                         : std::string("such member")));
}

void fail(lua_State* lua, const std::string& sentence) {
    luaL_error(lua, "%s", sentence.c_str());
    std::abort();  // lua_error does not return, and does not say so
}

}  // namespace gantry::mappings::script
