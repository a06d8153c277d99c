#include "mappings/script/budget_internal.hpp"

#include <time.h>

#include <cstdlib>
#include <lua.hpp>

namespace gantry::mappings::script {
namespace {

constexpr std::int64_t steps_between_looks = 20'000;  // about a tenth of a millisecond
constexpr std::size_t header_of_a_text = 64;

// Nanoseconds this thread has had of the processor: a busy machine does not make a script slow.
std::int64_t processor_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

void Budget::begin() {
    allocated_ = 0;
    steps_ = started_ = 0;
    clock_due_ = steps_between_looks;
    spent_ = Spent::nothing;
}

bool Budget::charge(std::int64_t steps, bool heavy) {
    steps_ += steps;
    if (steps_ > limits_.steps) return note(Spent::steps);
    if (!heavy && steps_ < clock_due_) return spent_ == Spent::nothing;
    clock_due_ = steps_ + steps_between_looks;
    return look_at_clock() && spent_ == Spent::nothing;
}

bool Budget::look_at_clock() {
    const auto now = processor_time();
    if (started_ == 0) started_ = now;
    const auto most = std::chrono::duration_cast<std::chrono::nanoseconds>(limits_.time).count();
    return now - started_ <= most || note(Spent::time);
}

bool Budget::allows_text(std::size_t bytes) {
    return bytes <= limits_.text || note(Spent::text);
}

void* Budget::allocate(void* budget, void* block, std::size_t before, std::size_t after) {
    auto& self = *static_cast<Budget*>(budget);
    const auto kind = block ? 0 : before;  // of a new block Lua says what it is for
    if (!block) before = 0;
    if (after > before) return self.grow(block, kind, before, after);
    self.in_use_ -= before - after;
    if (after == 0) return std::free(block), nullptr;
    auto* const smaller = std::realloc(block, after);
    return smaller ? smaller : block;  // to Lua, making a block smaller cannot fail
}

void* Budget::grow(void* block, std::size_t kind, std::size_t before, std::size_t after) {
    const auto more = after - before;
    if (kind == LUA_TSTRING && after > header_of_a_text && !allows_text(after - header_of_a_text)) return nullptr;
    if (allocated_ + more > limits_.allocated) return note(Spent::allocated), nullptr;
    // Lua collects its garbage and asks again; only the second refusal is an error.
    if (!fits(more)) return nullptr;
    auto* const out = std::realloc(block, after);
    if (!out) return nullptr;
    in_use_ += more;
    allocated_ += more;
    return out;
}

std::string Budget::sentence() const {
    switch (spent_) {
        case Spent::nothing:
            return {};
        case Spent::steps:
            return "more than " + std::to_string(limits_.steps) + " steps";
        case Spent::time:
            return "more than " + settings::to_string(limits_.time) + " of processor time";
        case Spent::memory:
            return "more than " + settings::to_string(limits_.memory) + " of memory at once";
        case Spent::allocated:
            return "more than " + settings::to_string(limits_.allocated) + " of memory altogether";
        case Spent::text:
            return "a text longer than " + settings::to_string(limits_.text);
    }
    return {};
}

}  // namespace gantry::mappings::script
