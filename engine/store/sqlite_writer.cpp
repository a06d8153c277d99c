#include "engine/store/sqlite/writer.hpp"

#include <algorithm>
#include <thread>

namespace gantry::store::sqlite {
namespace {

// Longer than an order takes on its way through a quiet engine, shorter than anybody notices.
constexpr std::chrono::milliseconds patience(5);
// What somebody who asks after our health is made to wait, for the writer and for the database.
constexpr std::chrono::milliseconds patience_of_a_probe(500);

// How long this connection waits for a lock of another program's.
class LockTimeout {
  public:
    LockTimeout(sqlite3* connection, std::chrono::milliseconds most) : connection_(connection) {
        Statement asked(connection, "PRAGMA busy_timeout");
        before_ = static_cast<int>(asked.start().first_integer().value_or(0));
        sqlite3_busy_timeout(connection, static_cast<int>(most.count()));
    }
    ~LockTimeout() { sqlite3_busy_timeout(connection_, before_); }
    LockTimeout(const LockTimeout&) = delete;
    LockTimeout& operator=(const LockTimeout&) = delete;

  private:
    sqlite3* connection_;
    int before_ = 0;
};

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

std::unique_lock<std::mutex> Writer::lock_soon() {
    const auto last = std::chrono::steady_clock::now() + patience_of_a_probe;
    std::unique_lock lock(mutex_, std::try_to_lock);
    while (!lock && std::chrono::steady_clock::now() < last) {
        std::this_thread::sleep_for(patience);
        (void)lock.try_lock();
    }
    return lock;
}

Result<void> Writer::probe(const char* sql) {
    const auto lock = lock_soon();
    if (!lock) return Error{ErrorCode::storage_unavailable, "the transaction under way does not end", {}};
    try {
        const LockTimeout timeout(connection_, patience_of_a_probe);
        commit([&] { execute(connection_, sql); });
        return {};
    } catch (const Failure& failure) {
        return Error{ErrorCode::storage_unavailable, failure.what(), {}};
    }
}

}  // namespace gantry::store::sqlite
