#include "engine/store/sqlite/checkpointer.hpp"

#include <pthread.h>

#include "engine/store/sqlite/connection.hpp"

namespace gantry::store::sqlite {
namespace {

// So much more than usual makes commits fold.
constexpr int too_much = 4;
// Of the usual size: what a commit may be made to fold.
constexpr int little = 8;
// While commits come as fast as pages are folded, no number of passes is enough.
constexpr int most_passes = 4;

int usual_pages(sqlite3* writer) {
    Statement statement(writer, "PRAGMA wal_autocheckpoint");
    return static_cast<int>(statement.start().first_integer().value_or(1000));
}

struct Folded {
    bool all = false;  // of what was there when it began
    int pages = 0;
};

// PASSIVE waits for nobody and holds up nobody.
Folded fold(sqlite3* connection) {
    int in_log = 0, folded = 0;
    const int code = sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &folded);
    return {code == SQLITE_OK && folded >= in_log, folded};
}

}  // namespace

Checkpointer::Checkpointer(sqlite3* writer, sqlite3* own)
    : writer_(writer), own_(own), usual_pages_(usual_pages(writer)), thread_([this] { run(); }) {
    ::pthread_setname_np(thread_.native_handle(), "checkpointer");
    const auto hook = [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Checkpointer*>(self)->after_commit(pages);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(writer_, hook, this);
}

Checkpointer::~Checkpointer() {
    sqlite3_wal_hook(writer_, nullptr, nullptr);
    {
        const std::lock_guard lock(mutex_);
        state_ = State::stopping;
    }
    changed_.notify_all();
    thread_.join();
}

// The state before; changed only if that was `expected`.
Checkpointer::State Checkpointer::exchange(State expected, State next) {
    const std::lock_guard lock(mutex_);
    const auto before = state_;
    if (before == expected) state_ = next;
    return before;
}

void Checkpointer::after_commit(int pages) {
    pages_ = pages;
    if (exchange(State::little_left, State::resting) == State::little_left || pages >= too_much * usual_pages_)
        (void)fold(writer_);
    else if (pages >= usual_pages_ && exchange(State::resting, State::wanted) == State::resting)
        changed_.notify_all();
}

void Checkpointer::fold_bulk() {
    for (int passes = 0; passes < most_passes; ++passes) {
        const auto folded = fold(own_);
        if (!folded.all || pages_ - folded.pages <= usual_pages_ / little) return;
    }
}

void Checkpointer::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return state_ == State::wanted || state_ == State::stopping; });
        if (state_ == State::stopping) return;
        lock.unlock();
        fold_bulk();
        lock.lock();
        if (state_ == State::wanted) state_ = State::little_left;
    }
}

}  // namespace gantry::store::sqlite
