// What destinations that speak HTTP to one server have in common: where it is, how long they wait, TLS, and headers.
#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/net/http_caller.hpp"
#include "engine/net/tls_options.hpp"
#include "engine/settings/schema.hpp"

namespace gantry::channels {

// The options of such a destination are a struct made from this one.
struct HttpConnectionOptions {
    std::string url;
    std::map<std::string, settings::Secret> headers;
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
    std::chrono::milliseconds send_timeout = std::chrono::seconds(30);
    std::chrono::milliseconds reply_timeout = std::chrono::seconds(30);
    bool keep = true;
    std::chrono::milliseconds idle = std::chrono::seconds(2);
    settings::ByteSize max_reply{1u << 20};
    std::optional<net::TlsClientOptions> tls{};  // of https; none: the defaults
};

net::HttpCallerOptions caller_options(const HttpConnectionOptions& options);
// For another address with the same rules.
net::HttpCallerOptions caller_options(const HttpConnectionOptions& options, const net::HttpUrl& url);

// What is wrong with an option, or empty. own: headers in lower case that the destination writes itself, beside those
// that every request has. The value of a header may be a secret, so it is not shown.
std::string wrong_http_url(const std::string& url);
std::string wrong_http_tls(const HttpConnectionOptions& options);
std::string wrong_http_headers(const HttpConnectionOptions& options, std::span<const std::string_view> own);

// Declares where it is.
template <class Options>
settings::Schema<Options>& declare_server(settings::Schema<Options>& schema, const std::string& meaning,
                                          const std::string& example,
                                          std::string (*wrong_url)(const std::string&) = wrong_http_url) {
    std::string Options::*const url = &Options::url;
    std::optional<net::TlsClientOptions> Options::*const tls = &Options::tls;
    return schema.option("url", url, meaning)
        .required()
        .example(example)
        .check([wrong_url](const Options& options) { return wrong_url(options.url); })
        .object("tls", tls, net::tls_client_schema(), "for an address that begins with https")
        .check([](const Options& options) { return wrong_http_tls(options); });
}

// Declares how long it is waited for.
template <class Options>
settings::Schema<Options>& declare_connection(settings::Schema<Options>& schema) {
    using std::chrono::hours, std::chrono::milliseconds;
    milliseconds Options::*const connect = &Options::connect_timeout;
    milliseconds Options::*const send = &Options::send_timeout;
    milliseconds Options::*const reply = &Options::reply_timeout;
    milliseconds Options::*const idle = &Options::idle;
    bool Options::*const keep = &Options::keep;
    settings::ByteSize Options::*const max_reply = &Options::max_reply;
    return schema.option("connect_timeout", connect, "for a connection to be made")
        .range(milliseconds(10), hours(1))
        .option("send_timeout", send, "for the receiver to take a message in")
        .range(milliseconds(10), hours(1))
        .option("reply_timeout", reply, "for the whole answer, from when the message was sent")
        .range(milliseconds(10), hours(24))
        .option("keep", keep, "keeps the connection for the next message; false: one for each")
        .option("idle", idle,
                "a kept connection that was not used for so long is replaced by a new one; less than the receiver "
                "keeps it")
        .range(milliseconds(10), hours(24))
        .option("max_reply", max_reply, "no more of an answer's body is read")
        .range(settings::ByteSize{1024}, settings::ByteSize{64u << 20});
}

}  // namespace gantry::channels
