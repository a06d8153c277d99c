#include "channels/destinations/http_destination_options.hpp"

#include "engine/net/http_field.hpp"

namespace gantry::channels {
namespace {

using Options = HttpDestinationOptions;

constexpr std::string_view own_headers[] = {"idempotency-key"};

std::string wrong_content_type(const Options& options) {
    if (options.content_type.empty()) return "a request needs one";
    return net::has_http_control(options.content_type) ? "it must not have control characters in it" : "";
}

std::string wrong_headers(const Options& options) {
    return wrong_http_headers(options, own_headers);
}

std::string wrong_actions(const Options& options) {
    return wrong_status_actions(options.status_actions);
}

}  // namespace

const settings::Schema<HttpDestinationOptions>& http_destination_schema() {
    static const auto schema = [] {
        settings::Schema<Options> out("http",
                                      "Each message as the body of a POST: HL7 v2 over HTTP, or any web service.");
        declare_server(out, "where to", "\"http://ris.example:8080/hl7\"")
            .option("content_type", &Options::content_type,
                    "of the message; its character set is added as MSH-18 says, unless one is named here")
            .check(wrong_content_type);
        out.option("headers", static_cast<std::map<std::string, settings::Secret> Options::*>(&Options::headers),
                   "further headers of each request, such as a key of the receiver")
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
            .check(wrong_actions);
        return declare_connection(out);
    }();
    return schema;
}

}  // namespace gantry::channels
