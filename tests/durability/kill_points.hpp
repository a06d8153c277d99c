// Places between the reading of a frame and the end of a delivery where the engine can be ended with kill -9, in a
// library that is loaded into it with LD_PRELOAD. The engine knows nothing of it, and has no code for it.
//
// A place is a call by which the engine changes or learns something outside of itself, before it or after it: what it
// reads from a socket, tells a database, sends. Between two such calls of a thread nothing can be seen from outside,
// so to be ended anywhere there (interpreted, taken by the committer, handed to the source) is to be ended after the
// first of them. `linger`: the thread stands still for so long while the others go on, and only then everything ends.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>

namespace gantry::durability {

enum class KillPoint : std::uint8_t {
    frame_read,            // the end of a message has come in from a sender
    before_begin,          // a committer has units, or a worker something to note
    begun,                 // the transaction has begun
    message_written,       // its rows are written, and not committed
    records_written,       //
    deliveries_written,    //
    before_commit,         // of a transaction with messages
    committed,             //
    before_sync,           // of any file; not on the volatile disk, which cuts its own syncs, and not with PostgreSQL
    synced,                //
    before_acknowledging,  // the bytes of a positive acknowledgment are about to leave
    acknowledged,          //
    heads_read,            // a worker has read its queue
    noting,                // that attempts begin is written, and not committed
    noted,                 //
    loaded,                // what is to be sent has been read
    before_connecting,     // to a receiver
    connecting,            //
    before_sending,        // a delivery
    half_sent,             //
    sent,                  //
    answered,              // the receiver's acknowledgment has been read
    before_recording,      // that attempts have ended is written, and not committed
    recorded,              //
    last = recorded
};
inline constexpr std::size_t kill_point_count = static_cast<std::size_t>(KillPoint::last) + 1;

inline constexpr std::array<const char*, kill_point_count> kill_point_names{"a frame was read",
                                                                            "before BEGIN",
                                                                            "after BEGIN",
                                                                            "after the message's row",
                                                                            "after rows of records",
                                                                            "after rows of deliveries",
                                                                            "before the COMMIT of messages",
                                                                            "after the COMMIT of messages",
                                                                            "before a sync",
                                                                            "after a sync",
                                                                            "before an acknowledgment is sent",
                                                                            "after an acknowledgment was sent",
                                                                            "after the queue was read",
                                                                            "before the COMMIT that an attempt begins",
                                                                            "after the COMMIT that an attempt begins",
                                                                            "after the delivery was loaded",
                                                                            "before connecting",
                                                                            "after connecting",
                                                                            "before a delivery is sent",
                                                                            "with half a delivery sent",
                                                                            "after a delivery was sent",
                                                                            "after the receiver's answer was read",
                                                                            "before the COMMIT that an attempt ended",
                                                                            "after the COMMIT that an attempt ended"};

// Shared with the test through a file; counts over all lives of the engine.
struct KillReport {
    std::array<std::atomic<std::uint64_t>, kill_point_count> crossed, kills;
};

// Environment of the process it is loaded into.
inline constexpr auto kill_report_variable = "KILL_REPORT";      // a file; needed
inline constexpr auto kill_point_variable = "KILL_POINT";        // its number; left out: nothing is killed
inline constexpr auto kill_crossing_variable = "KILL_CROSSING";  // 1: the first time it is reached
inline constexpr auto kill_linger_variable = "KILL_LINGER";      // microseconds
inline constexpr auto kill_receiver_variable = "KILL_RECEIVER";  // the port that deliveries go to

}  // namespace gantry::durability
