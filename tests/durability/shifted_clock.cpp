#include "tests/durability/shifted_clock.hpp"

#include <time.h>

#include "tests/durability/preloaded.hpp"

// The engine's calls of it come here first.
extern "C" int clock_gettime(clockid_t clock, timespec* into) {
    using gantry::durability::ShiftedClock;
    static auto* const real = gantry::durability::next<int(clockid_t, timespec*)>("clock_gettime");
    const int done = real(clock, into);
    if (done != 0 || clock != CLOCK_REALTIME) return done;
    static const auto& shift =
        gantry::durability::shared_report<ShiftedClock>(gantry::durability::shifted_clock_variable);
    into->tv_sec += shift.seconds.load();
    return 0;
}
