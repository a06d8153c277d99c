// OAuth 2.0 client credentials (RFC 6749 4.4) for a destination: access tokens, kept until shortly before they end.
// The engine shows who it is by a secret (client_secret_basic) or by a token that it signs (private_key_jwt, RFC 7523;
// RS384 or ES384 as SMART backend services have it).
#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "channels/destinations/http_connection.hpp"
#include "engine/base/clock.hpp"
#include "engine/net/http_caller.hpp"
#include "engine/settings/input_file.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::channels {

struct OauthOptions {
    std::string token_url, client_id;
    settings::Secret client_secret;
    settings::InputFile key;
    settings::Secret key_password;
    std::string key_id, scope;
};
const settings::Schema<OauthOptions>& oauth_schema();

struct AccessToken {
    std::string text;
    std::chrono::seconds lifetime{0};  // from when it was given
};
// Of the answer of a token endpoint (RFC 6749 5.1, 5.2). Errors: net_refused, whose detail has the status and the error
// code, and nothing else of the answer.
Result<AccessToken> read_access_token(const net::HttpResponse& response);

// The body of a request, and its header Authorization or nothing. now: for the claims of a signed token; it ends after
// 5 minutes. Error: config_missing_file, the key cannot be used.
struct TokenRequest {
    std::string body;
    std::optional<std::string> authorization;
};
Result<TokenRequest> token_request(const OauthOptions& options, Instant now);

// One thread, but for interrupt().
class OauthClient {
  public:
    // connection: its time-outs and TLS count for the token endpoint as well.
    OauthClient(const OauthOptions& options, const HttpConnectionOptions& connection);

    // The token that is kept, or a new one. Errors: net_refused, config_missing_file.
    Result<std::string> token();
    // The server did not take it.
    void forget() { token_.reset(); }
    void interrupt() { caller_.interrupt(); }

  private:
    using TimePoint = std::chrono::steady_clock::time_point;
    const OauthOptions options_;
    const net::HttpUrl url_;
    net::HttpCaller caller_;
    std::optional<std::string> token_;
    TimePoint until_;
};

}  // namespace gantry::channels
