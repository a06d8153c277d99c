#include "fhir/interactions/export_api.hpp"

#include <algorithm>

#include "engine/net/http_date.hpp"
#include "fhir/interactions/exchange.hpp"
#include "fhir/interactions/operations.hpp"
#include "fhir/interactions/outcome.hpp"

namespace gantry::fhir {
namespace {

bool reads_all(const Grant& grant, std::string_view type) {
    return reach(grant, type, Action::read) == Reach::everything;
}

// As it was asked; a POST without its content.
std::string url_of(const net::HttpRequest& request, const std::string& base, ExportLevel level) {
    return address(base + (level == ExportLevel::patient ? "/Patient/$export" : "/$export"), request.query);
}

}  // namespace

void ExportApi::add_to(net::HttpRouter& router) {
    for (const auto* method : {"GET", "POST"}) {
        add(router, method, "/fhir/$export", &ExportApi::export_all);
        add(router, method, "/fhir/Patient/$export", &ExportApi::export_patients);
    }
    add(router, "GET", "/fhir/$export-status/{number}", &ExportApi::status);
    add(router, "DELETE", "/fhir/$export-status/{number}", &ExportApi::cancel);
    add(router, "GET", "/fhir/$export-file/{number}/{file}", &ExportApi::file);
}

// A file and a manifest have a form of their own, whatever is accepted.
void ExportApi::add(net::HttpRouter& router, const char* method, const char* pattern, Handler handler) {
    const bool has_form = std::string_view(pattern).ends_with("$export");
    router.add(method, pattern, [this, handler, has_form](const net::HttpRequest& request) {
        const auto wanted = wanted_of(request);
        if (!wanted && has_form) return outcome_response(wanted.error());
        const Asked asked{request, wanted ? *wanted : Wanted(), {}};
        auto grant = parts_.access(request);
        if (!grant) return outcome_response(grant.error(), asked.wanted);
        return (this->*handler)({request, asked.wanted, std::move(*grant)});
    });
}

net::HttpResponse ExportApi::kick_off(const Asked& asked, ExportLevel level) {
    if (!prefers(asked.request, "respond-async"))
        return outcome_response(
            400, {{"error", "required", "$export is answered later: send Prefer: respond-async", "http.Prefer"}},
            asked.wanted);
    const auto parameters = operation_parameters(asked.request);
    if (!parameters) return outcome_response(parameters.error(), asked.wanted);
    auto reading = read_export(level, *parameters, parts_.zone);
    if (!reading.problems.empty() && !asked.wanted.lenient)
        return outcome_response(400, reading.problems, asked.wanted);
    auto& types = reading.request.types;
    for (const auto type : types)
        if (!reads_all(asked.grant, type))
            return outcome_response({ErrorCode::access_scope, "it needs " + scope_text(type, Action::read), {}},
                                    asked.wanted);
    if (types.empty())
        for (const auto type : exported_types(level))
            if (reads_all(asked.grant, type)) types.push_back(type);
    if (types.empty())
        return outcome_response({ErrorCode::access_scope, "it needs system/*.read, or that of a type", {}},
                                asked.wanted);
    return begin(asked, std::move(reading.request));
}

net::HttpResponse ExportApi::begin(const Asked& asked, ExportRequest request) {
    const auto base = base_of(asked.request, parts_.base);
    auto url = url_of(asked.request, base, request.level);
    const auto number = parts_.jobs.begin({std::move(request), std::move(url), base + "/$export-file"});
    if (number) {
        auto out =
            outcome_response(202, {{"information", "informational", "the export is being made", {}}}, asked.wanted);
        out.headers.emplace_back("Content-Location", base + "/$export-status/" + *number);
        return out;
    }
    if (number.error().code != ErrorCode::overloaded) return outcome_response(number.error(), asked.wanted);
    constexpr int too_many_requests = 429;
    auto out = outcome_response(too_many_requests, {issue_of(number.error())}, asked.wanted);
    out.headers.emplace_back("Retry-After", "60");
    return out;
}

// Who may not read what an export has is not told that there is one.
std::optional<ExportJobs::Status> ExportApi::visible(const Asked& asked, net::HttpResponse& refusal) {
    const auto number = capture(asked.request, "number");
    auto status = parts_.jobs.status(number);
    if (status && std::all_of(status->types.begin(), status->types.end(),
                              [&](const auto& type) { return reads_all(asked.grant, type); }))
        return status;
    refusal =
        outcome_response({ErrorCode::fhir_not_found, "there is no export " + number.substr(0, 64), {}}, asked.wanted);
    return std::nullopt;
}

net::HttpResponse ExportApi::status(const Asked& asked) {
    net::HttpResponse refusal;
    auto status = visible(asked, refusal);
    if (!status) return refusal;
    using State = ExportJobs::Status::State;
    if (status->state == State::running)
        return {202, {{"X-Progress", status->progress}, {"Retry-After", "2"}, {"Cache-Control", "no-store"}}, {}};
    if (status->state == State::failed)
        return {500,
                {{"Content-Type", std::string(content_type(asked.wanted))}},
                laid_out(std::move(status->content), asked.wanted)};
    return {200,
            {{"Content-Type", "application/json"}, {"Expires", net::http_date(status->expires)}},
            std::move(status->content)};
}

net::HttpResponse ExportApi::cancel(const Asked& asked) {
    net::HttpResponse refusal;
    if (!visible(asked, refusal)) return refusal;
    if (!parts_.jobs.cancel(capture(asked.request, "number")))
        return outcome_response({ErrorCode::fhir_not_found, "there is no such export any more", {}}, asked.wanted);
    return outcome_response(202, {{"information", "informational", "the export and its files are removed", {}}},
                            asked.wanted);
}

net::HttpResponse ExportApi::file(const Asked& asked) {
    const auto number = capture(asked.request, "number"), name = capture(asked.request, "file");
    auto found = parts_.jobs.file(number, name);
    if (!found) return outcome_response(found.error(), asked.wanted);
    if (!*found || !reads_all(asked.grant, (*found)->type))
        return outcome_response({ErrorCode::fhir_not_found, "there is no such file of an export", {}}, asked.wanted);
    return {
        200, {{"Content-Type", "application/fhir+ndjson"}, {"Cache-Control", "no-store"}}, std::move((*found)->bytes)};
}

}  // namespace gantry::fhir
