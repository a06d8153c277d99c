// Tokens of programs under /api/tokens, issued and revoked on this machine only (local_only.hpp); and the bearer of
// one.
//
//   POST /api/tokens             {"scopes": "system/*.rs", "label": …, "by": …, "patient": "ID", "days": N} answers
//                                {"id", "token", "expires"}: the only time the token is told
//   GET  /api/tokens             those there are, without the tokens themselves
//   POST /api/tokens/ID/revoke   known everywhere within `memory`; what was revoked stays so since when it was
//
// 400 for what cannot be understood, 404 for a number that is not there, 503 when the database does not answer.
#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "engine/base/events.hpp"
#include "engine/net/http.hpp"
#include "engine/store/tokens.hpp"

namespace gantry::admin {

// Any thread. What the parts refer to must outlive it, and it the router.
class TokenApi {
  public:
    struct Parts {
        store::Tokens& tokens;
        const Zone& zone;
        const Clock& clock;
        events::Sink& events;
        std::function<Result<void>(const std::string& scopes)> check_scopes;
    };
    explicit TokenApi(Parts parts) : parts_(std::move(parts)) {}

    void add_to(net::HttpRouter& router);

    // The token in the header Authorization. Errors: access_no_token, storage_unavailable.
    Result<store::Token> bearer(const net::HttpRequest& request);

    static constexpr std::chrono::seconds memory{2};  // for so long a token is not looked up again

  private:
    net::HttpResponse issue(const net::HttpRequest& request);
    net::HttpResponse list();
    net::HttpResponse revoke(const net::HttpRequest& request);
    Result<std::optional<store::Token>> with_digest(const std::string& digest, Instant now);

    struct Seen {
        store::Token token;
        Instant at;
    };
    Parts parts_;
    std::mutex mutex_;
    std::map<std::string, Seen> seen_;  // by digest; bounded
};

}  // namespace gantry::admin
