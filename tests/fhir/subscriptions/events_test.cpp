// Events are planned in the transaction that writes, numbered in the order in which they came, and kept.
#include "fhir/subscriptions/events.hpp"

#include "fhir/json/json_reader.hpp"
#include "fhir/json/validation.hpp"
#include "fhir/subscriptions/notification.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::fhir;
using namespace gantry::store::testing;

namespace {

Subscriber subscriber(std::int64_t id, const char* topic, std::vector<SubscriptionTerms::Condition> conditions = {}) {
    Subscriber out;
    out.id = id;
    out.terms.topic = topic_with(topic);
    out.terms.conditions = std::move(conditions);
    BOOST_REQUIRE(out.terms.topic);
    return out;
}

store::Unit noticed(store::Unit unit, const Subscribers& subscribers) {
    unit.notices = [subscribers](const effects::Plan& plan, effects::RecordReader& records) {
        return notices_of(subscribers, plan, records, monday);
    };
    return unit;
}

std::vector<store::SubscriptionEvent> told_to(Site& site, std::int64_t id, std::int64_t first = 1) {
    auto found = site->subscriptions().events(id, first, 100);
    BOOST_REQUIRE(found.ok());
    return std::move(*found);
}

constexpr auto orders = "urn:gantry:topic:imaging-order", studies = "urn:gantry:topic:imaging-study";

}  // namespace

BOOST_AUTO_TEST_SUITE(subscription_events)

STORE_TEST_CASE(a_change_is_an_event_and_a_repetition_is_none) {
    Site site;
    const Subscribers all{subscriber(5, orders), subscriber(6, studies, {{Filter::modality, {"MR"}}})};
    const auto first = site.commit(noticed(order("1"), all));
    BOOST_TEST((first.outcome.outcome == effects::Outcome::pending));
    site.commit(noticed(order("2"), all));  // the same under another control id
    site.commit(noticed(order("3", {.event_time = "20261123090000", .action = effects::OrderAction::cancel}), all));
    site.commit(noticed(order("4", {.placer = "P2", .patient = "2", .accession = "A2", .modality = "MR"}), all));
    const auto told = told_to(site, 5);
    BOOST_REQUIRE(told.size() == 3u);
    for (std::size_t i = 0; i < told.size(); ++i) BOOST_TEST(told[i].number == static_cast<std::int64_t>(i + 1));
    const auto one = read_event(told[0].payload), same = read_event(told[1].payload);
    BOOST_REQUIRE((one && same));
    BOOST_TEST(one->type == "ServiceRequest");
    BOOST_TEST(one->created);
    BOOST_TEST(!same->created);
    BOOST_TEST(one->id == same->id);
    BOOST_TEST(told_to(site, 6).size() == 1u);
    BOOST_TEST(told_to(site, 5, 3).size() == 1u);
    BOOST_TEST(told_to(site, 5, 3).front().number == 3);
    BOOST_TEST(site->subscriptions().events_since_start(5).value() == 3);
    BOOST_TEST(site->subscriptions().events_since_start(7).value() == 0);
}

STORE_TEST_CASE(numbers_are_given_in_order_and_kept) {
    Site site;
    const Subscribers all{subscriber(5, orders)};
    for (int i = 1; i <= 4; ++i) {
        const auto n = std::to_string(i);
        site.commit(noticed(order(n, {.placer = "P" + n, .patient = n, .accession = "A" + n}), all));
    }
    const auto destination = store::subscription_destination(5);
    const auto pending = site->deliveries().pending(destination, {}, 10);
    BOOST_REQUIRE(pending->size() == 4u);
    std::vector<DeliveryId> ids;
    for (const auto& work : *pending) ids.push_back(work.id);
    BOOST_REQUIRE(site->deliveries().number(destination, std::span(ids).first(2)).ok());
    site.reopen();
    const auto told = told_to(site, 5);
    BOOST_REQUIRE(told.size() == 4u);
    for (std::size_t i = 0; i < told.size(); ++i) BOOST_TEST(told[i].number == static_cast<std::int64_t>(i + 1));
    BOOST_TEST(site->subscriptions().events_since_start(5).value() == 4);
    BOOST_TEST(told_to(site, 5, 4).front().number == 4);
}

STORE_TEST_CASE(subscriptions_are_kept_and_change_by_version) {
    Site site;
    auto& stored = site->subscriptions();
    const auto one = stored.create("requested", "{}", monday);
    BOOST_REQUIRE(one.ok());
    const auto other = stored.create("requested", "{}", monday);
    BOOST_TEST(one->id != other->id);
    BOOST_TEST(!stored.change({one->id, 7, "active", {}, {}}, monday)->has_value());
    const auto active = stored.change({one->id, one->version, "active", {}, {}}, monday);
    BOOST_REQUIRE(active->has_value());
    BOOST_TEST((*active)->version == 2);
    site.reopen();
    BOOST_TEST(site->subscriptions().find(one->id)->value().status == "active");
    BOOST_TEST(site->subscriptions().all()->size() == 2u);
    BOOST_TEST(site->subscriptions().remove(one->id).value());
    BOOST_TEST(!site->subscriptions().remove(one->id).value());
    BOOST_TEST(!site->subscriptions().find(one->id)->has_value());
}

BOOST_AUTO_TEST_CASE(notifications_are_valid_bundles) {
    for (const auto content : {PayloadContent::empty, PayloadContent::id_only, PayloadContent::full_resource}) {
        for (const auto type : {NotificationType::handshake, NotificationType::heartbeat,
                                NotificationType::event_notification, NotificationType::query_event}) {
            Notification told{type, 5, orders, "active", content, 2, monday, {}};
            if (type != NotificationType::handshake && type != NotificationType::heartbeat)
                for (const std::int64_t number : {1, 2})
                    told.told.push_back({number, {"ServiceRequest", "17", number == 1, monday}, {}});
            const auto text = notification_bundle(told, "http://h/fhir");
            const auto read = r4::read_json(text);
            BOOST_REQUIRE_MESSAGE(read.ok(), text);
            for (const auto& issue : r4::validate(*read.resource)) BOOST_TEST(issue.diagnostics == "", text);
            const bool names = text.find("ServiceRequest") != std::string::npos;
            BOOST_TEST(names == (!told.told.empty() && content != PayloadContent::empty), text);
            BOOST_TEST(notification_bundle(told, "http://h/fhir") == text);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_event_is_none) {
    for (const auto* text :
         {"", "{}", "[]", "x", R"({"type":"","id":"1","created":true,"at":1})", R"({"type":1,"id":2})"})
        BOOST_TEST(!read_event(text).has_value(), text);
    const Event event{"Task", "7", true, monday};
    BOOST_TEST(read_event(event_text(event))->id == "7");
}

BOOST_AUTO_TEST_SUITE_END()
