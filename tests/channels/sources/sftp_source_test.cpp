// The source `file` with a directory of an SFTP server: OpenSSH's own, without ssh in between.
#include <sys/stat.h>
#include <utime.h>

#include "channels/sources/file_source.hpp"
#include "tests/channels/sources/file_parts.hpp"
#include "tests/engine/sftp/sftp_server.hpp"

using namespace gantry;
using namespace gantry::channels;
using namespace gantry::channels::testing;
using gantry::sftp::testing::Cut;

namespace {

FileSourceOptions remote() {
    auto out = quick();
    out.sftp.emplace().host = "localhost";
    return out;
}

// The directories are those of the server, which is this machine; `data` is what the source has of its own.
struct SftpPlace : FilePlace {
    explicit SftpPlace(const FileSourceOptions& how = remote())
        : FilePlace(how), command(sftp::testing::server_command(root())) {}

    std::unique_ptr<FileSource> make_here(runtime::Intake& into, const fs::path& data,
                                          const std::string& channel = "adt") {
        return std::make_unique<FileSource>(ConfigName(channel), options, data, into, mapper, clock, heard, command);
    }
    void start() {
        source = make_here(intake, own.path());
        BOOST_REQUIRE(source->start().ok());
    }
    // Where this source keeps what it has claimed; once it has been there.
    fs::path claimed() const {
        return inbox() / (".adt." + text_of(own.path() / "sftp/adt.reader").substr(0, 16) + ".reading");
    }
    Names contents_of(const fs::path& where) const {
        Names out;
        for (const auto& name : names_in(where)) out.push_back(text_of(where / name));
        std::sort(out.begin(), out.end());
        return out;
    }

    store::testing::TemporaryDirectory own;
    std::vector<std::string> command;
};

// Also those that nobody is to read.
Names all_in(const fs::path& directory) {
    Names out;
    for (const auto& entry : fs::directory_iterator(directory)) out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
}

void is_older(const fs::path& file, std::chrono::seconds age) {
    const auto then = std::time(nullptr) - age.count();
    const utimbuf times{then, then};
    BOOST_REQUIRE_EQUAL(::utime(file.c_str(), &times), 0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_sftp_source, *boost::unit_test::precondition(gantry::sftp::testing::is_installed))

BOOST_AUTO_TEST_CASE(a_file_is_read_and_put_into_the_archive) {
    SftpPlace here;
    put(here.inbox() / "a.hl7", message("M1"));
    put(here.inbox() / "notes.txt", "not for us");
    fs::create_symlink("notes.txt", here.inbox() / "link.hl7");
    here.start();
    here.wait_for_archive({"a.hl7"});
    BOOST_TEST(here.store.contents() == Names{message("M1")}, boost::test_tools::per_element());
    BOOST_TEST(text_of(here.archive() / "a.hl7") == message("M1"));
    BOOST_TEST(names_in(here.claimed()).empty());
    BOOST_TEST(names_in(here.inbox()) == (Names{"link.hl7", "notes.txt"}), boost::test_tools::per_element());
    BOOST_TEST(here.source->place() == "sftp://@localhost:22/inbox");
    wait_until([&] { return here.heard.count("file_taken") == 1; });
}

BOOST_AUTO_TEST_CASE(without_an_archive_it_is_removed) {
    auto options = remote();
    options.archive.clear();
    SftpPlace here(options);
    put(here.inbox() / "a.hl7", message("M1"));
    here.start();
    wait_until([&] { return here.heard.count("file_taken") == 1; });
    BOOST_TEST(names_in(here.inbox()).empty());
    BOOST_TEST(names_in(here.claimed()).empty());
}

BOOST_AUTO_TEST_CASE(files_come_in_order_and_replace_nothing) {
    auto options = remote();
    options.order = WatchRules::Order::time;
    SftpPlace here(options);
    write_file(here.archive() / "2.hl7", "there before");
    for (const auto* name : {"1", "2", "3"}) put(here.inbox() / (std::string(name) + ".hl7"), message(name));
    is_older(here.inbox() / "3.hl7", std::chrono::hours(3));
    is_older(here.inbox() / "2.hl7", std::chrono::hours(2));
    is_older(here.inbox() / "1.hl7", std::chrono::hours(1));
    here.start();
    wait_until([&] { return here.heard.count("file_taken") == 3; });
    BOOST_TEST(here.store.stored() == (Names{"3", "2", "1"}), boost::test_tools::per_element());
    auto expected = Names{message("1"), message("2"), message("3"), "there before"};
    std::sort(expected.begin(), expected.end());
    BOOST_TEST(here.contents_of(here.archive()) == expected, boost::test_tools::per_element());
    BOOST_TEST(text_of(here.archive() / "2.hl7") == "there before");
}

BOOST_AUTO_TEST_CASE(what_is_refused_too_large_or_empty_goes_to_error_and_is_answered) {
    auto options = remote();
    options.error.clear();
    options.replies = "replies";
    options.max_file = settings::ByteSize{20'000};
    SftpPlace here(options);
    put(here.inbox() / "a.hl7", message("M1") + message("M2", "REFUSE"));
    put(here.inbox() / "b.hl7", std::string(30'000, 'x'));
    put(here.inbox() / "c.hl7", "");
    here.start();
    const Names all{"a.hl7", "a.hl7.error", "b.hl7", "b.hl7.error", "c.hl7", "c.hl7.error"};
    wait_until([&] { return names_in(here.inbox() / "error") == all; });
    BOOST_TEST(text_of(here.inbox() / "error/a.hl7.error").find("2 messages, 1 taken") != std::string::npos);
    BOOST_TEST(text_of(here.inbox() / "error/b.hl7.error").find("max_file") != std::string::npos);
    BOOST_TEST(text_of(here.root() / "replies/a.hl7.ack") == acknowledgment_of("M1") + acknowledgment_of("M2", "AE"));
    BOOST_TEST(here.store.stored() == (Names{"M1", "M2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_young_file_waits_by_the_clock_of_the_server) {
    auto options = remote();
    options.min_age = std::chrono::hours(10);
    SftpPlace here(options);
    put(here.inbox() / "old.hl7", message("M1"));
    put(here.inbox() / "young.hl7", message("M2"));
    is_older(here.inbox() / "old.hl7", std::chrono::hours(11));
    is_older(here.inbox() / "young.hl7", std::chrono::hours(9));
    // Our clock is a day ahead of the server's, which would make all of them old.
    const FixedClock ahead({SystemClock().now().micros + std::int64_t(24) * 3600 * 1'000'000});
    FileSource source(ConfigName("adt"), options, here.own.path(), here.intake, here.mapper, ahead, here.heard,
                      here.command);
    BOOST_REQUIRE(source.start().ok());
    here.wait_for_archive({"old.hl7"});
    put(here.inbox() / "older.hl7", message("M3"));
    is_older(here.inbox() / "older.hl7", std::chrono::hours(12));
    here.wait_for_archive({"old.hl7", "older.hl7"});
    BOOST_TEST(names_in(here.inbox()) == Names{"young.hl7"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_was_written_to_after_it_was_read_is_read_again) {
    SftpPlace here;
    put(here.inbox() / "a.hl7", message("M1"));
    ScriptedIntake intake;
    auto source = here.make_here(intake, here.own.path());
    BOOST_REQUIRE(source->start().ok());
    intake.wait_for(1);
    for (const auto& entry : fs::directory_iterator(here.claimed()))
        if (entry.path().filename().string().front() != '.')
            std::ofstream(entry.path(), std::ios::app) << message("M2");
    intake.answer_durably(acknowledgment_of("M1"));
    intake.wait_for(2);
    intake.answer_durably(acknowledgment_of("M1"));
    intake.wait_for(3);
    intake.answer_durably(acknowledgment_of("M2"));
    here.wait_for_archive({"a.hl7"});
    source->stop();
    intake.let_go();
}

BOOST_AUTO_TEST_CASE(what_lies_claimed_from_a_crash_comes_first_or_goes_to_error) {
    SftpPlace here;
    here.start();
    wait_until(
        [&] { return fs::exists(here.own.path() / "sftp/adt.reader") && fs::exists(here.claimed() / ".reader"); });
    here.end();
    write_file(here.claimed() / "z.hl7.0123456789abcdef", message("M1"));
    put(here.inbox() / "a.hl7", message("M2"));
    here.start();
    here.wait_for_archive({"a.hl7", "z.hl7"});
    BOOST_TEST(here.store.stored() == (Names{"M1", "M2"}), boost::test_tools::per_element());
    here.end();
    here.options.interrupted = FileSourceOptions::Interrupted::error;
    write_file(here.claimed() / "y.hl7.0123456789abcdef", message("M3"));
    here.start();
    here.wait_for_error({"y.hl7", "y.hl7.error"});
    BOOST_TEST(here.store.stored().size() == 2u);
}

BOOST_AUTO_TEST_CASE(stopped_in_the_middle_it_gives_the_file_back) {
    SftpPlace here;
    put(here.inbox() / "a.hl7", message("M1") + message("M2"));
    ScriptedIntake intake;
    auto source = here.make_here(intake, here.own.path());
    BOOST_REQUIRE(source->start().ok());
    intake.wait_for(1);
    source->stop();
    intake.answer_durably(acknowledgment_of("M1"));
    source.reset();
    BOOST_TEST(names_in(here.inbox()) == Names{"a.hl7"}, boost::test_tools::per_element());
    BOOST_TEST(names_in(here.claimed()).empty());
}

BOOST_AUTO_TEST_CASE(several_installations_share_a_directory_and_no_file_goes_to_two) {
    SftpPlace here;
    constexpr int files = 60, readers = 3;
    std::vector<std::unique_ptr<store::testing::TemporaryDirectory>> data;
    std::vector<std::unique_ptr<FileSource>> sources;
    for (int i = 0; i < readers; ++i) {
        data.push_back(std::make_unique<store::testing::TemporaryDirectory>());
        sources.push_back(here.make_here(here.intake, data.back()->path()));
        BOOST_REQUIRE(sources.back()->start().ok());
    }
    Names expected;
    for (int i = 0; i < files; ++i) {
        expected.push_back(std::to_string(100 + i));
        put(here.inbox() / (expected.back() + ".hl7"), message(expected.back()));
    }
    wait_until([&] { return names_in(here.archive()).size() == files; });
    sources.clear();
    auto stored = here.store.stored();
    std::sort(stored.begin(), stored.end());
    BOOST_TEST(stored == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_an_installation_that_is_gone_has_claimed_is_told) {
    SftpPlace here;
    const auto theirs = here.inbox() / ".adt.0123456789abcdef.reading";
    write_file(theirs / ".reader", "");
    is_older(theirs, std::chrono::hours(2));
    write_file(here.inbox() / ".other.0123456789abcdef.reading/x.hl7.0123456789abcdef", message("M1"));
    is_older(here.inbox() / ".other.0123456789abcdef.reading", std::chrono::hours(2));
    put(here.inbox() / "a.hl7", message("M1"));
    here.start();
    here.wait_for_archive({"a.hl7"});
    BOOST_TEST(here.heard.count("file_left_elsewhere") == 0u);
    write_file(theirs / "x.hl7.0123456789abcdef", message("M2"));
    is_older(theirs, std::chrono::hours(2));
    wait_until([&] { return here.heard.count("file_left_elsewhere") == 1; });
    put(here.inbox() / "b.hl7", message("M3"));
    here.wait_for_archive({"a.hl7", "b.hl7"});
    here.end();
    BOOST_TEST(here.heard.count("file_left_elsewhere") == 1u);
    BOOST_TEST(names_in(theirs).size() == 1u);
}

BOOST_AUTO_TEST_CASE(of_two_with_one_identity_one_reads_and_the_other_waits) {
    SftpPlace here;
    here.start();
    wait_until(
        [&] { return fs::exists(here.own.path() / "sftp/adt.reader") && fs::exists(here.claimed() / ".reader"); });
    auto second = here.make_here(here.intake, here.own.path());
    BOOST_REQUIRE(second->take_over(*here.source).ok());
    wait_until([&] { return here.heard.count("file_directory_shared") == 1; });
    here.source->retire();
    here.source->stop();
    put(here.inbox() / "a.hl7", message("M1"));
    here.wait_for_archive({"a.hl7"});
    here.end();
}

// Wherever in the conversation the connection ends, before or after the server did what it was asked for: every message
// is in once, and the file is where it belongs, once.
BOOST_AUTO_TEST_CASE(a_connection_that_ends_anywhere_loses_nothing_and_doubles_nothing) {
    for (const auto what : {Cut::requests, Cut::answers})
        for (std::size_t bytes = 0; bytes < 4'600; bytes += 103) {
            auto options = remote();
            options.replies = "replies";
            SftpPlace here(options);
            here.command = sftp::testing::cut_command(here.root(), here.own.path(), what, bytes);
            put(here.inbox() / "a.hl7", message("M1") + message("M2"));
            put(here.inbox() / "b.hl7", message("M3", "REFUSE"));
            here.start();
            BOOST_TEST_CONTEXT("cut after " << bytes << " bytes of "
                                            << (what == Cut::requests ? "requests" : "answers")) {
                here.wait_for_archive({"a.hl7"});
                wait_until([&] { return fs::exists(here.error() / "b.hl7"); });
                here.end();
                BOOST_TEST(here.store.stored() == (Names{"M1", "M2", "M3"}), boost::test_tools::per_element());
                BOOST_TEST(names_in(here.inbox()).empty());
                BOOST_TEST(names_in(here.claimed()).empty());
                BOOST_TEST(text_of(here.error() / "b.hl7") == message("M3", "REFUSE"));
                BOOST_TEST(all_in(here.error()) == (Names{"b.hl7", "b.hl7.error"}), boost::test_tools::per_element());
                BOOST_TEST(all_in(here.archive()) == Names{"a.hl7"}, boost::test_tools::per_element());
                BOOST_TEST(all_in(here.root() / "replies") == (Names{"a.hl7.ack", "b.hl7.ack"}),
                           boost::test_tools::per_element());
                BOOST_TEST(text_of(here.root() / "replies/a.hl7.ack") ==
                           acknowledgment_of("M1") + acknowledgment_of("M2"));
            }
        }
}

BOOST_AUTO_TEST_CASE(a_server_that_is_away_is_said_once_and_waited_for) {
    SftpPlace here;
    const auto gate = here.own.path() / "open";
    here.command = {"/bin/sh", "-c",
                    "test -e " + gate.string() + " && exec " + sftp::testing::server_program() + " -d " +
                        here.root().string() + "; echo Host key verification failed. >&2; exit 255"};
    put(here.inbox() / "a.hl7", message("M1"));
    here.start();
    wait_until([&] { return here.heard.count("file_server_away") == 1; });
    write_file(gate, "");
    here.wait_for_archive({"a.hl7"});
    here.end();
    BOOST_TEST(here.heard.count("file_server_away") == 1u);
    BOOST_TEST(here.heard.count("file_directory_usable") == 1u);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_missing_is_waited_for) {
    SftpPlace here;
    fs::remove_all(here.inbox());
    here.start();
    wait_until([&] { return here.heard.count("file_directory_unusable") == 1; });
    put(here.inbox() / "a.hl7", message("M1"));
    here.wait_for_archive({"a.hl7"});
    // The source may be making a directory in it at this moment.
    wait_until([&] {
        std::error_code in_use;
        fs::remove_all(here.inbox(), in_use);
        return !fs::exists(here.inbox());
    });
    wait_until([&] { return here.heard.count("file_directory_unusable") == 2; });
    put(here.inbox() / "b.hl7", message("M2"));
    here.wait_for_archive({"a.hl7", "b.hl7"});
}

BOOST_AUTO_TEST_CASE(servers_without_the_extensions_are_read_too) {
    SftpPlace here;
    here.command = sftp::testing::server_command(here.root(), {"-P", "posix-rename,fsync"});
    put(here.inbox() / "a.hl7", message("M1"));
    put(here.inbox() / "b.hl7", message("M2", "REFUSE"));
    here.start();
    here.wait_for_archive({"a.hl7"});
    here.wait_for_error({"b.hl7", "b.hl7.error"});
}

BOOST_AUTO_TEST_SUITE_END()
