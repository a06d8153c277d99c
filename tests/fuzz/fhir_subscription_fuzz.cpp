// Any bytes as a Subscription, or (first byte '?') as the query of an export and of everything about a patient. What
// can be served names a topic and an address that may be asked; what is stored of it is understood as it was; what is
// answered has no header in it. Problems and requests are never both empty-handed: what is not understood is a problem.
#include "engine/net/http_form.hpp"
#include "engine/net/http_url.hpp"
#include "fhir/interactions/everything.hpp"
#include "fhir/interactions/export_request.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/subscriptions/endpoint_policy.hpp"
#include "fhir/subscriptions/events.hpp"
#include "tests/fuzz/parts.hpp"

using namespace gantry;
using namespace gantry::fhir;
using fuzz::must;

namespace {

const Zone zone("Europe/Berlin");

void query(std::string_view text) {
    const auto fields = net::read_form(text);
    if (!fields) return;
    for (const auto level : {ExportLevel::system, ExportLevel::patient}) {
        const auto reading = read_export(level, *fields, zone);
        const auto possible = exported_types(level);
        for (const auto type : reading.request.types)
            must(std::find(possible.begin(), possible.end(), type) != possible.end(), "only types there are");
    }
    const auto reading = read_everything(*fields, zone);
    must(reading.request.count >= 1 && reading.request.count <= most_results, "a page has a size");
    must(reading.request.self.size() <= fields->size(), "self has what was understood");
    const auto again = read_everything(reading.request.self, zone);
    must(again.problems.empty(), "self is understood");
    must(again.request.types == reading.request.types, "self says the same");
}

void subscription(std::string_view text) {
    const auto read = r4::read_json(text);
    if (!read.ok() || read.resource->type().name() != "Subscription") return;
    const SubscriptionOptions options;
    const auto reading = read_subscription(*read.resource, zone, options);
    const auto document = stored_document(*read.resource);
    const auto again = r4::read_json(document, {.lenient = true});
    must(again.resource.has_value(), "what is stored can be read");
    const auto same = read_subscription(*again.resource, zone, options);
    must(same.problems.size() == reading.problems.size(), "what is stored has the same problems");
    must(same.terms.conditions.size() == reading.terms.conditions.size(), "and the same filters");
    const auto shown = r4::read_json(subscription_json({7, 1, {}, "active", {}, document}), {.lenient = true});
    must(shown.resource && !(*shown.resource)["channel"]["header"], "headers are not answered");
    if (!reading.problems.empty()) return;
    must(reading.terms.topic != nullptr, "there is a topic");
    const auto url = net::parse_http_url(reading.terms.endpoint);
    must(url && url->secure, "only https, where no host is named");
    (void)is_wanted(reading.terms, {7, "active", {"A1"}, {"CT"}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    if (text.starts_with('?')) {
        query(text.substr(1));
    } else {
        subscription(text);
        (void)read_event(text);
        (void)wrong_endpoint(text, {"127.0.0.1"});
    }
    return 0;
}
