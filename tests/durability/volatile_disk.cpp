#include "tests/durability/volatile_disk.hpp"

#include <signal.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/durability/acknowledgment_watch.hpp"
#include "tests/durability/preloaded.hpp"
#include "tests/durability/unsynced_file.hpp"

namespace gantry::durability {
namespace {

// One per process. Its mutex is never held while a sync takes its time.
class Disk {
  public:
    using File = std::shared_ptr<UnsyncedFile>;

    explicit Disk(DiskReport& report) : report_(report) {}

    File open(const std::string& path, bool create) {
        const std::lock_guard lock(mutex_);
        const auto found = files_.find(path);
        if (found != files_.end() && found->second) return found->second;
        const bool real = found == files_.end() && ::access(path.c_str(), F_OK) == 0;
        if (!real && !create) return nullptr;
        const auto origin = real ? UnsyncedFile::Origin::existing : UnsyncedFile::Origin::created;
        return files_[path] = kept_.emplace_back(std::make_shared<UnsyncedFile>(path, origin));
    }

    bool exists(const std::string& path) {
        const std::lock_guard lock(mutex_);
        const auto found = files_.find(path);
        return found == files_.end() ? ::access(path.c_str(), F_OK) == 0 : found->second != nullptr;
    }

    // durable: the directory is synced too; else the old file may be there again after a power cut.
    void remove(const std::string& path, bool durable) {
        const std::lock_guard lock(mutex_);
        files_[path] = nullptr;
        if (durable || random_() % 2 == 0) ::unlink(path.c_str());
    }

    bool write(UnsyncedFile& file, const char* from, std::int64_t size, std::int64_t at) {
        if (is_set(disk_writes_fail)) {
            ++report_.failed_writes;
            return false;
        }
        const std::lock_guard lock(mutex_);
        file.write(from, size, at);
        if (is_log(file)) watch_.written({from, static_cast<std::size_t>(size)});
        if (random_() % 4 == 0) report_.spilled_sectors += file.spill(random_);
        return true;
    }

    void truncate(UnsyncedFile& file, std::int64_t size) {
        const std::lock_guard lock(mutex_);
        file.truncate(size);
    }

    bool read(const UnsyncedFile& file, char* into, std::int64_t size, std::int64_t at) {
        const std::lock_guard lock(mutex_);
        return file.read(into, size, at);
    }

    std::int64_t size(const UnsyncedFile& file) {
        const std::lock_guard lock(mutex_);
        return file.size();
    }

    // directory: it too, as SQLite does with the first sync of a journal it has opened.
    bool sync(UnsyncedFile& file, bool directory) {
        const bool last = report_count() == cut_at_;
        if (last && dice() % 3 == 0) cut();
        take_time();
        const std::lock_guard lock(mutex_);
        if (is_set(disk_syncs_fail)) {
            ++report_.failed_syncs;
            file.forget_to_write(random_);
            if (is_log(file)) watch_.lost();
            return false;
        }
        if (last && random_() % 2 == 0) {
            for (auto times = random_() % 16; times > 0; --times) file.spill(random_);
            cut();
        }
        file.sync(random_);
        if (directory) sync_directory();
        if (is_log(file)) watch_.synced();
        if (last) cut();  // done, and nobody was told
        return true;
    }

    void sent(std::string_view bytes) {
        const std::lock_guard lock(mutex_);
        const auto seen = watch_.sent(bytes);
        report_.acknowledged += seen.acknowledged;
        report_.early += seen.early;
    }

    // The program ends and the machine stays up: the system writes everything in the end.
    void settle() {
        const std::lock_guard lock(mutex_);
        sync_directory();
        for (const auto& [path, file] : files_) {
            if (file) file->sync(random_);
        }
    }

  private:
    // Where a commit goes.
    static bool is_log(const UnsyncedFile& file) { return file.path().ends_with("-wal"); }

    // There is one directory.
    void sync_directory() {
        for (const auto& [path, file] : files_) {
            if (file)
                file->enter_directory();
            else
                ::unlink(path.c_str());
        }
    }

    bool is_set(const char* failure) const {
        return !control_.empty() && ::access((control_ + "/" + failure).c_str(), F_OK) == 0;
    }

    std::uint64_t report_count() {
        ++report_.syncs;
        return ++syncs_;
    }

    Random::result_type dice() {
        const std::lock_guard lock(mutex_);
        return random_();
    }

    void take_time() {
        if (sync_micros_ > 0) std::this_thread::sleep_for(std::chrono::microseconds(dice() % sync_micros_));
    }

    [[noreturn]] void cut() {
        ++report_.cuts;
        ::kill(::getpid(), SIGKILL);
        for (;;) ::pause();
    }

    DiskReport& report_;
    std::mutex mutex_;
    Random random_{static_cast<Random::result_type>(number_from_environment(disk_seed_variable) + 1)};
    const std::uint64_t cut_at_ = number_from_environment(disk_cut_variable);
    const std::uint64_t sync_micros_ = number_from_environment(disk_sync_variable);
    const std::string control_ = from_environment(disk_control_variable);
    std::atomic<std::uint64_t> syncs_{0};
    std::map<std::string, File> files_;  // null: deleted
    std::vector<File> kept_;             // for whoever still has one open
    AcknowledgmentWatch watch_;
};

std::unique_ptr<Disk> disk;

// What SQLite allocates for an open file: this, and the real one behind it.
struct OpenFile {
    sqlite3_file base;
    UnsyncedFile* content;
    bool sync_directory;  // with its next sync
    bool locks;           // the database file: the real one is open too, for its locks and the shared memory of the WAL
};

OpenFile& of(sqlite3_file* file) {
    return *reinterpret_cast<OpenFile*>(file);
}

sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(&of(file) + 1);
}

int close(sqlite3_file* file) {
    return of(file).locks ? real(file)->pMethods->xClose(real(file)) : SQLITE_OK;
}
int read(sqlite3_file* file, void* into, int size, sqlite3_int64 at) {
    return disk->read(*of(file).content, static_cast<char*>(into), size, at) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}
int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    return disk->write(*of(file).content, static_cast<const char*>(from), size, at) ? SQLITE_OK : SQLITE_IOERR_WRITE;
}
int truncate(sqlite3_file* file, sqlite3_int64 size) {
    disk->truncate(*of(file).content, size);
    return SQLITE_OK;
}
int sync(sqlite3_file* file, int) {
    if (!disk->sync(*of(file).content, of(file).sync_directory)) return SQLITE_IOERR_FSYNC;
    of(file).sync_directory = false;
    return SQLITE_OK;
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
    *size = disk->size(*of(file).content);
    return SQLITE_OK;
}
int lock(sqlite3_file* file, int level) {
    return of(file).locks ? real(file)->pMethods->xLock(real(file), level) : SQLITE_OK;
}
int unlock(sqlite3_file* file, int level) {
    return of(file).locks ? real(file)->pMethods->xUnlock(real(file), level) : SQLITE_OK;
}
int check_reserved_lock(sqlite3_file* file, int* taken) {
    *taken = 0;
    return of(file).locks ? real(file)->pMethods->xCheckReservedLock(real(file), taken) : SQLITE_OK;
}
int file_control(sqlite3_file* file, int what, void* argument) {
    // Hints about the size, which would touch the real file.
    if (!of(file).locks || what == SQLITE_FCNTL_SIZE_HINT || what == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_NOTFOUND;
    return real(file)->pMethods->xFileControl(real(file), what, argument);
}
int sector_size(sqlite3_file*) {
    return 4096;
}
int device_characteristics(sqlite3_file*) {
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;  // as SQLite assumes of every disk
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) {
    real(file)->pMethods->xShmBarrier(real(file));
}
int shm_unmap(sqlite3_file* file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

// Without xFetch: nothing of the file is mapped, everything goes through read().
constexpr sqlite3_io_methods methods = {2,
                                        close,
                                        read,
                                        write,
                                        truncate,
                                        sync,
                                        file_size,
                                        lock,
                                        unlock,
                                        check_reserved_lock,
                                        file_control,
                                        sector_size,
                                        device_characteristics,
                                        shm_map,
                                        shm_lock,
                                        shm_barrier,
                                        shm_unmap,
                                        nullptr,
                                        nullptr};

sqlite3_vfs* system_vfs() {
    static sqlite3_vfs* const found = sqlite3_vfs_find("unix");
    return found;
}

constexpr int kept_kinds = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* opened) {
    auto* system = system_vfs();
    if (!name || (flags & kept_kinds) == 0) return system->xOpen(system, name, file, flags, opened);
    auto& out = of(file);
    out.base.pMethods = nullptr;
    out.locks = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    if (out.locks) {
        const int code = system->xOpen(system, name, real(file), flags, opened);
        if (code != SQLITE_OK) return code;
    }
    const auto content = disk->open(name, (flags & SQLITE_OPEN_CREATE) != 0);
    if (!content) return SQLITE_CANTOPEN;
    out.content = content.get();
    out.sync_directory = !out.locks && (flags & SQLITE_OPEN_CREATE) != 0;
    out.base.pMethods = &methods;
    if (opened && !out.locks) *opened = flags;
    return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int sync_directory) {
    if (!disk->exists(name)) return SQLITE_IOERR_DELETE_NOENT;
    disk->remove(name, sync_directory != 0);
    return SQLITE_OK;
}

int access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
    if (flags != SQLITE_ACCESS_EXISTS) return system_vfs()->xAccess(vfs, name, flags, result);
    *result = disk->exists(name);
    return SQLITE_OK;
}

// Before main(): the engine opens its database on this disk without being told.
const struct Loaded {
    Loaded() {
        disk = std::make_unique<Disk>(shared_report<DiskReport>(disk_report_variable));
        static sqlite3_vfs vfs = *system_vfs();
        vfs.zName = "volatile-disk";
        vfs.szOsFile += static_cast<int>(sizeof(OpenFile));
        vfs.pNext = nullptr;
        vfs.xOpen = open;
        vfs.xDelete = remove;
        vfs.xAccess = access;
        sqlite3_vfs_register(&vfs, 1);
    }
    ~Loaded() { disk->settle(); }
} loaded;

// Another value in PRAGMA name = …, when the variable holds one.
void set_pragma(std::string& sql, const std::string& name, const char* variable) {
    const auto value = from_environment(variable), begin = "PRAGMA " + name + " = ";
    const auto at = sql.find(begin);
    if (value.empty() || at == std::string::npos) return;
    const auto from = at + begin.size();
    sql.replace(from, sql.find(';', from) - from, value);
}

}  // namespace
}  // namespace gantry::durability

// The engine's calls of these come here first.
extern "C" {

ssize_t send(int socket, const void* bytes, size_t size, int flags) {
    static auto* const real_send = gantry::durability::next<ssize_t(int, const void*, size_t, int)>("send");
    if (gantry::durability::disk) gantry::durability::disk->sent({static_cast<const char*>(bytes), size});
    return real_send(socket, bytes, size, flags);
}

int sqlite3_exec(sqlite3* connection, const char* sql, int (*row)(void*, int, char**, char**), void* argument,
                 char** error) {
    using Exec = int(sqlite3*, const char*, int (*)(void*, int, char**, char**), void*, char**);
    static auto* const real_exec = gantry::durability::next<Exec>("sqlite3_exec");
    std::string text(sql ? sql : "");
    gantry::durability::set_pragma(text, "synchronous", gantry::durability::disk_synchronous_variable);
    gantry::durability::set_pragma(text, "wal_autocheckpoint", gantry::durability::disk_checkpoint_variable);
    return real_exec(connection, text.c_str(), row, argument, error);
}
}
