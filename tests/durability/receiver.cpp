#include "tests/durability/receiver.hpp"

#include <random>

#include "tests/channels/destinations/scripted_receiver.hpp"

namespace gantry::durability {
namespace {

std::string control_id_of(const std::string& message) {
    std::size_t at = 0;
    for (int bars = 0; bars < 9 && at != std::string::npos; ++bars) at = message.find('|', at + 1);
    return at == std::string::npos ? std::string() : message.substr(at + 1, message.find('|', at + 1) - at - 1);
}

std::string accepted(const std::string& control_id) {
    return hl7::mllp_frame("MSH|^~\\&|RIS|RADIOLOGY|GANTRY|RADIOLOGY|20261130120000||ACK|R" + control_id +
                           "|P|2.3.1\rMSA|AA|" + control_id + "\r");
}

}  // namespace

Receiver::Receiver(unsigned seed, unsigned mishaps, std::uint16_t port) : seed_(seed), mishaps_(mishaps) {
    auto listening = net::listen_on("127.0.0.1", port);
    if (!listening) throw std::runtime_error(listening.error().text());
    listening_ = std::move(*listening);
    port_ = static_cast<std::uint16_t>(net::local_port(listening_.get()));
    thread_ = std::thread([this] { listen(); });
}

Receiver::~Receiver() {
    stop();
}

std::size_t Receiver::count() const {
    const std::lock_guard lock(mutex_);
    return received_.size();
}

std::vector<std::string> Receiver::received() const {
    const std::lock_guard lock(mutex_);
    return received_;
}

// A connection that is not accepted yet carries nothing that counts: what was sent before its sender ended is read
// when it is, so a moment without any is waited for.
void Receiver::await_hanging_up() const {
    for (int quiet = 0; quiet < 4; quiet = connected_ == 0 ? quiet + 1 : 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

void Receiver::stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    for (auto& peer : peers_) peer.join();
    peers_.clear();
}

void Receiver::listen() {
    for (unsigned number = 0; !stopping_; ++number) {
        if (!net::wait_for(listening_.get(), POLLIN, net::now() + std::chrono::milliseconds(20))) continue;
        net::Fd fd(::accept(listening_.get(), nullptr, nullptr));
        if (fd.get() < 0) continue;
        ++connected_;
        peers_.emplace_back([this, number, fd = std::move(fd)]() mutable {
            serve(std::move(fd), number);
            --connected_;
        });
    }
}

void Receiver::serve(net::Fd fd, unsigned number) {
    std::minstd_rand random(seed_ * 1000 + number + 1);
    channels::testing::Accepted peer(std::move(fd));
    for (;;) {
        const auto message = peer.receive();
        if (message.empty()) return;
        const auto id = control_id_of(message);
        {
            const std::lock_guard lock(mutex_);
            received_.push_back(id);
        }
        if (mishaps_ != 0 && random() % mishaps_ == 0) return;
        if (!peer.send(accepted(id))) return;
    }
}

}  // namespace gantry::durability
