// Orders per second on one core from the bytes of a frame to the unit to commit: decoded, indexed, accepted, mapped.
//   bench_mapping [SECONDS]   how long each row is measured (default 2)
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/main/configuration.hpp"
#include "engine/main/trial.hpp"

using namespace gantry;

namespace {

std::string order() {
    std::ifstream in(std::string(GANTRY_SOURCE_DIR) + "/tests/bench/order.hl7", std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    for (auto& c : text) c = c == '\n' ? '\r' : c;
    return text;
}

double seconds_of(std::chrono::steady_clock::duration time) {
    return std::chrono::duration<double>(time).count();
}

// Orders per second of the whole mapper.
double measure(const channels::Hl7Mapper& mapper, const std::string& bytes, double seconds) {
    const auto start = std::chrono::steady_clock::now();
    std::size_t count = 0;
    double took = 0;
    do {
        for (int i = 0; i < 100; ++i, ++count) {
            const auto unit = mapper.interpret({bytes, "bench", {1'795'392'000'000'000}, {}});
            if (unit.effects.orders.size() != 1) {
                std::fprintf(stderr, "bench_mapping: %s\n",
                             unit.effects.error ? unit.effects.error->text().c_str() : "no order");
                std::exit(1);
            }
        }
        took = seconds_of(std::chrono::steady_clock::now() - start);
    } while (took < seconds);
    return static_cast<double>(count) / took;
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 2;
    const auto configuration = load_configuration(std::string(GANTRY_SOURCE_DIR) + "/conf");
    const auto* channel = configuration->channel("his-orders");
    if (!channel || configuration->has_errors()) {
        for (const auto& problem : configuration->problems) std::fprintf(stderr, "%s\n", problem.text().c_str());
        return 78;
    }
    const auto mapper = make_mapper(*channel, *configuration->zone, 0, false);
    std::printf("%-32s %9.0f orders/s\n", "mapping", measure(*mapper, order(), seconds));
    return 0;
}
