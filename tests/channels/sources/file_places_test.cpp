#include "channels/sources/file_places.hpp"

#include <sys/stat.h>

#include "channels/sources/claimed_file.hpp"
#include "tests/channels/sources/file_parts.hpp"

using namespace gantry;
using namespace gantry::channels;
using namespace gantry::channels::testing;

namespace {

constexpr Instant at{1'795'424'400'000'000};  // 2026-11-23T09:00:00Z

struct Place {
    fs::path file(const std::string& name, const std::string& text = "text") const {
        write_file(here.path() / name, text);
        return here.path() / name;
    }
    fs::path archive() const { return here.path() / "a/b"; }
    store::testing::TemporaryDirectory here;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_file_places)

BOOST_AUTO_TEST_CASE(a_name_that_is_taken_gets_the_time) {
    const Place here;
    for (int n = 0; n < 4; ++n)
        BOOST_TEST(move_into(here.file("o.hl7", std::to_string(n)), here.archive(), "o.hl7", at).ok());
    BOOST_TEST(names_in(here.archive()) ==
                   (Names{"o.20261123T090000Z-2.hl7", "o.20261123T090000Z-3.hl7", "o.20261123T090000Z.hl7", "o.hl7"}),
               boost::test_tools::per_element());
    BOOST_TEST(text_of(here.archive() / "o.hl7") == "0");
    BOOST_TEST(text_of(here.archive() / "o.20261123T090000Z-3.hl7") == "3");
    BOOST_TEST(!fs::exists(here.here.path() / "o.hl7"));
}

BOOST_AUTO_TEST_CASE(a_file_and_its_reason_have_one_name) {
    const Place here;
    write_file(here.archive() / "o.hl7.error", "of an older one");
    BOOST_TEST(move_into(here.file("o.hl7"), here.archive(), "o.hl7", at, "why").ok());
    BOOST_TEST(
        names_in(here.archive()) == (Names{"o.20261123T090000Z.hl7", "o.20261123T090000Z.hl7.error", "o.hl7.error"}),
        boost::test_tools::per_element());
    BOOST_TEST(text_of(here.archive() / "o.hl7.error") == "of an older one");
    BOOST_TEST(text_of(here.archive() / "o.20261123T090000Z.hl7.error") == "why");
    // Of a file that is gone there is nothing to say.
    BOOST_TEST(move_into(here.here.path() / "gone", here.archive(), "gone", at, "why").ok());
    BOOST_TEST(!fs::exists(here.archive() / "gone.error"));
}

BOOST_AUTO_TEST_CASE(the_longest_names_there_are_find_a_place) {
    const Place here;
    const std::string name = std::string(251, 'n') + ".hl7";
    for (int n = 0; n < 3; ++n) BOOST_TEST(move_into(here.file(name), here.archive(), name, at, "why").ok());
    BOOST_TEST(names_in(here.archive()).size() == 6u);
    for (const auto& placed : names_in(here.archive())) BOOST_TEST(placed.substr(0, 100) == std::string(100, 'n'));
    const std::string ending = "." + std::string(254, 'e'), both = "n" + ending.substr(0, 254);
    BOOST_TEST(move_into(here.file(ending), here.archive(), ending, at, "why").ok());
    BOOST_TEST(move_into(here.file(both), here.archive(), both, at, "why").ok());
}

BOOST_AUTO_TEST_CASE(another_file_system_is_reached_by_a_copy) {
    struct stat there {
    }, here_is{};
    const Place here;
    BOOST_REQUIRE_EQUAL(::stat(here.here.path().c_str(), &here_is), 0);
    const fs::path memory = "/dev/shm";
    if (::stat(memory.c_str(), &there) != 0 || there.st_dev == here_is.st_dev) {
        BOOST_TEST_MESSAGE("skipped: there is no second file system");
        return;
    }
    auto name = (memory / "gantry-test-XXXXXX").string();
    const fs::path directory = ::mkdtemp(name.data());
    const std::string large(3'000'000, 'x');
    for (int n = 0; n < 2; ++n)
        BOOST_TEST(move_into(here.file("o.hl7", large), directory / "archive", "o.hl7", at).ok());
    BOOST_TEST(names_in(directory / "archive") == (Names{"o.20261123T090000Z.hl7", "o.hl7"}),
               boost::test_tools::per_element());
    BOOST_CHECK(text_of(directory / "archive/o.hl7") == large);
    BOOST_TEST(!fs::exists(here.here.path() / "o.hl7"));
    BOOST_TEST(fs::is_empty(here.here.path()));
    fs::remove_all(directory);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_placed_stays_where_it_was) {
    const Place here;
    const auto file = here.file("o.hl7");
    const auto blocked = here.file("a", "a file where the directory should be") / "b";
    const auto moved = move_into(file, blocked, "o.hl7", at, "why");
    BOOST_REQUIRE(!moved.ok());
    BOOST_CHECK(moved.error().code == ErrorCode::io);
    BOOST_TEST(moved.error().detail == "Not a directory");
    BOOST_TEST(text_of(file) == "text");
    BOOST_TEST(!write_into(blocked, "o.ack", "answer", at).ok());
}

BOOST_AUTO_TEST_CASE(what_was_written_before_is_not_written_again) {
    const Place here;
    for (int n = 0; n < 2; ++n) BOOST_TEST(write_into(here.archive(), "o.ack", "one", at).ok());
    BOOST_TEST(names_in(here.archive()) == Names{"o.ack"}, boost::test_tools::per_element());
    for (int n = 0; n < 2; ++n) BOOST_TEST(write_into(here.archive(), "o.ack", "two", at).ok());
    BOOST_TEST(names_in(here.archive()) == (Names{"o.20261123T090000Z.ack", "o.ack"}),
               boost::test_tools::per_element());
    BOOST_TEST(text_of(here.archive() / "o.ack") == "one");
    BOOST_TEST(text_of(here.archive() / "o.20261123T090000Z.ack") == "two");
    // What a crash left aside is no obstacle.
    write_file(here.archive() / ".p.ack.part", "a longer beginning of something");
    BOOST_TEST(write_into(here.archive(), "p.ack", "three", at).ok());
    BOOST_TEST(text_of(here.archive() / "p.ack") == "three");
}

BOOST_AUTO_TEST_CASE(only_plain_files_are_read) {
    const Place here;
    const auto file = here.file("o.hl7");
    const auto opened = ClaimedFile::open(file, 4);
    BOOST_REQUIRE(opened.ok());
    BOOST_TEST(opened->bytes == "text");
    BOOST_TEST(!opened->changed());
    std::ofstream(file, std::ios::app) << "more";
    BOOST_TEST(opened->changed());
    const auto large = ClaimedFile::open(file, 7);
    BOOST_REQUIRE(!large.ok());
    BOOST_CHECK(large.error().code == ErrorCode::net_too_large);
    fs::create_symlink(file, here.here.path() / "link");
    BOOST_REQUIRE_EQUAL(::mkfifo((here.here.path() / "pipe").c_str(), 0600), 0);
    for (const auto* name : {"link", "pipe", "nothing", "."}) {
        const auto refused = ClaimedFile::open(here.here.path() / name, 100);
        BOOST_REQUIRE(!refused.ok());
        BOOST_CHECK(refused.error().code == ErrorCode::io);
    }
}

BOOST_AUTO_TEST_SUITE_END()
