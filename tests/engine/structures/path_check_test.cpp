#include "engine/structures/path_check.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/json/value.hpp"

using namespace gantry;
using namespace gantry::structures;
using Answer = PathVerdict::Answer;

namespace {

PathVerdict check(const char* path, PathScope scope = {}) {
    return check_path(std::move(hl7::Path::parse(path)).value(), scope);
}
std::string reason(const char* path, const char* version) {
    return check(path, {{}, {version}}).reason;
}

json::Value read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return std::move(json::parse(std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}))
        .value();
}

// Every string in the document that reads as a path.
void collect_paths(const json::Value& document, std::vector<hl7::Path>& out) {
    std::vector<const json::Value*> left{&document};
    while (!left.empty()) {
        const auto& value = *left.back();
        left.pop_back();
        if (value.is_string())
            if (auto path = hl7::Path::parse(value.string())) out.push_back(std::move(*path));
        for (const auto& item : value.items()) left.push_back(&item);
        for (const auto& member : value.members()) left.push_back(&member.value);
    }
}

std::vector<std::string> texts(const json::Value& list) {
    std::vector<std::string> out;
    for (const auto& item : list.items()) out.push_back(item.string());
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(path_checks)

BOOST_AUTO_TEST_CASE(possible_paths) {
    for (const auto* path : {"PID-3.4.2", "PID-5.1.1", "PID-3[*]", "PID-3[type=MR].1", "OBX[3.1=8302-2]-5.3.2",
                             "MSH-9.1", "OBR-27.4", "OBR-27.4.1", "ORC-7.6", "IPC-1", "TQ1-7", "ZDS-1.1", "ZZZ-99.9.9",
                             "PV1-19.1", "PID-19.1", "QPD-3.2.4", "OBR-54"})
        BOOST_TEST((check(path).answer == Answer::possible), path << ": " << check(path).reason);
}

BOOST_AUTO_TEST_CASE(impossible_paths_say_why) {
    BOOST_TEST(reason("OBR-77", "2.6") == "OBR has 50 fields in 2.6");
    BOOST_TEST(reason("OBR-51", "2.6") == "OBR has 50 fields in 2.6");
    BOOST_TEST(reason("PID-3.11", "2.5.1") == "PID-3 is CX in 2.5.1, which has 10 components");
    BOOST_TEST(reason("PID-3.4.4", "2.5.1") == "PID-3.4 is HD in 2.5.1, which has 3 components");
    BOOST_TEST(reason("PID-19.2", "2.5.1") == "PID-19 is ST in 2.5.1, which has no components");
    BOOST_TEST(reason("EVM-3", "2.5.1") == "EVM is no segment of 2.5.1, did you mean \"EVN\"?");
    BOOST_TEST(reason("QQX-3", "2.5.1") == "QQX is no segment of 2.5.1");
    BOOST_TEST(reason("IPC-3", "2.3.1") == "IPC is no segment of 2.3.1");
    BOOST_TEST(check("OBR-77").reason == "OBR has 54 fields in 2.8");
    BOOST_TEST(check("PID-41").reason == "PID has 40 fields in 2.8");
}

BOOST_AUTO_TEST_CASE(one_version_that_has_it_is_enough) {
    BOOST_TEST((check("TQ1-7", {{}, {"2.3.1", "2.5.1"}}).answer == Answer::possible));
    BOOST_TEST((check("TQ1-7", {{}, {"2.3.1", "2.4"}}).answer == Answer::impossible));
}

BOOST_AUTO_TEST_CASE(messages_have_their_segments) {
    BOOST_TEST((check("SCH-1", {{"ORM^O01", "OMG^O19"}, {}}) ==
                PathVerdict{Answer::not_in_structure, "SCH is no part of ORM^O01, OMG^O19"}));
    BOOST_TEST((check("MRG-1", {{"ADT^*"}, {}}).answer == Answer::possible));
    BOOST_TEST((check("TXA-1", {{"ADT^*"}, {}}).answer == Answer::not_in_structure));
    BOOST_TEST((check("PID-3", {{"ZZZ^Z01"}, {}}).answer == Answer::possible));
}

// The mappings this project ships read nothing that no version of HL7 has.
BOOST_AUTO_TEST_CASE(shipped_mappings) {
    std::size_t checked = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(GANTRY_SOURCE_DIR) / "mappings/documents")) {
        if (entry.path().extension() != ".json") continue;
        const auto document = read(entry.path());
        const auto* messages = document.find("messages");
        BOOST_REQUIRE_MESSAGE(messages, entry.path());
        std::vector<hl7::Path> paths;
        collect_paths(document, paths);
        for (const auto& path : paths) {
            const auto verdict = check_path(path, {texts(*messages), {}});
            BOOST_TEST((verdict.answer != Answer::impossible), entry.path()
                                                                   << ": " << path.text() << ": " << verdict.reason);
            if (verdict.answer == Answer::not_in_structure)
                BOOST_TEST_MESSAGE(entry.path().filename() << ": " << path.text() << ": " << verdict.reason);
            ++checked;
        }
    }
    BOOST_TEST(checked > 200u);
}

BOOST_AUTO_TEST_SUITE_END()
