// A mail server for one test: speaks SMTP as far as a client needs it, with STARTTLS when it is given certificates, and
// keeps what it was told.
#pragma once
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "engine/net/socket.hpp"
#include "engine/net/tls_context.hpp"
#include "engine/net/tls_session.hpp"

namespace gantry::testing {

class MailServer {
  public:
    struct Options {
        std::optional<net::TlsServerOptions> tls{};
        bool tls_at_once = false;
        std::string answer_to_rcpt = "250 ok";
    };
    explicit MailServer(Options options) : options_(std::move(options)) {
        auto listening = net::listen_on("127.0.0.1", 0);
        if (!listening) throw std::runtime_error(listening.error().text());
        listening_ = std::move(*listening);
        thread_ = std::thread([this] { run(); });
    }
    MailServer() : MailServer(Options()) {}
    ~MailServer() {
        stopping_ = true;
        thread_.join();
    }
    MailServer(const MailServer&) = delete;
    MailServer& operator=(const MailServer&) = delete;

    std::uint16_t port() const { return net::local_port(listening_.get()); }
    // Waits until so many mails came; each from MAIL to its last line, with what was said before in front of the first.
    std::vector<std::string> wait_for(std::size_t mails) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(20), [&] { return mails_.size() >= mails; });
        return mails_;
    }
    std::string said() {
        const std::lock_guard lock(mutex_);
        return said_;
    }

  private:
    void run() {
        while (!stopping_) {
            if (!net::wait_for(listening_.get(), POLLIN, net::now() + std::chrono::milliseconds(20))) continue;
            const net::Fd peer(::accept(listening_.get(), nullptr, nullptr));
            session_.reset();
            rest_.clear();
            if (options_.tls_at_once) begin_tls();
            if (!options_.tls_at_once) put(peer, "220-mail.example\r\n220 ready\r\n");
            serve(peer);
        }
    }
    void begin_tls() {
        rest_.clear();
        session_ = net::TlsSession::server(*net::load_tls_context(*options_.tls));
    }
    void put(const net::Fd& peer, const std::string& text) {
        auto bytes = text;
        if (session_) {
            session_->send(text);
            bytes = session_->take_output();
        }
        ::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    bool more(const net::Fd& peer) {
        while (!net::wait_for(peer.get(), POLLIN, net::now() + std::chrono::milliseconds(20)))
            if (stopping_) return false;
        std::array<char, 16384> piece;
        const auto got = ::recv(peer.get(), piece.data(), piece.size(), 0);
        if (got <= 0) return false;
        const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
        if (!session_) {
            rest_ += bytes;
            return true;
        }
        const bool greeted = session_->state() == net::TlsSession::State::established;
        const auto state = session_->receive(bytes, rest_);
        const auto own = session_->take_output();
        ::send(peer.get(), own.data(), own.size(), MSG_NOSIGNAL);
        if (state == net::TlsSession::State::failed) return false;
        if (!greeted && state == net::TlsSession::State::established && options_.tls_at_once)
            put(peer, "220 ready\r\n");
        return true;
    }
    void serve(const net::Fd& peer) {
        bool in_data = false;
        std::string mail;
        do {
            for (auto end = rest_.find("\r\n"); end != std::string::npos; end = rest_.find("\r\n")) {
                const auto line = rest_.substr(0, end);
                rest_.erase(0, end + 2);
                if (in_data) {
                    mail += line + "\n";
                    if (line != ".") continue;
                    in_data = false;
                    keep(mail);
                    mail.clear();
                    put(peer, "250 queued\r\n");
                    continue;
                }
                note(line);
                if (line == "DATA") in_data = true;
                put(peer, answer(line) + "\r\n");
                if (line == "STARTTLS") begin_tls();
            }
        } while (more(peer));
    }
    std::string answer(const std::string& line) const {
        if (line.starts_with("EHLO"))
            return options_.tls && !session_ ? "250-mail.example\r\n250 STARTTLS" : "250 mail.example";
        if (line == "DATA") return "354 go on";
        if (line.starts_with("RCPT")) return options_.answer_to_rcpt;
        return line == "STARTTLS" ? "220 go on" : "250 ok";
    }
    void note(const std::string& line) {
        const std::lock_guard lock(mutex_);
        said_ += line + (session_ ? " (TLS)\n" : "\n");
    }
    void keep(const std::string& mail) {
        const std::lock_guard lock(mutex_);
        mails_.push_back(mail);
        changed_.notify_all();
    }

    const Options options_;
    net::Fd listening_;
    std::atomic<bool> stopping_ = false;
    std::unique_ptr<net::TlsSession> session_;  // of the connection
    std::string rest_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string said_;
    std::vector<std::string> mails_;
    std::thread thread_;
};

}  // namespace gantry::testing
