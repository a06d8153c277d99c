#include <sqlite3.h>

#include <cstring>
#include <new>
#include <vector>

#include "engine/store/sqlite/joined_writes.hpp"

namespace gantry::store::sqlite {
namespace {

// SQLite's VFS for Unix takes the size of a call modulo 128 KiB.
constexpr std::size_t most_at_once = 120u << 10;

// sqlite.org/fileformat2.html#the_write_ahead_log: a frame begins with 24 bytes, of which bytes 4 to 7 are not zero in
// the last frame of a transaction.
constexpr std::size_t frame_header = 24;
bool ends_transaction(const char* header) {
    static constexpr char zero[4] = {};
    return std::memcmp(header + 4, zero, sizeof zero) != 0;
}

// SQLite gives the memory, reads `base`, and calls close() before it takes the memory back. The real file follows.
struct WalFile {
    sqlite3_file base;
    std::vector<char> waiting;
    sqlite3_int64 begin = -1;  // where `waiting` belongs
    bool last_frame = false;   // the transaction ends with the frame that is being written

    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }

    int flush() {
        if (waiting.empty()) return SQLITE_OK;
        const int code = write_now(waiting.data(), waiting.size(), begin);
        begin += static_cast<sqlite3_int64>(waiting.size());
        waiting.clear();  // after an error the transaction is rolled back, and its frames are written anew
        return code;
    }

    int write_now(const char* bytes, std::size_t size, sqlite3_int64 at) {
        return real()->pMethods->xWrite(real(), bytes, static_cast<int>(size), at);
    }

    // Only what continues the last write waits: a frame that is changed in place is not followed by anything.
    int write(const char* bytes, std::size_t size, sqlite3_int64 at) {
        const bool continues = at == begin + static_cast<sqlite3_int64>(waiting.size());
        if (!continues || waiting.size() + size > most_at_once)
            if (const int code = flush()) return code;
        if (!continues) {
            begin = at + static_cast<sqlite3_int64>(size);
            return write_now(bytes, size, at);
        }
        waiting.insert(waiting.end(), bytes, bytes + size);
        return SQLITE_OK;
    }

    int write_frame_part(const char* bytes, std::size_t size, sqlite3_int64 at) {
        const int code = write(bytes, size, at);
        const bool page_follows = size == frame_header;
        const bool whole = last_frame && !page_follows;
        last_frame = page_follows && ends_transaction(bytes);
        return code == SQLITE_OK && whole ? flush() : code;
    }
};

WalFile& wal(sqlite3_file* file) {
    return *reinterpret_cast<WalFile*>(file);
}

// Calls the real file's method after everything that waits was written.
template <auto Method, class... Arguments>
int after_flush(sqlite3_file* file, Arguments... arguments) {
    auto& own = wal(file);
    if (const int code = own.flush()) return code;
    return (own.real()->pMethods->*Method)(own.real(), arguments...);
}

// Of methods that do not touch what is in the file.
template <auto Method, class... Arguments>
int at_once(sqlite3_file* file, Arguments... arguments) {
    auto* real = wal(file).real();
    return (real->pMethods->*Method)(real, arguments...);
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
    try {
        return wal(file).write_frame_part(static_cast<const char*>(bytes), static_cast<std::size_t>(size), at);
    } catch (const std::bad_alloc&) {
        return SQLITE_IOERR_NOMEM;
    }
}

int close(sqlite3_file* file) {
    auto& own = wal(file);
    const int flushed = own.flush();
    const int closed = own.real()->pMethods->xClose(own.real());
    own.~WalFile();
    return flushed ? flushed : closed;
}

using Methods = sqlite3_io_methods;
constexpr Methods wal_methods = {1,
                                 close,
                                 after_flush<&Methods::xRead, void*, int, sqlite3_int64>,
                                 write,
                                 after_flush<&Methods::xTruncate, sqlite3_int64>,
                                 after_flush<&Methods::xSync, int>,
                                 after_flush<&Methods::xFileSize, sqlite3_int64*>,
                                 at_once<&Methods::xLock, int>,
                                 at_once<&Methods::xUnlock, int>,
                                 at_once<&Methods::xCheckReservedLock, int*>,
                                 at_once<&Methods::xFileControl, int, void*>,
                                 at_once<&Methods::xSectorSize>,
                                 at_once<&Methods::xDeviceCharacteristics>,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr,
                                 nullptr};

sqlite3_vfs* real_vfs(sqlite3_vfs* own) {
    return static_cast<sqlite3_vfs*>(own->pAppData);
}

// Every file but a WAL is the real VFS's own from here on.
int open(sqlite3_vfs* own, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto* real = real_vfs(own);
    if (!(flags & SQLITE_OPEN_WAL)) return real->xOpen(real, name, file, flags, out_flags);
    auto* made = new (file) WalFile();
    const int code = real->xOpen(real, name, made->real(), flags, out_flags);
    if (code == SQLITE_OK) return made->base.pMethods = &wal_methods, code;
    if (made->real()->pMethods) made->real()->pMethods->xClose(made->real());
    made->~WalFile();
    file->pMethods = nullptr;
    return code;
}

sqlite3_vfs* made_over(sqlite3_vfs* real) {
    static sqlite3_vfs own = *real;  // every other method of the real one does not look at the object it is called with
    own.szOsFile = static_cast<int>(sizeof(WalFile)) + real->szOsFile;
    own.zName = "gantry-joined-writes";
    own.pNext = nullptr;
    own.pAppData = real;
    own.xOpen = open;
    return &own;
}

}  // namespace

const char* joined_writes() {
    static sqlite3_vfs* const own = [] {
        // SQLite would count every allocation of every connection under one lock. Before anything else is asked of it.
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        auto* made = made_over(sqlite3_vfs_find(nullptr));
        sqlite3_vfs_register(made, 0);
        return made;
    }();
    return own->zName;
}

}  // namespace gantry::store::sqlite
