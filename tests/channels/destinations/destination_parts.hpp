// What the tests of destinations share: verdicts as words, and places where nobody takes a connection.
#pragma once
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "engine/net/socket.hpp"
#include "engine/runtime/ports.hpp"

namespace gantry::channels::testing {

inline std::string word(const runtime::Destination::Answer& answer) {
    static constexpr const char* words[] = {"delivered", "retry", "refused", "held", "in doubt", "away"};
    return words[static_cast<std::size_t>(answer.verdict)];
}

// A port that nobody listens on.
inline std::uint16_t free_port() {
    const auto listening = net::listen_on("127.0.0.1", 0);
    BOOST_REQUIRE(listening.ok());
    return net::local_port(listening->get());
}

// A listener whose queue is full: who connects waits.
struct BusyListener {
    BusyListener() : listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        BOOST_REQUIRE(::bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        BOOST_REQUIRE(::listen(listening.get(), 0) == 0);
        port = net::local_port(listening.get());
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        for (int i = 0; i < 4; ++i) {
            auto& one = waiting.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            (void)::connect(one.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
        }
    }
    net::Fd listening;
    std::vector<net::Fd> waiting;
    int port = 0;
};

}  // namespace gantry::channels::testing
