#include "engine/store/sqlite/writer.hpp"

#include <algorithm>

namespace gantry::store::sqlite {
namespace {

// Longer than an order takes on its way through a quiet engine, shorter than anybody notices.
constexpr std::chrono::milliseconds patience(5);

}  // namespace

Writer::Ride::Ride(Writer& writer) : writer_(writer) {
    const std::lock_guard lock(writer_.stop_mutex_);
    writer_.under_way_ = true;
    passengers_.swap(writer_.at_the_stop_);
    for (auto* passenger : passengers_) passenger->state = Passenger::State::on_board;
}

void Writer::Ride::run() const {
    for (const auto* passenger : passengers_) (*passenger->work)();
}

void Writer::Ride::leave(Passenger::State state) const {
    if (ended_) return;
    ended_ = true;
    {
        const std::lock_guard lock(writer_.stop_mutex_);
        writer_.under_way_ = false;
        writer_.last_ride_ = std::chrono::steady_clock::now();
        for (auto* passenger : passengers_) passenger->state = state;
    }
    if (!passengers_.empty()) writer_.left_.notify_all();
}

bool Writer::leader_expected() const {
    return under_way_ || std::chrono::steady_clock::now() - last_ride_ < patience;
}

void Writer::ride_along(const std::function<void()>& work) {
    Passenger passenger{&work};
    {
        std::unique_lock lock(stop_mutex_);
        at_the_stop_.push_back(&passenger);
        while (passenger.state == Passenger::State::waiting && leader_expected()) left_.wait_for(lock, patience);
        std::erase(at_the_stop_, &passenger);
        left_.wait(lock, [&] { return passenger.state != Passenger::State::on_board; });
    }
    if (passenger.state != Passenger::State::arrived) transaction(work);
}

}  // namespace gantry::store::sqlite
