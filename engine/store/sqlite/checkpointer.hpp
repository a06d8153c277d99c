// Folds the WAL back into the database (a checkpoint, sqlite.org/wal.html#ckpt) beside the writer. SQLite by itself
// does it within a commit, and every sender waits until thousands of pages are written and synced, in a large database
// each at a place of its own.
//
// A thread with a connection of its own folds the bulk while commits go on. They add to the WAL meanwhile, and it
// begins anew only when all of it is folded: so when little is left, the next commit folds that. Should the thread not
// keep up, commits fold again as SQLite does, from four times the usual size on, and so wait for the disk.
//
// What is in the WAL is durable, folded or not. A checkpoint that fails is told to nobody; it is tried again after the
// next commit.
#pragma once
#include <sqlite3.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace gantry::store::sqlite {

class Checkpointer {
  public:
    // writer: how large its WAL may become is its PRAGMA wal_autocheckpoint; its WAL hook is ours from here on.
    // own: another connection to the same file, used by nobody else. Both outlive this object.
    Checkpointer(sqlite3* writer, sqlite3* own);
    // The writer's WAL is not folded any more. Of the thread that uses the writer.
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

  private:
    enum class State : std::uint8_t { resting, wanted, little_left, stopping };

    void after_commit(int pages);
    void run();
    void fold_bulk();
    State exchange(State expected, State next);

    sqlite3 *writer_, *own_;
    const int usual_pages_;
    std::atomic<int> pages_{0};  // in the WAL
    std::mutex mutex_;
    std::condition_variable changed_;
    State state_ = State::resting;  // under mutex_
    std::thread thread_;
};

}  // namespace gantry::store::sqlite
