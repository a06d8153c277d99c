// Orders per second on one core from the bytes of a frame to the unit to commit: decoded, indexed, accepted, mapped;
// with the shipped mapping as it is and with a script as its last step.
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

const std::string root = GANTRY_SOURCE_DIR;

std::string file_text(const std::string& path) {
    std::ifstream in(root + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string order() {
    auto text = file_text("/tests/bench/order.hl7");
    for (auto& c : text) c = c == '\n' ? '\r' : c;
    return text;
}

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "bench_mapping: %s\n", why.c_str());
    std::exit(1);
}

std::shared_ptr<const channels::Hl7Mapper> plain(const Configuration& configuration) {
    const auto* channel = configuration.channel("his-orders");
    if (!channel || configuration.has_errors()) give_up("the shipped configuration cannot be used");
    return make_mapper(*channel, *configuration.zone, 0);
}

// The shipped mapping of orders with tests/bench/order.lua behind it.
std::shared_ptr<const channels::Hl7Mapper> with_script(const Configuration& configuration) {
    json::Diagnostics problems("order.lua");
    const auto step =
        mappings::compile_script("order.lua", file_text("/tests/bench/order.lua"), configuration.tables, {}, problems);
    if (!step) give_up(problems.all().front().text());
    auto text = file_text("/mappings/documents/orders-v2.json");
    text.insert(text.find("\"reads\""), "\"script\": \"order.lua\", ");
    auto mapping =
        mappings::compile("orders-v2", *json::parse(text), configuration.tables, problems, {{"order.lua", step}});
    if (!mapping) give_up(problems.all().front().text());
    auto handling = plain(configuration)->handling();
    handling.mappings = {};
    handling.mappings.add(std::move(*mapping));
    return std::make_shared<const channels::Hl7Mapper>(std::move(handling));
}

double measure(const char* name, const channels::Hl7Mapper& mapper, double seconds) {
    using Clock = std::chrono::steady_clock;
    const auto bytes = order();
    const auto start = Clock::now();
    std::size_t count = 0;
    double took = 0;
    do {
        for (int i = 0; i < 100; ++i, ++count) {
            const auto unit = mapper.interpret({bytes, "bench", {1'795'392'000'000'000}, {}});
            if (unit.effects.orders.size() == 1) continue;
            give_up(unit.effects.error ? unit.effects.error->text() : "no order");
        }
        took = std::chrono::duration<double>(Clock::now() - start).count();
    } while (took < seconds);
    const auto rate = static_cast<double>(count) / took;
    std::printf("%-28s %9.0f orders/s %8.2f µs each\n", name, rate, 1e6 / rate);
    return rate;
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 2;
    const auto configuration = load_configuration(root + "/conf");
    const auto without = measure("mapping", *plain(*configuration), seconds);
    const auto with = measure("mapping and a Lua script", *with_script(*configuration), seconds);
    std::printf("%-28s %9.2f times the cost\n", "with the script", without / with);
    return 0;
}
