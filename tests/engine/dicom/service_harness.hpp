// A DicomService on a loopback port, with a thread per connection, and a catalogue of rows in memory.
#pragma once
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/dicom/service.hpp"

namespace gantry::dicom::samples {

class SocketStream final : public ByteStream {
  public:
    explicit SocketStream(int descriptor, bool is_loopback = true) : descriptor_(descriptor), loopback_(is_loopback) {}
    ~SocketStream() override { ::close(descriptor_); }

    Result<std::size_t> read(char* into, std::size_t most, std::chrono::milliseconds wait) override {
        if (!ready(POLLIN, wait)) return Error{ErrorCode::net_timeout, {}, {}};
        const auto got = ::recv(descriptor_, into, most, 0);
        if (got < 0) return Error{ErrorCode::net_closed, {}, {}};
        return static_cast<std::size_t>(got);
    }
    Result<void> write(const char* from, std::size_t size, std::chrono::milliseconds wait) override {
        while (size > 0) {
            if (!ready(POLLOUT, wait)) return Error{ErrorCode::net_timeout, {}, {}};
            const auto sent = ::send(descriptor_, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent <= 0) return Error{ErrorCode::net_closed, {}, {}};
            from += sent;
            size -= static_cast<std::size_t>(sent);
        }
        return {};
    }
    bool readable(std::chrono::milliseconds wait) override { return ready(POLLIN, wait); }
    void shut_down() noexcept override { ::shutdown(descriptor_, SHUT_RDWR); }
    const Peer& peer() const override { return peer_; }
    bool loopback() const override { return loopback_; }
    int descriptor() const override { return descriptor_; }

  private:
    bool ready(short events, std::chrono::milliseconds wait) const {
        pollfd one{descriptor_, events, 0};
        return ::poll(&one, 1, static_cast<int>(wait.count())) > 0;
    }
    int descriptor_;
    bool loopback_;
    Peer peer_{"127.0.0.1:0"};
};

class MemoryCatalog final : public WorklistCatalog {
  public:
    Result<void> find(const effects::WorklistQuery&, const Take& take) override {
        if (failure) return *failure;
        for (const auto& row : rows) {
            if (pause.count() > 0) std::this_thread::sleep_for(pause);
            ++given;
            if (!take(effects::WorklistRow(row))) break;
        }
        return {};
    }
    std::vector<effects::WorklistRow> rows;
    std::optional<Error> failure;
    std::chrono::milliseconds pause{0};
    std::atomic<int> given{0};
};

// Remembers the names of events.
class NamesOfEvents final : public events::Sink {
  public:
    void emit(const events::View& event) noexcept override {
        const std::lock_guard lock(mutex_);
        names_.emplace_back(event.name.text());
    }
    bool has(std::string_view name) const {
        const std::lock_guard lock(mutex_);
        return std::find(names_.begin(), names_.end(), name) != names_.end();
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> names_;
};

inline int connected_to(int port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    (void)::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address);
    return descriptor;
}

class RunningService {
  public:
    // instead: asked for the rows, in place of `catalog`.
    explicit RunningService(DicomOptions options = {}, bool loopback = true, WorklistCatalog* instead = nullptr)
        // 2026-11-23T12:00:00Z
        : clock_(Instant{1795435200LL * 1'000'000}),
          loopback_(loopback),
          service_(std::move(options), instead ? *instead : catalog, events, clock_, Zone("UTC")) {
        listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        (void)::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
        ::listen(listener_, 64);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port = ntohs(address.sin_port);
        acceptor_ = std::thread([this] { accept_all(); });
    }
    ~RunningService() {
        service_.stop();
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        for (auto& thread : threads_) thread.join();
        ::close(listener_);
    }

    MemoryCatalog catalog;
    NamesOfEvents events;
    int port = 0;
    std::atomic<int> ended{0};
    DicomService& service() { return service_; }

  private:
    void accept_all() {
        for (int descriptor; (descriptor = ::accept(listener_, nullptr, nullptr)) >= 0;) {
            threads_.emplace_back([this, descriptor] {
                service_.serve(std::make_unique<SocketStream>(descriptor, loopback_));
                ++ended;
            });
        }
    }
    FixedClock clock_;
    bool loopback_;
    DicomService service_;
    int listener_ = -1;
    std::thread acceptor_;
    std::vector<std::thread> threads_;
};

// Waits until the condition holds.
template <class Condition>
bool soon(Condition condition, std::chrono::milliseconds most = std::chrono::seconds(5)) {
    const auto end = std::chrono::steady_clock::now() + most;
    while (!condition() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return condition();
}

struct Ran {
    int exit_code = -1;
    std::string output;
};

// One of DCMTK's programs, with standard output and error together.
inline Ran run(const std::string& command) {
    Ran out;
    FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
    if (!pipe) return out;
    std::array<char, 4096> buffer{};
    for (std::size_t got; (got = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
        out.output.append(buffer.data(), got);
    out.exit_code = WEXITSTATUS(::pclose(pipe));
    return out;
}

inline bool installed(const std::string& program) {
    return run("command -v " + program).exit_code == 0;
}

}  // namespace gantry::dicom::samples
