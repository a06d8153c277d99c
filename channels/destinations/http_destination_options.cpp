#include "channels/destinations/http_destination_options.hpp"

#include <algorithm>
#include <cctype>

#include "engine/net/http_field.hpp"
#include "engine/net/http_url.hpp"

namespace gantry::channels {
namespace {

using Options = HttpDestinationOptions;

// What a request says of itself.
constexpr std::string_view own_headers[] = {"host",    "content-type", "content-length", "transfer-encoding",
                                            "te",      "trailer",      "connection",     "keep-alive",
                                            "upgrade", "expect",       "idempotency-key"};

std::string wrong_url(const Options& options) {
    const auto url = net::parse_http_url(options.url);
    if (!url) return "it must be an address such as http://host:8080/path, without user name and fragment";
    if (url->secure)
        return "this destination does not speak https; give the http address of a proxy on this machine that does";
    return {};
}

std::string wrong_content_type(const Options& options) {
    if (options.content_type.empty()) return "a request needs one";
    return net::has_http_control(options.content_type) ? "it must not have control characters in it" : "";
}

bool is_own(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    return std::find(std::begin(own_headers), std::end(own_headers), name) != std::end(own_headers);
}

// The value may be a secret, so it is not shown.
std::string wrong_headers(const Options& options) {
    for (const auto& [name, value] : options.headers) {
        if (!net::is_http_token(name)) return "\"" + name + "\" cannot be the name of a header";
        if (is_own(name)) return name + " is written by the engine itself";
        if (net::has_http_control(value.reveal())) return "the value of " + name + " has a control character in it";
    }
    return {};
}

std::string wrong_actions(const Options& options) {
    return wrong_status_actions(options.status_actions);
}

}  // namespace

const settings::Schema<HttpDestinationOptions>& http_destination_schema() {
    using std::chrono::hours, std::chrono::milliseconds;
    static const auto schema =
        settings::Schema<Options>("http", "Each message as the body of a POST: HL7 v2 over HTTP, or any web service.")
            .option("url", &Options::url, "where to")
            .required()
            .example("\"http://ris.example:8080/hl7\"")
            .check(wrong_url)
            .option("content_type", &Options::content_type,
                    "of the message; its character set is added as MSH-18 says, unless one is named here")
            .check(wrong_content_type)
            .option("headers", &Options::headers, "further headers of each request, such as a key of the receiver")
            .example(R"({"Authorization": {"file": "ris-token"}})")
            .check(wrong_headers)
            .option("expect", &Options::expect,
                    "what decides: hl7, the acknowledgment in the answer, found by its MSA-2; status, the status of "
                    "HTTP alone",
                    {{"hl7", Options::Expect::hl7}, {"status", Options::Expect::status}})
            .object("reply_actions", &Options::reply_actions, reply_actions_schema(),
                    "by MSA-1: done; retry, again later; dead, never; hold, a person decides")
            .option("status_actions", &Options::status_actions,
                    "by a status or a class of them, where the table of docs/specs/destinations.md is not right for "
                    "this receiver: done, retry, dead, hold, or doubt: it may have arrived")
            .example(R"({"409": "done", "5xx": "hold"})")
            .check(wrong_actions)
            .option("connect_timeout", &Options::connect_timeout, "for a connection to be made")
            .range(milliseconds(10), hours(1))
            .option("send_timeout", &Options::send_timeout, "for the receiver to take a message in")
            .range(milliseconds(10), hours(1))
            .option("reply_timeout", &Options::reply_timeout, "for the whole answer, from when the message was sent")
            .range(milliseconds(10), hours(24))
            .option("keep", &Options::keep, "keeps the connection for the next message; false: one for each")
            .option("idle", &Options::idle,
                    "a kept connection that was not used for so long is replaced by a new one; less than the receiver "
                    "keeps it")
            .range(milliseconds(10), hours(24))
            .option("max_reply", &Options::max_reply, "no more of an answer's body is read")
            .range(settings::ByteSize{1024}, settings::ByteSize{64u << 20});
    return schema;
}

}  // namespace gantry::channels
