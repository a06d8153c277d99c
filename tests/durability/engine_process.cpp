#include "tests/durability/engine_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <thread>

#include "engine/net/http_client.hpp"

namespace gantry::durability {
namespace {

using std::chrono::milliseconds;

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
                             std::filesystem::path log)
    : program_(std::move(program)),
      conf_(std::move(conf)),
      data_(std::move(data)),
      log_(std::move(log)),
      ports_(free_ports(std::random_device{}())) {
    set("GANTRY_MLLP_PORT", std::to_string(ports_.mllp));
    set("GANTRY_HTTP_PORT", std::to_string(ports_.http));
    set("GANTRY_DICOM_PORT", std::to_string(ports_.dicom));
}

EngineProcess::~EngineProcess() {
    if (process_ > 0) kill();
}

void EngineProcess::start() {
    started_ = std::chrono::steady_clock::now();
    process_ = ::fork();
    if (process_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that dies takes its engine along
    for (const auto& [variable, value] : environment_) ::setenv(variable.c_str(), value.c_str(), 1);
    const int log = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execl(program_.c_str(), program_.c_str(), "serve", "--conf", conf_.c_str(), "--data", data_.c_str(), nullptr);
    ::_exit(127);
}

std::optional<EngineProcess::Milliseconds> EngineProcess::ready() {
    while (std::chrono::steady_clock::now() - started_ < std::chrono::minutes(1)) {
        if (readiness() == 200) return std::chrono::steady_clock::now() - started_;
        if (ended(milliseconds(2))) return std::nullopt;
    }
    return std::nullopt;
}

std::optional<int> EngineProcess::ended(milliseconds within) {
    const auto last = std::chrono::steady_clock::now() + within;
    while (process_ > 0) {
        int status = 0;
        if (::waitpid(process_, &status, WNOHANG) == process_) {
            process_ = 0;
            return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        }
        if (std::chrono::steady_clock::now() >= last) return std::nullopt;
        std::this_thread::sleep_for(milliseconds(1));
    }
    return -1;
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

int EngineProcess::readiness() const {
    const auto answer = net::http_get("127.0.0.1", ports_.http, "/readyz", net::milliseconds(2000));
    return answer ? answer->status : 0;
}

std::string EngineProcess::ready_parts() const {
    const auto answer = net::http_get("127.0.0.1", ports_.http, "/api/ready", net::milliseconds(2000));
    return answer ? answer->body : std::string();
}

void EngineProcess::reload() {
    if (process_ > 0) ::kill(process_, SIGHUP);
}

std::string EngineProcess::metrics() const {
    const auto metrics = net::http_get("127.0.0.1", ports_.http, "/metrics");
    return metrics && metrics->status == 200 ? metrics->body : std::string();
}

long EngineProcess::pending() const {
    const auto body = metrics();
    const auto at = body.find("\ngantry_deliveries_pending ");
    return at == std::string::npos ? -1 : std::strtol(body.c_str() + at + 27, nullptr, 10);
}

long EngineProcess::reloads(bool refused) const {
    const auto body = metrics();
    if (body.empty()) return -1;
    const std::string name = refused ? "\ngantry_reload_refused_total" : "\ngantry_reloaded_total";
    long sum = 0;  // over its labels
    for (auto at = body.find(name); at != std::string::npos; at = body.find(name, at + 1))
        sum += std::strtol(body.c_str() + body.rfind(' ', body.find('\n', at + 1)), nullptr, 10);
    return sum;
}

}  // namespace gantry::durability
