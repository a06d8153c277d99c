#include "engine/sftp/session.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>

#include "engine/sftp/whole_file.hpp"
#include "tests/engine/sftp/sftp_server.hpp"
#include "tests/engine/store/temporary_directory.hpp"

using namespace gantry;
using namespace gantry::sftp;
namespace fs = std::filesystem;

namespace {

constexpr Session::Waits patient{std::chrono::seconds(20), std::chrono::seconds(20)};

std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void put(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

struct Place {
    explicit Place(const std::vector<std::string>& more = {}) {
        auto opened = Session::open(testing::server_command(here(), more), patient);
        BOOST_REQUIRE_MESSAGE(opened.ok(), "no session: " << (opened ? "" : opened.error().text()));
        session = std::move(*opened);
    }
    const fs::path& here() const { return directory.path(); }

    store::testing::TemporaryDirectory directory;
    std::unique_ptr<Session> session;
};

// A command that is no SFTP server.
Result<std::unique_ptr<Session>> speaking_to(const std::string& script, Session::Waits waits = patient,
                                             const Interrupt* interrupt = nullptr) {
    return Session::open({"/bin/sh", "-c", script}, waits, interrupt);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(engine_sftp_session, *boost::unit_test::precondition(testing::is_installed))

BOOST_AUTO_TEST_CASE(files_are_read_byte_for_byte_whatever_their_size) {
    Place place;
    for (const std::size_t size : {0u, 1u, 32'768u, 32'769u, 3'000'000u}) {
        std::string bytes(size, '\0');
        for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7 + i / 251);
        put(place.here() / "file", bytes);
        const auto read = place.session->read("file", 3'000'000);
        BOOST_REQUIRE(read.ok());
        BOOST_TEST(read->ok());
        BOOST_TEST((read->value.bytes == bytes), size);
        BOOST_TEST(read->value.attributes.size.value_or(7) == size);
    }
    BOOST_TEST(place.session->usable());
}

BOOST_AUTO_TEST_CASE(what_is_larger_than_the_limit_or_no_file_is_not_read) {
    Place place;
    put(place.here() / "file", "12345");
    fs::create_directory(place.here() / "directory");
    auto read = place.session->read("file", 4);
    BOOST_REQUIRE(read.ok());
    BOOST_TEST(!read->value.within_limit);
    BOOST_TEST(read->value.bytes.empty());
    BOOST_CHECK(place.session->read("missing", 4)->status == Status::no_such_file);
    const auto directory = place.session->read("directory", 1 << 20);
    BOOST_REQUIRE(directory.ok());
    BOOST_TEST(directory->value.bytes.empty());
    BOOST_TEST(place.session->usable());
}

BOOST_AUTO_TEST_CASE(directories_are_listed_with_what_their_files_are) {
    Place place;
    for (int i = 0; i < 500; ++i) put(place.here() / std::to_string(i), std::string(static_cast<std::size_t>(i), 'x'));
    fs::create_directory(place.here() / "below");
    fs::create_symlink("0", place.here() / "link");
    const auto list = place.session->list(".");
    BOOST_REQUIRE(list.ok());
    BOOST_TEST(list->value.size() == 502u);
    for (const auto& entry : list->value) {
        BOOST_TEST(entry.attributes.is_directory() == (entry.name == "below"));
        if (entry.attributes.is_regular()) BOOST_TEST(entry.attributes.size.value() == std::stoul(entry.name));
        BOOST_TEST((entry.attributes.is_regular() || entry.name == "below" || entry.name == "link"));
    }
    BOOST_CHECK(place.session->list("missing")->status == Status::no_such_file);
}

BOOST_AUTO_TEST_CASE(a_rename_replaces_nothing_and_a_replacement_does) {
    Place place;
    put(place.here() / "a", "A");
    put(place.here() / "b", "B");
    BOOST_CHECK(*place.session->rename("a", "b") == Status::failure);
    BOOST_CHECK(*place.session->rename("missing", "c") == Status::no_such_file);
    BOOST_CHECK(*place.session->rename("a", "c") == Status::ok);
    BOOST_REQUIRE(place.session->renames_atomically());
    BOOST_CHECK(*place.session->replace("c", "b") == Status::ok);
    BOOST_TEST(text_of(place.here() / "b") == "A");
    BOOST_CHECK(*place.session->replace("c", "b") == Status::no_such_file);
    BOOST_CHECK(*place.session->remove("b") == Status::ok);
    BOOST_CHECK(place.session->lstat("b")->status == Status::no_such_file);
}

BOOST_AUTO_TEST_CASE(a_file_comes_into_being_whole_with_and_without_the_extensions) {
    for (const auto& without : {"", "posix-rename", "fsync", "posix-rename,fsync"}) {
        Place place(*without ? std::vector<std::string>{"-P", without} : std::vector<std::string>{});
        const std::string large(2'000'000, 'x');
        using End = Written::End;
        BOOST_CHECK(write_whole(*place.session, ".a", "a", large, Over::whatever).end == End::done);
        BOOST_CHECK(write_whole(*place.session, ".a", "a", "again", Over::if_free).end == End::taken);
        BOOST_TEST(fs::file_size(place.here() / "a") == large.size());
        BOOST_TEST(!fs::exists(place.here() / ".a"));
        BOOST_CHECK(write_whole(*place.session, ".a", "b", "b", Over::if_free).end == End::done);
        BOOST_TEST(text_of(place.here() / "b") == "b");
        const auto refused = write_whole(*place.session, "no/.a", "no/a", "b", Over::if_free);
        BOOST_CHECK(refused.end == End::refused && refused.status == Status::no_such_file);
    }
    Place place;
    BOOST_CHECK(write_whole(*place.session, ".a", "a", "1", Over::whatever).end == Written::End::done);
    BOOST_CHECK(write_whole(*place.session, ".a", "a", "2", Over::whatever).end == Written::End::done);
    BOOST_TEST(text_of(place.here() / "a") == "2");
}

BOOST_AUTO_TEST_CASE(directories_are_made_with_all_above_them) {
    Place place;
    BOOST_CHECK(*make_directories(*place.session, "a/b/c") == Status::ok);
    BOOST_CHECK(*make_directories(*place.session, (place.here() / "d/e").string()) == Status::ok);
    BOOST_TEST(fs::is_directory(place.here() / "a/b/c"));
    BOOST_TEST(fs::is_directory(place.here() / "d/e"));
    put(place.here() / "file", "");
    BOOST_CHECK(*make_directories(*place.session, "file/below") != Status::ok);
}

BOOST_AUTO_TEST_CASE(who_does_not_speak_sftp_or_says_nothing_is_given_up) {
    BOOST_CHECK(speaking_to("echo Welcome to the machine!").error().code == ErrorCode::net_refused);
    BOOST_CHECK(speaking_to("exit 1").error().code == ErrorCode::net_refused);
    const auto told = speaking_to("printf 'first\\nHost key \\033verification failed.\\r\\n' >&2; exit 255");
    BOOST_TEST(told.error().detail == "Host key ?verification failed.");
    BOOST_CHECK(Session::open({"/no/such/program"}, patient).error().code == ErrorCode::net_refused);
    const Session::Waits short_wait{std::chrono::milliseconds(20), std::chrono::milliseconds(20)};
    BOOST_CHECK(speaking_to("sleep 60", short_wait).error().code == ErrorCode::net_timeout);
    // What it complains about without end stops nobody.
    BOOST_CHECK(speaking_to("yes >&2", short_wait).error().code == ErrorCode::net_timeout);
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_the_wait) {
    Interrupt interrupt;
    interrupt.ring();
    BOOST_TEST(speaking_to("sleep 60", patient, &interrupt).error().detail == "it was interrupted");
    interrupt.clear();
    const auto opened = Session::open(testing::server_command("/"), patient, &interrupt);
    BOOST_REQUIRE(opened.ok());
    BOOST_TEST((*opened)->lstat("/")->ok());
}

// The server's answer to init, and then nothing, or nonsense.
BOOST_AUTO_TEST_CASE(a_session_that_is_over_stays_so) {
    for (const char* next : {"", "printf '\\0\\0\\0\\5\\145\\0\\0\\0\\77'", "printf '\\377\\377\\377\\377'",
                             "printf '\\0\\0\\0\\1\\1'", "sleep 60"}) {
        const Session::Waits waits{std::chrono::seconds(20), std::chrono::milliseconds(*next == 's' ? 20 : 20'000)};
        auto session = speaking_to(std::string("printf '\\0\\0\\0\\5\\2\\0\\0\\0\\3'; head -c 9 >/dev/null; ") +
                                       "head -c 14 >/dev/null; " + next,
                                   waits);
        BOOST_REQUIRE(session.ok());
        BOOST_TEST(!(*session)->lstat("/").ok());
        BOOST_TEST(!(*session)->usable());
        BOOST_CHECK((*session)->read("/", 1).error().code == ErrorCode::net_closed);
        BOOST_CHECK(write_whole(**session, ".a", "a", "x", Over::whatever).end == Written::End::lost);
    }
}

// A listening socket that a child has inherited would keep its port after the engine has gone.
BOOST_AUTO_TEST_CASE(the_child_inherits_no_file_and_no_environment) {
    const int open = ::dup(1);
    const auto told = speaking_to("ls /proc/self/fd | tr '\\n' ' ' >&2; env | grep -c GANTRY >&2; exit 1");
    ::close(open);
    BOOST_TEST(told.error().detail == "0 1 2 3 0");  // 3: that ls itself opened
}

BOOST_AUTO_TEST_SUITE_END()
