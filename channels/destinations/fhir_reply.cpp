#include "channels/destinations/fhir_reply.hpp"

#include <algorithm>
#include <cctype>

#include "channels/destinations/http_reply.hpp"
#include "engine/json/value.hpp"

namespace gantry::channels {
namespace {

using Answer = runtime::Destination::Answer;
using Verdict = runtime::Destination::Verdict;

constexpr std::size_t most_issues = 5, longest_word = 80;

bool has_only(std::string_view text, std::string_view marks, bool digits) {
    return !text.empty() && text.size() <= longest_word && std::all_of(text.begin(), text.end(), [&](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return std::isalpha(byte) != 0 || (digits && std::isdigit(byte) != 0) || marks.find(c) != marks.npos;
    });
}

// FHIR's own codes are words; a server's have underscores. A number could be anybody's.
void add_code(const json::Value* value, std::string& out) {
    if (value && has_only(value->string(), "-_", false)) out += (out.empty() ? "" : " ") + value->string();
}

// "Patient.identifier[0].value": an index is no number of a patient, but digits stand nowhere else.
bool is_element(std::string_view text) {
    std::string names;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '[') {
            names.push_back(text[i]);
            continue;
        }
        const auto end = text.find(']', i);
        const auto index = text.substr(i + 1, end == text.npos ? 0 : end - i - 1);
        const auto digit = [](unsigned char c) { return std::isdigit(c) != 0; };
        if (index.empty() || index.size() > 3 || !std::all_of(index.begin(), index.end(), digit)) return false;
        i = end;
    }
    return has_only(names, ".", false);
}

std::string words_of(const json::Value& issue) {
    std::string out;
    add_code(issue.find("severity"), out);
    add_code(issue.find("code"), out);
    const auto* details = issue.find("details");
    const auto* codings = details ? details->find("coding") : nullptr;
    if (codings && !codings->items().empty()) add_code(codings->items().front().find("code"), out);
    const auto* expressions = issue.find("expression");
    if (!expressions) return out;
    for (const auto& one : expressions->items())
        if (is_element(one.string())) return out + " at " + one.string();
    return out;
}

Answer unanswered(const net::HttpCall& call, const FhirRequest& request) {
    if (!request.repeatable) return {Verdict::in_doubt, call.why};
    return {Verdict::retry, call.why + "; made again, it is there once"};
}

Verdict verdict(int status, const StatusActions& actions) {
    if (const auto named = named_verdict(status, actions)) return *named;
    if (status == 409) return Verdict::retry;
    return status == 412 ? Verdict::held : status_verdict(status, actions);
}

}  // namespace

std::string outcome_codes(std::string_view body) {
    const auto outcome = json::parse(body);
    if (!outcome) return {};
    const auto* type = outcome->find("resourceType");
    const auto* issues = outcome->find("issue");
    if (!type || type->string() != "OperationOutcome" || !issues) return {};
    std::string out;
    std::size_t told = 0;
    for (const auto& issue : issues->items()) {
        const auto words = words_of(issue);
        if (words.empty()) continue;
        if (told++ == most_issues) return out + ", …";
        out += (out.empty() ? "" : ", ") + words;
    }
    return out;
}

Answer fhir_answer(const net::HttpCall& call, const FhirRequest& request, const FhirDestinationOptions& options) {
    if (call.end == net::HttpCall::End::away) return {Verdict::away, call.why};
    if (call.end == net::HttpCall::End::unanswered) return unanswered(call, request);
    const auto status = call.response.status;
    auto out = status_answer(call.response, options.status_actions);
    out.verdict = verdict(status, options.status_actions);
    if (!call.sent && status < 400)
        out.verdict = request.repeatable ? Verdict::retry : Verdict::in_doubt;
    else if (status >= 400)
        if (const auto codes = outcome_codes(call.response.body); !codes.empty()) out.detail += ", " + codes;
    return out;
}

}  // namespace gantry::channels
