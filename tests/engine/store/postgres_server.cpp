#include "tests/engine/store/postgres_server.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

namespace gantry::store::testing {
namespace {

const passwd* unprivileged() {
    if (::getuid() != 0) return nullptr;
    const auto* postgres = ::getpwnam("postgres");
    return postgres ? postgres : ::getpwnam("nobody");
}

int status_of(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

}  // namespace

std::filesystem::path postgres_programs() {
    std::vector<std::filesystem::path> found;
    std::error_code none;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
        if (std::filesystem::exists(version.path() / "bin/initdb")) found.push_back(version.path() / "bin");
    }
    return found.empty() ? std::filesystem::path() : *std::max_element(found.begin(), found.end());
}

PostgresServer::PostgresServer(Fsync fsync) : fsync_(fsync) {
    std::filesystem::permissions(directory_.path(), std::filesystem::perms(0755));
    const auto* other = unprivileged();
    if (other && ::chown(directory_.path().c_str(), other->pw_uid, other->pw_gid) != 0)
        throw std::runtime_error("the directory of the server cannot be handed over");
    const auto made = spawn("initdb", {"-D", data(), "-U", "gantry", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                                       "--no-sync", "--no-instructions"});
    if (status_of(made) != 0) throw std::runtime_error("initdb failed");
    start();
}

void PostgresServer::start() {
    // After kill(), the processes that the first one left behind notice it in their own time, and until then no new one
    // may use their files.
    for (int tries = 0; tries < 100; ++tries) {
        if (try_to_start()) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    throw std::runtime_error("the server did not start; its log is " + (directory_.path() / "log").string());
}

bool PostgresServer::try_to_start() {
    server_ = spawn("postgres", {"-D", data(), "-k", directory_.path().string(), "-c", "listen_addresses=", "-c",
                                 "shared_buffers=64MB", "-c", "recovery_init_sync_method=syncfs", "-c",
                                 std::string("fsync=") + (fsync_ == Fsync::on ? "on" : "off")});
    for (int tries = 0; tries < 6000; ++tries) {
        if (PQping(url("postgres").c_str()) == PQPING_OK) return true;
        if (::waitpid(server_, nullptr, WNOHANG) == server_) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    server_ = 0;
    return false;
}

void PostgresServer::end(int signal) {
    if (server_ <= 0) return;
    ::kill(server_, signal);
    status_of(server_);
    server_ = 0;
}

void PostgresServer::stop() {
    end(SIGQUIT);
}

void PostgresServer::kill() {
    end(SIGKILL);
}

std::string PostgresServer::url(const std::string& database) const {
    return "postgresql:///" + database + "?host=" + directory_.path().string() + "&user=gantry";
}

pid_t PostgresServer::spawn(const std::string& program, std::vector<std::string> arguments) const {
    const auto path = (postgres_programs() / program).string(), log = (directory_.path() / "log").string();
    const auto* other = unprivileged();
    std::vector<char*> argv{const_cast<char*>(path.c_str())};
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const auto child = ::fork();
    if (child != 0) return child;
    if (other && (::setgid(other->pw_gid) != 0 || ::setuid(other->pw_uid) != 0)) ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // a test that dies takes its server along
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (::dup2(output, 1) < 0 || ::dup2(output, 2) < 0 || ::chdir("/") != 0) ::_exit(126);
    ::execv(path.c_str(), argv.data());
    ::_exit(127);
}

}  // namespace gantry::store::testing
