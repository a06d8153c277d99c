#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/store/pgsql/connection.hpp"

namespace gantry::store::pgsql {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_wait{100}, longest_wait{2000};

// What a session may not be left to the server's defaults for. Time-outs: a lock or statement that hangs must not hold
// up intake for ever; it is answered with "try again".
constexpr auto session_settings =
    "SET default_transaction_isolation = 'read committed'; SET lock_timeout = '5s'; SET statement_timeout = '30s'; "
    "SET idle_in_transaction_session_timeout = '60s'; SET jit = off; "
    // An answer says that a message is on disk: settings that would let a commit return earlier are not for us.
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', "
    "'local')";

Trouble trouble_of(std::string_view sqlstate) {
    const auto is = [&](std::string_view start) { return sqlstate.starts_with(start); };
    if (sqlstate.empty() || is("08") || is("57P")) return Trouble::connection;
    if (is("25006")) return Trouble::connection;  // it became a standby: a URL may name the new primary too
    if (is("40") || is("55P03")) return Trouble::conflict;
    if (is("53200")) return Trouble::locks;
    if (is("53") || is("57") || is("58") || is("XX")) return Trouble::storage;
    // 54: a value too long for an index; P0001: raised by a trigger.
    if (is("22") || is("23") || is("44") || is("54") || is("P0")) return Trouble::constraint;
    return Trouble::statement;
}

const char* words(Trouble trouble) {
    static constexpr std::array all{
        "the database server cannot be reached",       "the database server cannot write now",
        "another transaction was in the way",          "the database server is out of locks",
        "the database refused what was to be written", "the schema is not the expected one"};
    return all[static_cast<std::size_t>(trouble)];
}

void ignore_notice(void*, const char*) {}

// The first line: what follows are hints for psql.
std::string first_line(const char* text) {
    const std::string all(text ? text : "");
    return all.substr(0, all.find('\n'));
}

}  // namespace

Failure::Failure(Trouble trouble, std::string_view sqlstate)
    : std::runtime_error(words(trouble)), trouble_(trouble), duplicate_key_(sqlstate == "23505") {}

std::int64_t Answer::affected() const {
    const std::string count = PQcmdTuples(result_.get());
    return count.empty() ? 0 : std::stoll(count);
}

std::string_view Answer::view(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Answer::integer(int row, int column) const {
    const auto bytes = view(row, column);
    if (bytes.empty()) return 0;
    std::int64_t value = static_cast<signed char>(bytes.front());
    for (const char byte : bytes.substr(1)) value = value * 256 + static_cast<unsigned char>(byte);
    return value;
}

Handle open_handle(const std::string& target, std::string* why) {
    // What stands before dbname may be set otherwise by the target, what stands after may not.
    const std::array names{"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                           "keepalives_count", "tcp_user_timeout", "application_name",
                           "dbname",           "client_encoding",  static_cast<const char*>(nullptr)};
    const std::array values{
        "5", "10", "5", "3", "15000", "gantry", target.c_str(), "UTF8", static_cast<const char*>(nullptr)};
    Handle handle(PQconnectdbParams(names.data(), values.data(), 1));
    if (!handle || PQstatus(handle.get()) != CONNECTION_OK) {
        if (why) *why = first_line(PQerrorMessage(handle.get()));
        throw Failure(Trouble::connection);
    }
    PQsetNoticeProcessor(handle.get(), ignore_notice, nullptr);
    const Answer set(PQexec(handle.get(), session_settings));
    if (PQresultStatus(set.get()) != PGRES_TUPLES_OK) throw Failure(Trouble::connection);
    return handle;
}

bool alive(PGconn* handle) {
    // A server that stopped has sent its last words and then the end: one read for each.
    for (int i = 0; i < 2; ++i) {
        if (PQstatus(handle) != CONNECTION_OK || !PQconsumeInput(handle)) return false;
    }
    return PQstatus(handle) == CONNECTION_OK;
}

Connection::Connection(std::string target, std::string settings)
    : target_(std::move(target)), settings_(std::move(settings)) {}

void Connection::ensure() {
    if (handle_ && alive(handle_.get())) return;
    handle_.reset();
    prepared_.clear();
    expected_.clear();
    const auto now = std::chrono::steady_clock::now();
    if (now < not_before_) throw Failure(Trouble::connection);
    backoff_ = std::clamp(backoff_ * 2, first_wait, longest_wait);
    not_before_ = now + backoff_;
    handle_ = open_handle(target_);
    if (!settings_.empty()) execute(settings_.c_str());
    backoff_ = milliseconds(0);
    not_before_ = {};
}

void Connection::abandon() noexcept {
    if (!handle_) return;
    if (!expected_.empty()) {  // an exception came between later() and flush()
        handle_.reset();
        return;
    }
    const auto state = PQtransactionStatus(handle_.get());
    if (state == PQTRANS_INTRANS || state == PQTRANS_INERROR) PQclear(PQexec(handle_.get(), "ROLLBACK"));
    if (PQtransactionStatus(handle_.get()) != PQTRANS_IDLE) handle_.reset();
}

Answer Connection::checked(PGresult* result) {
    Answer answer(result);
    const auto status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_COPY_IN) return answer;
    const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const bool lost = !sqlstate || PQstatus(handle_.get()) != CONNECTION_OK;
    throw Failure(lost ? Trouble::connection : trouble_of(sqlstate), lost ? "" : sqlstate);
}

void Connection::execute(const char* sql) {
    checked(PQexec(handle_.get(), sql));
}

Answer Connection::run(const Statement& statement, const Parameters& parameters) {
    if (!prepared_.contains(statement.name)) {
        checked(PQprepare(handle_.get(), statement.name, statement.sql.c_str(), 0, nullptr));
        prepared_.insert(statement.name);
    }
    const std::vector<int> binary(static_cast<std::size_t>(parameters.count()), 1);
    return checked(PQexecPrepared(handle_.get(), statement.name, parameters.count(), parameters.values(),
                                  parameters.lengths(), binary.data(), 1));
}

void Connection::later(const Statement& statement, const Parameters& parameters, Take take) {
    auto* handle = handle_.get();
    if (expected_.empty()) PQenterPipelineMode(handle);
    // Whether sending worked shows when the answers are read.
    if (prepared_.insert(statement.name).second) {
        PQsendPrepare(handle, statement.name, statement.sql.c_str(), 0, nullptr);
        expected_.push_back({statement.name, {}});
    }
    const std::vector<int> binary(static_cast<std::size_t>(parameters.count()), 1);
    PQsendQueryPrepared(handle, statement.name, parameters.count(), parameters.values(), parameters.lengths(),
                        binary.data(), 1);
    expected_.push_back({{}, std::move(take)});
}

void Connection::flush() {
    if (expected_.empty()) return;
    const auto expected = std::exchange(expected_, {});
    auto* handle = handle_.get();
    PQpipelineSync(handle);
    std::optional<Failure> failure;
    for (const auto& [prepared, take] : expected) {
        auto* result = PQgetResult(handle);
        if (result) PQclear(PQgetResult(handle));  // the end of this statement's results
        try {
            const auto answer = checked(result);
            if (take && !failure) take(answer);
        } catch (const Failure& caught) {
            if (!failure) failure = caught;
            if (!prepared.empty()) prepared_.erase(prepared);
        }
    }
    PQclear(PQgetResult(handle));  // of the sync
    if (!PQexitPipelineMode(handle)) handle_.reset();
    if (failure) throw *failure;
}

void Connection::copy(const CopyRows& rows) {
    if (rows.empty()) return;
    execute(rows.statement().c_str());
    const auto bytes = rows.bytes();
    std::string end;
    append_integer(end, -1, 2);
    // In slices, because lengths are ints here.
    constexpr std::size_t slice = 1u << 20;
    bool sent = true;
    for (std::size_t at = 0; sent && at < bytes.size(); at += slice) {
        const auto part = bytes.substr(at, slice);
        sent = PQputCopyData(handle_.get(), part.data(), static_cast<int>(part.size())) == 1;
    }
    sent = sent && PQputCopyData(handle_.get(), end.data(), static_cast<int>(end.size())) == 1 &&
           PQputCopyEnd(handle_.get(), nullptr) == 1;
    auto* first = PQgetResult(handle_.get());
    for (auto* more = first; more; more = PQgetResult(handle_.get())) {
        if (more != first) PQclear(more);
    }
    checked(first);
    if (!sent) throw Failure(Trouble::connection);
}

bool Connection::commit() {
    const Answer answer(PQexec(handle_.get(), "COMMIT"));
    if (PQresultStatus(answer.get()) == PGRES_COMMAND_OK) {
        // Of a transaction that had failed before, COMMIT makes a ROLLBACK.
        if (std::string_view(PQcmdStatus(answer.get())) == "COMMIT") return true;
        throw Failure(Trouble::conflict);
    }
    const char* sqlstate = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
    const auto trouble = trouble_of(sqlstate ? sqlstate : "");
    if (trouble == Trouble::connection || PQstatus(handle_.get()) != CONNECTION_OK) return false;
    throw Failure(trouble, sqlstate);
}

}  // namespace gantry::store::pgsql
