#include "channels/destinations/oauth_client.hpp"

#include <algorithm>
#include <cctype>

#include "engine/json/value.hpp"
#include "engine/json/writer.hpp"
#include "engine/net/base64.hpp"
#include "engine/net/jose.hpp"

namespace gantry::channels {
namespace {

using std::chrono::seconds;

constexpr seconds without_lifetime{300};  // RFC 6749 5.1: where the server does not say it
constexpr seconds longest_lifetime{86'400};
constexpr seconds margin{60};
constexpr std::int64_t claim_lifetime = 300;  // seconds; SMART allows no more

bool is_here(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string wrong_token_url(const OauthOptions& options) {
    const auto url = net::parse_http_url(options.token_url);
    if (!url) return wrong_http_url(options.token_url);
    return url->secure || is_here(url->host) ? "" : "it must be https: secrets are sent there";
}

std::string wrong_key(const OauthOptions& options) {
    if (!options.client_secret.empty()) return "with a client_secret there is no key";
    const auto key = net::SigningKey::load(options.key.path, options.key_password);
    return key ? "" : key.error().detail;
}

std::string wrong_client(const OauthOptions& options) {
    return options.client_secret.empty() && options.key.empty() ? "it needs a client_secret or a key" : "";
}

// application/x-www-form-urlencoded, strictly.
std::string in_form(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
            out.push_back(c);
            continue;
        }
        out.push_back('%');
        out.push_back("0123456789ABCDEF"[byte >> 4]);
        out.push_back("0123456789ABCDEF"[byte & 15]);
    }
    return out;
}

// https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
std::string assertion(const OauthOptions& options, const net::SigningKey& key, Instant now) {
    json::Writer header, claims;
    header.begin_object().member("alg", key.algorithm()).member("typ", "JWT").member_if("kid", options.key_id);
    claims.begin_object().member("iss", options.client_id).member("sub", options.client_id);
    claims.member("aud", options.token_url).member("exp", now.micros / 1'000'000 + claim_lifetime);
    claims.member("jti", net::random_id());
    return key.token(header.end_object().text(), claims.end_object().text());
}

// Goes into a header as it is (RFC 6750 2.1).
bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::islower(c) != 0 || c == '_'; });
}

Error refused(const std::string& why) {
    return {ErrorCode::net_refused, "no access token: " + why, {}};
}

}  // namespace

const settings::Schema<OauthOptions>& oauth_schema() {
    using Options = OauthOptions;
    static const auto schema =
        settings::Schema<Options>("oauth", "Access tokens by OAuth 2.0 client credentials.")
            .option("token_url", &Options::token_url, "the token endpoint")
            .required()
            .example("\"https://login.example/token\"")
            .check(wrong_token_url)
            .option("client_id", &Options::client_id, "who the engine is there")
            .required()
            .example("\"gantry\"")
            .check(wrong_client)
            .option("client_secret", &Options::client_secret, "the secret of the client (client_secret_basic)")
            .option("key", &Options::key,
                    "instead, file (PEM) with a private key: RSA (RS384), or EC on P-384 (ES384) (private_key_jwt)")
            .check(wrong_key)
            .option("key_password", &Options::key_password, "of a key that is encrypted")
            .option("key_id", &Options::key_id, "the kid by which the server finds the public key")
            .option("scope", &Options::scope, "what is asked for")
            .example("\"system/*.write\"");
    return schema;
}

Result<AccessToken> read_access_token(const net::HttpResponse& response) {
    const auto answer = json::parse(response.body);
    const auto text = [&](std::string_view name) {
        const auto* found = answer ? answer->find(name) : nullptr;
        return found ? found->string() : std::string();
    };
    if (response.status != 200) {
        const auto code = text("error");
        return refused("HTTP " + std::to_string(response.status) + (is_word(code) ? ", " + code : ""));
    }
    AccessToken out{text("access_token"), without_lifetime};
    if (!is_token(out.text)) return refused("the answer has none");
    const auto* lifetime = answer->find("expires_in");
    if (lifetime && lifetime->is_integer())
        out.lifetime = std::clamp(seconds(lifetime->integer()), seconds(0), longest_lifetime);
    return out;
}

Result<TokenRequest> token_request(const OauthOptions& options, Instant now) {
    TokenRequest out;
    out.body = "grant_type=client_credentials";
    if (!options.scope.empty()) out.body += "&scope=" + in_form(options.scope);
    if (options.key.empty()) {
        const auto pair = in_form(options.client_id) + ":" + in_form(options.client_secret.reveal());
        out.authorization = "Basic " + net::base64(pair);
        return out;
    }
    const auto key = net::SigningKey::load(options.key.path, options.key_password);
    if (!key) return key.error();
    out.body += "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    out.body += "&client_assertion=" + in_form(assertion(options, *key, now));
    return out;
}

OauthClient::OauthClient(const OauthOptions& options, const HttpConnectionOptions& connection)
    : options_(options),
      url_(net::parse_http_url(options.token_url).value()),
      caller_(url_, caller_options(connection, url_)) {}

Result<std::string> OauthClient::token() {
    const auto began = std::chrono::steady_clock::now();
    if (token_ && began < until_) return *token_;
    const auto request = token_request(options_, SystemClock().now());
    if (!request) return request.error();
    net::HttpFields fields{{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
    if (request->authorization) fields.emplace_back("Authorization", *request->authorization);
    const auto call = caller_.call(net::write_http_request(url_, "POST", fields, request->body, true));
    if (call.end != net::HttpCall::End::answered) return refused(call.why);
    auto given = read_access_token(call.response);
    if (!given) return given.error();
    // Shortly before it ends, so that it does not end on the way.
    until_ = began + given->lifetime - std::min(margin, given->lifetime / 4);
    token_ = std::move(given->text);
    return *token_;
}

}  // namespace gantry::channels
