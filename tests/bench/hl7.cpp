// How fast a message is made readable: every ORM and ORU of the corpus is indexed as a whole and twenty of its fields
// are read, over and over on one core; beside it, in the same run, memchr looking for the segment ends of the same
// bytes, which is the least that any reader must do. Prints GB/s (10^9 bytes), medians of several rounds.
//
// Built twice: bench_hl7 as shipped, bench_hl7_portable without the processor's wide comparisons.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/hl7/message.hpp"

namespace {

using gantry::hl7::Message;

// What this thread has used of a core, in seconds: other programs on the machine do not count.
double core_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Place {
    const char* segment;
    std::size_t field, component;
};
constexpr Place twenty[] = {
    {"MSH", 3, 1}, {"MSH", 7, 1}, {"MSH", 9, 2},  {"MSH", 10, 1}, {"PID", 3, 1},  {"PID", 5, 1}, {"PID", 5, 2},
    {"PID", 7, 1}, {"PID", 8, 1}, {"PV1", 2, 1},  {"PV1", 19, 1}, {"ORC", 1, 1},  {"ORC", 2, 1}, {"ORC", 3, 1},
    {"OBR", 4, 1}, {"OBR", 4, 2}, {"OBR", 16, 1}, {"OBR", 18, 1}, {"OBR", 24, 1}, {"OBX", 5, 1},
};
static_assert(std::size(twenty) == 20);

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<std::string> orders_and_results() {
    std::vector<std::string> out;
    const std::filesystem::path folder = std::filesystem::path(GANTRY_TEST_CORPUS) / "hl7v2";
    if (!std::filesystem::exists(folder)) return out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        auto bytes = contents(entry.path());
        const auto message = Message::parse(bytes);
        if (message && (message->type() == "ORM" || message->type() == "ORU")) out.push_back(std::move(bytes));
    }
    return out;
}

std::size_t index_and_read(const std::string& bytes) {
    const auto message = Message::parse(bytes);
    std::size_t length = 0;
    for (const auto& place : twenty)
        length += message->segment(place.segment).field(place.field).component(place.component).raw().size();
    return length;
}

std::size_t find_ends(const std::string& bytes) {
    std::size_t ends = 0;
    const char* at = bytes.data();
    const char* end = at + bytes.size();
    while ((at = static_cast<const char*>(std::memchr(at, '\r', static_cast<std::size_t>(end - at)))) != nullptr) {
        ++ends;
        if (++at == end) break;
    }
    return ends;
}

// Billions of bytes per second.
template <class Work>
double speed(const std::vector<std::string>& messages, std::size_t bytes, std::size_t rounds, Work work) {
    std::size_t sum = 0;
    const auto begin = core_seconds();
    for (std::size_t round = 0; round < rounds; ++round)
        for (const auto& message : messages) sum += work(message);
    if (sum == 0) std::printf("nothing was found\n");  // keeps the work from being optimised away
    return static_cast<double>(bytes) * static_cast<double>(rounds) / 1e9 / (core_seconds() - begin);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

int main() {
    const auto messages = orders_and_results();
    if (messages.empty()) {
        std::printf("skipped: no corpus at %s\n", GANTRY_TEST_CORPUS);
        return 0;
    }
    std::size_t bytes = 0;
    for (const auto& message : messages) bytes += message.size();
    std::vector<double> ours, limit, ratio;
    const auto rounds = 100'000'000 / bytes + 1;
    for (int run = 0; run < 7; ++run) {
        ours.push_back(speed(messages, bytes, rounds, index_and_read));
        limit.push_back(speed(messages, bytes, rounds, find_ends));
        ratio.push_back(ours.back() / limit.back());
    }
    std::printf("%zu messages, %zu bytes on average: %.2f GB/s, memchr %.2f GB/s, ratio %.2f\n", messages.size(),
                bytes / messages.size(), median(ours), median(limit), median(ratio));
}
