// How many ImagingStudies one core reads and validates in a second: HL7's own example (imaging_study.json, CC0), as it
// is published and without its blanks; and how long writing it takes, as JSON and as XML. Beside it, in the same run,
// the least any reader must do: looking at every byte (is_utf8). Medians of several rounds, of the time this thread
// had.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/base/utf8.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/json_writer.hpp"
#include "fhir/json/validation.hpp"
#include "fhir/json/xml_reader.hpp"
#include "fhir/json/xml_writer.hpp"

namespace {

using namespace gantry::fhir::r4;

double core_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Per second, the median of seven rounds.
template <class Work>
double speed(Work work) {
    constexpr int times = 5000;
    std::vector<double> rounds;
    for (int round = 0; round < 7; ++round) {
        std::size_t sum = 0;
        const auto begin = core_seconds();
        for (int i = 0; i < times; ++i) sum += work();
        rounds.push_back(times / (core_seconds() - begin));
        if (sum == 0) std::printf("nothing was done\n");  // keeps the work from being optimised away
    }
    std::sort(rounds.begin(), rounds.end());
    return rounds[rounds.size() / 2];
}

void measure(const char* name, const std::string& text) {
    const auto outcome = read_json(text);
    if (!outcome.ok() || !validate(*outcome.resource).empty()) {
        std::printf("%s is not valid\n", name);
        return;
    }
    const auto bytes = speed([&] { return gantry::is_utf8(text) ? 1u : 0u; });
    const auto read = speed([&] { return read_json(text).ok() ? 1u : 0u; });
    const auto both = speed([&] {
        const auto one = read_json(text);
        return one.ok() && validate(*one.resource).empty() ? 1u : 0u;
    });
    const auto json = speed([&] { return write_json(*outcome.resource).size(); });
    const auto xml = write_xml(*outcome.resource);
    const auto from_xml = speed([&] { return read_xml(xml).ok() ? 1u : 0u; });
    const auto to_xml = speed([&] { return write_xml(*outcome.resource).size(); });
    std::printf(
        "%s, %zu bytes: read and validated %.0f/s (%.1f us), read alone %.0f/s, written %.0f/s; as XML "
        "read %.0f/s, written %.0f/s; "
        "is_utf8 %.0f/s\n",
        name, text.size(), both, 1e6 / both, read, json, from_xml, to_xml, bytes);
}

}  // namespace

int main() {
    const auto text = contents(GANTRY_SOURCE_DIR "/tests/bench/imaging_study.json");
    measure("as published", text);
    const auto outcome = read_json(text);
    if (outcome.ok()) measure("compact", write_json(*outcome.resource));
}
