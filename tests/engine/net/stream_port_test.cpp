// Stream ports, with a protocol of lines: what is sent comes back, line by line.
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/net/socket.hpp"

#include "tests/engine/net/loopback.hpp"

namespace gantry::net {
namespace {

constexpr std::size_t big_answer = 16u << 20;

// Answers each line by itself. "hold" keeps its answer until release(), and pauses; "die" throws; "big" answers much.
class Lines final : public StreamHandler {
  public:
    struct Shared {
        Signal held, closed;
        std::mutex mutex;
        std::vector<std::shared_ptr<Connection>> waiting;
        // Any thread: answers what was held and goes on reading.
        void release() {
            std::vector<std::shared_ptr<Connection>> all;
            {
                const std::lock_guard lock(mutex);
                all.swap(waiting);
            }
            for (const auto& one : all) {
                one->send("held\n");
                one->resume_reading();
            }
        }
    };

    Lines(std::shared_ptr<Connection> connection, Shared& shared)
        : connection_(std::move(connection)), shared_(shared) {}

    void on_data(std::string_view bytes) override {
        rest_ += bytes;
        work();
    }
    void on_resume() override {
        holding_ = false;
        work();
        if (ended_ && !holding_) connection_->close();
    }
    bool on_end_of_input() override {
        ended_ = true;
        return !holding_;
    }
    void on_close() override { shared_.closed.raise(); }

  private:
    void work() {
        for (auto end = rest_.find('\n'); end != std::string::npos && !holding_; end = rest_.find('\n')) {
            const auto line = rest_.substr(0, end + 1);
            rest_.erase(0, end + 1);
            connection_->end_unit();
            answer(line);
        }
        if (!rest_.empty() && !holding_) connection_->begin_unit();
    }
    void answer(const std::string& line) {
        if (line == "die\n") throw std::runtime_error("handler");
        if (line == "big\n") return void(connection_->send(std::string(big_answer, 'x')));
        if (line != "hold\n") return void(connection_->send(line));
        holding_ = true;
        connection_->pause_reading();
        const std::lock_guard lock(shared_.mutex);
        shared_.waiting.push_back(connection_);
        shared_.held.raise();
    }

    std::shared_ptr<Connection> connection_;
    Shared& shared_;
    std::string rest_;
    bool holding_ = false, ended_ = false;
};

struct LinePort {
    explicit LinePort(StreamOptions options = {}, PortOptions port = {}) {
        const auto added = lobby.add_port(port, options, [this](std::shared_ptr<Connection> connection) {
            return std::make_unique<Lines>(std::move(connection), shared);
        });
        BOOST_REQUIRE(added.ok());
        id = *added;
        number = lobby.bound_port(id);
        lobby.start();
    }
    CountingSink sink;
    Lines::Shared shared;
    Lobby lobby{sink};
    PortId id;
    std::uint16_t number = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_port)

BOOST_AUTO_TEST_CASE(lines_cut_anywhere_come_back_whole) {
    LinePort port;
    const std::string text = "one\ntwo\nthree is longer\n";
    for (std::size_t cut = 1; cut < text.size(); ++cut) {
        LoopbackPeer peer(port.number);
        peer.send(text.substr(0, cut));
        peer.send(text.substr(cut));
        BOOST_TEST(peer.receive(text.size()) == text);
    }
}

BOOST_AUTO_TEST_CASE(many_lines_in_one_piece_keep_their_order) {
    LinePort port;
    std::string text;
    for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + "\n";
    LoopbackPeer peer(port.number);
    std::thread sender([&] { peer.send(text); });
    const auto back = peer.receive(text.size());
    sender.join();
    BOOST_TEST((back == text));
}

BOOST_AUTO_TEST_CASE(a_paused_connection_answers_only_after_it_is_resumed) {
    LinePort port;
    LoopbackPeer peer(port.number);
    peer.send("hold\nafter\n");
    BOOST_REQUIRE(port.shared.held.wait());
    LoopbackPeer other(port.number);
    other.send("x\n");
    BOOST_TEST(other.receive(2) == "x\n");
    port.shared.release();
    BOOST_TEST(peer.receive(11) == "held\nafter\n");
}

BOOST_AUTO_TEST_CASE(a_peer_that_shut_down_its_side_gets_its_answer) {
    LinePort port;
    LoopbackPeer peer(port.number);
    peer.send("answer me\n");
    peer.half_close();
    BOOST_TEST(peer.receive_all() == "answer me\n");
    BOOST_TEST(port.shared.closed.wait());
}

BOOST_AUTO_TEST_CASE(a_late_answer_reaches_a_peer_that_shut_down_its_side) {
    LinePort port;
    LoopbackPeer peer(port.number);
    peer.send("hold\n");
    peer.half_close();
    BOOST_REQUIRE(port.shared.held.wait());
    port.shared.release();
    BOOST_TEST(peer.receive_all() == "held\n");
}

BOOST_AUTO_TEST_CASE(a_unit_that_drips_is_cut_although_it_never_stops) {
    LinePort port(StreamOptions{.unit_timeout = milliseconds(300)});
    LoopbackPeer peer(port.number);
    std::atomic<bool> done = false;
    std::thread drip([&] {
        while (!done) {
            ::send(peer.descriptor(), "x", 1, MSG_NOSIGNAL);
            std::this_thread::sleep_for(milliseconds(20));
        }
    });
    BOOST_TEST(peer.receive_all() == "");
    done = true;
    drip.join();
    BOOST_TEST(port.shared.closed.wait());
    BOOST_TEST(port.sink.count("peer_cut") == 1);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_cut_only_when_asked_for) {
    LinePort port(StreamOptions{.idle_timeout = milliseconds(100)});
    LoopbackPeer peer(port.number);
    peer.send("x\n");
    BOOST_TEST(peer.receive_all() == "x\n");
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_read_is_cut_by_the_limit_of_bytes) {
    LinePort port;
    LoopbackPeer peer(port.number);
    peer.send("big\n");
    BOOST_TEST(port.shared.closed.wait());
    BOOST_TEST(port.sink.count("peer_cut") == 1);
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_read_is_cut_by_the_deadline) {
    LinePort port(StreamOptions{.write_timeout = milliseconds(200), .max_output = 64u << 20});
    LoopbackPeer peer(port.number);
    peer.send("big\n");
    BOOST_TEST(port.shared.closed.wait());
    BOOST_TEST(port.sink.count("peer_cut") == 1);
}

BOOST_AUTO_TEST_CASE(a_large_answer_arrives_whole) {
    LinePort port(StreamOptions{.max_output = 64u << 20});
    LoopbackPeer peer(port.number);
    peer.send("big\nend\n");
    const auto answer = peer.receive_until("\n");
    BOOST_TEST(answer.size() == big_answer + 4);
    BOOST_TEST(answer.find_first_not_of('x') == big_answer);
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_loses_its_connection_only) {
    LinePort port;
    LoopbackPeer victim(port.number), other(port.number);
    victim.send("die\n");
    BOOST_TEST(victim.receive_all() == "");
    other.send("x\n");
    BOOST_TEST(other.receive(2) == "x\n");
    BOOST_TEST(port.sink.count("connection_handler_failed") == 1);
}

BOOST_AUTO_TEST_CASE(limits_of_the_port_and_of_one_peer) {
    LinePort port({}, PortOptions{.max_connections = 2});
    LinePort per_peer({}, PortOptions{.max_per_peer = 1});
    for (auto* limited : {&port, &per_peer}) {
        LoopbackPeer first(limited->number);
        first.send("1\n");
        BOOST_TEST(first.receive(2) == "1\n");
        LoopbackPeer second(limited->number), third(limited->number);
        BOOST_TEST(third.receive_all() == "");
        BOOST_TEST(limited->sink.count("peer_turned_away") >= 1);
    }
}

BOOST_AUTO_TEST_CASE(the_place_of_a_gone_peer_is_free_again) {
    LinePort port({}, PortOptions{.max_per_peer = 1});
    for (int i = 1; i <= 20; ++i) {
        LoopbackPeer peer(port.number);
        peer.send("x\n");
        BOOST_TEST(peer.receive(2) == "x\n");
        peer.half_close();
        BOOST_TEST(peer.receive_all() == "");
        BOOST_REQUIRE(port.shared.closed.wait(i));
        while (port.lobby.connections() != 0) std::this_thread::yield();
    }
}

BOOST_AUTO_TEST_CASE(an_address_in_use_is_said_so) {
    LinePort port;
    const auto again = port.lobby.add_port(PortOptions{.port = port.number}, StreamOptions{}, StreamFactory{});
    BOOST_REQUIRE(!again.ok());
    BOOST_TEST((again.error().code == ErrorCode::net_address_in_use));
    const auto foreign = port.lobby.add_port(PortOptions{.address = "192.0.2.1"}, StreamOptions{}, StreamFactory{});
    BOOST_REQUIRE(!foreign.ok());
    BOOST_TEST((foreign.error().code == ErrorCode::net_cannot_listen));
}

BOOST_AUTO_TEST_CASE(stop_ends_open_connections_and_waits_for_owed_answers) {
    LinePort port;
    LoopbackPeer idle(port.number), busy(port.number);
    busy.send("hold\n");
    BOOST_REQUIRE(port.shared.held.wait());
    std::thread stopper([&] { port.lobby.stop(patience); });
    BOOST_TEST(idle.receive_all() == "");
    port.shared.release();
    BOOST_TEST(busy.receive_all() == "held\n");
    stopper.join();
    BOOST_TEST(port.lobby.connections() == 0u);
}

BOOST_AUTO_TEST_CASE(stop_without_patience_returns_although_an_answer_is_owed) {
    LinePort port;
    LoopbackPeer busy(port.number);
    busy.send("hold\n");
    BOOST_REQUIRE(port.shared.held.wait());
    port.lobby.stop(milliseconds(0));
    BOOST_TEST(busy.receive_all() == "");
    BOOST_TEST(!port.shared.waiting.front()->send("too late"));
    port.shared.waiting.front()->resume_reading();
}

BOOST_AUTO_TEST_CASE(without_descriptors_the_port_neither_spins_nor_dies) {
    LinePort port;
    LoopbackPeer before(port.number);
    before.send("x\n");
    BOOST_TEST(before.receive(2) == "x\n");
    rlimit old{};
    ::getrlimit(RLIMIT_NOFILE, &old);
    LoopbackPeer probe(port.number);
    probe.send("x\n");
    BOOST_TEST(probe.receive(2) == "x\n");
    // A client socket is made before the limit falls, so that only accepting fails.
    const int client = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getpeername(probe.descriptor(), reinterpret_cast<sockaddr*>(&address), &size);
    rlimit none = old;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
    ::connect(client, reinterpret_cast<sockaddr*>(&address), size);
    char byte = 0;
    while (port.sink.count("descriptors_exhausted") == 0) std::this_thread::yield();
    before.send("y\n");
    BOOST_TEST(before.receive(2) == "y\n");
    ::setrlimit(RLIMIT_NOFILE, &old);
    // Closed by the engine, or accepted now that there are descriptors again.
    ::send(client, "z\n", 2, MSG_NOSIGNAL);
    ::recv(client, &byte, 1, 0);
    ::close(client);
    LoopbackPeer after(port.number);
    after.send("x\n");
    BOOST_TEST(after.receive(2) == "x\n");
}

BOOST_AUTO_TEST_CASE(a_replaced_port_keeps_its_socket_and_its_connections) {
    LinePort port;
    LoopbackPeer before(port.number);
    before.send("x\n");
    BOOST_TEST(before.receive(2) == "x\n");
    Lines::Shared others;
    PortOptions limits;
    limits.max_connections = 2;
    port.lobby.replace_port(port.id, limits, {}, [&](std::shared_ptr<Connection> connection) {
        return std::make_unique<Lines>(std::move(connection), others);
    });
    // The second answer comes from a later round of the loop than the first: the loop has heard of it.
    for (int round = 0; round < 2; ++round) {
        before.send("y\n");
        BOOST_TEST(before.receive(2) == "y\n");
    }
    LoopbackPeer after(port.number);
    after.send("hold\n");
    BOOST_REQUIRE(others.held.wait());
    LoopbackPeer third(port.number);
    BOOST_TEST(third.receive_all() == "");
    others.release();
    BOOST_TEST(after.receive(5) == "held\n");
    port.lobby.stop();
}

BOOST_AUTO_TEST_CASE(a_port_that_ends_answers_what_is_outstanding_and_turns_nobody_else_away) {
    LinePort port;
    PortOptions other_port;
    const auto other = port.lobby.add_port(other_port, StreamOptions{}, [&](std::shared_ptr<Connection> connection) {
        return std::make_unique<Lines>(std::move(connection), port.shared);
    });
    BOOST_REQUIRE(other.ok());
    LoopbackPeer busy(port.number), idle(port.number), elsewhere(port.lobby.bound_port(*other));
    busy.send("hold\n");
    BOOST_REQUIRE(port.shared.held.wait());
    port.lobby.end_port(port.id);
    BOOST_TEST(idle.receive_all() == "");
    port.shared.release();
    BOOST_TEST(busy.receive_all() == "held\n");
    elsewhere.send("x\n");
    BOOST_TEST(elsewhere.receive(2) == "x\n");
}

BOOST_AUTO_TEST_CASE(a_connection_beyond_the_descriptors_is_closed_at_once) {
    LinePort port;
    LoopbackPeer before(port.number);
    before.send("x\n");
    BOOST_TEST(before.receive(2) == "x\n");
    const Fd client(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getpeername(before.descriptor(), reinterpret_cast<sockaddr*>(&address), &size);
    rlimit old{};
    ::getrlimit(RLIMIT_NOFILE, &old);
    rlimit full = old;
    full.rlim_cur = static_cast<rlim_t>(Fd(::dup(0)).get());  // the lowest free number: every lower one is in use
    ::setrlimit(RLIMIT_NOFILE, &full);
    ::connect(client.get(), reinterpret_cast<sockaddr*>(&address), size);
    char byte = 0;
    const auto got = ::recv(client.get(), &byte, 1, 0);
    ::setrlimit(RLIMIT_NOFILE, &old);
    BOOST_TEST(got <= 0);
    BOOST_TEST(port.sink.count("descriptors_exhausted") >= 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::net
