// What a run of a script has spent and may still spend. Memory goes through here (it is Lua's allocator), instructions
// and the work of library functions are charged.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

#include "mappings/script/script.hpp"

namespace gantry::mappings::script {

class Budget {
  public:
    // What ran out first.
    enum class Spent : std::uint8_t { nothing, steps, time, memory, allocated, text };

    explicit Budget(const ScriptLimits& limits) : limits_(limits) {}

    // A new run: what is in use stays, everything else is as if nothing had run before.
    void begin();

    // False when the run must end. Looks at the clock now and then; always when `heavy`.
    bool charge(std::int64_t steps, bool heavy = false);
    // False when a text of that length may not be made.
    bool allows_text(std::size_t bytes);
    // Whether so much more would fit; if not, collecting garbage may help.
    bool fits(std::size_t bytes) const { return in_use_ + bytes <= limits_.memory; }
    void out_of_memory() { note(Spent::memory); }

    // lua_Alloc.
    static void* allocate(void* budget, void* block, std::size_t before, std::size_t after);

    Spent spent() const { return spent_; }
    std::string sentence() const;  // "more than 10000000 steps"
    const ScriptLimits& limits() const { return limits_; }
    std::int64_t steps() const { return steps_; }

  private:
    void* grow(void* block, std::size_t kind, std::size_t before, std::size_t after);
    bool note(Spent what) {
        if (spent_ == Spent::nothing) spent_ = what;
        return false;
    }
    bool look_at_clock();

    const ScriptLimits limits_;
    std::size_t in_use_ = 0, allocated_ = 0;
    std::int64_t steps_ = 0, clock_due_ = 0, started_ = 0;  // nanoseconds; 0: not looked at yet
    Spent spent_ = Spent::nothing;
};

}  // namespace gantry::mappings::script
