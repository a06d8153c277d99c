// TLS as ports and clients have it: certificates that are read again when their files change, so that exchanging them
// closes no port and needs no restart. What cannot be used is passed over, and what was there before goes on.
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/events.hpp"
#include "engine/net/tls_options.hpp"

struct ssl_ctx_st;

namespace gantry::net {

class TlsSession;

// The context that the files say now. Any thread; reads files.
class TlsMaterial {
  public:
    using Load = std::function<Result<std::shared_ptr<ssl_ctx_st>>()>;
    // changed: told what came of reading files that have changed.
    TlsMaterial(std::vector<std::filesystem::path> files, Load load);

    struct Current {
        Result<std::shared_ptr<ssl_ctx_st>> context;  // an error only when there never was one
        std::optional<Error> unusable;                // what was read just now, and is passed over
        bool fresh = false;                           // it was read just now
    };
    Current current();

  private:
    struct Stamp {
        std::filesystem::file_time_type changed;
        std::uintmax_t size = 0;
        bool operator==(const Stamp&) const = default;
    };
    std::vector<Stamp> stamps() const;

    const std::vector<std::filesystem::path> files_;
    const Load load_;
    std::mutex mutex_;
    std::vector<Stamp> read_;  // of the files when they were read last
    std::shared_ptr<ssl_ctx_st> context_;
    std::optional<Error> failed_;
};

// Of one port. Any thread.
class TlsServer {
  public:
    // Errors: config_missing_file. sink must outlive it.
    static Result<std::shared_ptr<TlsServer>> make(ConfigName name, const TlsServerOptions& options,
                                                   events::Sink& sink);
    TlsServer(ConfigName name, const TlsServerOptions& options, events::Sink& sink);

    // For one connection, with the files as they are now. Reads them when they have changed.
    std::unique_ptr<TlsSession> session();
    std::chrono::milliseconds handshake_timeout() const { return options_.handshake_timeout; }

  private:
    const ConfigName name_;
    const TlsServerOptions options_;
    events::Sink& sink_;
    TlsMaterial material_;
};

// Of one destination. Any thread.
class TlsClient {
  public:
    explicit TlsClient(const TlsClientOptions& options);
    // host: whose certificate it must be, unless server_name says otherwise. Errors: config_missing_file.
    Result<std::unique_ptr<TlsSession>> session(const std::string& host);

  private:
    const TlsClientOptions options_;
    TlsMaterial material_;
};

}  // namespace gantry::net
