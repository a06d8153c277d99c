// `gantry token`: who may use FHIR, through the admin API of the running engine. Exit codes: as of `gantry messages`.
#pragma once
#include <iosfwd>

#include "engine/main/api_client.hpp"

namespace gantry {

struct TokenIssue {
    std::string scopes, label, by, patient;
    int days = 0;  // 0: it does not expire
    bool json = false;
};
// Prints the token and nothing else, so that a script can take it.
int run_token_issue(const ApiClient& api, const TokenIssue& options, std::ostream& out, std::ostream& err);
int run_tokens(const ApiClient& api, bool json, std::ostream& out, std::ostream& err);
int run_token_revoke(const ApiClient& api, const std::string& id, std::ostream& out, std::ostream& err);

}  // namespace gantry
