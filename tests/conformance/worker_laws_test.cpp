// A queue on SQLite, worked off by the real worker, to a receiver that answers wrongly in every way it can: late,
// twice, out of order, for somebody else, in part, not at all, and with every code. No message is completed by
// another's answer: what the ledger says of each follows from what was said about it, on the connection it came on,
// after it came.
#include <map>
#include <set>

#include "engine/runtime/delivery_worker.hpp"
#include "tests/conformance/destination_setup.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::conformance;
using runtime::DeliveryWorker;
using store::testing::Site;

namespace {

constexpr int most = 60;  // messages

std::string id_of(int number) {
    return "M" + std::to_string(1000 + number);
}
std::string message(const std::string& id) {
    return "MSH|^~\\&|A|B|C|D|20261123||ORM^O01|" + id + "|P|2.5.1\rPID|1||" + id + "^^^HOSP\r";
}

// What it does with a message follows from the seed, the control id and how often that came; nothing else.
class LyingReceiver {
  public:
    LyingReceiver(const Answering& how, unsigned seed)
        : how_(how), seed_(seed), receiver_(how.cut, [this](const Received& got) { return react(got); }) {}

    std::uint16_t port() const { return receiver_.port(); }
    std::vector<Received> received() const { return receiver_.received(); }
    // Verdicts that it gave for a message, to whom it belongs.
    const std::set<std::string>& said(const std::string& id) { return said_[id]; }

  private:
    Reaction react(const Received& got) {
        const auto id = control_id(got.payload);
        std::seed_seq sequence{seed_, static_cast<unsigned>(std::stoi(id.substr(1))), ++times_[id]};
        std::mt19937 random(sequence);
        auto before = std::exchange(last_[got.connection], id);
        const auto owed = std::exchange(owed_, {});
        auto out = choose(id, before, random);
        // An answer that is late comes in front of another's, or of the same message's when it was sent again.
        if (owed == id) said_[id].insert("delivered");
        if (!owed.empty()) out.bytes.insert(0, how_.accept(owed));
        return out;
    }

    Reaction choose(const std::string& id, const std::string& before, std::mt19937& random) {
        const auto codes = how_.codes(id);
        const auto& code = codes[random() % codes.size()];
        const auto other = id_of(static_cast<int>(random() % most));
        const auto foreign = other == id ? std::string("FOREIGN") : other;
        switch (random() % 12) {
            case 0:
            case 1:
                return tell(id, code, {});
            case 2:
                return tell(id, {how_.accept(id), "delivered"}, how_.accept(id));
            case 3:
                return tell(id, code, how_.accept(foreign));
            case 4:
                return {how_.accept(foreign)};
            case 5:
                return {how_.refuse(foreign)};
            case 6:
                owed_ = id;
                return {};
            case 7:
                return {how_.accept(id).substr(0, how_.accept(id).size() / 2), Reaction::Then::closes};
            case 8:
                return {{}, random() % 2 == 0 ? Reaction::Then::closes : Reaction::Then::resets};
            case 9:
                if (before.empty()) return tell(id, {how_.accept(id), "delivered"}, {});
                said_[id].insert("delivered");
                return {how_.accept(before) + how_.accept(id)};
            default:
                return tell(id, {how_.accept(id), "delivered"}, {});
        }
    }

    Reaction tell(const std::string& id, const Told& told, const std::string& after) {
        said_[id].insert(told.verdict);
        return {told.bytes + after};
    }

    const Answering& how_;
    const unsigned seed_;
    std::map<std::string, unsigned> times_;
    std::map<unsigned, std::string> last_;  // of each connection
    std::map<std::string, std::set<std::string>> said_;
    std::string owed_;  // the message whose answer is late
    Receiver receiver_;
};

void queue_messages(Site& site) {
    std::vector<store::Unit> units;
    for (int i = 0; i < most; ++i) {
        effects::Effects effects;
        effects.ordering_key = id_of(i);
        effects.deliveries.push_back({"suite/target", {}, true});
        units.push_back(store::testing::unit(id_of(i), std::move(effects), message(id_of(i))));
    }
    site.commit(std::move(units));
}

bool all_finished(Site& site) {
    const auto messages = site.latest(most);
    return std::none_of(messages.begin(), messages.end(),
                        [](const auto& one) { return one.outcome == effects::Outcome::pending; });
}

using Targets = std::vector<std::unique_ptr<runtime::Destination>>;

Targets make_targets(const DestinationSetup& setup, std::uint16_t port, std::size_t connections,
                     const std::string& reply, const Site& site) {
    Targets out;
    out.reserve(connections);
    for (std::size_t i = 0; i < connections; ++i)
        out.push_back(make_destination(setup, port, reply, site.place().directory()));
    return out;
}

// Time flies, so that nothing waits long for its next attempt.
void work_off(Site& site, const Targets& made, DeliveryWorker::InDoubt in_doubt) {
    std::vector<runtime::Destination*> targets;
    targets.reserve(made.size());
    for (const auto& one : made) targets.push_back(one.get());
    DeliveryWorker::Options options;
    options.destination = "suite/target";
    options.retry = {std::chrono::milliseconds(1), std::chrono::milliseconds(10), std::chrono::hours(1'000'000)};
    options.in_doubt = in_doubt;
    options.connections = targets.size();
    DeliveryWorker worker(options, targets, site->deliveries(), site.clock, events::nowhere());
    worker.start();
    const auto limit = std::chrono::steady_clock::now() + 3 * patience;
    while (!all_finished(site) && std::chrono::steady_clock::now() < limit) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        site.clock.set({site.clock.now().micros + 1'000'000});
        worker.wake();
    }
    worker.stop();
    BOOST_TEST(all_finished(site));
}

// Attempts in doubt, as the ledger has them.
std::size_t doubts(const Site& site, const std::string& control_id) {
    return std::stoul(
        site.one("SELECT count(*) FROM delivery_attempt a JOIN delivery d ON a.delivery = d.id JOIN message m ON "
                 "d.message = m.id "
                 "WHERE m.control_id = '" +
                 control_id + "' AND a.verdict = " + std::to_string(static_cast<int>(effects::Outcome::in_doubt))));
}

void check_doubles(Site& site, const Receiver& receiver, DeliveryWorker::InDoubt in_doubt) {
    std::map<std::string, std::size_t> times;
    for (const auto& one : receiver.received()) {
        ++times[control_id(one.payload)];
        BOOST_TEST(one.payload == message(control_id(one.payload)));
    }
    for (const auto& one : site.latest(most)) BOOST_TEST_CONTEXT(one.control_id) {
            const bool delivered = one.outcome == effects::Outcome::delivered;
            BOOST_TEST((delivered ||
                        (one.outcome == effects::Outcome::in_doubt && in_doubt == DeliveryWorker::InDoubt::hold)));
            if (delivered) BOOST_TEST(times[one.control_id] >= 1u);
            BOOST_TEST(times[one.control_id] <= doubts(site, one.control_id) + (delivered ? 1 : 0));
        }
}

void check(Site& site, LyingReceiver& receiver, DeliveryWorker::InDoubt in_doubt) {
    std::map<std::string, std::size_t> times;
    for (const auto& one : receiver.received()) {
        const auto id = control_id(one.payload);
        ++times[id];
        BOOST_TEST(one.payload == message(id));
    }
    for (const auto& one : site.latest(most)) BOOST_TEST_CONTEXT(one.control_id) {
            const auto& said = receiver.said(one.control_id);
            // What is in doubt may never have come: on a busy machine the receiver had not yet looked.
            if (one.outcome != effects::Outcome::in_doubt) BOOST_TEST(times[one.control_id] > 0u);
            switch (one.outcome) {
                case effects::Outcome::delivered:
                    BOOST_TEST(said.count("delivered") == 1u);
                    break;
                case effects::Outcome::dead:
                    BOOST_TEST(said.count("refused") == 1u);
                    break;
                case effects::Outcome::held:
                    BOOST_TEST(said.count("held") == 1u);
                    break;
                default:
                    BOOST_TEST(
                        (one.outcome == effects::Outcome::in_doubt && in_doubt == DeliveryWorker::InDoubt::hold));
            }
            // Sent again only when it was told so, or in doubt.
            if (in_doubt == DeliveryWorker::InDoubt::hold && times[one.control_id] > 1)
                BOOST_TEST(said.count("retry") == 1u);
        }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(worker_laws)

BOOST_AUTO_TEST_CASE(no_message_is_completed_by_the_answer_to_another) {
    using InDoubt = DeliveryWorker::InDoubt;
    unsigned seed = 0;
    for (const auto& setup : destination_setups)
        for (const std::size_t connections : {1u, 4u})
            for (const auto in_doubt : {InDoubt::hold, InDoubt::resend}) {
                if (!setup.over_tcp || !setup.over_tcp->named) continue;
                BOOST_TEST_CONTEXT(setup.kind << ' ' << setup.with << " over " << connections << ", seed " << ++seed) {
                    Site site;
                    queue_messages(site);
                    LyingReceiver receiver(*setup.over_tcp, seed);
                    const auto made = make_targets(setup, receiver.port(), connections, "50ms", site);
                    work_off(site, made, in_doubt);
                    check(site, receiver, in_doubt);
                }
            }
}

// An honest receiver behind a network that does everything. What came twice was in doubt before, as often as it came
// too often; where doubt asks a person, nothing comes twice.
BOOST_AUTO_TEST_CASE(over_a_network_that_does_everything_each_double_was_a_doubt) {
    using InDoubt = DeliveryWorker::InDoubt;
    unsigned seed = 0;
    for (const auto& setup : destination_setups)
        for (const auto in_doubt : {InDoubt::hold, InDoubt::resend}) {
            if (!setup.over_tcp || !setup.over_tcp->named) continue;
            BOOST_TEST_CONTEXT(setup.kind << ' ' << setup.with << ", seed " << ++seed) {
                Site site;
                queue_messages(site);
                const auto& how = *setup.over_tcp;
                Receiver receiver(
                    how.cut, [&how](const Received& got) { return Reaction{how.accept(control_id(got.payload))}; });
                testing::FaultProxy proxy(receiver.port(),
                                          [seed](unsigned number) { return testing::any_faults(seed, number); });
                const auto made = make_targets(setup, proxy.port(), 4, "2s", site);
                work_off(site, made, in_doubt);
                check_doubles(site, receiver, in_doubt);
            }
        }
}

BOOST_AUTO_TEST_SUITE_END()
