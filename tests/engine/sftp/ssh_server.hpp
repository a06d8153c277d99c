// An OpenSSH server of our own on a loopback port, with keys of its own, as a plain process: what a real server is,
// without touching the one of this machine.
#pragma once
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "engine/sftp/ssh_command.hpp"
#include "tests/engine/sftp/sftp_server.hpp"
#include "tests/engine/store/temporary_directory.hpp"

namespace gantry::sftp::testing {

// sshd wants to be called by its whole path.
inline std::string sshd_program() {
    for (const char* path : {"/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"})
        if (std::filesystem::exists(path)) return path;
    return {};
}

// As a precondition of tests that need it.
inline boost::test_tools::assertion_result is_ssh_installed(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result out(!sshd_program().empty() && !server_program().empty() &&
                                            std::filesystem::exists("/usr/bin/ssh"));
    out.message() << "there is no sshd, ssh or sftp-server here (openssh-server, openssh-client)";
    return out;
}

class SshServer {
  public:
    SshServer() {
        const std::string here = directory_.path().string();
        for (const char* key : {"host", "identity", "stranger"})
            run("ssh-keygen -q -t ed25519 -N '' -C test -f " + here + "/" + key);
        // As root it keeps its unprivileged half in there.
        if (::getuid() == 0) std::filesystem::create_directories("/run/sshd");
        for (int attempt = 0; attempt < 20 && process_ == 0; ++attempt) {
            port_ = 20'000 + (static_cast<int>(::getpid()) * 7 + attempt * 997) % 30'000;
            start();
        }
        BOOST_REQUIRE_MESSAGE(process_ != 0, "sshd does not start: " << text("log"));
    }
    ~SshServer() { stop(); }
    SshServer(const SshServer&) = delete;
    SshServer& operator=(const SshServer&) = delete;

    // To this server, with the key that it lets in.
    Options options() const {
        Options out;
        out.host = "127.0.0.1";
        out.port = port_;
        out.user = ::getpwuid(::getuid())->pw_name;
        out.identity.path = directory_.path() / "identity";
        out.known_hosts.path = directory_.path() / "known_hosts";
        return out;
    }
    // As a channel document has it.
    std::string json() const {
        const auto all = options();
        return R"({"host": ")" + all.host + R"(", "port": )" + std::to_string(all.port) + R"(, "user": ")" + all.user +
               R"(", "identity": ")" + all.identity.path.string() + R"(", "known_hosts": ")" +
               all.known_hosts.path.string() + "\"}";
    }
    // A key that it does not know.
    std::filesystem::path stranger() const { return directory_.path() / "stranger"; }
    // For a server that has another key.
    std::filesystem::path foreign_known_hosts() const {
        const auto file = directory_.path() / "foreign_hosts";
        std::ofstream(file) << "[127.0.0.1]:" << port_ << " " << text("stranger.pub");
        return file;
    }

    void stop() {
        if (process_ == 0) return;
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
    }
    // Ends the processes that serve those who are connected.
    void cut() const {
        const auto process = std::to_string(process_);
        std::ifstream children("/proc/" + process + "/task/" + process + "/children");
        for (pid_t child = 0; children >> child;) ::kill(child, SIGKILL);
    }

  private:
    static void run(const std::string& command) { BOOST_REQUIRE_EQUAL(std::system(command.c_str()), 0); }
    std::string text(const std::string& name) const {
        std::ifstream in(directory_.path() / name);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void start() {
        const std::string here = directory_.path().string(), file = here + "/config";
        std::ofstream(file)
            << "ListenAddress 127.0.0.1:" << port_ << "\nHostKey " << here << "/host\nAuthorizedKeysFile " << here
            << "/identity.pub\nPidFile " << here
            << "/pid\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication "
               "no\nPermitRootLogin prohibit-password\nMaxStartups 100\nSubsystem sftp "
            << server_program() << "\n";
        std::filesystem::remove(here + "/pid");
        process_ = ::fork();
        if (process_ == 0) {
            const auto program = sshd_program(), log = here + "/log";
            ::execl(program.c_str(), program.c_str(), "-D", "-f", file.c_str(), "-E", log.c_str(), nullptr);
            ::_exit(127);
        }
        // It writes the file once it listens, and ends when it cannot.
        while (!std::filesystem::exists(here + "/pid")) {
            if (::waitpid(process_, nullptr, WNOHANG) != 0) return void(process_ = 0);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        std::ofstream(here + "/known_hosts") << "[127.0.0.1]:" << port_ << " " << text("host.pub");
    }

    store::testing::TemporaryDirectory directory_;
    int port_ = 0;
    pid_t process_ = 0;
};

}  // namespace gantry::sftp::testing
