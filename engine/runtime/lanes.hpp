// Which deliveries of one destination may be made now: in the order they came in every lane (ordering key), and no two
// of one lane at once. A delivery may have several lanes (a merge is about two patients): it waits for all of them, and
// all of them wait for it.
//
// A lane that waits, for the next attempt of its first delivery or for a person, has nothing in hand: what had been
// taken in behind that one is given back, and comes again when the queue is read anew. So what is in hand is little
// whatever waits in the queue.
//
// A value: no threads, no clock.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/ids.hpp"

namespace gantry::runtime {

class Lanes {
  public:
    using Names = std::vector<std::string>;
    // most_of_one: deliveries of one lane in hand, so that a busy one leaves room for others.
    explicit Lanes(std::size_t most_of_one) : most_of_one_(most_of_one) {}

    // Whether this one of these lanes cannot be taken in now. If so, what comes after it waits in each of them.
    bool wait_for(DeliveryId id, const Names& lanes);
    // They wait: until then, or, from this one on, for a person.
    void wait_until(const Names& lanes, Instant until);
    void block(const Names& lanes, DeliveryId from);

    // In the order of the queue; wait_for() of it must have been false. It has its place, and is not taken before it is
    // prepared.
    void add(DeliveryId id, Names lanes);
    // False when it is no longer in hand.
    bool prepare(DeliveryId id);
    // It is taken before what is not urgent, once it is first in all its lanes; so should be what is ahead of it there.
    void hurry(DeliveryId id);
    // The oldest that is first in all its lanes, of the urgent ones if there are any; it is under way until end() or
    // give_back() says what became of it.
    std::optional<DeliveryId> take();
    // Those that can leave as one, `most` at most: each with all that is ahead of it in its lanes, urgent ones before
    // others. In the order of the queue.
    std::vector<DeliveryId> together(std::size_t most) const;
    // They are under way, as after take(). They end, or are given back, the last of them first.
    void take_together(const std::vector<DeliveryId>& together);
    enum class End : std::uint8_t { done, again, blocked };
    // until: when it is tried again. Answers what is no longer in hand because it would have come after it.
    std::vector<DeliveryId> end(DeliveryId id, End how, Instant until = {});
    // Nothing was done about it: it is no longer in hand, and neither is what would have come after it.
    std::vector<DeliveryId> give_back(DeliveryId id);
    // All that is not under way is no longer in hand.
    std::vector<DeliveryId> give_back_all();

    // Lanes whose wait is over are free. True when there was one: the queue must be read from its beginning.
    bool release(Instant now);
    // The queue is read from its beginning: only these lanes wait for a person, each from one delivery on.
    struct Blocked {
        Names lanes;
        DeliveryId from;
    };
    void reread(const std::vector<Blocked>& blocked);
    // Whether a lane that had more than its share has none left, or something was given back that does not wait.
    bool wants_reread() const { return wants_reread_; }
    std::optional<Instant> next_release() const;

    bool holds(DeliveryId id) const { return held_.count(id) > 0; }
    bool has_urgent_ready() const { return !ready_.empty() && !ready_.begin()->ordinary; }
    bool is_urgent(DeliveryId id) const { return holds(id) && held_.at(id).urgent; }
    // Whether what comes now in one of these lanes would wait for a time, or for a person.
    bool wait(DeliveryId id, const Names& lanes) const;
    std::size_t most_of_one() const { return most_of_one_; }
    std::size_t in_hand() const { return held_.size(); }
    // Those in hand that are not under way, in the order of the queue.
    std::vector<DeliveryId> waiting_to_be_sent() const;
    std::size_t under_way() const { return under_way_; }
    // Lanes that wait for a time.
    std::size_t waiting() const { return by_time_.size(); }

  private:
    struct Lane {
        std::deque<DeliveryId> queue;
        std::optional<Instant> until;
        std::optional<DeliveryId> blocked_from;
        bool cut = false;  // had its share; more of it is in the queue
        bool waits() const { return until || blocked_from || cut; }
    };
    struct Held {
        Names lanes;
        enum class State : std::uint8_t { added, prepared, under_way } state = State::added;
        bool urgent = false;
    };
    struct Place {
        bool ordinary;
        DeliveryId id;
        auto operator<=>(const Place&) const = default;  // NOLINT(modernize-use-nullptr): the check misreads <=>
    };
    Place place_of(DeliveryId id) const { return {!held_.at(id).urgent, id}; }
    void set_until(const std::string& name, Instant until);
    bool is_first(DeliveryId id, const Names& lanes) const;
    void look_at(DeliveryId id);
    void look_at(const std::string& name);
    void drop(const std::string& name);
    // Out of all its lanes, and all that is behind it with it.
    void remove_with_followers(DeliveryId id, std::vector<DeliveryId>& removed);
    void leave(DeliveryId id);

    std::size_t most_of_one_;
    std::map<std::string, Lane> lanes_;
    std::map<DeliveryId, Held> held_;
    std::set<Place> ready_;
    std::set<std::pair<Instant, std::string>> by_time_;
    std::size_t under_way_ = 0;
    bool wants_reread_ = false;
};

}  // namespace gantry::runtime
