// Tokens by which programs show what they may do. The token itself is told once, to whoever it is issued to; what is
// kept is its digest.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/result.hpp"

namespace gantry::store {

struct TokenDraft {
    std::string digest;            // SHA-256 of the token, hexadecimal
    std::string scopes;            // as SMART writes them, separated by blanks
    std::string label, issued_by;  // for people
    std::int64_t patient = 0;      // of scopes with the context `patient`; 0: none
    Instant issued, expires;       // expires 0: never
};

struct Token {
    std::int64_t id = 0;
    TokenDraft what;
    Instant revoked;  // 0: it is not
};

// Any thread. Errors: storage_unavailable.
class Tokens {
  public:
    virtual ~Tokens() = default;
    virtual Result<std::int64_t> issue(const TokenDraft& draft) = 0;
    virtual Result<std::optional<Token>> with_digest(const std::string& digest) = 0;
    virtual Result<std::vector<Token>> all() = 0;  // oldest first
    // False: there is none of this number. What is revoked stays so since when it was.
    virtual Result<bool> revoke(std::int64_t id, Instant at) = 0;
};

}  // namespace gantry::store
