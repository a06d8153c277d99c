// That the proxy does to bytes what it is told to, so that what is tested over it is.
#include "tests/support/fault_proxy.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/channels/destinations/scripted_receiver.hpp"

using namespace gantry;
using channels::testing::Accepted;
using channels::testing::patience;
using channels::testing::ScriptedReceiver;
using gantry::testing::FaultProxy;
using gantry::testing::Faults;

namespace {

// What a receiver gets, and whether the sender hears of an orderly end, when `bytes` are sent through the proxy.
struct Passage {
    Passage(const Faults& faults, const std::string& bytes) {
        ScriptedReceiver receiver({[&](Accepted& peer) {
            for (auto some = peer.some(); !some.empty(); some = peer.some()) pieces.push_back(some);
            ended = peer.ended();
        }});
        FaultProxy proxy(static_cast<std::uint16_t>(receiver.port()), faults);
        orderly = send(proxy.port(), bytes, !faults.there.cut);
        receiver.join();
    }
    // False: an RST was heard, however early.
    static bool send(std::uint16_t port, const std::string& bytes, bool end) {
        auto stream = net::connect("127.0.0.1", port, patience);
        if (!stream || !(*stream)->write(bytes.data(), bytes.size(), patience).ok()) return false;
        if (end) ::shutdown((*stream)->descriptor(), SHUT_WR);
        char one = 0;
        const auto got = (*stream)->read(&one, 1, patience);
        return got.ok() && *got == 0;
    }
    std::string all() const {
        std::string out;
        for (const auto& piece : pieces) out += piece;
        return out;
    }
    std::vector<std::string> pieces;
    bool ended = false, orderly = false;
};

const std::string text = "The quick brown fox jumps over the lazy dog, and again, until it has had enough of that.";

}  // namespace

BOOST_AUTO_TEST_SUITE(fault_proxy)

BOOST_AUTO_TEST_CASE(bytes_and_ends_go_through_unchanged) {
    const Passage plain({}, text);
    BOOST_TEST(plain.all() == text);
    BOOST_TEST(plain.ended);
    BOOST_TEST(plain.orderly);
    const std::string large(3'000'000, 'x');
    BOOST_CHECK(Passage({}, large).all() == large);
}

BOOST_AUTO_TEST_CASE(slices_have_the_size_that_was_asked_for) {
    Faults faults;
    faults.there = {5, false, std::chrono::milliseconds(2), {}, {}};
    const Passage slices(faults, text);
    BOOST_TEST(slices.all() == text);
    BOOST_TEST(slices.pieces.size() > text.size() / 10);  // a slow reader may find two at once
    for (const auto& piece : slices.pieces) BOOST_TEST((piece.size() % 5 == 0 || &piece == &slices.pieces.back()));
    faults.there.random = true;
    BOOST_TEST(Passage(faults, text).all() == text);
}

BOOST_AUTO_TEST_CASE(a_cut_lets_so_many_bytes_through_and_no_more) {
    for (const bool reset : {false, true})
        for (const std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{40}}) {
            Faults faults;
            faults.there.cut = at;
            faults.reset = reset;
            const Passage cut(faults, text);
            // An RST may overtake what was on its way.
            BOOST_TEST(text.substr(0, at).starts_with(cut.all()));
            if (!reset) BOOST_TEST(cut.all().size() == at);
            BOOST_TEST(cut.ended);
            BOOST_TEST(cut.orderly == !reset);
        }
}

BOOST_AUTO_TEST_CASE(what_is_gathered_comes_as_one) {
    std::string got;
    ScriptedReceiver receiver({[&](Accepted& peer) { got = peer.some(); }});
    Faults faults;
    faults.there.gather = std::chrono::milliseconds(200);
    FaultProxy proxy(static_cast<std::uint16_t>(receiver.port()), faults);
    auto stream = net::connect("127.0.0.1", proxy.port(), patience);
    BOOST_REQUIRE(stream.ok());
    for (const char c : std::string("joined")) BOOST_REQUIRE((*stream)->write(&c, 1, patience).ok());
    receiver.join();
    BOOST_TEST(got == "joined");
}

BOOST_AUTO_TEST_CASE(a_refused_connection_reaches_nobody) {
    ScriptedReceiver receiver({[](Accepted& peer) { peer.send("hello"); }});
    Faults faults;
    faults.refuse = true;
    FaultProxy proxy(static_cast<std::uint16_t>(receiver.port()), faults);
    char one = 0;
    {
        auto refused = net::connect("127.0.0.1", proxy.port(), patience);
        BOOST_TEST((!refused.ok() || !(*refused)->read(&one, 1, patience).ok()));
    }
    proxy.set({});
    auto taken = net::connect("127.0.0.1", proxy.port(), patience);
    BOOST_REQUIRE(taken.ok());
    BOOST_TEST((*taken)->read(&one, 1, patience).ok());
    BOOST_TEST(one == 'h');
    BOOST_TEST(receiver.join() == 1);
    BOOST_TEST(proxy.connections() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
