#include "tests/durability/partner.hpp"

namespace gantry::durability {

std::string field_of(const std::string& message, const std::string& segment, std::size_t field) {
    auto at = message.compare(0, 3, segment) == 0 ? 0 : message.find("\r" + segment + "|");
    if (at == std::string::npos) return {};
    if (message[at] == '\r') ++at;
    const auto end = message.find('\r', at);
    const auto line = message.substr(at, end == std::string::npos ? end : end - at);
    auto begin = std::string::size_type(0);
    const std::size_t bars = segment == "MSH" ? field - 1 : field;
    for (std::size_t bar = 0; bar < bars; ++bar) {
        begin = line.find('|', begin);
        if (begin == std::string::npos) return {};
        ++begin;
    }
    return line.substr(begin, line.find('|', begin) - begin);
}

Partner::Partner(Answering answering, std::uint16_t port) : answering_(std::move(answering)) {
    auto listening = net::listen_on("127.0.0.1", port);
    if (!listening) throw std::runtime_error(listening.error().text());
    listening_ = std::move(*listening);
    port_ = static_cast<std::uint16_t>(net::local_port(listening_.get()));
    thread_ = std::thread([this] { listen(); });
}

Partner::~Partner() {
    stopping_ = true;
    thread_.join();
    for (const auto& peer : all_) peer->shut_down();
    for (auto& peer : peers_) peer.join();
}

std::map<std::string, int> Partner::received() const {
    const std::lock_guard lock(mutex_);
    std::map<std::string, int> out;
    for (const auto& message : messages_) ++out[field_of(message, "MSH", 10)];
    return out;
}

std::vector<std::string> Partner::messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
}

bool Partner::say(const std::string& control_id, const std::string& message) {
    const std::lock_guard lock(mutex_);
    const auto found = connections_.find(control_id);
    return found != connections_.end() && found->second->send(hl7::mllp_frame(message));
}

void Partner::listen() {
    while (!stopping_) {
        if (!net::wait_for(listening_.get(), POLLIN, net::now() + std::chrono::milliseconds(20))) continue;
        net::Fd fd(::accept(listening_.get(), nullptr, nullptr));
        if (fd.get() < 0) continue;
        auto peer = std::make_shared<channels::testing::Accepted>(std::move(fd));
        all_.push_back(peer);
        peers_.emplace_back([this, peer] { serve(peer); });
    }
}

void Partner::serve(const std::shared_ptr<channels::testing::Accepted>& peer) {
    for (;;) {
        const auto message = peer->receive();
        if (message.empty() && (peer->ended() || stopping_)) return;
        if (message.empty()) continue;  // a long silence
        const auto answers = answering_(message);
        const std::lock_guard lock(mutex_);
        messages_.push_back(message);
        connections_[field_of(message, "MSH", 10)] = peer;
        for (const auto& answer : answers)
            if (!peer->send(hl7::mllp_frame(answer))) return;
    }
}

}  // namespace gantry::durability
