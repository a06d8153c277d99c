// reject, filter, warn and trace: what a script says about a message. A sentence for logs and senders stands in the
// script as it is, so that nothing of a patient gets into it; where in the message is said by a path.
#include "engine/hl7/location.hpp"
#include "mappings/script/sandbox_internal.hpp"

namespace gantry::mappings::script {
namespace {

constexpr std::size_t most_traces = 1000;

std::string sentence_at(lua_State* lua, const char* function) {
    const auto text = text_at(lua, 1);
    if (text.empty() || !Sandbox::of(lua).script().has_literal(text))
        fail(lua, std::string(function) +
                      " takes a sentence that stands in the script as it is: logs and acknowledgments show it");
    return std::string(text);
}

// A path, a segment, or nothing.
std::string place_at(lua_State* lua, int index) {
    if (lua_isnoneornil(lua, index)) return {};
    if (const auto part = part_at(lua, index); part && part->of == ScriptPart::Of::segment)
        return Sandbox::of(lua).view().segment_place(part->index);
    const auto text = text_at(lua, index);
    if (text.find('=') != std::string_view::npos || hl7::error_location(text).segment.empty())
        fail(lua, "a place in the message is a path, for example PID-3 or OBR[2]-4");
    return std::string(text);
}

int reject(lua_State* lua) {
    auto& sandbox = Sandbox::of(lua);
    auto sentence = sentence_at(lua, "reject");
    sandbox.view().refuse(ErrorCode::script_refused, std::move(sentence), place_at(lua, 2));
    sandbox.end();
}

int filter(lua_State* lua) {
    auto& sandbox = Sandbox::of(lua);
    sandbox.view().filter(sandbox.script().name() + ": " + sentence_at(lua, "filter"));
    sandbox.end();
}

int warn(lua_State* lua) {
    auto& sandbox = Sandbox::of(lua);
    auto sentence = sentence_at(lua, "warn");
    if (const auto place = place_at(lua, 2); !place.empty()) sentence += " (" + place + ")";
    // Each is compared with those before it.
    sandbox.charge(100 + 4 * sandbox.count_warning());
    sandbox.view().warn(std::move(sentence));
    return 0;
}

int trace(lua_State* lua) {
    auto& sandbox = Sandbox::of(lua);
    std::string line;
    for (int i = 1; i <= lua_gettop(lua); ++i) line += (i > 1 ? " " : "") + readable(shown(lua, i));
    sandbox.charge(20 + static_cast<std::int64_t>(line.size()) / 8);
    auto& view = sandbox.view();
    if (view.tracing() && view.effects().trace.size() < most_traces)
        view.trace(sandbox.script().place(sandbox.line()) + ": " + line);
    return 0;
}

constexpr luaL_Reg own[] = {
    {"filter", filter}, {"reject", reject}, {"trace", trace}, {"warn", warn}, {nullptr, nullptr}};

}  // namespace

void add_verdicts(lua_State* lua) {
    luaL_setfuncs(lua, own, 0);
}

}  // namespace gantry::mappings::script
