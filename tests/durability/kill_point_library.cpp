#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/socket.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>

#include "tests/durability/kill_points.hpp"
#include "tests/durability/preloaded.hpp"
#include "tests/durability/watched_sql.hpp"

namespace gantry::durability {
namespace {

// One per process. Any thread.
class Killer {
  public:
    // Whether this is the time that was asked for.
    bool is_due(KillPoint point) {
        const auto index = static_cast<std::size_t>(point);
        ++report_.crossed[index];
        return point_ == index && ++crossings_ == crossing_;
    }

    [[noreturn]] void kill(KillPoint point) {
        ::usleep(linger_);
        ++report_.kills[static_cast<std::size_t>(point)];
        ::kill(::getpid(), SIGKILL);
        for (;;) ::pause();
    }

    void cross(KillPoint point) {
        if (is_due(point)) kill(point);
    }

    bool is_receiver(const sockaddr* address) const {
        sockaddr_in inet{};
        if (address->sa_family != AF_INET) return false;
        std::copy_n(reinterpret_cast<const char*>(address), sizeof inet, reinterpret_cast<char*>(&inet));
        return ntohs(inet.sin_port) == receiver_;
    }

  private:
    static std::size_t armed() {
        const auto text = from_environment(kill_point_variable);
        return text.empty() ? kill_point_count : std::strtoull(text.c_str(), nullptr, 10);
    }

    KillReport& report_ = shared_report<KillReport>(kill_report_variable);
    const std::size_t point_ = armed();
    const std::uint64_t crossing_ = number_from_environment(kill_crossing_variable);
    const std::uint64_t receiver_ = number_from_environment(kill_receiver_variable);
    const useconds_t linger_ = static_cast<useconds_t>(number_from_environment(kill_linger_variable));
    std::atomic<std::uint64_t> crossings_{0};
};

std::unique_ptr<Killer> killer;
const struct Loaded {
    Loaded() { killer = std::make_unique<Killer>(); }
} loaded;

// Calls before the library is set up, and after the program has ended, are nobody's.
void cross(KillPoint point) {
    if (killer) killer->cross(point);
}

// What the calling thread has written since its last BEGIN.
thread_local WatchedTransaction transaction;

void cross_all(const std::vector<KillPoint>& points) {
    for (const auto point : points) cross(point);
}

// Statements that PostgreSQL knows by name, of each session.
class PreparedStatements {
  public:
    void add(const PGconn* session, const char* name, const char* sql) {
        const std::lock_guard lock(mutex_);
        statements_[{session, name}] = sql_kind(sql);
    }
    SqlKind find(const PGconn* session, const char* name) {
        const std::lock_guard lock(mutex_);
        const auto found = statements_.find({session, name});
        return found == statements_.end() ? SqlKind::other : found->second;
    }

  private:
    std::mutex mutex_;
    std::map<std::pair<const PGconn*, std::string>, SqlKind> statements_;
};

PreparedStatements& prepared() {
    static PreparedStatements all;
    return all;
}

constexpr char frame_begin = '\x0b', frame_end = '\x1c';

bool has(std::string_view bytes, std::string_view what) {
    return bytes.find(what) != std::string_view::npos;
}

bool is_acknowledgment(std::string_view bytes) {
    return has(bytes, "\rMSA|");
}

bool is_delivery(std::string_view bytes) {
    return !bytes.empty() && bytes.front() == frame_begin && !is_acknowledgment(bytes);
}

}  // namespace
}  // namespace gantry::durability

// The engine's calls of these come here first.
extern "C" {
using namespace gantry::durability;

ssize_t recv(int socket, void* into, size_t most, int flags) {
    static auto* const real = next<ssize_t(int, void*, size_t, int)>("recv");
    const auto got = real(socket, into, most, flags);
    if (got <= 0 || (flags & MSG_PEEK) != 0) return got;
    const std::string_view bytes(static_cast<const char*>(into), static_cast<std::size_t>(got));
    if (is_acknowledgment(bytes))
        cross(KillPoint::answered);
    else if (bytes.find(frame_end) != std::string_view::npos)
        cross(KillPoint::frame_read);
    return got;
}

ssize_t send(int socket, const void* from, size_t size, int flags) {
    static auto* const real = next<ssize_t(int, const void*, size_t, int)>("send");
    const std::string_view bytes(static_cast<const char*>(from), size);
    if (is_delivery(bytes)) {
        cross(KillPoint::before_sending);
        if (killer && killer->is_due(KillPoint::half_sent)) {
            real(socket, from, size / 2, flags);
            killer->kill(KillPoint::half_sent);
        }
        const auto sent = real(socket, from, size, flags);
        cross(KillPoint::sent);
        return sent;
    }
    const bool accepts = has(bytes, "\rMSA|AA|");
    if (accepts) cross(KillPoint::before_acknowledging);
    const auto sent = real(socket, from, size, flags);
    if (accepts) cross(KillPoint::acknowledged);
    return sent;
}

int connect(int socket, const sockaddr* address, socklen_t size) {
    static auto* const real = next<int(int, const sockaddr*, socklen_t)>("connect");
    const bool watched = killer && killer->is_receiver(address);
    if (watched) cross(KillPoint::before_connecting);
    const int done = real(socket, address, size);
    const int failure = errno;
    if (watched) cross(KillPoint::connecting);
    errno = failure;
    return done;
}

int fdatasync(int file) {
    static auto* const real = next<int(int)>("fdatasync");
    cross(KillPoint::before_sync);
    const int done = real(file);
    const int failure = errno;
    cross(KillPoint::synced);
    errno = failure;
    return done;
}

int sqlite3_exec(sqlite3* session, const char* sql, int (*row)(void*, int, char**, char**), void* argument,
                 char** error) {
    using Exec = int(sqlite3*, const char*, int (*)(void*, int, char**, char**), void*, char**);
    static auto* const real = next<Exec>("sqlite3_exec");
    const auto kind = sql_kind(sql ? sql : "");
    cross_all(transaction.before(kind));
    const int code = real(session, sql, row, argument, error);
    if (code == SQLITE_OK) cross_all(transaction.after(kind));
    return code;
}

int sqlite3_step(sqlite3_stmt* statement) {
    static auto* const real = next<int(sqlite3_stmt*)>("sqlite3_step");
    const int code = real(statement);
    if (code != SQLITE_DONE) return code;
    const char* sql = sqlite3_sql(statement);
    const auto kind = sql_kind(sql ? sql : "");
    // Those two go through sqlite3_exec.
    if (kind != SqlKind::begin && kind != SqlKind::commit) cross_all(transaction.after(kind));
    return code;
}

PGresult* PQexec(PGconn* session, const char* sql) {
    static auto* const real = next<PGresult*(PGconn*, const char*)>("PQexec");
    const auto kind = sql_kind(sql);
    cross_all(transaction.before(kind));
    auto* result = real(session, sql);
    cross_all(transaction.after(kind));
    return result;
}

PGresult* PQprepare(PGconn* session, const char* name, const char* sql, int count, const Oid* types) {
    static auto* const real = next<PGresult*(PGconn*, const char*, const char*, int, const Oid*)>("PQprepare");
    prepared().add(session, name, sql);
    return real(session, name, sql, count, types);
}

int PQsendPrepare(PGconn* session, const char* name, const char* sql, int count, const Oid* types) {
    static auto* const real = next<int(PGconn*, const char*, const char*, int, const Oid*)>("PQsendPrepare");
    prepared().add(session, name, sql);
    return real(session, name, sql, count, types);
}

PGresult* PQexecPrepared(PGconn* session, const char* name, int count, const char* const* values, const int* lengths,
                         const int* formats, int format) {
    using Execute = PGresult*(PGconn*, const char*, int, const char* const*, const int*, const int*, int);
    static auto* const real = next<Execute>("PQexecPrepared");
    const auto kind = prepared().find(session, name);
    cross_all(transaction.before(kind));
    auto* result = real(session, name, count, values, lengths, formats, format);
    cross_all(transaction.after(kind));
    return result;
}

int PQsendQueryPrepared(PGconn* session, const char* name, int count, const char* const* values, const int* lengths,
                        const int* formats, int format) {
    using Execute = int(PGconn*, const char*, int, const char* const*, const int*, const int*, int);
    static auto* const real = next<Execute>("PQsendQueryPrepared");
    const auto kind = prepared().find(session, name);
    cross_all(transaction.before(kind));
    const int done = real(session, name, count, values, lengths, formats, format);
    cross_all(transaction.after(kind));
    return done;
}
}
