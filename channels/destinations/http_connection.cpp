#include "channels/destinations/http_connection.hpp"

#include <algorithm>
#include <cctype>
#include <memory>

#include "engine/net/http_field.hpp"
#include "engine/net/tls.hpp"

namespace gantry::channels {
namespace {

// What a request says of itself.
constexpr std::string_view of_every_request[] = {"host",    "content-type", "content-length", "transfer-encoding",
                                                 "te",      "trailer",      "connection",     "keep-alive",
                                                 "upgrade", "expect"};

bool is_among(std::span<const std::string_view> names, std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

net::HttpCallerOptions caller_options(const HttpConnectionOptions& options) {
    return caller_options(options, net::parse_http_url(options.url).value());
}

net::HttpCallerOptions caller_options(const HttpConnectionOptions& options, const net::HttpUrl& url) {
    net::HttpCallerOptions out;
    out.connect_timeout = options.connect_timeout;
    out.send_timeout = options.send_timeout;
    out.reply_timeout = options.reply_timeout;
    out.keep = options.keep;
    out.idle = options.idle;
    out.limits.body = options.max_reply;
    if (url.secure) out.tls = std::make_shared<net::TlsClient>(options.tls.value_or(net::TlsClientOptions()));
    return out;
}

std::string wrong_http_url(const std::string& url) {
    if (net::parse_http_url(url)) return {};
    return "it must be an address such as https://host:8443/path, without user name and fragment";
}

std::string wrong_http_tls(const HttpConnectionOptions& options) {
    const auto url = net::parse_http_url(options.url);
    return !options.tls || !url || url->secure ? "" : "TLS is spoken to an address that begins with https";
}

std::string wrong_http_headers(const HttpConnectionOptions& options, std::span<const std::string_view> own) {
    for (const auto& [name, value] : options.headers) {
        if (!net::is_http_token(name)) return "\"" + name + "\" cannot be the name of a header";
        if (is_among(of_every_request, name) || is_among(own, name)) return name + " is written by the engine itself";
        if (net::has_http_control(value.reveal())) return "the value of " + name + " has a control character in it";
    }
    return {};
}

}  // namespace gantry::channels
