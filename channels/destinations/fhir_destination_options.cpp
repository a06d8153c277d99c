#include "channels/destinations/fhir_destination_options.hpp"

namespace gantry::channels {
namespace {

using Options = FhirDestinationOptions;

constexpr std::string_view own_headers[] = {"accept", "prefer", "if-none-exist", "if-match"};
constexpr std::string_view own_with_oauth[] = {"accept", "prefer", "if-none-exist", "if-match", "authorization"};

std::string wrong_base(const std::string& url) {
    return url.find('?') == std::string::npos ? wrong_http_url(url) : "the base of a server has no query";
}

std::string wrong_headers(const Options& options) {
    if (options.oauth) return wrong_http_headers(options, own_with_oauth);
    return wrong_http_headers(options, own_headers);
}

std::string wrong_actions(const Options& options) {
    return wrong_status_actions(options.status_actions);
}

}  // namespace

const settings::Schema<FhirDestinationOptions>& fhir_destination_schema() {
    static const auto schema = [] {
        settings::Schema<Options> out("fhir",
                                      "FHIR R4 in JSON to a server: resources by their identifier, or transactions.");
        declare_server(out, "the base of the server, without a resource type", "\"https://fhir.example/r4\"",
                       wrong_base);
        out.option("interaction", &Options::interaction,
                   "of a resource: update, the one with its identifier is replaced or made (conditional update); "
                   "create, it is made unless there is one (If-None-Exist)",
                   {{"update", Options::Interaction::update}, {"create", Options::Interaction::create}})
            .option("identifier_system", &Options::identifier_system,
                    "the system of the identifier that resources are known by; without it, the first identifier")
            .example("\"urn:oid:1.2.276.0.76.4.17\"")
            .object("oauth", &Options::oauth, oauth_schema(),
                    "the server wants an access token, got with OAuth 2.0 client credentials")
            .option("headers", static_cast<std::map<std::string, settings::Secret> Options::*>(&Options::headers),
                    "further headers of each request, such as a key of the server")
            .example(R"({"X-Api-Key": {"file": "fhir-key"}})")
            .check(wrong_headers)
            .option("status_actions", &Options::status_actions,
                    "by a status or a class of them, where the table of docs/specs/destinations.md is not right for "
                    "this server: done, retry, dead, hold, or doubt: it may have arrived")
            .example(R"({"412": "dead"})")
            .check(wrong_actions);
        return declare_connection(out);
    }();
    return schema;
}

}  // namespace gantry::channels
