#include "engine/sftp/ssh_command.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "engine/json/diagnostic.hpp"
#include "engine/json/value.hpp"
#include "engine/sftp/refusal.hpp"
#include "engine/sftp/whole_file.hpp"
#include "tests/engine/sftp/ssh_server.hpp"

using namespace gantry;
using namespace gantry::sftp;
namespace fs = std::filesystem;

namespace {

constexpr Session::Waits patient{std::chrono::seconds(20), std::chrono::seconds(20)};

std::string reason_for(const Options& options) {
    const auto session = Session::open(ssh_command(options), patient);
    BOOST_REQUIRE(!session.ok());
    BOOST_CHECK(is_away(session.error()));
    return std::string(reason_of(session.error()).text());
}

// What the schema says to a document; {} is where the files are.
std::string wrong(const fs::path& here, const std::string& members) {
    const auto value = json::parse("{" + members + "}");
    BOOST_REQUIRE(value.ok());
    json::Diagnostics problems("channel.json");
    settings::Environment environment;
    environment.directory = here;
    (void)schema().read(*value, "/sftp", problems, environment);
    return problems.all().empty() ? "" : problems.all().front().message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(engine_sftp_ssh_command)

BOOST_AUTO_TEST_CASE(the_command_asks_for_nothing_and_trusts_nobody_else) {
    Options options;
    options.host = "ris.example";
    options.port = 2222;
    options.user = "gantry";
    options.identity.path = "/etc/gantry/a key";
    options.known_hosts.path = "/etc/gantry/known_hosts";
    const auto command = ssh_command(options);
    const auto has = [&](const std::string& word) {
        return std::find(command.begin(), command.end(), word) != command.end();
    };
    for (const char* word :
         {"BatchMode=yes", "StrictHostKeyChecking=yes", "UserKnownHostsFile=\"/etc/gantry/known_hosts\"",
          "GlobalKnownHostsFile=/dev/null", "IdentityFile=\"/etc/gantry/a key\"", "IdentitiesOnly=yes",
          "IdentityAgent=none", "PreferredAuthentications=publickey", "ConnectTimeout=10", "ServerAliveInterval=15"})
        BOOST_TEST(has(word), word);
    const std::vector<std::string> end(command.end() - 4, command.end());
    BOOST_TEST(end == (std::vector<std::string>{"-s", "--", "ris.example", "sftp"}), boost::test_tools::per_element());
    BOOST_TEST(place_of(options, "orders") == "sftp://gantry@ris.example:2222/orders");
    BOOST_TEST(joined("a", "b") + joined("a/", "b") + joined("", "b") + joined("/", "b") == "a/ba/bb/b");
}

BOOST_AUTO_TEST_CASE(what_ssh_would_read_differently_is_a_problem_of_the_document) {
    const store::testing::TemporaryDirectory here;
    for (const char* name : {"key", "open", "known_hosts", "odd%h"}) {
        std::ofstream(here.path() / name) << "x";
        ::chmod((here.path() / name).c_str(), name == std::string("open") ? 0644 : 0600);
    }
    const std::string files = R"("identity": "key", "known_hosts": "known_hosts", )", who = R"("user": "u", )";
    const auto said = [&](const std::string& members) { return wrong(here.path(), members); };
    BOOST_TEST(said(files + who + R"("host": "ris.example")") == "");
    BOOST_TEST(said(files + who + R"("host": "::1")") == "");
    for (const char* host : {"-oProxyCommand=x", "a b", "a;b", "user@host", "$HOME"})
        BOOST_TEST(said(files + who + R"("host": ")" + host + "\"") != "", host);
    for (const char* user : {"-v", "a b", "a'b"})
        BOOST_TEST(said(files + R"("host": "h", "user": ")" + user + "\"") != "", user);
    const std::string place = who + R"("host": "h", )";
    BOOST_TEST(said(place + R"("identity": "open", "known_hosts": "known_hosts")").find("chmod 600") !=
               std::string::npos);
    BOOST_TEST(said(place + R"("identity": "key", "known_hosts": "odd%h")").find("ssh would read") !=
               std::string::npos);
    BOOST_TEST(said(place + R"("identity": "missing", "known_hosts": "known_hosts")") != "");
    BOOST_TEST(said(place + R"("known_hosts": "known_hosts")").find("identity") != std::string::npos);
    BOOST_TEST(said(place + R"("identity": "key")").find("known_hosts") != std::string::npos);
    BOOST_TEST(said(files + place + R"("password": "secret")").find("password") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

// Over a real ssh to a real sshd.
BOOST_AUTO_TEST_SUITE(engine_sftp_over_ssh, *boost::unit_test::precondition(testing::is_ssh_installed))

BOOST_AUTO_TEST_CASE(files_go_there_and_back) {
    testing::SshServer server;
    const store::testing::TemporaryDirectory directory;
    const auto place = directory.path().string();
    auto session = Session::open(ssh_command(server.options()), patient);
    BOOST_REQUIRE_MESSAGE(session.ok(), (session ? "" : session.error().text()));
    BOOST_TEST((*session)->renames_atomically());
    BOOST_TEST((*session)->syncs());
    const std::string large(3'000'000, 'x');
    BOOST_CHECK(write_whole(**session, place + "/.a", place + "/a", large, Over::if_free).end == Written::End::done);
    const auto read = (*session)->read(place + "/a", large.size());
    BOOST_REQUIRE(read.ok());
    BOOST_TEST((read->value.bytes == large));
    server.cut();
    BOOST_TEST(!(*session)->lstat(place).ok());
    auto again = Session::open(ssh_command(server.options()), patient);
    BOOST_REQUIRE(again.ok());
    BOOST_TEST((*again)->lstat(place)->ok());
}

BOOST_AUTO_TEST_CASE(who_is_not_who_he_should_be_is_not_spoken_to) {
    testing::SshServer server;
    auto options = server.options();
    options.known_hosts.path = server.foreign_known_hosts();
    BOOST_TEST(reason_for(options) == "its host key is not the one in known_hosts");
    options.known_hosts.path = "/dev/null";
    BOOST_TEST(reason_for(options) == "its host key is not the one in known_hosts");
    options = server.options();
    options.identity.path = server.stranger();
    BOOST_TEST(reason_for(options) == "it does not let this user in with this key");
    server.stop();
    BOOST_TEST(reason_for(server.options()) == "nobody listens on its port");
}

BOOST_AUTO_TEST_SUITE_END()
