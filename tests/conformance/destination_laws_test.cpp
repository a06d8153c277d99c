// What every destination of the catalogue promises, over a network that slices, delays, joins, cuts and refuses, and to
// receivers that answer late, twice, for somebody else, in part, or not at all.
#include <future>

#include "tests/channels/destinations/destination_parts.hpp"
#include "tests/conformance/destination_setup.hpp"
#include "tests/engine/store/temporary_directory.hpp"

using namespace gantry;
using namespace gantry::conformance;
using channels::testing::free_port;
using gantry::testing::FaultProxy;
using gantry::testing::Faults;
using std::chrono::microseconds;
using Then = Reaction::Then;

namespace {

// A destination as a worker has it: for one delivery after the other.
class Target {
  public:
    Target(const DestinationSetup& setup, std::uint16_t port, const std::string& reply = "20s")
        : destination_(make_destination(setup, port, reply, data_.path())) {}

    std::string deliver(const std::string& payload) {
        store::DeliveryWork work;
        work.id = DeliveryId{++count_};
        work.destination = "suite/target";
        work.payload = payload;
        const auto answer = destination_->deliver(work);
        BOOST_TEST(answer.detail.find("4711") == std::string::npos, "patient data in: " << answer.detail);
        return channels::testing::word(answer);
    }
    void interrupt() { destination_->interrupt(); }

  private:
    store::testing::TemporaryDirectory data_;
    std::unique_ptr<runtime::Destination> destination_;
    std::int64_t count_ = 0;
};

void for_every_sender(const std::function<void(const DestinationSetup&, const Answering&)>& law) {
    for (const auto& setup : destination_setups)
        if (setup.over_tcp)
            BOOST_TEST_CONTEXT("destination " << setup.kind << ' ' << setup.with) law(setup, *setup.over_tcp);
}

Receiver::React accepting(const Answering& how) {
    return [&how](const Received& got) { return Reaction{how.accept(how.id_of(got.payload))}; };
}

// Says `first` to the first message, and accepts what follows.
Receiver::React first_says(const Answering& how, const std::string& first, Then then) {
    return [&how, first, then, count = 0](const Received& got) mutable {
        if (++count == 1) return Reaction{first, then};
        return Reaction{how.accept(how.id_of(got.payload))};
    };
}

std::vector<Faults> slow_roads() {
    std::vector<Faults> out;
    const auto add = [&](const testing::Road& road) { out.push_back({road, road}); };
    add({1, false, microseconds(20), {}, {}});
    add({7, false, microseconds(50), {}, {}});
    add({90, true, microseconds(100), {}, {}});
    add({0, false, microseconds(5'000), {}, {}});
    add({0, false, {}, microseconds(10'000), {}});
    return out;
}

Faults cut(std::size_t there, std::size_t back, bool reset) {
    Faults out;
    if (there != std::size_t(-1)) out.there.cut = there;
    if (back != std::size_t(-1)) out.back.cut = back;
    out.reset = reset;
    return out;
}
constexpr auto whole = std::size_t(-1);

}  // namespace

BOOST_AUTO_TEST_SUITE(destination_laws)

BOOST_AUTO_TEST_CASE(every_kind_of_destination_with_a_queue_is_in_the_suite) {
    for (const auto& kind : channels::destination_kinds()) {
        if (kind.immediate) continue;
        const auto count = std::count_if(std::begin(destination_setups), std::end(destination_setups),
                                         [&](const auto& setup) { return setup.kind == kind.name; });
        BOOST_TEST(count > 0, "tests/conformance/destination_setup.hpp has no row for destination " << kind.name);
    }
}

BOOST_AUTO_TEST_CASE(what_is_delivered_arrived_byte_for_byte_however_it_travelled) {
    for_every_sender([](const auto& setup, const auto& how) {
        std::vector<std::string> sent, arrived;
        Receiver receiver(how.cut, accepting(how));
        for (const auto& faults : slow_roads()) {
            FaultProxy proxy(receiver.port(), faults);
            Target target(setup, proxy.port());
            for (int i = 0; i < 5; ++i) {
                sent.push_back(how.message("W" + std::to_string(sent.size()), std::string(std::size_t(i) * 41, 'x')));
                BOOST_TEST(target.deliver(sent.back()) == "delivered");
            }
        }
        for (const auto& one : receiver.received()) arrived.push_back(one.payload);
        BOOST_CHECK(arrived == sent);
    });
}

BOOST_AUTO_TEST_CASE(nobody_there_is_away_and_the_next_delivery_finds_who_came) {
    for_every_sender([](const auto& setup, const auto& how) {
        Target alone(setup, free_port());
        BOOST_TEST(alone.deliver(how.message("M1")) == "away");
        Receiver receiver(how.cut, accepting(how));
        FaultProxy proxy(receiver.port());
        Faults refusing;
        refusing.refuse = true;
        proxy.set(refusing);
        Target target(setup, proxy.port());
        for (int i = 0; i < 20; ++i) {
            // Taken by the system before it was refused: bytes may have left by then.
            const auto verdict = target.deliver(how.message("M2"));
            BOOST_TEST((verdict == "away" || verdict == how.doubt));
        }
        BOOST_TEST(receiver.bytes() == 0u);
        proxy.set({});
        BOOST_TEST(target.deliver(how.message("M3")) == "delivered");
    });
}

// Wherever the message is cut: never delivered, and away only when the receiver has not seen a byte.
BOOST_AUTO_TEST_CASE(a_message_that_is_cut_on_its_way_is_in_doubt_and_the_next_is_not) {
    for_every_sender([](const auto& setup, const auto& how) {
        for (const bool reset : {false, true})
            for (std::size_t at = 0; at < 120; at += at < 3 ? 1 : 13)
                BOOST_TEST_CONTEXT("after " << at << " bytes, reset " << reset) {
                    Receiver receiver(how.cut, accepting(how));
                    FaultProxy proxy(receiver.port(), cut(at, whole, reset));
                    Target target(setup, proxy.port());
                    const auto verdict = target.deliver(how.message("M1", std::string(200, 'x')));
                    if (verdict == "away")
                        BOOST_TEST(at == 0u);
                    else
                        BOOST_TEST(verdict == how.doubt);
                    proxy.set({});
                    BOOST_TEST(target.deliver(how.message("M2")) == "delivered");
                }
    });
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_cut_is_in_doubt_and_the_next_is_not) {
    for_every_sender([](const auto& setup, const auto& how) {
        const auto size = how.accept("M1").size();
        for (const bool reset : {false, true})
            for (std::size_t at = 0; at < size - how.spare; at += at + 9 < size - how.spare - 1 ? 9 : 1)
                BOOST_TEST_CONTEXT("after " << at << " of " << size << " bytes, reset " << reset) {
                    Receiver receiver(how.cut, accepting(how));
                    FaultProxy proxy(receiver.port(), cut(whole, at, reset));
                    Target target(setup, proxy.port());
                    const auto verdict = target.deliver(how.message("M1"));
                    if (at == 0)
                        BOOST_TEST((verdict == how.doubt || verdict == "away"));
                    else
                        BOOST_TEST(verdict == how.doubt);
                    if (verdict == "away") BOOST_TEST(receiver.bytes() == 0u);
                    proxy.set({});
                    BOOST_TEST(target.deliver(how.message("M2")) == "delivered");
                }
    });
}

BOOST_AUTO_TEST_CASE(each_code_has_its_verdict_and_the_next_message_its_own) {
    for_every_sender([](const auto& setup, const auto& how) {
        for (const auto& [bytes, verdict] : how.codes("M1")) BOOST_TEST_CONTEXT(bytes) {
                Receiver receiver(how.cut, first_says(how, bytes, Then::goes_on));
                Target target(setup, receiver.port());
                BOOST_TEST(target.deliver(how.message("M1")) == verdict);
                BOOST_TEST(target.deliver(how.message("M2")) == "delivered");
            }
    });
}

BOOST_AUTO_TEST_CASE(without_proof_a_message_is_in_doubt_and_the_next_is_not) {
    for_every_sender([](const auto& setup, const auto& how) {
        for (const auto& bytes : how.no_proof("M1"))
            for (const auto then : {Then::goes_on, Then::closes, Then::resets})
                BOOST_TEST_CONTEXT(bytes << " and then " << static_cast<int>(then)) {
                    Receiver receiver(how.cut, first_says(how, bytes, then));
                    Target target(setup, receiver.port(), "100ms");
                    BOOST_TEST(target.deliver(how.message("M1")) == how.doubt);
                    // The answer to this one is there at once.
                    BOOST_TEST(target.deliver(how.message("M2")) == "delivered");
                }
    });
}

// What was said about the first message, however often and late, is said about no other.
BOOST_AUTO_TEST_CASE(answers_that_come_twice_or_late_complete_nothing_else) {
    for_every_sender([](const auto& setup, const auto& how) {
        const std::pair<std::string, std::string> pairs[] = {
            {how.message("M1"), how.message("M2")},
            {how.message("M1"), how.message("M1", "another of that number")},
            {how.message(""), how.message("", "another without a number")}};
        for (const auto& [first, second] : pairs)
            for (const int times : {0, 1, 2, 3}) BOOST_TEST_CONTEXT(second << times << " times") {
                    std::string owed;
                    unsigned on = 0;
                    Receiver receiver(how.cut, [&](const Received& got) {
                        const auto id = how.id_of(got.payload);
                        if (got.payload == first) {
                            for (int i = 1; i < std::max(times, 2); ++i) owed += how.accept(id);
                            on = got.connection;
                            return Reaction{times == 0 ? "" : how.accept(id)};
                        }
                        return Reaction{(got.connection == on ? owed : "") + how.refuse(id)};
                    });
                    Target target(setup, receiver.port(), times == 0 ? "100ms" : "20s");
                    BOOST_TEST(target.deliver(first) == (times == 0 ? how.doubt : "delivered"));
                    const auto verdict = target.deliver(second);
                    // Where the double was there before, it costs a doubt at most.
                    BOOST_TEST((verdict == "refused" || verdict == how.doubt), verdict);
                }
    });
}

BOOST_AUTO_TEST_CASE(an_answer_may_be_slow_but_not_without_end) {
    for_every_sender([](const auto& setup, const auto& how) {
        Receiver receiver(how.cut, accepting(how));
        Faults slow;
        slow.back = {1, false, microseconds(200), {}, {}};
        FaultProxy proxy(receiver.port(), slow);
        Target target(setup, proxy.port());
        BOOST_TEST(target.deliver(how.message("M1")) == "delivered");
        slow.back.pause = std::chrono::milliseconds(30);
        proxy.set(slow);
        Target impatient(setup, proxy.port(), "100ms");
        BOOST_TEST(impatient.deliver(how.message("M2")) == how.doubt);
    });
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_what_is_waited_for_and_nothing_else) {
    for_every_sender([](const auto& setup, const auto& how) {
        std::promise<void> received;
        Receiver receiver(how.cut, [&](const Received& got) {
            if (how.id_of(got.payload) != "M1") return Reaction{how.accept(how.id_of(got.payload))};
            received.set_value();
            return Reaction{};
        });
        Target target(setup, receiver.port(), "1h");
        auto first = std::async(std::launch::async, [&] { return target.deliver(how.message("M1")); });
        received.get_future().wait();
        target.interrupt();
        BOOST_TEST(first.get() == how.doubt);
        BOOST_TEST(target.deliver(how.message("M2")) == "delivered");
    });
}

BOOST_AUTO_TEST_CASE(an_empty_message_is_refused_before_anything_is_sent) {
    for_every_sender([](const auto& setup, const auto& how) {
        Receiver receiver(how.cut, accepting(how));
        Target target(setup, receiver.port());
        BOOST_TEST(target.deliver("") == "refused");
        BOOST_TEST(receiver.bytes() == 0u);
    });
}

BOOST_AUTO_TEST_SUITE_END()
