// What every source of the catalogue promises, over a network that slices, delays, joins, cuts and refuses.
#include <atomic>
#include <thread>

#include "tests/conformance/source_site.hpp"

using namespace gantry;
using namespace gantry::conformance;
using gantry::testing::FaultProxy;
using gantry::testing::Faults;
using std::chrono::microseconds;

namespace {

// Of a patient of its own.
std::string message(const std::string& id, const std::string& more = {}) {
    return "MSH|^~\\&|HIS|HOSP|GANTRY|RAD|20261123090000||ADT^A08|" + id + "|P|2.3.1\rEVN|A08|20261123090000\rPID|1||" +
           id + "^^^HOSPA^MR||M\xc3\xbcller^" + id + "||19700101|F" + more + "\r";
}
std::vector<std::string> messages(const std::string& prefix, int count) {
    std::vector<std::string> out;
    out.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        out.push_back(message(prefix + std::to_string(i), std::string(std::size_t(i) * 37, '|')));
    return out;
}

void for_every_source(const std::function<void(const SourceSetup&)>& law) {
    for (const auto& setup : source_setups) {
        if (!is_usable(setup.with)) continue;
        BOOST_TEST_CONTEXT("source " << setup.kind << " " << setup.with) law(setup);
    }
}
void for_every_listening_source(const std::function<void(const SourceSetup&)>& law) {
    for_every_source([&](const auto& setup) {
        if (setup.wire) law(setup);
    });
}

// All the ways in which bytes that arrive whole may arrive.
const std::vector<std::pair<const char*, Faults>>& slow_roads() {
    static const std::vector<std::pair<const char*, Faults>> roads = [] {
        std::vector<std::pair<const char*, Faults>> out;
        const auto add = [&](const char* name, const testing::Road& road) { out.push_back({name, {road, road}}); };
        add("as they come", {});
        add("single bytes", {1, false, microseconds(20), {}, {}});
        add("pieces of seven bytes", {7, false, microseconds(50), {}, {}});
        add("random pieces", {90, true, microseconds(100), {}, {}});
        add("late", {0, false, microseconds(5'000), {}, {}});
        add("joined", {0, false, {}, microseconds(10'000), {}});
        return out;
    }();
    return roads;
}

Faults cut_there(std::size_t after, bool reset) {
    Faults out;
    out.there.cut = after;
    out.reset = reset;
    return out;
}
Faults cut_back(std::size_t after, bool reset) {
    Faults out;
    out.back.cut = after;
    out.reset = reset;
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(source_laws)

BOOST_AUTO_TEST_CASE(every_kind_of_source_is_in_the_suite) {
    for (const auto& kind : channels::source_kinds()) {
        if (kind.name == "fhir") continue;  // carries no HL7; tests/fhir/interactions/write_api_test.cpp
        const auto count = std::count_if(std::begin(source_setups), std::end(source_setups),
                                         [&](const auto& setup) { return setup.kind == kind.name; });
        BOOST_TEST(count >= 1, "tests/conformance/source_setup.hpp has no row for source " << kind.name);
    }
}

BOOST_AUTO_TEST_CASE(what_is_accepted_is_committed_byte_for_byte_however_it_came) {
    for_every_source([](const auto& setup) {
        SourceSite here(setup);
        std::vector<std::string> sent;
        for (const auto& [name, faults] : slow_roads()) BOOST_TEST_CONTEXT(name) {
                FaultProxy proxy(here.listens() ? here.port() : std::uint16_t{0}, faults);
                const auto sender = here.sender(proxy.port());
                for (const auto& one : messages(std::string("W") + name[0] + name[3], 5)) {
                    BOOST_CHECK(sender->send(one) == Heard::accepted);
                    sent.push_back(one);
                    BOOST_TEST(here.site.latest(1).front().content == one);  // in, once the answer is there
                }
            }
        here.check_contents(sent);
    });
}

BOOST_AUTO_TEST_CASE(several_messages_that_come_as_one_are_several) {
    for_every_listening_source([](const auto& setup) {
        SourceSite here(setup);
        for (const auto& [name, faults] : slow_roads()) BOOST_TEST_CONTEXT(name) {
                FaultProxy proxy(here.port(), faults);
                std::string all;
                const auto sent = messages(std::string("S") + name[0] + name[3], 8);
                for (const auto& one : sent) all += setup.wire->request(one);
                WireSender sender(*setup.wire, proxy.port());
                sender.send_raw(all);
                // Nobody has to take what comes before it was asked for; what was taken is in once when it is repeated.
                WireSender again(*setup.wire, proxy.port());
                for (const auto& one : sent) SourceSite::send_until_accepted(again, one);
            }
        BOOST_TEST(here.contents().size() == 8 * slow_roads().size());
    });
}

// Wherever the bytes of a message are cut: never acknowledged, or in; sent again, in once.
BOOST_AUTO_TEST_CASE(a_connection_that_ends_anywhere_loses_nothing_and_doubles_nothing) {
    for_every_listening_source([](const auto& setup) {
        SourceSite here(setup);
        std::vector<std::string> sent;
        for (const bool reset : {false, true}) {
            const auto whole = setup.wire->request(message("CF100")).size();
            std::vector<std::size_t> places{0, 1, 2, whole - 3, whole - 2, whole - 1, whole};
            for (std::size_t at = 5; at < whole; at += 11) places.push_back(at);
            for (const auto at : places) BOOST_TEST_CONTEXT("after " << at << " of " << whole << " bytes") {
                    const auto one = message((reset ? "CR" : "CF") + std::to_string(100 + sent.size() % 800));
                    FaultProxy proxy(here.port(), cut_there(at, reset));
                    WireSender cut(*setup.wire, proxy.port());
                    if (cut.send(one) == Heard::accepted) BOOST_TEST(here.site.latest(1).front().content == one);
                    WireSender again(*setup.wire, here.port());
                    BOOST_CHECK(again.send(one) == Heard::accepted);
                    sent.push_back(one);
                }
        }
        here.check_contents(sent);
    });
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_cut_leaves_a_message_that_is_in_once) {
    for_every_listening_source([](const auto& setup) {
        SourceSite here(setup);
        std::vector<std::string> sent;
        for (const bool reset : {false, true})
            for (std::size_t at = 1; at < 80; at += 13) BOOST_TEST_CONTEXT("after " << at << " bytes") {
                    const auto one = message("B" + std::to_string(100 + sent.size()));
                    FaultProxy proxy(here.port(), cut_back(at, reset));
                    WireSender cut(*setup.wire, proxy.port());
                    BOOST_CHECK(cut.send(one) == Heard::nothing);
                    WireSender again(*setup.wire, here.port());
                    BOOST_CHECK(again.send(one) == Heard::accepted);
                    sent.push_back(one);
                }
        here.check_contents(sent);
    });
}

BOOST_AUTO_TEST_CASE(what_could_not_be_stored_is_not_accepted_and_comes_again) {
    for_every_source([](const auto& setup) {
        SourceSite here(setup);
        const auto one = message("N1"), next = message("N2");
        const auto sender = here.sender();
        here.gate.fail_once();
        if (here.listens()) {
            BOOST_CHECK(sender->send(one) != Heard::accepted);
            BOOST_TEST(here.contents().empty());
        }
        SourceSite::send_until_accepted(*sender, one);
        BOOST_CHECK(sender->send(next) == Heard::accepted);
        here.check_contents({one, next});
    });
}

BOOST_AUTO_TEST_CASE(garbage_is_no_message_and_disturbs_no_neighbour) {
    for_every_listening_source([](const auto& setup) {
        SourceSite here(setup);
        WireSender neighbour(*setup.wire, here.port());
        std::vector<std::string> sent;
        for (const auto& garbage : setup.wire->garbage()) BOOST_TEST_CONTEXT(garbage.substr(0, 60)) {
                auto bad = std::make_unique<WireSender>(*setup.wire, here.port());
                bad->send_raw(garbage);
                sent.push_back(message("G" + std::to_string(100 + sent.size())));
                BOOST_CHECK(neighbour.send(sent.back()) == Heard::accepted);
                bad.reset();
                sent.push_back(message("G" + std::to_string(100 + sent.size())));
                BOOST_CHECK(neighbour.send(sent.back()) == Heard::accepted);
            }
        here.check_contents(sent);
    });
}

BOOST_AUTO_TEST_CASE(an_oversized_message_is_refused_and_the_next_is_taken) {
    for_every_source([](const auto& setup) {
        SourceSite here(setup);
        const auto sender = here.sender();
        BOOST_CHECK(sender->send(oversized()) != Heard::accepted);
        SourceSite::send_until_accepted(*sender, message("O1"));
        here.check_contents({message("O1")});
    });
}

BOOST_AUTO_TEST_CASE(refused_connections_disturb_nobody) {
    for_every_listening_source([](const auto& setup) {
        SourceSite here(setup);
        WireSender neighbour(*setup.wire, here.port());
        Faults refusing;
        refusing.refuse = true;
        FaultProxy proxy(here.port(), refusing);
        std::vector<std::string> sent;
        for (const auto& one : messages("R", 10)) {
            WireSender refused(*setup.wire, proxy.port());
            BOOST_CHECK(refused.send(one) == Heard::nothing);
            BOOST_CHECK(neighbour.send(one) == Heard::accepted);
            sent.push_back(one);
        }
        here.check_contents(sent);
    });
}

BOOST_AUTO_TEST_CASE(stopped_it_answers_what_it_has_taken) {
    for_every_source([](const auto& setup) {
        SourceSite here(setup);
        const auto sender = here.sender();
        BOOST_CHECK(sender->send(message("T1")) == Heard::accepted);
        here.gate.hold(true);
        auto heard = Heard::nothing;
        std::thread sending([&] { heard = sender->send(message("T2")); });
        here.gate.wait_for(2);
        here.stop();
        here.gate.hold(false);
        sending.join();
        BOOST_CHECK(heard == Heard::accepted);
        here.check_contents({message("T1"), message("T2")});
    });
}

BOOST_AUTO_TEST_CASE(ended_in_the_middle_and_begun_again_it_has_each_message_once) {
    for_every_source([](const auto& setup) {
        SourceSite here(setup);
        std::vector<std::string> sent;
        for (int round = 0; round < 5; ++round) {
            here.gate.hold(true);
            sent.push_back(message("E" + std::to_string(round)));
            auto sender = here.sender();
            std::thread sending([&] { (void)sender->send(sent.back()); });
            here.gate.wait_for(sent.size());
            std::thread ending([&] { here.end(); });
            here.gate.hold(false);
            ending.join();
            here.begin();
            sending.join();
            SourceSite::send_until_accepted(*here.sender(), sent.back());
        }
        BOOST_TEST(here.contents().size() == sent.size());
    });
}

// Ten times as many senders as there is room for.
BOOST_AUTO_TEST_CASE(a_full_intake_makes_senders_wait_and_drops_nothing) {
    for_every_source([](const auto& setup) {
        SourceSite here(setup, 2);
        std::vector<std::string> all;
        std::vector<std::thread> threads;
        for (int n = 0; n < 20; ++n) {
            const auto own = messages("F" + std::to_string(n) + "x", 10);
            all.insert(all.end(), own.begin(), own.end());
            threads.emplace_back([&here, own] {
                const auto sender = here.sender();
                for (const auto& one : own) SourceSite::send_until_accepted(*sender, one);
            });
        }
        for (auto& thread : threads) thread.join();
        here.check_contents(all);
    });
}

BOOST_AUTO_TEST_CASE(taken_over_again_and_again_it_loses_nothing) {
    for_every_source([](const auto& setup) {
        SourceSite here(setup);
        const auto port = here.listens() ? here.port() : std::uint16_t{0};
        std::vector<std::string> all;
        std::vector<std::thread> threads;
        std::atomic<int> accepted = 0;
        for (int n = 0; n < 4; ++n) {
            const auto own = messages("K" + std::to_string(n) + "x", 50);
            all.insert(all.end(), own.begin(), own.end());
            threads.emplace_back([&here, &accepted, own, port] {
                auto sender = here.sender(port);
                for (std::size_t i = 0; i < own.size(); ++i) {
                    if (i % 5 == 0) sender = here.sender(port);
                    accepted += sender->send(own[i]) == Heard::accepted;
                }
            });
        }
        for (int n = 0; n < 20; ++n) {
            here.change();
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        for (auto& thread : threads) thread.join();
        BOOST_TEST(accepted == static_cast<int>(all.size()));
        here.check_contents(all);
    });
}

// Several senders at once, and for each connection whatever a network may do.
BOOST_AUTO_TEST_CASE(over_a_network_that_does_everything_each_message_is_in_once) {
    for_every_listening_source([](const auto& setup) {
        SourceSite here(setup);
        for (const unsigned seed : {1u, 2u}) BOOST_TEST_CONTEXT("seed " << seed) {
                FaultProxy proxy(here.port(), [seed](unsigned number) { return testing::any_faults(seed, number); });
                const auto before = here.contents();
                auto all = before;
                std::vector<std::thread> threads;
                for (int n = 0; n < 4; ++n) {
                    const auto own = messages("C" + std::to_string(seed) + "x" + std::to_string(n) + "x", 15);
                    all.insert(all.end(), own.begin(), own.end());
                    threads.emplace_back([&here, &proxy, own] {
                        const auto sender = here.sender(proxy.port());
                        for (const auto& one : own) SourceSite::send_until_accepted(*sender, one);
                    });
                }
                for (auto& thread : threads) thread.join();
                here.check_contents(all);
            }
    });
}

BOOST_AUTO_TEST_SUITE_END()
