// From one set of channels to the next: what is touched, what is handed over, and what a failure leaves as it was.
#include "engine/runtime/supervisor.hpp"

#include <atomic>
#include <set>
#include <thread>

#include "tests/engine/runtime/pipeline_parts.hpp"

using namespace gantry;
using namespace gantry::runtime;
using runtime::testing::CarryingMapper;
using runtime::testing::Tally;
using What = Supervisor::Change::What;
using Words = std::vector<std::string>;

namespace {

// Where sources listen, as the kernel knows it.
struct World {
    std::map<std::string, std::string> listening;  // place → who
    std::set<std::string> forbidden;               // places nobody may listen on
    std::set<std::string> connected;               // sources with connections
    Tally told;                                    // what happened, in order
};

class FakeSource final : public Source {
  public:
    FakeSource(World& world, std::string name, std::string place, std::shared_ptr<const CurrentMapper> with)
        : mapper(std::move(with)), world_(world), name_(std::move(name)), place_(std::move(place)) {}

    Result<void> start() override {
        if (world_.forbidden.count(place_) > 0 || world_.listening.count(place_) > 0)
            return Error{ErrorCode::net_address_in_use, {}, {}};
        world_.listening[place_] = name_;
        world_.connected.insert(name_);
        listens_ = true;
        world_.told.add("start " + name_);
        return {};
    }
    Result<void> take_over(Source& before) override {
        auto& other = dynamic_cast<FakeSource&>(before);
        BOOST_REQUIRE(other.listens_);
        other.listens_ = false;
        other.taken_ = true;
        listens_ = true;
        world_.listening[place_] = name_;
        world_.connected.erase(other.name_);
        world_.connected.insert(name_);
        world_.told.add(name_ + " after " + other.name_);
        return {};
    }
    void retire() override {
        if (listens_) {
            world_.listening.erase(place_);
            world_.told.add("retire " + name_);
        }
        listens_ = false;
    }
    void stop() override {
        retire();
        if (!taken_) world_.connected.erase(name_);
    }

    std::shared_ptr<const CurrentMapper> mapper;

  private:
    World& world_;
    std::string name_, place_;
    bool listens_ = false, taken_ = false;
};

// A queue in memory.
class MemoryQueue final : public store::Deliveries {
  public:
    Result<std::vector<store::DeliveryHead>> heads(const std::string& destination, DeliveryId after,
                                                   std::size_t most) override {
        std::vector<store::DeliveryHead> out;
        const auto works = pending(destination, after, most);
        for (const auto& work : *works) {
            out.emplace_back().id = work.id;
            out.back().lane = work.lane;
        }
        return out;
    }
    Result<std::vector<store::DeliveryWork>> load(std::span<const DeliveryId> deliveries) override {
        const std::lock_guard lock(mutex_);
        std::vector<store::DeliveryWork> out;
        for (const auto id : deliveries)
            for (const auto& work : waiting_)
                if (work.id == id) out.push_back(work);
        return out;
    }
    Result<void> begin(std::span<const DeliveryId> deliveries, Instant at) override {
        const std::lock_guard lock(mutex_);
        for (auto& work : waiting_)
            if (std::find(deliveries.begin(), deliveries.end(), work.id) != deliveries.end()) work.begun = at;
        return {};
    }
    Result<void> number(const std::string&, std::span<const DeliveryId>) override { return {}; }
    Result<void> expect(std::span<const store::AwaitedReply>) override { return {}; }
    Result<void> answered(std::span<const store::ReplyHeard>) override { return {}; }
    Result<std::vector<BlockedLane>> blocked_lanes(const std::string&) override { return std::vector<BlockedLane>(); }
    Result<std::vector<store::DeliveryHead>> held_while_begun(const std::string&) override {
        return std::vector<store::DeliveryHead>();
    }
    Result<std::vector<store::DeliveryHead>> answered_in_doubt(const std::string&) override {
        return std::vector<store::DeliveryHead>();
    }
    Result<std::vector<DeliveryId>> sendable(const std::string&, std::span<const DeliveryId> deliveries) override {
        return std::vector<DeliveryId>(deliveries.begin(), deliveries.end());
    }
    Result<std::vector<store::DeliveryHead>> urgent(const std::string&, DeliveryId, std::size_t) override {
        return std::vector<store::DeliveryHead>();
    }
    Result<std::vector<store::DeliveryHead>> with_those_ahead(const std::string&,
                                                              const std::vector<store::DeliveryHead>& urgent,
                                                              std::size_t) override {
        return urgent;
    }
    Result<DeliveryId> rank(const std::string&, DeliveryId after, std::size_t) override { return after; }
    Result<std::vector<store::DeliveryWork>> pending(const std::string& destination, DeliveryId after,
                                                     std::size_t most) override {
        const std::lock_guard lock(mutex_);
        std::vector<store::DeliveryWork> out;
        for (const auto& work : waiting_)
            if (work.destination == destination && after < work.id && out.size() < most) out.push_back(work);
        return out;
    }
    Result<void> record(std::span<const Attempt> attempts) override {
        const std::lock_guard lock(mutex_);
        for (const auto& attempt : attempts)
            if (attempt.state != effects::Outcome::pending)
                std::erase_if(waiting_, [&](const auto& work) { return work.id == attempt.delivery; });
        return {};
    }
    void add(const std::string& destination, const std::string& payload) {
        const std::lock_guard lock(mutex_);
        store::DeliveryWork work;
        work.id = {++last_};
        work.destination = destination;
        work.lane = payload;
        work.payload = payload;
        waiting_.push_back(std::move(work));
    }

  private:
    std::mutex mutex_;
    std::vector<store::DeliveryWork> waiting_;
    std::int64_t last_ = 0;
};

class FakeDestination final : public Destination {
  public:
    FakeDestination(Tally& delivered, std::string by) : delivered_(delivered), by_(std::move(by)) {}
    Answer deliver(const store::DeliveryWork& work) override {
        delivered_.add(work.payload + " by " + by_);
        return {};
    }

  private:
    Tally& delivered_;
    std::string by_;
};

class NotingSink final : public events::Sink {
  public:
    void emit(const events::View& event) noexcept override { noted.add(std::string(event.name.text())); }
    Tally noted;
};

struct Site {
    // definition: of the source, "PLACE" or "PLACE with OPTIONS"; destinations: "NAME" or "NAME with OPTIONS".
    ChannelSetup channel(const std::string& name, std::int64_t revision, const std::string& definition,
                         const Words& destinations = {}) {
        ChannelSetup out;
        out.name = name;
        out.revision = revision;
        out.mapper = std::make_shared<const CarryingMapper>();
        mappers[name + " " + std::to_string(revision)] = out.mapper.get();
        out.source.definition = definition;
        out.source.place = definition.substr(0, definition.find(" with"));
        const auto label = name + std::to_string(revision);
        out.source.make = [this, name, label, place = out.source.place](std::shared_ptr<const CurrentMapper> mapper) {
            auto source = std::make_unique<FakeSource>(world, label, place, std::move(mapper));
            sources[label] = source->mapper;
            return source;
        };
        for (const auto& destination : destinations) {
            auto& setup = out.destinations.emplace_back();
            setup.definition = destination;
            setup.worker.destination = name + "/" + destination.substr(0, destination.find(" with"));
            setup.make = [this, destination] { return std::make_unique<FakeDestination>(delivered, destination); };
        }
        return out;
    }

    // "started a", "failed b: net.address_in_use", …
    Words apply(std::vector<ChannelSetup> wanted) {
        Words out;
        static const std::map<What, std::string> words{{What::started, "started "},
                                                       {What::changed, "changed "},
                                                       {What::stopped, "stopped "},
                                                       {What::failed, "failed "}};
        for (const auto& change : supervisor.apply(std::move(wanted)))
            out.push_back(words.at(change.what) + change.channel +
                          (change.error ? ": " + std::string(info(change.error->code).name) : ""));
        return out;
    }
    // Whether what comes to this source ("a1") is interpreted by that mapper ("a 2").
    bool interprets(const std::string& source, const std::string& mapper) {
        return sources.at(source)->get().get() == mappers.at(mapper);
    }
    Words listening() const {
        Words out;
        for (const auto& [place, who] : world.listening) out.push_back(place + " " + who);
        return out;
    }

    World world;
    std::map<std::string, const Mapper*> mappers;
    std::map<std::string, std::shared_ptr<const CurrentMapper>> sources;
    MemoryQueue queue;
    Tally delivered;
    FixedClock clock{Instant{1'000'000}};
    NotingSink events;
    Supervisor supervisor{queue, clock, events};
};

void check(const Words& got, const Words& expected) {
    BOOST_TEST(got == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(runtime_supervisor)

BOOST_AUTO_TEST_CASE(a_channel_of_the_same_revision_is_not_touched) {
    Site site;
    check(site.apply({site.channel("a", 1, "p1"), site.channel("b", 1, "p2")}), {"started a", "started b"});
    check(site.apply({site.channel("a", 1, "p1"), site.channel("b", 1, "p2")}), {});
    check(site.world.told.all(), {"start a1", "start b1"});
}

BOOST_AUTO_TEST_CASE(another_mapper_is_exchanged_while_the_source_goes_on) {
    Site site;
    site.apply({site.channel("a", 1, "p1")});
    BOOST_TEST(site.interprets("a1", "a 1"));
    check(site.apply({site.channel("a", 2, "p1")}), {"changed a"});
    BOOST_TEST(site.interprets("a1", "a 2"));
    check(site.world.told.all(), {"start a1"});
}

BOOST_AUTO_TEST_CASE(another_place_is_opened_before_the_old_one_is_closed_and_connections_go_on) {
    Site site;
    site.apply({site.channel("a", 1, "p1")});
    check(site.apply({site.channel("a", 2, "p2")}), {"changed a"});
    check(site.world.told.all(), {"start a1", "start a2", "retire a1"});
    check(site.listening(), {"p2 a2"});
    BOOST_TEST(site.world.connected.count("a1") == 1u);
    BOOST_TEST(site.interprets("a1", "a 2"));
    // They end with the channel.
    check(site.apply({}), {"stopped a"});
    BOOST_TEST(site.world.connected.empty());
}

BOOST_AUTO_TEST_CASE(other_options_of_the_same_place_keep_its_socket) {
    Site site;
    site.apply({site.channel("a", 1, "p1")});
    check(site.apply({site.channel("a", 2, "p1 with patience")}), {"changed a"});
    check(site.world.told.all(), {"start a1", "a2 after a1"});
    check(site.listening(), {"p1 a2"});
    BOOST_TEST(site.interprets("a1", "a 2"));
    BOOST_TEST(site.interprets("a2", "a 2"));
}

BOOST_AUTO_TEST_CASE(a_channel_that_cannot_start_stays_as_it_was_and_the_others_change) {
    Site site;
    site.apply({site.channel("a", 1, "p1"), site.channel("b", 1, "p2")});
    site.world.forbidden.insert("p9");
    check(site.apply({site.channel("a", 2, "p9"), site.channel("b", 2, "p2"), site.channel("c", 2, "p9")}),
          {"failed a: net.address_in_use", "changed b", "failed c: net.address_in_use"});
    check(site.listening(), {"p1 a1", "p2 b1"});
    BOOST_TEST(site.interprets("a1", "a 1"));
    BOOST_TEST(site.interprets("b1", "b 2"));
    // Tried again with the next application.
    site.world.forbidden.clear();
    check(site.apply({site.channel("a", 2, "p9"), site.channel("b", 2, "p2")}), {"changed a"});
}

BOOST_AUTO_TEST_CASE(a_channel_that_is_called_otherwise_takes_place_and_connections_along) {
    Site site;
    site.apply({site.channel("a", 1, "p0")});
    site.apply({site.channel("a", 2, "p1")});
    check(site.apply({site.channel("z", 1, "p1")}), {"started z", "stopped a"});
    check(site.world.told.all(), {"start a1", "start a2", "retire a1", "z1 after a2"});
    check(site.listening(), {"p1 z1"});
    // Those who came by the place before, too.
    BOOST_TEST(site.world.connected.count("a1") == 1u);
    BOOST_TEST(site.interprets("a1", "z 1"));
    site.apply({});
    BOOST_TEST(site.world.connected.empty());
}

BOOST_AUTO_TEST_CASE(channels_exchange_their_places) {
    Site site;
    site.apply({site.channel("a", 1, "p1"), site.channel("b", 1, "p2")});
    check(site.apply({site.channel("a", 2, "p2"), site.channel("b", 2, "p1")}), {"changed a", "changed b"});
    check(site.listening(), {"p1 b2", "p2 a2"});
    // Whoever was connected stays with the channel it was connected to.
    BOOST_TEST(site.interprets("a1", "a 2"));
    BOOST_TEST(site.interprets("b1", "b 2"));
}

BOOST_AUTO_TEST_CASE(nobody_gets_the_place_of_a_channel_that_could_not_leave_it) {
    Site site;
    site.apply({site.channel("a", 1, "p1"), site.channel("b", 1, "p2"), site.channel("c", 1, "p3")});
    site.world.forbidden.insert("p9");
    check(site.apply({site.channel("a", 2, "p9"), site.channel("b", 2, "p1"), site.channel("c", 2, "p2")}),
          {"failed a: net.address_in_use", "failed b: net.address_in_use", "failed c: net.address_in_use"});
    check(site.listening(), {"p1 a1", "p2 b1", "p3 c1"});
    for (const auto* name : {"a", "b", "c"})
        BOOST_TEST(site.interprets(name + std::string("1"), name + std::string(" 1")));
}

BOOST_AUTO_TEST_CASE(a_destination_that_did_not_change_keeps_its_worker_and_others_go_on_with_the_queue) {
    Site site;
    site.apply({site.channel("a", 1, "p1", {"same", "other", "gone"})});
    site.apply({site.channel("a", 2, "p1", {"same", "other with retries", "new"})});
    for (const auto* name : {"a/same", "a/other", "a/new"}) site.queue.add(name, name);
    site.supervisor.wake("a");
    BOOST_REQUIRE(site.delivered.wait(3));
    auto delivered = site.delivered.all();
    std::sort(delivered.begin(), delivered.end());
    check(delivered, {"a/new by new", "a/other by other with retries", "a/same by same"});
    check(site.events.noted.all(), {});
}

BOOST_AUTO_TEST_CASE(a_queue_whose_destination_is_gone_is_kept_and_spoken_of) {
    Site site;
    site.apply({site.channel("a", 1, "p1")});
    site.queue.add("a/old", "x");
    site.apply({site.channel("a", 2, "p1", {})});
    check(site.events.noted.all(), {});  // it has no destination "old" to lose
    site.queue.add("b/archive", "y");
    {
        auto blocked = site.channel("b", 1, "p2", {"archive"});
        blocked.destinations[0].worker.retry.first = std::chrono::hours(1);
        blocked.destinations[0].make = [] {
            struct Down final : Destination {
                Answer deliver(const store::DeliveryWork&) override { return {Verdict::retry, "down"}; }
            };
            return std::make_unique<Down>();
        };
        site.apply({site.channel("a", 2, "p1"), blocked});
    }
    BOOST_REQUIRE(site.events.noted.wait(1));  // the attempt failed
    check(site.apply({site.channel("a", 2, "p1")}), {"stopped b"});
    check(site.events.noted.all(), {"delivery_failed", "queue_without_destination"});
    BOOST_TEST(site.queue.pending("b/archive", {}, 9)->size() == 1u);
}

BOOST_AUTO_TEST_CASE(workers_are_woken_while_channels_change) {
    Site site;
    std::atomic<bool> done{false};
    site.apply({site.channel("a", 1, "p1", {"out"})});
    std::thread committer([&] {
        while (!done) {
            site.supervisor.wake("a");
            site.supervisor.wake("b");
        }
    });
    for (int revision = 2; revision < 200; ++revision) {
        const auto out = revision % 3 == 0 ? "out" : "out with " + std::to_string(revision);
        std::vector<ChannelSetup> wanted{site.channel("a", revision, "p1", {out})};
        if (revision % 2 == 0) wanted.push_back(site.channel("b", revision, "p2", {"out"}));
        site.apply(std::move(wanted));
        site.queue.add("a/out", std::to_string(revision));
    }
    done = true;
    committer.join();
    site.supervisor.wake("a");
    BOOST_REQUIRE(site.delivered.wait(198));
    site.supervisor.stop_workers();
    BOOST_TEST(site.delivered.all().size() == 198u);
}

BOOST_AUTO_TEST_CASE(what_runs_is_stopped_with_it) {
    World world;
    {
        Site site;
        site.apply({site.channel("a", 1, "p1", {"out"}), site.channel("b", 1, "p2")});
        site.supervisor.stop_sources();
        BOOST_TEST(site.listening().empty());
        site.supervisor.stop_sources();
        site.supervisor.stop_workers();
        site.supervisor.stop_workers();
    }
}

BOOST_AUTO_TEST_SUITE_END()
