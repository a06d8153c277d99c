// The HL7 v2 files of the development corpus, when it is there.
#pragma once
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

struct CorpusFile {
    std::string name, bytes;
};

inline std::vector<CorpusFile> hl7_corpus() {
    std::vector<CorpusFile> out;
    const std::filesystem::path folder = std::filesystem::path(GANTRY_TEST_CORPUS) / "hl7v2";
    if (!std::filesystem::exists(folder)) {
        BOOST_TEST_MESSAGE("skipped: no corpus at " << folder);
        return out;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream in(entry.path(), std::ios::binary);
        out.push_back({entry.path().string(), {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}});
    }
    return out;
}
