// A PostgreSQL server of the test's own: its files in a temporary directory, on a Unix socket only. PostgreSQL refuses
// to run as root; a test that does hands it to another user.
#pragma once
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/engine/store/temporary_directory.hpp"

namespace gantry::store::testing {

// Where initdb and postgres are; empty when they are not installed.
std::filesystem::path postgres_programs();

class PostgresServer {
  public:
    // All of these throw std::runtime_error when PostgreSQL does not do what they ask.
    enum class Fsync { off, on };
    explicit PostgresServer(Fsync fsync = Fsync::off);
    ~PostgresServer() { stop(); }
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    void start();
    // As pg_ctl stop -m immediate does: without a checkpoint, every session cut off.
    void stop();
    // kill -9 of the first process; the others end when they notice.
    void kill();
    std::string url(const std::string& database) const;

  private:
    bool try_to_start();
    void end(int signal);
    std::string data() const { return (directory_.path() / "data").string(); }
    pid_t spawn(const std::string& program, std::vector<std::string> arguments) const;

    Fsync fsync_;
    TemporaryDirectory directory_;
    pid_t server_ = 0;
};

}  // namespace gantry::store::testing
