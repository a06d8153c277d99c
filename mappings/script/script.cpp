#include "mappings/script/script.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "mappings/script/check_internal.hpp"
#include "mappings/script/sandbox_internal.hpp"

namespace gantry::mappings {
namespace {

using script::Sandbox;
using script::ScriptText;

constexpr std::size_t largest_file = 1u << 20;

// The script and the sandboxes it has run in, one for each thread that was in it at once.
class LuaStep final : public ScriptStep {
  public:
    LuaStep(std::string name, std::string text, const Tables& all, const ScriptLimits& limits)
        : text_(std::move(name), std::move(text)), used_(script::tables_of(text_, all)), limits_(limits) {
        for (const auto& table : used_) tables_.add(table);
    }

    const std::string& name() const override { return text_.name(); }
    const std::vector<std::shared_ptr<const Table>>& tables() const override { return used_; }

    void run(ScriptView& view) const override {
        auto sandbox = take();
        if (!sandbox) return view.refuse(ErrorCode::script_failed, text_.name() + " could not be loaded", {});
        if (sandbox->run(view)) give_back(std::move(sandbox));
    }

    // The first sandbox, which says what Lua thinks of the text.
    std::optional<Error> open() {
        auto sandbox = Sandbox::open(text_, tables_, limits_);
        if (!sandbox) return sandbox.error();
        give_back(std::move(*sandbox));
        return std::nullopt;
    }
    const ScriptText& text() const { return text_; }

  private:
    std::unique_ptr<Sandbox> take() const {
        {
            const std::lock_guard lock(mutex_);
            if (!idle_.empty()) {
                auto out = std::move(idle_.back());
                idle_.pop_back();
                return out;
            }
        }
        auto made = Sandbox::open(text_, tables_, limits_);
        return made ? std::move(*made) : nullptr;
    }
    void give_back(std::unique_ptr<Sandbox> sandbox) const {
        const std::lock_guard lock(mutex_);
        idle_.push_back(std::move(sandbox));
    }

    const ScriptText text_;
    const std::vector<std::shared_ptr<const Table>> used_;
    Tables tables_;  // the same by name
    const ScriptLimits limits_;
    mutable std::mutex mutex_;
    mutable std::vector<std::unique_ptr<Sandbox>> idle_;
};

// Lua names the line and what is written there, which may stand there more than once: the place is the first of them up
// to which the script already has the mistake.
json::Position position_of(const Error& error, const ScriptText& text, const Tables& tables,
                           const ScriptLimits& limits) {
    const auto line = static_cast<std::uint32_t>(std::atoi(error.place.c_str()));
    const auto near = error.detail.rfind(" near ");
    if (near == std::string::npos) return {std::max(line, 1u), 1};
    const auto word = error.detail.substr(near + 6);
    if (word == "<eof>") return text.tokens().back().at;
    for (const auto& token : text.tokens()) {
        // Of a token that cannot be read Lua shows the beginning.
        const auto quoted = "'" + std::string(token.written) + "'";
        if (token.at.line != line || quoted.compare(0, word.size() - 1, word, 0, word.size() - 1) != 0) continue;
        const auto end = token.written.data() + token.written.size() - text.text().data();
        const ScriptText until(text.name(), text.text().substr(0, static_cast<std::size_t>(end)));
        const auto again = Sandbox::open(until, tables, limits);
        if (again) continue;
        // A text that does not end, ends with the script here.
        const bool unfinished = error.detail.substr(0, near).ends_with("unfinished string");
        const auto compared = unfinished ? near : std::string::npos;
        if (again.error().detail.substr(0, compared) == error.detail.substr(0, compared)) return token.at;
    }
    return {std::max(line, 1u), 1};
}

}  // namespace

std::shared_ptr<const ScriptStep> compile_script(std::string name, std::string text, const Tables& tables,
                                                 const ScriptLimits& limits, json::Diagnostics& diagnostics) {
    if (text.size() > largest_file) {
        diagnostics.error_at({1, 1}, {}, ErrorCode::config_bad_script, "it is longer than 1 MiB");
        return nullptr;
    }
    auto step = std::make_shared<LuaStep>(std::move(name), std::move(text), tables, limits);
    if (const auto error = step->open())
        diagnostics.error_at(position_of(*error, step->text(), tables, limits), {}, error->code, error->detail);
    else
        script::check(step->text(), tables, diagnostics);
    if (diagnostics.has_errors()) return nullptr;
    return step;
}

}  // namespace gantry::mappings
