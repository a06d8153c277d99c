#include "fhir/subscriptions/subscription.hpp"

#include <algorithm>
#include <charconv>

#include "engine/json/diagnostic.hpp"
#include "engine/net/http_field.hpp"
#include "engine/net/http_form.hpp"
#include "fhir/json/json_reader.hpp"
#include "fhir/json/json_writer.hpp"
#include "fhir/resources/moments.hpp"
#include "fhir/search/values.hpp"
#include "fhir/subscriptions/endpoint_policy.hpp"

namespace gantry::fhir {
namespace {

using r4::Element;

constexpr std::string_view backport = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";
constexpr std::string_view own_headers[] = {"host",       "content-type", "content-length", "transfer-encoding",
                                            "connection", "te",           "trailer",        "upgrade",
                                            "expect",     "keep-alive"};
constexpr std::chrono::seconds most_seconds = std::chrono::hours(24 * 31);
// While one is waited for, others are not looked after.
constexpr std::chrono::seconds longest_timeout{60};

std::string_view after_bar(std::string_view text) {
    const auto bar = text.rfind('|');
    return bar == std::string_view::npos ? text : text.substr(bar + 1);
}

// "Patient/7", "7" or an address that ends so.
std::string_view last_segment(std::string_view text) {
    const auto slash = text.rfind('/');
    return slash == std::string_view::npos ? text : text.substr(slash + 1);
}

class Reader {
  public:
    Reader(const r4::Resource& resource, const Zone& zone, const SubscriptionOptions& options)
        : resource_(resource), zone_(zone), options_(options) {}

    SubscriptionReading read() {
        status();
        topic();
        for (auto one = resource_["criteria"]["extension"]; one; one = one.again())
            if (one["url"].value() == std::string(backport) + "backport-filter-criteria")
                filter(one, one["value"].value());
        channel(resource_["channel"]);
        if (const auto end = resource_["end"]) {
            const auto period = period_of(end.value(), zone_);
            if (period) out_.terms.end = period->first;
        }
        return std::move(out_);
    }

  private:
    void problem(std::string_view code, const Element& at, std::string text) {
        out_.problems.push_back({"error", code, std::move(text), at ? at.path() : std::string("Subscription")});
    }

    void status() {
        const auto code = resource_["status"].value();
        out_.off = code == "off";
        if (code != "requested" && code != "active" && code != "off")
            problem("business-rule", resource_["status"], "the status of one that is written is requested or off");
    }

    void topic() {
        const auto criteria = resource_["criteria"];
        out_.terms.topic = topic_with(criteria.value());
        if (out_.terms.topic) return;
        std::vector<std::string_view> known;
        for (const auto& one : topics()) known.push_back(one.canonical);
        problem("not-supported", criteria,
                "criteria is the address of a topic; there is no \"" + std::string(criteria.value()).substr(0, 200) +
                    "\"" + json::did_you_mean(criteria.value(), known));
    }

    // "ServiceRequest?patient=Patient/7&status=active", with or without the type.
    void filter(const Element& at, std::string_view text) {
        const auto mark = text.find('?');
        if (mark != std::string_view::npos) {
            const auto type = text.substr(0, mark);
            if (out_.terms.topic && type != out_.terms.topic->resource)
                problem("not-supported", at,
                        "the resource of this topic is " + std::string(out_.terms.topic->resource));
            text.remove_prefix(mark + 1);
        }
        const auto fields = net::read_form(text);
        if (!fields || fields->empty()) return problem("invalid", at, "a filter is written name=value");
        for (const auto& [name, value] : *fields) {
            const auto filter = filter_named(name);
            if (!filter) {
                problem(
                    "not-supported", at,
                    "there is no filter \"" + name.substr(0, 200) + "\"" + json::did_you_mean(name, filter_names()));
                continue;
            }
            auto& condition = out_.terms.conditions.emplace_back();
            condition.filter = *filter;
            for (const auto& one : alternatives(value)) {
                const auto plain = unescaped(one);
                condition.values.emplace_back(*filter == Filter::patient ? last_segment(plain) : after_bar(plain));
            }
        }
    }

    void channel(const Element& channel) {
        auto& terms = out_.terms;
        if (channel["type"].value() != "rest-hook") problem("not-supported", channel["type"], "the type is rest-hook");
        terms.endpoint = channel["endpoint"].value();
        if (auto wrong = wrong_endpoint(terms.endpoint, options_.hosts); !wrong.empty())
            problem("business-rule", channel["endpoint"] ? channel["endpoint"] : channel, std::move(wrong));
        payload(channel["payload"]);
        for (auto one = channel["header"]; one; one = one.again()) header(one);
        for (auto one = channel["extension"]; one; one = one.again()) {
            const auto url = one["url"].value();
            if (url == std::string(backport) + "backport-heartbeat-period") seconds(one, terms.heartbeat);
            if (url == std::string(backport) + "backport-timeout") seconds(one, terms.timeout);
            terms.timeout = std::min(terms.timeout, longest_timeout);
        }
    }

    void payload(const Element& payload) {
        auto& terms = out_.terms;
        const auto type = payload.value();
        if (type == "application/fhir+xml" || type == "application/xml")
            terms.format = Format::xml;
        else if (!type.empty() && type != "application/fhir+json" && type != "application/json")
            problem("not-supported", payload, "the payload is application/fhir+json or application/fhir+xml");
        for (auto one = payload["extension"]; one; one = one.again()) {
            if (one["url"].value() != std::string(backport) + "backport-payload-content") continue;
            const auto content = payload_content(one["value"].value());
            if (content)
                terms.content = *content;
            else
                problem("not-supported", one, "the content is empty, id-only or full-resource");
        }
    }

    void header(const Element& at) {
        const auto text = at.value();
        const auto colon = text.find(':');
        const auto name = text.substr(0, colon);
        const bool token = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
            return std::isalnum(c) != 0 ||
                   std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
        });
        auto value = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
        while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
        const bool own = std::any_of(std::begin(own_headers), std::end(own_headers),
                                     [&](auto one) { return net::same_name(one, name); });
        if (colon == std::string_view::npos || !token || own || net::has_http_control(value))
            return problem("invalid", at,
                           "a header is written Name: value, and is none of those of the request itself");
        out_.terms.headers.emplace_back(name, value);
    }

    void seconds(const Element& at, std::chrono::seconds& into) {
        const auto text = at["value"].value();
        std::int64_t number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
        if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 1 ||
            number > most_seconds.count())
            return problem("invalid", at, "it is a number of seconds, a month at most");
        into = std::chrono::seconds(number);
    }

    const r4::Resource& resource_;
    const Zone& zone_;
    const SubscriptionOptions& options_;
    SubscriptionReading out_;
};

bool has_any(const std::vector<std::string>& values, const std::vector<std::string>& of) {
    return std::any_of(values.begin(), values.end(),
                       [&](const auto& one) { return std::find(of.begin(), of.end(), one) != of.end(); });
}

void set(r4::Resource& resource, Element parent, std::string_view name, std::string_view value) {
    if (auto old = parent[name]) return resource.set_value(old, value);
    resource.add(parent, name, value);
}

}  // namespace

std::optional<PayloadContent> payload_content(std::string_view code) {
    if (code == "empty") return PayloadContent::empty;
    if (code == "id-only") return PayloadContent::id_only;
    if (code == "full-resource") return PayloadContent::full_resource;
    return std::nullopt;
}

SubscriptionReading read_subscription(const r4::Resource& resource, const Zone& zone,
                                      const SubscriptionOptions& options) {
    return Reader(resource, zone, options).read();
}

std::string stored_document(const r4::Resource& resource) {
    auto out = resource.clone();
    for (const auto* name : {"id", "error"})
        if (const auto element = out[name]) out.remove(element);
    if (const auto meta = out["meta"])
        for (const auto* name : {"versionId", "lastUpdated"})
            if (const auto element = meta[name]) out.remove(element);
    return r4::write_json(out);
}

std::string subscription_json(const store::Subscription& row) {
    auto read = r4::read_json(row.document, {.lenient = true});
    if (!read.resource) return row.document;
    auto& resource = *read.resource;
    const auto root = resource.root();
    set(resource, root, "id", std::to_string(row.id));
    auto meta = resource["meta"];
    if (!meta) meta = resource.add(root, "meta");
    set(resource, meta, "versionId", std::to_string(row.version));
    set(resource, meta, "lastUpdated", instant_of(row.updated));
    set(resource, root, "status", row.status);
    if (!row.error.empty()) set(resource, root, "error", row.error);
    while (const auto header = resource["channel"]["header"]) resource.remove(header);
    return r4::write_json(resource);
}

bool is_wanted(const SubscriptionTerms& terms, const EventFacts& facts) {
    return std::all_of(terms.conditions.begin(), terms.conditions.end(), [&](const auto& condition) {
        switch (condition.filter) {
            case Filter::patient:
                return has_any({std::to_string(facts.patient)}, condition.values);
            case Filter::status:
                return has_any({facts.status}, condition.values);
            case Filter::accession:
                return has_any(facts.accessions, condition.values);
            case Filter::modality:
                return has_any(facts.modalities, condition.values);
        }
        return false;
    });
}

}  // namespace gantry::fhir
