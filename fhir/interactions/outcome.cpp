#include "fhir/interactions/outcome.hpp"

#include "engine/json/writer.hpp"

namespace gantry::fhir {

Issue issue_of(const Error& error) {
    const auto& row = info(error.code);
    auto text = error.text();
    if (!row.hint.empty()) text += "; " + std::string(row.hint);
    return {"error", row.fhir_issue, std::move(text), error.place};
}

std::string outcome_json(const std::vector<Issue>& issues) {
    json::Writer out;
    out.begin_object().member("resourceType", "OperationOutcome").key("issue").begin_array();
    for (const auto& issue : issues) {
        out.begin_object().member("severity", issue.severity).member("code", issue.code);
        out.member_if("diagnostics", issue.diagnostics);
        if (!issue.expression.empty()) out.key("expression").begin_array().value(issue.expression).end_array();
        out.end_object();
    }
    out.end_array().end_object();
    return std::move(out).text();
}

net::HttpResponse outcome_response(int status, const std::vector<Issue>& issues, const Wanted& wanted) {
    return {status, {{"Content-Type", std::string(content_type(wanted))}}, laid_out(outcome_json(issues), wanted)};
}

net::HttpResponse outcome_response(const Error& error, const Wanted& wanted) {
    auto out = outcome_response(info(error.code).http_status, {issue_of(error)}, wanted);
    constexpr int unauthorized = 401, unavailable = 503;
    if (out.status == unauthorized) out.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"gantry\"");
    if (out.status == unavailable) out.headers.emplace_back("Retry-After", "5");
    return out;
}

}  // namespace gantry::fhir
