#include "engine/main/token_command.hpp"

#include <ostream>

#include "engine/json/writer.hpp"
#include "engine/main/api_printing.hpp"
#include "engine/main/text_table.hpp"

namespace gantry {

int run_token_issue(const ApiClient& api, const TokenIssue& options, std::ostream& out, std::ostream& err) {
    json::Writer body;
    body.begin_object().member("scopes", options.scopes).member_if("label", options.label).member("by", options.by);
    body.member_if("patient", options.patient);
    if (options.days > 0) body.member("days", std::to_string(options.days));
    body.end_object();
    const auto answer = api.post("/api/tokens", body.text());
    if (!answer) return fail(answer.error(), err);
    if (options.json)
        out << json::serialise(*answer, json::Form::pretty) << "\n";
    else
        out << text_of(*answer, "token") << "\n";
    return 0;
}

int run_tokens(const ApiClient& api, bool json, std::ostream& out, std::ostream& err) {
    const auto answer = api.get("/api/tokens");
    if (!answer) return fail(answer.error(), err);
    if (json) {
        out << json::serialise(*answer, json::Form::pretty) << "\n";
        return 0;
    }
    TextTable table({"TOKEN", "SCOPES", "PATIENT", "LABEL", "ISSUED", "BY", "EXPIRES", "REVOKED"});
    if (const auto* tokens = answer->find("tokens"))
        for (const auto& token : tokens->items())
            table.add({text_of(token, "id"), text_of(token, "scopes"), text_of(token, "patient"),
                       text_of(token, "label"), time_of(token, "issued"), text_of(token, "by"),
                       time_of(token, "expires"), time_of(token, "revoked")});
    if (table.empty())
        out << "no tokens\n";
    else
        table.print(out);
    return 0;
}

int run_token_revoke(const ApiClient& api, const std::string& id, std::ostream& out, std::ostream& err) {
    const auto answer = api.post("/api/tokens/" + net::percent_encoded(id) + "/revoke", "{}");
    if (!answer) return fail(answer.error(), err);
    out << "token " << id << " is revoked\n";
    return 0;
}

}  // namespace gantry
