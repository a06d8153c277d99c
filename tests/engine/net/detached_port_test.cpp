// Detached ports, with a protocol of four-byte words: the first word is the unit, a thread answers it.
#include "tests/engine/net/loopback.hpp"

namespace gantry::net {
namespace {

using Verdict = Greeting::Verdict;
using Stream = std::unique_ptr<ReplayStream>;

Greeting greet_word(std::string_view bytes, std::size_t) {
    if (bytes.front() == '!') return {Verdict::refuse};
    if (bytes.front() == '#') return {Verdict::too_large};
    return bytes.size() < 2 ? Greeting{Verdict::need_more} : Greeting{Verdict::complete, 4};
}

std::string part_word(Parting why) {
    switch (why) {
        case Parting::busy:
            return "busy";
        case Parting::too_large:
            return "long";
        case Parting::too_slow:
            return "slow";
        case Parting::refused:
            return "none";
        case Parting::plain_text:
            return "plain";
    }
    return {};
}

std::string read_word(ReplayStream& stream) {
    std::string word(4, ' ');
    std::size_t size = 0;
    while (size < 4) {
        const auto got = stream.read(word.data() + size, 4 - size, patience);
        if (!got || *got == 0) break;
        size += *got;
    }
    return word.substr(0, size);
}

struct WordPort {
    explicit WordPort(DetachedOptions options = {}, std::function<Stream(Stream)> serve = {},
                      std::size_t max_refusals = 0) {
        if (!serve) serve = [this](Stream stream) { return echo(std::move(stream)); };
        PortOptions place;
        place.max_refusals_per_peer = max_refusals;
        const auto id = lobby.add_port(place, options, {greet_word, std::move(serve), part_word});
        BOOST_REQUIRE(id.ok());
        number = lobby.bound_port(*id);
        lobby.start();
    }
    Stream echo(Stream stream) {
        const auto word = read_word(*stream);
        served.raise();
        if (word == "wait") read_word(*stream);
        if (word == "die.") throw std::runtime_error("service");
        if (word == "end.") stream->finish();
        if (!stream->write(word.data(), word.size(), patience) || word == "quit") return nullptr;
        return stream;
    }
    CountingSink sink;
    Signal served;
    Lobby lobby{sink};
    std::uint16_t number = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(detached_port)

BOOST_AUTO_TEST_CASE(the_stream_replays_what_the_lobby_read) {
    WordPort port;
    LoopbackPeer peer(port.number);
    for (const char c : std::string_view("quit")) peer.send({&c, 1});
    BOOST_TEST(peer.receive_all() == "quit");
}

BOOST_AUTO_TEST_CASE(an_address_that_is_refused_again_and_again_is_not_let_in) {
    WordPort port({}, {}, 3);
    for (int i = 0; i < 2; ++i) {
        LoopbackPeer garbage(port.number);
        garbage.send("!");
        BOOST_TEST(garbage.receive_all() == "none");
    }
    {
        LoopbackPeer tolerated(port.number);
        tolerated.send("quit");
        BOOST_TEST(tolerated.receive_all() == "quit");
    }
    LoopbackPeer last(port.number);
    last.send("!");
    BOOST_TEST(last.receive_all() == "none");
    LoopbackPeer shut_out(port.number);
    BOOST_TEST(shut_out.receive_all().empty());
    BOOST_TEST(port.sink.count("peer_turned_away") == 1);
}

BOOST_AUTO_TEST_CASE(a_service_may_refuse_too) {
    const auto refuse = [](Stream stream) {
        read_word(*stream);
        stream->count_refusal();
        return Stream();
    };
    WordPort port({}, refuse, 1);
    LoopbackPeer refused(port.number);
    refused.send("word");
    BOOST_TEST(refused.receive_all().empty());
    LoopbackPeer shut_out(port.number);
    BOOST_TEST(shut_out.receive_all().empty());
    BOOST_TEST(port.sink.count("peer_turned_away") == 1);
}

BOOST_AUTO_TEST_CASE(a_returned_stream_is_served_again) {
    for (const int linger : {0, 50}) {
        WordPort port(DetachedOptions{.linger = milliseconds(linger)});
        LoopbackPeer peer(port.number);
        for (const auto* word : {"one.", "two.", "thre"}) {
            peer.send(word);
            BOOST_TEST(peer.receive(4) == word);
        }
        peer.send("fourfivesi");
        BOOST_TEST(peer.receive(8) == "fourfive");
        peer.send("x.");
        BOOST_TEST(peer.receive(4) == "six.");
    }
}

BOOST_AUTO_TEST_CASE(the_end_arrives_although_the_peer_is_still_sending) {
    WordPort port;
    LoopbackPeer peer(port.number);
    peer.send("end." + std::string(200'000, 'x'));
    BOOST_TEST(peer.receive_all() == "end.");
}

BOOST_AUTO_TEST_CASE(refused_too_long_and_too_slow_are_answered) {
    WordPort port(DetachedOptions{.max_unit = 3, .unit_timeout = milliseconds(100)});
    for (const auto& [sent, answer] :
         std::map<std::string, std::string>{{"!", "none"}, {"#", "long"}, {"abc", "long"}}) {
        LoopbackPeer peer(port.number);
        peer.send(sent);
        BOOST_TEST(peer.receive_all() == answer);
    }
    WordPort slow(DetachedOptions{.unit_timeout = milliseconds(100)});
    LoopbackPeer silent(slow.number), half(slow.number);
    half.send("ab");
    BOOST_TEST(half.receive_all() == "slow");
    BOOST_TEST(silent.receive_all() == "");
    BOOST_TEST(slow.sink.count("peer_cut") == 1);
}

BOOST_AUTO_TEST_CASE(when_every_thread_is_busy_the_peer_hears_so) {
    WordPort port(DetachedOptions{.max_threads = 2});
    LoopbackPeer first(port.number), second(port.number), third(port.number);
    first.send("wait");
    second.send("wait");
    BOOST_REQUIRE(port.served.wait(2));
    third.send("one.");
    BOOST_TEST(third.receive_all() == "busy");
    first.send("go..");
    BOOST_TEST(first.receive(4) == "wait");
    // The thread gives its place back after the answer: until then the answer may still be "busy".
    std::string answer;
    while (answer != "four") {
        LoopbackPeer fourth(port.number);
        fourth.send("four");
        answer = fourth.receive(4);
    }
}

BOOST_AUTO_TEST_CASE(idle_and_dripping_peers_hold_no_thread) {
    raise_descriptor_limit();
    WordPort port(DetachedOptions{.max_threads = 1});
    std::deque<LoopbackPeer> idle;
    for (int i = 0; i < 300; ++i) {
        idle.emplace_back(port.number);
        if (i % 3 == 0) idle.back().send("abc");
        if (i % 3 != 1) continue;
        // Served once, then silent.
        idle.back().send("one.");
        BOOST_TEST(idle.back().receive(4).size() == 4u);
    }
    std::string answer;
    while (answer != "quit") {
        LoopbackPeer peer(port.number);
        peer.send("quit");
        answer = peer.receive(4);
    }
    BOOST_TEST(port.lobby.connections() >= 300u - 100u);
}

BOOST_AUTO_TEST_CASE(a_service_that_throws_loses_its_connection_only) {
    WordPort port;
    LoopbackPeer victim(port.number), other(port.number);
    victim.send("die.");
    BOOST_TEST(victim.receive_all() == "");
    other.send("one.");
    BOOST_TEST(other.receive(4) == "one.");
    port.lobby.stop(patience);
    BOOST_TEST(port.sink.count("connection_handler_failed") == 1);
}

BOOST_AUTO_TEST_CASE(stop_wakes_threads_that_wait_for_a_peer) {
    WordPort port;
    LoopbackPeer silent(port.number), half(port.number), waiting(port.number), between(port.number);
    half.send("ab");
    waiting.send("wait");
    between.send("one.");
    BOOST_TEST(between.receive(4) == "one.");
    BOOST_REQUIRE(port.served.wait(2));
    port.lobby.stop(patience);
    BOOST_TEST(port.lobby.connections() == 0u);
    BOOST_TEST(waiting.receive_all() == "wait");
    BOOST_TEST(half.receive_all() == "");
}

BOOST_AUTO_TEST_CASE(a_port_can_be_added_while_running_and_closed) {
    WordPort port;
    const auto id = port.lobby.add_port(PortOptions{}, DetachedOptions{},
                                        {greet_word, [&](Stream s) { return port.echo(std::move(s)); }, part_word});
    BOOST_REQUIRE(id.ok());
    const auto number = port.lobby.bound_port(*id);
    {
        LoopbackPeer peer(number);
        peer.send("quit");
        BOOST_TEST(peer.receive_all() == "quit");
    }
    port.lobby.close_port(*id);
    while (connect("127.0.0.1", number, patience).ok()) std::this_thread::yield();
    LoopbackPeer peer(port.number);
    peer.send("quit");
    BOOST_TEST(peer.receive_all() == "quit");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::net
