#include "engine/net/socket_stream.hpp"

#include <sys/socket.h>

#include "engine/net/client.hpp"
#include "tests/engine/net/loopback.hpp"

namespace gantry::net {
namespace {

struct Pair {
    explicit Pair(std::string replay = {}) {
        int ends[2];
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
        far = Fd(ends[1]);
        near = std::make_unique<SocketStream>(Accepted{Fd(ends[0]), Peer("near"), true, {}}, std::move(replay));
    }
    void send(std::string_view bytes) { BOOST_REQUIRE(::send(far.get(), bytes.data(), bytes.size(), 0) > 0); }
    std::string read(std::size_t most) {
        std::string out(most, ' ');
        const auto got = near->read(out.data(), most, patience);
        BOOST_REQUIRE(got.ok());
        out.resize(*got);
        return out;
    }
    std::unique_ptr<SocketStream> near;
    Fd far;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(socket_stream)

BOOST_AUTO_TEST_CASE(replayed_bytes_come_before_those_of_the_socket) {
    Pair pair("replayed");
    pair.send("fresh");
    BOOST_TEST(pair.near->readable(milliseconds(0)));
    BOOST_TEST(pair.read(3) == "rep");
    BOOST_TEST(pair.read(100) == "layed");
    BOOST_TEST(pair.read(100) == "fresh");
    BOOST_TEST(!pair.near->readable(milliseconds(0)));
}

BOOST_AUTO_TEST_CASE(what_is_put_back_comes_first) {
    Pair pair("abcdef");
    BOOST_TEST(pair.read(4) == "abcd");
    pair.near->unread("cd");
    BOOST_TEST(pair.near->buffered() == "cdef");
    pair.send("gh");
    BOOST_TEST(pair.near->gather(patience));
    BOOST_TEST(pair.read(100) == "cdefgh");
}

BOOST_AUTO_TEST_CASE(the_end_is_zero_bytes_and_silence_a_timeout) {
    Pair pair;
    char byte = 0;
    const auto silent = pair.near->read(&byte, 1, milliseconds(1));
    BOOST_REQUIRE(!silent.ok());
    BOOST_TEST((silent.error().code == ErrorCode::net_timeout));
    pair.far.reset();
    BOOST_TEST(pair.read(1) == "");
    BOOST_TEST(!pair.near->gather(milliseconds(0)));
}

BOOST_AUTO_TEST_CASE(writing_to_who_does_not_read_times_out_and_to_who_is_gone_fails) {
    Pair pair;
    const std::string much(8 << 20, 'x');
    const auto stuck = pair.near->write(much.data(), much.size(), milliseconds(20));
    BOOST_REQUIRE(!stuck.ok());
    BOOST_TEST((stuck.error().code == ErrorCode::net_timeout));
    pair.far.reset();
    const auto gone = pair.near->write("x", 1, milliseconds(20));
    BOOST_REQUIRE(!gone.ok());
    BOOST_TEST((gone.error().code == ErrorCode::net_closed));
}

BOOST_AUTO_TEST_CASE(another_thread_can_end_a_read) {
    Pair pair;
    std::thread other([&] { pair.near->shut_down(); });
    BOOST_TEST(pair.read(1) == "");
    other.join();
}

BOOST_AUTO_TEST_CASE(connecting_to_nobody_is_refused) {
    std::uint16_t port = 0;
    {
        const auto socket = listen_on("127.0.0.1", 0);
        BOOST_REQUIRE(socket.ok());
        port = local_port(socket->get());
    }
    const auto stream = connect("127.0.0.1", port, patience);
    BOOST_REQUIRE(!stream.ok());
    BOOST_TEST((stream.error().code == ErrorCode::net_refused));
    BOOST_TEST((connect("no such host", 1, patience).error().code == ErrorCode::net_refused));
}

BOOST_AUTO_TEST_CASE(addresses_as_text) {
    const auto shown = [](const char* host) {
        const auto found = resolve(host, 104);
        BOOST_REQUIRE(found.ok());
        return found->front().peer().text() + (found->front().loopback() ? " loopback" : "");
    };
    BOOST_TEST(shown("127.0.0.1") == "127.0.0.1:104 loopback");
    BOOST_TEST(shown("192.0.2.7") == "192.0.2.7:104");
    BOOST_TEST(shown("::1") == "[::1]:104 loopback");
    BOOST_TEST(shown("::ffff:127.0.0.9") == "127.0.0.9:104 loopback");
    BOOST_TEST(shown("2001:db8::1") == "[2001:db8::1]:104");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::net
