#include "engine/admin/token_api.hpp"

#include <algorithm>

#include "engine/admin/local_only.hpp"
#include "engine/admin/requests.hpp"
#include "engine/base/digest.hpp"
#include "engine/json/value.hpp"
#include "engine/json/writer.hpp"
#include "engine/net/jose.hpp"

namespace gantry::admin {
namespace {

using net::HttpRequest, net::HttpResponse;

constexpr std::int64_t second = 1'000'000, day = 86'400 * second;

std::string digest_of(std::string_view token) {
    const auto made = sha256(token);
    return hex({reinterpret_cast<const char*>(made.data()), made.size()});
}

// 256 random bits. The prefix tells people and scanners of leaked secrets what it is.
std::string new_token() {
    return "gantry_" + net::random_id() + net::random_id();
}

HttpResponse answer(int status, json::Writer&& body) {
    return {status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, std::move(body).text()};
}

Error wrong(std::string why) {
    return {ErrorCode::api_bad_request, std::move(why), {}};
}

std::string text_of(const json::Value& from, std::string_view name) {
    const auto* value = from.find(name);
    return value && value->is_string() ? value->string() : std::string();
}

// What is asked for; its digest is still missing.
Result<store::TokenDraft> draft_of(const std::string& body, Instant now) {
    constexpr std::size_t longest = 1024;
    const auto tree = json::parse(body);
    if (!tree || !tree->is_object()) return wrong("the body is not a JSON object");
    store::TokenDraft out;
    out.scopes = text_of(*tree, "scopes");
    out.label = text_of(*tree, "label");
    out.issued_by = text_of(*tree, "by");
    out.issued = now;
    if (out.issued_by.empty()) return wrong("by is missing: who issues it");
    if (out.scopes.size() > longest || out.label.size() > longest) return wrong("scopes or label are too long");
    if (const auto patient = text_of(*tree, "patient"); !patient.empty()) {
        const auto id = id_of(patient);
        if (!id) return wrong("patient is not the id of a patient");
        out.patient = *id;
    }
    if (const auto days = text_of(*tree, "days"); !days.empty()) {
        constexpr std::int64_t most = 3650;
        const auto number = id_of(days);
        if (!number || *number > most) return wrong("days is a number from 1 to 3650");
        out.expires = {now.micros + *number * day};
    }
    return out;
}

bool is_over(const store::Token& token, Instant now) {
    return token.revoked.micros != 0 || (token.what.expires.micros != 0 && token.what.expires <= now);
}

}  // namespace

void TokenApi::add_to(net::HttpRouter& router) {
    const auto here = [](auto handler) {
        return [handler](const HttpRequest& request) {
            if (auto refused = refusal(request)) return std::move(*refused);
            return handler(request);
        };
    };
    router.add("POST", "/api/tokens", here([this](const HttpRequest& request) { return issue(request); }));
    router.add("GET", "/api/tokens", here([this](const HttpRequest&) { return list(); }));
    router.add("POST", "/api/tokens/{id}/revoke", here([this](const HttpRequest& request) { return revoke(request); }));
}

HttpResponse TokenApi::issue(const HttpRequest& request) {
    auto draft = draft_of(request.body, parts_.clock.now());
    if (!draft) return net::http_error(draft.error());
    if (const auto good = parts_.check_scopes(draft->scopes); !good) return net::http_error(wrong(good.error().detail));
    const auto token = new_token();
    draft->digest = digest_of(token);
    const auto id = parts_.tokens.issue(*draft);
    if (!id) return net::http_error(id.error());
    events::emit(parts_.events, "token_issued", events::Level::info, "a token was issued", {{"token", *id}});
    json::Writer out;
    out.begin_object().member("id", std::to_string(*id)).member("token", token);
    if (draft->expires.micros != 0) out.member("expires", parts_.zone.local(draft->expires).iso());
    out.end_object();
    constexpr int created = 201;
    return answer(created, std::move(out));
}

HttpResponse TokenApi::list() {
    const auto all = parts_.tokens.all();
    if (!all) return net::http_error(all.error());
    json::Writer out;
    out.begin_object().key("tokens").begin_array();
    const auto moment = [&](const char* name, Instant at) {
        if (at.micros != 0) out.member(name, parts_.zone.local(at).iso());
    };
    for (const auto& token : *all) {
        out.begin_object().member("id", std::to_string(token.id)).member("scopes", token.what.scopes);
        out.member_if("label", token.what.label).member("by", token.what.issued_by);
        if (token.what.patient != 0) out.member("patient", std::to_string(token.what.patient));
        moment("issued", token.what.issued);
        moment("expires", token.what.expires);
        moment("revoked", token.revoked);
        out.end_object();
    }
    out.end_array().end_object();
    return answer(200, std::move(out));
}

HttpResponse TokenApi::revoke(const HttpRequest& request) {
    const auto id = id_of(request.captures.at("id"));
    if (!id) return net::http_error(id.error());
    const auto found = parts_.tokens.revoke(*id, parts_.clock.now());
    if (!found) return net::http_error(found.error());
    if (!*found) return net::http_error({ErrorCode::api_not_found, "there is no token " + std::to_string(*id), {}});
    {
        const std::lock_guard lock(mutex_);
        seen_.clear();
    }
    events::emit(parts_.events, "token_revoked", events::Level::info, "a token was revoked", {{"token", *id}});
    json::Writer out;
    out.begin_object().member("changed", 1).end_object();
    return answer(200, std::move(out));
}

Result<std::optional<store::Token>> TokenApi::with_digest(const std::string& digest, Instant now) {
    constexpr std::size_t most = 10'000;
    {
        const std::lock_guard lock(mutex_);
        const auto at = seen_.find(digest);
        const bool fresh = at != seen_.end() && now >= at->second.at &&
                           now.micros - at->second.at.micros < std::chrono::microseconds(memory).count();
        if (fresh) return {at->second.token};
    }
    auto found = parts_.tokens.with_digest(digest);
    if (!found || !*found) return found;
    const std::lock_guard lock(mutex_);
    if (seen_.size() >= most) seen_.clear();
    seen_[digest] = {**found, now};
    return found;
}

Result<store::Token> TokenApi::bearer(const HttpRequest& request) {
    constexpr std::string_view scheme = "bearer ";
    const Error none{ErrorCode::access_no_token, {}, {}};
    const auto* header = request.headers.find("Authorization");
    if (!header || header->size() <= scheme.size() || request.headers.count("Authorization") > 1) return none;
    const std::string_view value = *header;
    const bool meant = std::equal(scheme.begin(), scheme.end(), value.begin(), [](char wanted, char said) {
        return wanted == (said >= 'A' && said <= 'Z' ? said - 'A' + 'a' : said);
    });
    if (!meant) return none;
    const auto now = parts_.clock.now();
    auto found = with_digest(digest_of(value.substr(scheme.size())), now);
    if (!found) return found.error();
    if (!*found || is_over(**found, now)) return none;
    return std::move(**found);
}

}  // namespace gantry::admin
