// Certificates, keys and rules of TLS as OpenSSL holds them, read from files.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "engine/base/result.hpp"
#include "engine/net/tls_options.hpp"

struct ssl_ctx_st;  // OpenSSL's

namespace gantry::net {

// Immutable once made; any thread may make sessions of it.
using TlsContext = std::shared_ptr<ssl_ctx_st>;

// Errors: config_missing_file, with the file and why: it cannot be read, holds no certificate or key, the key is not
// the certificate's, the password is not the key's.
Result<TlsContext> load_tls_context(const TlsServerOptions& options);
Result<TlsContext> load_tls_context(const TlsClientOptions& options);

struct TlsIdentity {
    std::filesystem::path certificate, key;
    settings::Secret key_password;
};
// What is wrong, or empty; the key is looked at when the certificate is right.
struct WrongIdentity {
    std::string certificate, key;
};
WrongIdentity wrong_identity(const TlsIdentity& identity);
// What is wrong with a file of authorities, or empty.
std::string wrong_authorities(const std::filesystem::path& file);

// Whole days until the context's own certificate ends, negative when it has; nothing when it has none.
std::optional<int> days_left(const TlsContext& context);

}  // namespace gantry::net
