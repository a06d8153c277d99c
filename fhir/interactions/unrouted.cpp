#include "fhir/interactions/unrouted.hpp"

#include <algorithm>

#include "fhir/interactions/outcome.hpp"

namespace gantry::fhir {
namespace {

constexpr int not_found = 404, not_allowed = 405;

// Answers of interactions are FHIR, or the bytes of a document.
bool is_of_the_router(const net::HttpResponse& response) {
    return std::find(response.headers.begin(), response.headers.end(),
                     std::pair<std::string, std::string>("Content-Type", "application/json")) != response.headers.end();
}

}  // namespace

void answer_in_fhir(const net::HttpRequest& request, net::HttpResponse& response) {
    const bool ours = request.path == "/fhir" || request.path.starts_with("/fhir/");
    if (!ours || (response.status != not_found && response.status != not_allowed) || !is_of_the_router(response))
        return;
    const auto wanted = wanted_of(request);
    const auto code = response.status == not_found ? ErrorCode::http_not_found : ErrorCode::http_method_not_allowed;
    auto out = outcome_response({code, {}, {}}, wanted ? *wanted : Wanted());
    for (const auto& [name, value] : response.headers)
        if (name == "Allow") out.headers.emplace_back(name, value);
    response = std::move(out);
}

}  // namespace gantry::fhir
