#include "channels/destinations/file_destination.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

using namespace gantry;
using channels::FileDestination;
using channels::FileOptions;
using Verdict = runtime::Destination::Verdict;

namespace {

struct TemporaryDirectory {
    TemporaryDirectory() {
        auto name = (std::filesystem::temp_directory_path() / "gantry-test-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    std::filesystem::path path;
};

std::string file_text(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> names_in(const std::filesystem::path& directory) {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) out.push_back(entry.path().filename());
    std::sort(out.begin(), out.end());
    return out;
}

store::DeliveryWork work(std::int64_t id, const std::string& payload) {
    store::DeliveryWork out;
    out.id = {id};
    out.payload = payload;
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_file_destination)

BOOST_AUTO_TEST_CASE(each_delivery_is_one_whole_file) {
    const TemporaryDirectory here;
    FileDestination target({"out/box", ".hl7"}, here.path);
    const std::string bytes("MSH|\0\xff\r\n", 8), large(3'000'000, 'x');
    BOOST_CHECK(target.deliver(work(7, bytes)).verdict == Verdict::delivered);
    BOOST_CHECK(target.deliver(work(8, large)).verdict == Verdict::delivered);
    BOOST_CHECK(target.deliver(work(9, "")).verdict == Verdict::delivered);
    BOOST_TEST(names_in(here.path / "out/box") == (std::vector<std::string>{"7.hl7", "8.hl7", "9.hl7"}),
               boost::test_tools::per_element());
    BOOST_CHECK(file_text(here.path / "out/box/7.hl7") == bytes);
    BOOST_CHECK(file_text(here.path / "out/box/8.hl7") == large);
    BOOST_TEST(file_text(here.path / "out/box/9.hl7") == "");
}

BOOST_AUTO_TEST_CASE(a_delivery_repeated_is_still_one_file) {
    const TemporaryDirectory here;
    for (int life = 0; life < 2; ++life) {
        FileDestination target({"outbox", ".hl7"}, here.path);
        for (int n = 0; n < 2; ++n) BOOST_CHECK(target.deliver(work(7, "MSH|whole")).verdict == Verdict::delivered);
    }
    BOOST_TEST(names_in(here.path / "outbox") == std::vector<std::string>{"7.hl7"}, boost::test_tools::per_element());
    BOOST_TEST(file_text(here.path / "outbox/7.hl7") == "MSH|whole");
}

BOOST_AUTO_TEST_CASE(what_a_crash_left_half_written_is_written_anew) {
    const TemporaryDirectory here;
    std::filesystem::create_directory(here.path / "outbox");
    std::ofstream(here.path / "outbox/.7.hl7.part") << "a longer beginning of something";
    FileDestination target({"outbox", ".hl7"}, here.path);
    BOOST_CHECK(target.deliver(work(7, "MSH|whole")).verdict == Verdict::delivered);
    BOOST_TEST(names_in(here.path / "outbox") == std::vector<std::string>{"7.hl7"}, boost::test_tools::per_element());
    BOOST_TEST(file_text(here.path / "outbox/7.hl7") == "MSH|whole");
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_tried_again_and_got_over) {
    const TemporaryDirectory here;
    std::ofstream(here.path / "outbox") << "a file where the directory should be";
    FileDestination target({"outbox", ".hl7"}, here.path);
    const auto answer = target.deliver(work(7, "secret of SMITH"));
    BOOST_CHECK(answer.verdict == Verdict::retry);
    BOOST_TEST(answer.detail.find("could not be written") != std::string::npos);
    BOOST_TEST(answer.detail.find("SMITH") == std::string::npos);
    BOOST_TEST(answer.detail.find("Success") == std::string::npos);  // the reason is a reason
    std::filesystem::remove(here.path / "outbox");
    BOOST_CHECK(target.deliver(work(7, "MSH|")).verdict == Verdict::delivered);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_taken_by_a_directory_is_tried_again) {
    const TemporaryDirectory here;
    std::filesystem::create_directories(here.path / "outbox/7.hl7/something");
    FileDestination target({"outbox", ".hl7"}, here.path);
    BOOST_CHECK(target.deliver(work(7, "MSH|")).verdict == Verdict::retry);
}

BOOST_AUTO_TEST_CASE(an_absolute_directory_is_where_it_says) {
    const TemporaryDirectory here, elsewhere;
    FileDestination target({(elsewhere.path / "out").string(), ".txt"}, here.path);
    BOOST_CHECK(target.deliver(work(7, "MSH|")).verdict == Verdict::delivered);
    BOOST_TEST(std::filesystem::exists(elsewhere.path / "out/7.txt"));
    BOOST_TEST(std::filesystem::is_empty(here.path));
}

BOOST_AUTO_TEST_SUITE_END()
