#include "engine/net/loop.hpp"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace gantry::net {
namespace {

constexpr std::uint64_t wake_id = 0;
constexpr std::size_t scratch_size = 65536;

epoll_event event_of(std::uint64_t id, std::uint32_t events) {
    epoll_event out{};
    out.events = events;
    out.data.u64 = id;
    return out;
}

template <class Call>
void guarded(Watched& watched, Call call) noexcept {
    try {
        call(watched);
    } catch (...) {
        watched.kill();
    }
}

}  // namespace

Loop::Loop()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), scratch_(scratch_size) {
    auto event = event_of(wake_id, EPOLLIN);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event);
}

Loop::~Loop() {
    stop();
}

std::uint64_t Loop::add(int fd, std::uint32_t epoll_events, std::shared_ptr<Watched> watched) {
    auto event = event_of(++last_id_, epoll_events);
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return 0;
    entries_.emplace(last_id_, Entry{std::move(watched)});
    return last_id_;
}

void Loop::remove(std::uint64_t id, int fd) {
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.removed) return;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    found->second.removed = true;
    removed_.push_back(id);
}

void Loop::change(std::uint64_t id, int fd, std::uint32_t epoll_events) noexcept {
    auto event = event_of(id, epoll_events);
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void Loop::post(std::function<void()> task) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        first = posted_.empty();
        posted_.push_back(std::move(task));
    }
    const std::uint64_t one = 1;
    if (first && ::write(wake_.get(), &one, sizeof one) < 0) return;  // full: it is awake already
}

void Loop::drain() {
    draining_ = true;
    post([this] { for_each([](Watched& watched) { watched.drain(); }); });
}

void Loop::start() {
    thread_ = std::thread([this] { run(); });
    ::pthread_setname_np(thread_.native_handle(), "gantry-lobby");
}

void Loop::stop() {
    stopping_ = true;
    post([] {});
    if (thread_.joinable()) thread_.join();
    run_posted();
    for_each([](Watched& watched) { watched.kill(); });
    bury();
}

void Loop::run() {
    std::array<epoll_event, 256> ready;
    auto next_tick = now() + tick;
    while (!stopping_) {
        const auto left = std::chrono::ceil<milliseconds>(next_tick - now()).count();
        const int timeout = static_cast<int>(std::clamp<std::int64_t>(left, 0, tick.count()));
        const int count = ::epoll_wait(epoll_.get(), ready.data(), static_cast<int>(ready.size()), timeout);
        for (int i = 0; i < count; ++i) dispatch(ready[i].data.u64, ready[i].events);
        run_posted();
        if (const auto at = now(); at >= next_tick) {
            for_each([at](Watched& watched) { watched.on_tick(at); });
            next_tick = at + tick;
        }
        bury();
    }
}

void Loop::dispatch(std::uint64_t id, std::uint32_t epoll_events) {
    if (id == wake_id) {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
        return;
    }
    const auto found = entries_.find(id);
    if (found == entries_.end() || found->second.removed) return;
    guarded(*found->second.watched, [=](Watched& watched) { watched.on_ready(epoll_events); });
}

void Loop::run_posted() {
    std::vector<std::function<void()>> tasks;
    {
        const std::lock_guard lock(mutex_);
        tasks.swap(posted_);
    }
    for (const auto& task : tasks) {
        try {
            task();
        } catch (...) {  // out of memory: what the task held is closed by its owners, and the loop must go on
        }
    }
}

// Entries may be removed and added by the calls; what is added is seen at the next time.
template <class Call>
void Loop::for_each(Call call) {
    std::vector<std::uint64_t> ids;
    ids.reserve(entries_.size());
    for (const auto& [id, entry] : entries_) ids.push_back(id);
    for (const auto id : ids) {
        const auto found = entries_.find(id);
        if (!found->second.removed) guarded(*found->second.watched, call);
    }
}

void Loop::bury() {
    for (const auto id : removed_) entries_.erase(id);
    removed_.clear();
}

}  // namespace gantry::net
