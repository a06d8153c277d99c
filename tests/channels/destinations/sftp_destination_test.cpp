// The destination `file` with a directory of an SFTP server: OpenSSH's own, without ssh in between.
#include "channels/destinations/sftp_destination.hpp"

#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/channels/destinations/destination_parts.hpp"
#include "tests/engine/sftp/sftp_server.hpp"
#include "tests/engine/store/temporary_directory.hpp"

using namespace gantry;
using channels::FileOptions;
using channels::SftpDestination;
using channels::testing::word;
using gantry::sftp::testing::Cut;
namespace fs = std::filesystem;

namespace {

FileOptions remote() {
    FileOptions out{"out/box", ".hl7"};
    out.sftp.emplace().host = "localhost";
    return out;
}

store::DeliveryWork work(std::int64_t id, const std::string& payload) {
    store::DeliveryWork out;
    out.id = {id};
    out.payload = payload;
    return out;
}

struct Server {
    fs::path box() const { return directory.path() / "out/box"; }
    std::vector<std::string> command(const std::vector<std::string>& more = {}) const {
        return sftp::testing::server_command(directory.path(), more);
    }
    // All files, also those that are no one's to read.
    std::vector<std::string> names() const {
        std::vector<std::string> out;
        std::error_code missing;
        for (const auto& entry : fs::directory_iterator(box(), missing)) out.push_back(entry.path().filename());
        std::sort(out.begin(), out.end());
        return out;
    }
    std::string text(const std::string& name) const {
        std::ifstream in(box() / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    store::testing::TemporaryDirectory directory, scratch;
};

using Names = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_sftp_destination, *boost::unit_test::precondition(gantry::sftp::testing::is_installed))

BOOST_AUTO_TEST_CASE(each_delivery_is_one_whole_file_and_the_same_one_again) {
    for (const auto& without : {"", "posix-rename,fsync"}) {
        const Server server;
        SftpDestination target(remote(), server.command(*without ? Names{"-P", without} : Names{}));
        const std::string bytes("MSH|\0\xff\r\n", 8), large(3'000'000, 'x');
        for (int life = 0; life < 2; ++life) {
            BOOST_TEST(word(target.deliver(work(7, bytes))) == "delivered");
            BOOST_TEST(word(target.deliver(work(8, large))) == "delivered");
            BOOST_TEST(word(target.deliver(work(9, ""))) == "delivered");
        }
        BOOST_TEST(server.names() == (Names{"7.hl7", "8.hl7", "9.hl7"}), boost::test_tools::per_element());
        BOOST_TEST(server.text("7.hl7") == bytes);
        BOOST_TEST((server.text("8.hl7") == large));
    }
}

BOOST_AUTO_TEST_CASE(nobody_there_is_away_and_who_comes_gets_it) {
    const Server server;
    const auto gate = server.scratch.path() / "open";
    SftpDestination target(remote(), {"/bin/sh", "-c",
                                      "test -e " + gate.string() + " && exec " + server.command()[0] + " -d " +
                                          server.directory.path().string() +
                                          "; echo 'ssh: connect to host x port 22: Connection refused' >&2; exit 255"});
    const auto answer = target.deliver(work(1, "M1"));
    BOOST_TEST(word(answer) == "away");
    BOOST_TEST(answer.detail == "the server cannot be reached: nobody listens on its port");
    std::ofstream(gate) << "";
    BOOST_TEST(word(target.deliver(work(1, "M1"))) == "delivered");
}

// Wherever in the conversation the connection ends: what is called delivered is there, whole and once; what is not may
// be sent again, and nothing is left aside. Looked at over the next connection, nothing is in doubt.
BOOST_AUTO_TEST_CASE(a_connection_that_ends_anywhere_leaves_no_half_file_and_no_doubt) {
    const std::string payload(40'000, 'x');
    for (const auto what : {Cut::requests, Cut::answers})
        for (std::size_t bytes = 0; bytes < (what == Cut::requests ? 42'000u : 600u);
             bytes += bytes < 900 ? 29 : 4'111) {
            const Server server;
            SftpDestination target(
                remote(), sftp::testing::cut_command(server.directory.path(), server.scratch.path(), what, bytes));
            const auto first = word(target.deliver(work(1, payload)));
            BOOST_TEST_CONTEXT("cut after " << bytes << " bytes, which was " << first) {
                BOOST_TEST((first == "delivered" || first == "retry" || first == "away"));
                if (first == "delivered") BOOST_TEST((server.text("1.hl7") == payload));
                BOOST_TEST(word(target.deliver(work(1, payload))) == "delivered");
                BOOST_TEST(server.names() == Names{"1.hl7"}, boost::test_tools::per_element());
                BOOST_TEST((server.text("1.hl7") == payload));
            }
        }
}

namespace {

// Gives the first so many bytes of its answers, and ends once the file has its name; after_rename: what becomes of it
// then. Nobody is there afterwards until `open` is.
std::vector<std::string> ends_at_rename(const Server& server, std::size_t bytes, const std::string& file,
                                        const std::string& after_rename) {
    const auto plain = server.command()[0] + " -d " + server.directory.path().string();
    const auto scratch = server.scratch.path().string();
    return {"/bin/sh", "-c",
            "if mkdir " + scratch + "/first 2>/dev/null; then " + plain + " | { dd bs=1 status=none count=" +
                std::to_string(bytes) + "; until test -e " + file + "; do sleep 0.01; done; " + after_rename +
                "; kill -9 0; }; elif test -e " + scratch + "/open; then exec " + plain + "; else exit 255; fi"};
}

// How many bytes a server says before it answers the rename: which extensions it has, the handle of the file, and that
// it is written and synced.
std::size_t bytes_before_rename() {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    const auto server = sftp::Child::start({sftp::testing::server_program()}, nullptr);
    BOOST_REQUIRE(server.ok());
    BOOST_REQUIRE((*server)->write(sftp::init_packet(), limit).ok());
    sftp::PacketReader reader;
    std::optional<std::string> version;
    while (!version) {
        const auto more = (*server)->read(limit);
        BOOST_REQUIRE(more.ok());
        reader.feed(*more);
        version = *reader.next();
    }
    constexpr std::size_t handle = 4 + 1 + 4 + 4 + 4;
    constexpr std::size_t success = 4 + 1 + 4 + 4 + 4 + 7 + 4;  // "Success", in no language
    return 4 + version->size() + handle + 2 * success;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_answer_to_the_rename_that_is_lost_is_in_doubt_only_while_nobody_can_look) {
    const auto bytes = bytes_before_rename();
    for (const bool taken : {false, true}) {
        const Server server;
        fs::create_directories(server.box());
        const auto file = (server.box() / "1.hl7").string();
        SftpDestination target(remote(),
                               ends_at_rename(server, bytes, file, taken ? "mv " + file + " " + file + ".taken" : ":"));
        BOOST_TEST(word(target.deliver(work(1, "M1"))) == "in doubt");
        BOOST_TEST(word(target.deliver(work(1, "M1"))) == "away");
        std::ofstream(server.scratch.path() / "open") << "";
        BOOST_TEST(word(target.deliver(work(1, "M1"))) == "delivered");
        // Its reader has it once, and not again.
        BOOST_TEST(server.names() == Names{taken ? "1.hl7.taken" : "1.hl7"}, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_is_given_up_and_an_interrupt_ends_the_wait) {
    auto options = remote();
    options.sftp->connect_timeout = std::chrono::milliseconds(20);
    SftpDestination silent(options, {"/bin/sleep", "60"});
    BOOST_TEST(silent.deliver(work(1, "M1")).detail == "the server cannot be reached: it does not answer");
    options.sftp->connect_timeout = std::chrono::hours(1);
    SftpDestination target(options, {"/bin/sleep", "60"});
    std::thread other([&] { target.interrupt(); });
    BOOST_TEST(word(target.deliver(work(1, "M1"))) == "away");
    other.join();
}

BOOST_AUTO_TEST_CASE(a_kept_connection_that_has_ended_meanwhile_is_replaced) {
    const Server server;
    const auto number = server.scratch.path() / "number";
    SftpDestination target(remote(), {"/bin/sh", "-c",
                                      "echo $$ > " + number.string() + "; exec " + server.command()[0] + " -d " +
                                          server.directory.path().string()});
    BOOST_TEST(word(target.deliver(work(1, "M1"))) == "delivered");
    pid_t process = 0;
    std::ifstream(number) >> process;
    BOOST_REQUIRE(process > 0);
    BOOST_REQUIRE_EQUAL(::kill(process, SIGKILL), 0);
    siginfo_t ended{};
    BOOST_REQUIRE_EQUAL(::waitid(P_PID, static_cast<id_t>(process), &ended, WEXITED | WNOWAIT), 0);
    BOOST_TEST(word(target.deliver(work(2, "M2"))) == "delivered");
    BOOST_TEST(server.names() == (Names{"1.hl7", "2.hl7"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_written_is_tried_again) {
    const Server server;
    SftpDestination target(remote(), server.command());
    std::ofstream(server.directory.path() / "out") << "a file where the directory should be";
    BOOST_TEST(word(target.deliver(work(1, "M1"))) == "retry");
    fs::remove(server.directory.path() / "out");
    BOOST_TEST(word(target.deliver(work(1, "M1"))) == "delivered");
    fs::remove_all(server.directory.path() / "out");
    BOOST_TEST(word(target.deliver(work(2, "M2"))) == "delivered");
    BOOST_TEST(server.names() == Names{"2.hl7"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_disk_of_the_server_that_is_full_leaves_nothing) {
    const Server server;
    SftpDestination full(remote(), {"/bin/sh", "-c",
                                    "trap '' XFSZ; ulimit -f 4; exec " + server.command()[0] + " -d " +
                                        server.directory.path().string()});
    BOOST_TEST(word(full.deliver(work(1, "M1"))) == "delivered");
    BOOST_TEST(word(full.deliver(work(2, std::string(100'000, 'x')))) == "retry");
    BOOST_TEST(server.names() == Names{"1.hl7"}, boost::test_tools::per_element());
    BOOST_TEST(word(full.deliver(work(3, "M3"))) == "delivered");
    SftpDestination target(remote(), server.command());
    BOOST_TEST(word(target.deliver(work(2, std::string(100'000, 'x')))) == "delivered");
}

BOOST_AUTO_TEST_SUITE_END()
