#include "channels/sources/watched_directory.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "tests/channels/sources/file_parts.hpp"

using namespace gantry;
using namespace gantry::channels;
using namespace gantry::channels::testing;
using Entered = WatchedDirectory::Entered;

namespace {

using std::chrono::seconds;

constexpr Instant noon{1'795'435'200'000'000};

Instant later(int time) {
    return {noon.micros + time * 1'000'000LL};
}

void set_time(const fs::path& path, Instant at) {
    const timespec time{at.micros / 1'000'000, 0};
    const timespec both[] = {time, time};
    BOOST_REQUIRE_EQUAL(::utimensat(AT_FDCWD, path.c_str(), both, 0), 0);
}

struct Watched {
    explicit Watched(WatchRules how = {}) : rules(std::move(how)) { BOOST_REQUIRE(directory.enter().ok()); }
    void add(const std::string& name, Instant at = noon, const std::string& text = "text") {
        write_file(here.path() / name, text);
        set_time(here.path() / name, at);
    }
    Names look(Instant now) {
        auto names = directory.look(now);
        BOOST_REQUIRE(names.ok());
        return *names;
    }
    store::testing::TemporaryDirectory here;
    WatchRules rules;
    WatchedDirectory directory{here.path(), "adt", rules};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_watched_directory)

BOOST_AUTO_TEST_CASE(a_file_is_ready_when_it_is_old_enough_and_has_stopped_changing) {
    WatchRules rules;
    rules.min_age = seconds(10);
    Watched here(rules);
    here.add("a.hl7");
    BOOST_TEST(here.look(later(60)).empty());  // seen for the first time
    BOOST_TEST(here.look(later(61)) == Names{"a.hl7"}, boost::test_tools::per_element());
    here.add("a.hl7", later(61), "more text");
    BOOST_TEST(here.look(later(62)).empty());  // changed
    BOOST_TEST(here.look(later(63)).empty());  // not old enough
    BOOST_TEST(here.look(later(71)) == Names{"a.hl7"}, boost::test_tools::per_element());
    // Another file of that name, of the same size and time.
    here.add("b.tmp", later(61), "more text");
    fs::rename(here.here.path() / "b.tmp", here.here.path() / "a.hl7");
    BOOST_TEST(here.look(later(80)).empty());
    BOOST_TEST(here.look(later(81)) == Names{"a.hl7"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_from_a_clock_that_is_ahead_is_read_when_it_was_seen_long_enough) {
    WatchRules rules;
    rules.min_age = seconds(10);
    Watched here(rules);
    here.add("a.hl7", later(100'000));
    BOOST_TEST(here.look(later(0)).empty());
    BOOST_TEST(here.look(later(9)).empty());
    // The engine's own clock is set back, and forward again.
    BOOST_TEST(here.look(later(-1000)).empty());
    BOOST_TEST(here.look(later(-991)).empty());
    BOOST_TEST(here.look(later(-990)) == Names{"a.hl7"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(order_is_that_of_names_or_of_times) {
    for (const auto order : {WatchRules::Order::name, WatchRules::Order::time}) {
        WatchRules rules;
        rules.order = order;
        Watched here(rules);
        here.add("c.hl7", later(1));
        here.add("a.hl7", later(3));
        here.add("b.hl7", later(2));
        here.add("d.hl7", later(2));
        (void)here.look(later(10));
        const auto expected = order == WatchRules::Order::name ? Names{"a.hl7", "b.hl7", "c.hl7", "d.hl7"}
                                                               : Names{"c.hl7", "b.hl7", "d.hl7", "a.hl7"};
        BOOST_TEST(here.look(later(11)) == expected, boost::test_tools::per_element());
        for (const auto& name : expected) BOOST_CHECK(*here.directory.claim(name) == Moved::done);
        BOOST_TEST(*here.directory.claimed() == expected, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(the_pattern_is_that_of_a_shell) {
    WatchRules rules;
    rules.pattern = "*.[hH][lL]7";
    Watched here(rules);
    for (const auto* name : {"a.hl7", "B.HL7", ".hidden.hl7", "c.hl7.tmp", "d.txt", "ü \n.hl7"}) here.add(name);
    (void)here.look(later(1));
    BOOST_TEST(here.look(later(2)) == (Names{"B.HL7", "a.hl7", "ü \n.hl7"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(links_pipes_sockets_and_directories_are_not_touched) {
    Watched here({"*", {}, {}});
    const auto& path = here.here.path();
    here.add("file");
    fs::create_symlink(path / "file", path / "link");
    fs::create_symlink("/nowhere", path / "dangling");
    BOOST_REQUIRE_EQUAL(::mkfifo((path / "pipe").c_str(), 0600), 0);
    fs::create_directory(path / "directory");
    fs::create_symlink("/dev/zero", path / "device");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (path / "socket").string().copy(address.sun_path, sizeof address.sun_path - 1);
    const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    BOOST_REQUIRE_EQUAL(::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    (void)here.look(later(1));
    BOOST_TEST(here.look(later(2)) == Names{"file"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_is_claimed_by_one_reader_only) {
    const store::testing::TemporaryDirectory here;
    WatchedDirectory one(here.path(), "one", {}), other(here.path(), "other", {});
    BOOST_CHECK(*one.enter() == Entered::mine);
    BOOST_CHECK(*other.enter() == Entered::mine);
    write_file(here.path() / "a.hl7", "text");
    for (int n = 1; n <= 2; ++n) BOOST_TEST((one.look(later(n)).ok() && other.look(later(n)).ok()));
    BOOST_CHECK(*one.claim("a.hl7") == Moved::done);
    BOOST_CHECK(*other.claim("a.hl7") == Moved::gone);
    BOOST_TEST(one.claimed()->size() == 1u);
    BOOST_TEST(other.claimed()->empty());
    // A new file of the same name waits for the first one.
    write_file(here.path() / "a.hl7", "other text");
    BOOST_CHECK(*one.claim("a.hl7") == Moved::taken);
    BOOST_CHECK(*one.give_back("a.hl7") == Moved::taken);
    BOOST_TEST(text_of(one.place_of("a.hl7")) == "text");
    BOOST_TEST(text_of(here.path() / "a.hl7") == "other text");
    fs::remove(here.path() / "a.hl7");
    BOOST_CHECK(*one.give_back("a.hl7") == Moved::done);
    BOOST_TEST(text_of(here.path() / "a.hl7") == "text");
}

BOOST_AUTO_TEST_CASE(of_two_readers_of_one_name_one_waits) {
    const store::testing::TemporaryDirectory here;
    WatchedDirectory next(here.path(), "adt", {});
    {
        WatchedDirectory first(here.path(), "adt", {});
        BOOST_CHECK(*first.enter() == Entered::mine);
        BOOST_TEST(first.entered_anew());
        BOOST_CHECK(*first.enter() == Entered::mine);
        BOOST_TEST(!first.entered_anew());
        BOOST_CHECK(*next.enter() == Entered::theirs);
        first.leave();
        BOOST_CHECK(*next.enter() == Entered::mine);
        BOOST_CHECK(*first.enter() == Entered::theirs);
    }
    BOOST_CHECK(*next.enter() == Entered::mine);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_missing_or_comes_anew_is_an_error_until_it_is_there) {
    const store::testing::TemporaryDirectory here;
    const auto path = here.path() / "inbox";
    WatchedDirectory directory(path, "adt", {});
    for (int n = 0; n < 2; ++n) {
        const auto missing = directory.enter();
        BOOST_REQUIRE(!missing.ok());
        BOOST_CHECK(missing.error().code == ErrorCode::io);
        BOOST_TEST(missing.error().detail == "No such file or directory");
        BOOST_TEST(!directory.look(noon).ok());
        fs::create_directory(path);
        BOOST_CHECK(*directory.enter() == Entered::mine);
        BOOST_TEST(directory.entered_anew());
        fs::remove_all(path);
    }
    write_file(path, "a file where the directory should be");
    BOOST_TEST(!directory.enter().ok());
}

BOOST_AUTO_TEST_SUITE_END()
