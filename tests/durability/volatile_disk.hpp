// A disk that forgets what was not synced when the power is cut, and can be made to fail: a SQLite VFS in a library
// that is loaded into the engine with LD_PRELOAD. The engine knows nothing of it.
//
// Of the database file, its WAL and its journals only what an xSync that has returned covered is in the real files; the
// rest is in the process, and a kill -9 is a power cut. Like a real disk it may write back anything earlier than it
// must: now and then some sectors that were not synced, whole or torn, in any order; a truncation; a new file's name.
//
// It also looks at what leaves the process through send(): an AA or CA whose message was not in what a completed sync
// covered is counted as early.
#pragma once
#include <atomic>
#include <cstdint>

namespace gantry::durability {

// Shared with the test through a file (VOLATILE_DISK_REPORT); counts over all lives of the engine.
struct DiskReport {
    std::atomic<std::uint64_t> syncs, cuts, acknowledged, early, spilled_sectors, failed_syncs, failed_writes;
};

// Environment of the process it is loaded into. All but the first may be left out.
inline constexpr auto disk_report_variable = "VOLATILE_DISK_REPORT";  // a file
inline constexpr auto disk_seed_variable = "VOLATILE_DISK_SEED";
inline constexpr auto disk_cut_variable = "VOLATILE_DISK_CUT_AT_SYNC";   // 1: the power is cut in the first sync
inline constexpr auto disk_sync_variable = "VOLATILE_DISK_SYNC_MICROS";  // how long a sync takes, at most
// "OFF" or "NORMAL" instead of FULL in the engine's own PRAGMA synchronous: what a test must find fault with.
inline constexpr auto disk_synchronous_variable = "VOLATILE_DISK_SYNCHRONOUS";
// How many pages of WAL are folded back into the database at once, instead of the engine's own number.
inline constexpr auto disk_checkpoint_variable = "VOLATILE_DISK_CHECKPOINT";
// A directory: while a file of this name is in it, every sync, or every write, fails as on a broken disk.
inline constexpr auto disk_control_variable = "VOLATILE_DISK_CONTROL";
inline constexpr auto disk_syncs_fail = "syncs_fail";
inline constexpr auto disk_writes_fail = "writes_fail";

}  // namespace gantry::durability
