#include "tests/durability/engine_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "engine/net/http_client.hpp"

namespace gantry::durability {
namespace {

bool is_free(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool free = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return free;
}

}  // namespace

Ports free_ports(unsigned seed) {
    std::uint16_t port = static_cast<std::uint16_t>(15'000 + seed % 15'000);
    const auto next = [&] {
        while (!is_free(++port)) {
        }
        return port;
    };
    Ports out;
    out.mllp = next();
    out.http = next();
    out.dicom = next();
    return out;
}

EngineProcess::EngineProcess(std::filesystem::path program, std::filesystem::path conf, std::filesystem::path data,
                             Ports ports)
    : program_(std::move(program)), conf_(std::move(conf)), data_(std::move(data)), ports_(ports) {
    ::setenv("GANTRY_MLLP_PORT", std::to_string(ports_.mllp).c_str(), 1);
    ::setenv("GANTRY_HTTP_PORT", std::to_string(ports_.http).c_str(), 1);
    ::setenv("GANTRY_DICOM_PORT", std::to_string(ports_.dicom).c_str(), 1);
}

EngineProcess::~EngineProcess() {
    if (process_ > 0) kill();
}

void EngineProcess::start() {
    started_ = std::chrono::steady_clock::now();
    process_ = ::fork();
    if (process_ != 0) return;
    const int log = ::open((data_ / "engine.log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execl(program_.c_str(), program_.c_str(), "serve", "--conf", conf_.c_str(), "--data", data_.c_str(), nullptr);
    ::_exit(127);
}

std::optional<std::chrono::duration<double, std::milli>> EngineProcess::ready() {
    while (std::chrono::steady_clock::now() - started_ < std::chrono::seconds(20)) {
        const auto answer = net::http_get("127.0.0.1", ports_.http, "/readyz", net::milliseconds(2000));
        if (answer && answer->status == 200) return std::chrono::steady_clock::now() - started_;
        int status = 0;
        if (::waitpid(process_, &status, WNOHANG) == process_) {
            process_ = 0;
            return std::nullopt;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return std::nullopt;
}

void EngineProcess::kill() {
    if (process_ > 0) ::kill(process_, SIGKILL);
    wait();
}

int EngineProcess::stop() {
    if (process_ > 0) ::kill(process_, SIGTERM);
    return wait();
}

int EngineProcess::wait() {
    int status = 0;
    if (process_ <= 0 || ::waitpid(process_, &status, 0) != process_) return -1;
    process_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

long EngineProcess::pending() const {
    const auto metrics = net::http_get("127.0.0.1", ports_.http, "/metrics");
    if (!metrics || metrics->status != 200) return -1;
    const auto at = metrics->body.find("\ngantry_deliveries_pending ");
    return at == std::string::npos ? -1 : std::strtol(metrics->body.c_str() + at + 27, nullptr, 10);
}

}  // namespace gantry::durability
