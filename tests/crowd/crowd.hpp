// Many peers that say little: idle TCP clients and idle associations on the DICOM port, clients on the HTTP and MLLP
// ports whose message never comes to its end. And one modality, one HIS and one probe among them, who want an answer.
#pragma once
#include <sys/resource.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/engine/dicom/raw_peer.hpp"

namespace gantry::testing {

using dicom::samples::RawAssociation;

struct CrowdSizes {
    std::size_t idle_clients = 200, idle_associations = 200, slow_http = 2000, slow_mllp = 2000;
    std::size_t all() const { return idle_clients + idle_associations + slow_http + slow_mllp; }
};

// Descriptors this process may have; raises the limit as far as it goes.
inline std::size_t descriptors_allowed() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

// A connection that begins a message, and goes on with it byte by byte.
class SlowClient {
  public:
    SlowClient(int port, std::string beginning) : port_(port), beginning_(std::move(beginning)) { connect(); }

    // One byte more; begins again when the engine has lost its patience.
    void drip() {
        if (::send(connection_->descriptor(), "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1) connect();
    }
    bool connected() const {
        char byte = 0;
        const auto got = ::recv(connection_->descriptor(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }

  private:
    void connect() {
        connection_ = std::make_unique<RawAssociation>(port_);
        connection_->send(beginning_);
    }
    int port_;
    std::string beginning_;
    std::unique_ptr<RawAssociation> connection_;
};

class Crowd {
  public:
    Crowd(int mllp, int http, int dicom, const CrowdSizes& sizes) {
        for (std::size_t i = 0; i < sizes.idle_associations; ++i) {
            associations_.emplace_back(dicom);
            associated_ += associations_.back().open() ? 1 : 0;
        }
        for (std::size_t i = 0; i < sizes.idle_clients; ++i) clients_.emplace_back(dicom, "");
        for (std::size_t i = 0; i < sizes.slow_http; ++i)
            clients_.emplace_back(http, "GET /readyz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
        for (std::size_t i = 0; i < sizes.slow_mllp; ++i)
            clients_.emplace_back(mllp, "\x0bMSH|^~\\&|SLOW|HOSPITAL|GANTRY|RADIOLOGY|");
        first_slow_ = sizes.idle_clients;
        dripping_ = std::thread([this] { drip(); });
    }
    ~Crowd() {
        stopping_ = true;
        dripping_.join();
    }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    // How many are there now.
    std::size_t connected() {
        std::size_t count = 0;
        for (auto& association : associations_) count += silent(association.descriptor()) ? 1 : 0;
        const std::lock_guard lock(mutex_);
        for (const auto& client : clients_) count += client.connected() ? 1 : 0;
        return count;
    }
    std::size_t associated() const { return associated_; }
    // An idle association is still good for a C-ECHO.
    bool association_answers(std::size_t which) { return associations_.at(which).echo(); }

  private:
    static bool silent(int descriptor) {
        char byte = 0;
        return ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
    }
    // Everybody once a second.
    void drip() {
        constexpr std::size_t rounds = 100;
        for (std::size_t round = 0; !stopping_; round = (round + 1) % rounds) {
            {
                const std::lock_guard lock(mutex_);
                for (std::size_t i = first_slow_ + round; i < clients_.size(); i += rounds) clients_[i].drip();
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1000 / rounds));
        }
    }

    std::vector<RawAssociation> associations_;
    std::size_t associated_ = 0, first_slow_ = 0;
    std::mutex mutex_;  // over clients_
    std::vector<SlowClient> clients_;
    std::atomic<bool> stopping_ = false;
    std::thread dripping_;
};

// What matters meanwhile: each on a new connection; true when the answer was the right one.
inline bool echo(int dicom) {
    RawAssociation association(dicom);
    return association.open() && association.echo() && association.release();
}

// Sends, and reads until `mark` has come or the connection ends.
inline std::string exchange(int port, const std::string& request, const std::string& mark) {
    RawAssociation connection(port);
    std::string answer;
    if (!connection.send(request)) return answer;
    std::array<char, 4096> bytes{};
    while (answer.find(mark) == std::string::npos) {
        pollfd one{connection.descriptor(), POLLIN, 0};
        if (::poll(&one, 1, static_cast<int>(RawAssociation::patience.count())) <= 0) break;
        const auto got = ::recv(connection.descriptor(), bytes.data(), bytes.size(), 0);
        if (got <= 0) break;
        answer.append(bytes.data(), static_cast<std::size_t>(got));
    }
    return answer;
}

inline bool ready(int http) {
    const auto answer =
        exchange(http, "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "ready\n");
    return answer.starts_with("HTTP/1.1 200");
}

inline std::string order_message(int number) {
    const auto n = std::to_string(number);
    return "MSH|^~\\&|HIS|CROWD HOSPITAL|GANTRY|RADIOLOGY|20261123090000||ORM^O01|C" + n + "|P|2.3.1\rPID|1||M" + n +
           "^^^CROWD^MR||CROWD^ADA||19610417|F\rORC|NW|P" + n + "^HIS|||SC||^^^20261124093000^^R\rOBR|1|P" + n +
           "^HIS||CTABD^CT ABDOMEN^LOCAL||||||||||||||A" + n + "||||||CT\r";
}

inline bool order(int mllp, int number) {
    const auto answer = exchange(mllp, "\x0b" + order_message(number) + "\x1c\r", "\x1c\r");
    return answer.find("MSA|AA|C" + std::to_string(number)) != std::string::npos;
}

}  // namespace gantry::testing
