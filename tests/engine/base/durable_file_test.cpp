#include "engine/base/durable_file.hpp"

#include <fcntl.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>

#include "tests/engine/store/temporary_directory.hpp"

using namespace gantry;
namespace fs = std::filesystem;
using store::testing::TemporaryDirectory;

namespace {

std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(base_durable_file)

BOOST_AUTO_TEST_CASE(a_file_has_the_bytes_and_no_others) {
    const TemporaryDirectory here;
    const auto path = here.path() / "one";
    const std::string bytes("\0\xff\r\n", 4);
    BOOST_TEST(write_synced(path, "something longer"));
    BOOST_TEST(write_synced(path, bytes));
    BOOST_CHECK(text_of(path) == bytes);
    BOOST_TEST(write_synced(path, ""));
    BOOST_TEST(text_of(path) == "");
    BOOST_TEST(sync_directory(here.path()));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_written_says_why) {
    const TemporaryDirectory here;
    BOOST_TEST(!write_synced(here.path() / "missing/one", "x"));
    BOOST_TEST(errno == ENOENT);
    BOOST_TEST(!write_synced(here.path(), "x"));
    BOOST_TEST(errno == EISDIR);
    BOOST_TEST(!sync_directory(here.path() / "missing"));
    BOOST_TEST(errno == ENOENT);
    const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    BOOST_REQUIRE(full.open());
    BOOST_TEST(!write_all(full.number(), "x"));
    BOOST_TEST(errno == ENOSPC);
}

BOOST_AUTO_TEST_CASE(a_symbolic_link_is_not_written_through) {
    const TemporaryDirectory here;
    std::ofstream(here.path() / "target") << "untouched";
    fs::create_symlink(here.path() / "target", here.path() / "link");
    BOOST_TEST(!write_synced(here.path() / "link", "x"));
    BOOST_TEST(errno == ELOOP);
    BOOST_TEST(text_of(here.path() / "target") == "untouched");
}

BOOST_AUTO_TEST_CASE(directories_are_made_with_all_above_them) {
    const TemporaryDirectory here;
    const auto deep = here.path() / "a/b/c";
    BOOST_TEST(make_directories(deep));
    BOOST_TEST(fs::is_directory(deep));
    BOOST_TEST(make_directories(deep));
    BOOST_TEST(make_directories(here.path() / "d/"));
    std::ofstream(here.path() / "file") << "x";
    BOOST_TEST(!make_directories(here.path() / "file/e"));
    BOOST_TEST(errno == ENOTDIR);
    BOOST_TEST(!make_directories(here.path() / "file"));
}

BOOST_AUTO_TEST_CASE(a_descriptor_closes_and_keeps_the_reason) {
    int number = -1;
    {
        Descriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        number = first.number();
        Descriptor second;
        second = std::move(first);
        BOOST_TEST(second.number() == number);
        errno = EDOM;
    }
    BOOST_TEST(errno == EDOM);
    BOOST_TEST(::fcntl(number, F_GETFD) == -1);
}

BOOST_AUTO_TEST_SUITE_END()
