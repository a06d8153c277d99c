#include "fhir/subscriptions/notification.hpp"

#include <algorithm>

#include "engine/base/digest.hpp"
#include "engine/json/writer.hpp"
#include "fhir/resources/moments.hpp"

namespace gantry::fhir {
namespace {

using json::Writer;

std::string_view to_text(NotificationType type) {
    constexpr std::string_view all[] = {"handshake", "heartbeat", "event-notification", "query-status", "query-event"};
    return all[static_cast<std::size_t>(type)];
}

std::string subscription_url(const Notification& notification, std::string_view base) {
    return std::string(base) + "/Subscription/" + std::to_string(notification.subscription);
}

std::string focus_url(const Event& event, std::string_view base) {
    return std::string(base) + "/" + event.type + "/" + event.id;
}

void parameter(Writer& out, std::string_view name, std::string_view kind, std::string_view value) {
    out.begin_object().member("name", name).member(kind, value).end_object();
}

void reference(Writer& out, std::string_view name, const std::string& url) {
    out.begin_object().member("name", name).key("valueReference").begin_object().member("reference", url).end_object();
    out.end_object();
}

// The same notification has the same name, however often it is sent.
std::string name_of(const Notification& notification) {
    const auto made = sha256("notification " + std::to_string(notification.subscription) + " " +
                             std::string(to_text(notification.type)) + " " + std::to_string(notification.events) + " " +
                             (notification.told.empty() ? std::to_string(notification.at.micros) : std::string()));
    auto digits = hex({reinterpret_cast<const char*>(made.data()), 16});
    digits[12] = '5';  // RFC 4122 4.3: made from a name
    digits[16] = '8';
    for (const std::size_t at : {20u, 16u, 12u, 8u}) digits.insert(at, "-");
    return "urn:uuid:" + digits;
}

void write_event(Writer& out, const NumberedEvent& told, PayloadContent content, std::string_view base) {
    out.begin_object().member("name", "notificationEvent").key("part").begin_array();
    parameter(out, "eventNumber", "valueString", std::to_string(told.number));
    parameter(out, "timestamp", "valueInstant", instant_of(told.event.at));
    if (content != PayloadContent::empty) reference(out, "focus", focus_url(told.event, base));
    out.end_array().end_object();
}

void write_focus(Writer& out, const NumberedEvent& told, std::string_view base) {
    out.begin_object().member("fullUrl", focus_url(told.event, base));
    if (!told.resource.empty()) out.key("resource").json(told.resource);
    out.key("request").begin_object().member("method", told.event.created ? "POST" : "PUT");
    out.member("url", told.event.created ? told.event.type : told.event.type + "/" + told.event.id).end_object();
    out.key("response").begin_object().member("status", told.event.created ? "201" : "200").end_object();
    out.end_object();
}

}  // namespace

std::string status_parameters(const Notification& notification, std::string_view base) {
    Writer out;
    out.begin_object().member("resourceType", "Parameters").key("meta").begin_object().key("profile").begin_array();
    out.value("http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-subscription-status-r4");
    out.end_array().end_object().key("parameter").begin_array();
    reference(out, "subscription", subscription_url(notification, base));
    parameter(out, "topic", "valueCanonical", notification.topic);
    parameter(out, "status", "valueCode", notification.status);
    parameter(out, "type", "valueCode", to_text(notification.type));
    parameter(out, "eventsSinceSubscriptionStart", "valueString", std::to_string(notification.events));
    for (const auto& told : notification.told) write_event(out, told, notification.content, base);
    out.end_array().end_object();
    return std::move(out).text();
}

std::string notification_bundle(const Notification& notification, std::string_view base) {
    Writer out;
    out.begin_object().member("resourceType", "Bundle").member("type", "history");
    out.member("timestamp", instant_of(notification.at)).key("entry").begin_array();
    out.begin_object().member("fullUrl", name_of(notification)).key("resource");
    out.json(status_parameters(notification, base)).key("request").begin_object().member("method", "GET");
    out.member("url", subscription_url(notification, base) + "/$status").end_object();
    out.key("response").begin_object().member("status", "200").end_object().end_object();
    if (notification.content != PayloadContent::empty) {
        // A resource of several events is there once (bdl-7), as it is now.
        std::vector<std::string> seen;
        for (const auto& told : notification.told) {
            auto name = told.event.type + "/" + told.event.id;
            if (std::find(seen.begin(), seen.end(), name) != seen.end()) continue;
            write_focus(out, told, base);
            seen.push_back(std::move(name));
        }
    }
    out.end_array().end_object();
    return std::move(out).text();
}

}  // namespace gantry::fhir
