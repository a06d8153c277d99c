// A wall clock that shows another time than it should, in a library that is loaded into the engine with LD_PRELOAD.
// What does not jump (CLOCK_MONOTONIC) is left alone.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>

namespace gantry::durability {

// Shared with the test through the file that SHIFTED_CLOCK names; needed.
struct ShiftedClock {
    std::atomic<std::int64_t> seconds;  // ahead of what it should show
};
inline constexpr auto shifted_clock_variable = "SHIFTED_CLOCK";

// From now on, and for engines that start later.
inline void set_clock(const std::filesystem::path& file, std::chrono::seconds ahead) {
    const std::int64_t seconds = ahead.count();
    if (!std::filesystem::exists(file)) std::ofstream(file, std::ios::binary).put('\0');
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    out.write(reinterpret_cast<const char*>(&seconds), sizeof seconds);
}

}  // namespace gantry::durability
