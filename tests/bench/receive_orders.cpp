// receive_orders PORT COUNT: takes so many orders over MLLP, each acknowledged at once, and prints how many came per
// second from the first to the last.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "tests/durability/receiver.hpp"

int main(int count, char** arguments) {
    using std::chrono::steady_clock, std::chrono::milliseconds;
    if (count != 3) return 2;
    const auto wanted = static_cast<std::size_t>(std::atol(arguments[2]));
    gantry::durability::Receiver receiver(1, 0, static_cast<std::uint16_t>(std::atoi(arguments[1])));
    const auto last_chance = steady_clock::now() + std::chrono::minutes(10);
    const auto wait_for = [&](std::size_t orders) {
        while (receiver.count() < orders && steady_clock::now() < last_chance)
            std::this_thread::sleep_for(milliseconds(1));
        return steady_clock::now();
    };
    const auto first = wait_for(1), last = wait_for(wanted);
    const auto came = receiver.count();
    std::printf("%zu %.0f\n", came, static_cast<double>(came) / std::chrono::duration<double>(last - first).count());
    std::fflush(stdout);
    std::_Exit(came < wanted ? 1 : 0);  // whoever is still connected need not be waited for
}
