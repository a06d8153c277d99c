// Which kill point each life of an engine ends at: every one of them, again and again, in an order and with details
// that are drawn. Equal seeds plan the same.
#pragma once
#include <algorithm>
#include <vector>

#include "tests/durability/draws.hpp"
#include "tests/durability/kill_points.hpp"

namespace gantry::durability {

struct PlannedKill {
    KillPoint point = KillPoint::frame_read;
    unsigned crossing = 1;       // of how many, this one
    unsigned linger_micros = 0;  // while the others go on
};

class KillPlan {
  public:
    // syncs: the engine's own syncs can be seen.
    KillPlan(unsigned seed, bool syncs) : draws_(seed) {
        for (std::size_t i = 0; i < kill_point_count; ++i) {
            const auto point = static_cast<KillPoint>(i);
            if (syncs || (point != KillPoint::before_sync && point != KillPoint::synced)) points_.push_back(point);
        }
    }

    std::size_t points() const { return points_.size(); }

    PlannedKill next() {
        if (at_ == 0)
            for (auto i = static_cast<unsigned>(points_.size()); i > 1; --i)
                std::swap(points_[i - 1], points_[draws_.below(i)]);
        PlannedKill out;
        out.point = points_[at_];
        at_ = (at_ + 1) % points_.size();
        // Soon after the start, or when much is under way.
        out.crossing = 1 + draws_.below(is_rare(out.point) ? 4 : 2u << draws_.below(7));
        // Half of them at once: what a pause lets others do must not hide what happens without one.
        out.linger_micros = draws_.one_in(2) ? 0 : draws_.below(5000);
        return out;
    }

  private:
    // Connections are kept.
    static bool is_rare(KillPoint point) {
        return point == KillPoint::before_connecting || point == KillPoint::connecting;
    }

    Draws draws_;
    std::vector<KillPoint> points_;
    std::size_t at_ = 0;
};

}  // namespace gantry::durability
