// The admin API on a real store, through its router.
#include "engine/admin/message_api.hpp"

#include "engine/json/value.hpp"
#include "tests/engine/store/sample_units.hpp"

using namespace gantry;
using namespace gantry::store::testing;
using effects::Outcome;

namespace {

constexpr auto archive = "orders/archive";

class Mapper final : public runtime::Mapper {
  public:
    store::Unit interpret(runtime::Inbound message) const override {
        auto out = order(message.bytes.substr(message.bytes.rfind(' ') + 1));
        out.content = std::move(message.bytes);
        out.effects.deliveries = {{archive, {}, true}, {"orders/pacs", "its own", false}};
        return out;
    }
};

struct Api {
    Api() { api.add_to(router); }

    // path: with its query, not encoded.
    net::HttpResponse call(const std::string& method, const std::string& path, const std::string& body = {}) {
        net::HttpRequest request;
        request.method = method;
        request.path = path.substr(0, path.find('?'));
        request.loopback = loopback;
        request.headers.add("Host", host);
        if (method == "POST") request.headers.add("Content-Type", type);
        request.body = body;
        std::istringstream query(path.size() > request.path.size() ? path.substr(request.path.size() + 1) : "");
        for (std::string pair; std::getline(query, pair, '&');)
            request.query.emplace_back(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
        return router.answer(request);
    }
    json::Value ok(const std::string& method, const std::string& path, const std::string& body = {}) {
        const auto response = call(method, path, body);
        BOOST_REQUIRE_MESSAGE(response.status == 200, path << ": " << response.body);
        auto tree = json::parse(response.body);
        BOOST_REQUIRE_MESSAGE(tree.ok(), response.body);
        return std::move(*tree);
    }
    json::Value get(const std::string& path) { return ok("GET", path); }
    std::int64_t post(const std::string& path, const std::string& body = R"({"by": "anna"})") {
        return ok("POST", path, body).find("changed")->integer();
    }
    // "400: sentence"
    std::string refused(const std::string& method, const std::string& path, const std::string& body = {}) {
        const auto response = call(method, path, body);
        const auto tree = json::parse(response.body);
        return std::to_string(response.status) + ": " + (tree ? tree->find("message")->string() : response.body);
    }

    std::string deliver(const std::string& control_id, const std::string& content = {}) {
        effects::Effects effects;
        effects.ordering_key = "100001";
        effects.deliveries.push_back({archive, {}, true});
        return std::to_string(site.commit(unit(control_id, std::move(effects), content)).outcome.message);
    }
    std::string delivery_of(const std::string& message) {
        return get("/api/messages/" + message).find("deliveries")->items().at(0).find("id")->string();
    }
    void attempt(const std::string& delivery, Outcome state) {
        store::Deliveries::Attempt one;
        one.delivery = {std::stoll(delivery)};
        one.started = one.finished = monday;
        one.state = state;
        one.detail = "refused";
        BOOST_REQUIRE(site->deliveries().record({&one, 1}).ok());
    }

    static store::StoreOptions searchable() {
        store::StoreOptions out;
        out.search_text = true;
        return out;
    }

    Site site{searchable()};
    Zone zone{"UTC"};
    std::vector<std::string> woken;
    bool loopback = true;
    std::string host = "127.0.0.1:8080", type = "application/json";
    net::HttpRouter router;
    admin::MessageApi api{{site->messages(), site->queues(), site->control(), zone, site.clock, events::nowhere(),
                           [] {
                               return std::vector<std::string>{archive, "orders/empty"};
                           },
                           // As the engine does it: the channel as it is now takes what it refused.
                           [this](const store::MessageDetail& original, const runtime::ReprocessRequest& request) {
                               return reprocess(original, request);
                           },
                           [this](const std::string& channel) { woken.push_back(channel); }, site->text_index()}};
    Result<runtime::Reprocessed> reprocess(const store::MessageDetail& original,
                                           const runtime::ReprocessRequest& request) {
        if (original.message.channel != "orders") return Error{ErrorCode::api_not_found, "it does not run", {}};
        const Mapper mapper;
        auto unit =
            runtime::reprocessed(mapper, {original.content, original.message.peer, original.message.received, {}},
                                 request, site.clock.now());
        runtime::Reprocessed out{{}, unit.effects.deliveries};
        out.committed = site.commit(std::move(unit));
        return out;
    }
};

std::vector<std::string> ids(const json::Value& answer, const char* list, const char* member) {
    std::vector<std::string> out;
    for (const auto& item : answer.find(list)->items()) out.push_back(item.find(member)->string());
    return out;
}

const json::Value& queue(const json::Value& answer, const std::string& name) {
    for (const auto& one : answer.find("queues")->items())
        if (one.find("destination")->string() == name) return one;
    BOOST_FAIL("no queue " + name);
    return answer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(admin_message_api)

BOOST_FIXTURE_TEST_CASE(messages_are_listed_newest_first_page_by_page, Api) {
    for (const auto* id : {"M1", "M2", "M3"}) deliver(id);
    const auto first = get("/api/messages?limit=2");
    BOOST_TEST(ids(first, "messages", "control_id") == (std::vector<std::string>{"M3", "M2"}),
               boost::test_tools::per_element());
    const auto rest = get("/api/messages?limit=2&before=" + first.find("next")->string());
    BOOST_TEST(ids(rest, "messages", "control_id") == (std::vector<std::string>{"M1"}),
               boost::test_tools::per_element());
    BOOST_CHECK(rest.find("next") == nullptr);
    const auto& row = rest.find("messages")->items().at(0);
    BOOST_TEST(row.find("received")->string() == "2026-11-23T09:00:00.000000+00:00");
    BOOST_TEST(row.find("outcome")->string() == "pending");
    BOOST_CHECK(row.find("error") == nullptr);
}

BOOST_FIXTURE_TEST_CASE(a_search_by_text_says_how_far_its_index_is, Api) {
    deliver("M1", "chest clear");
    BOOST_REQUIRE(site->text_index()->index_some(10).ok());
    deliver("M2", "chest opaque");
    const auto answer = get("/api/messages?text=Chest");
    BOOST_TEST(ids(answer, "messages", "control_id") == (std::vector<std::string>{"M1"}),
               boost::test_tools::per_element());
    const auto* text = answer.find("text");
    BOOST_REQUIRE(text != nullptr);
    BOOST_TEST(text->find("waiting")->integer() == 1);
    BOOST_TEST(text->find("indexed_to")->string() == "2026-11-23T09:00:00.000000+00:00");
    BOOST_CHECK(get("/api/messages").find("text") == nullptr);
    BOOST_TEST(call("GET", "/api/messages?text=^").status == 400);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_content_is_said_and_not_sent, Api) {
    const auto id = deliver("M1", "chest clear");
    site.run("UPDATE message_body SET encoding = 9");
    BOOST_TEST(get("/api/messages/" + id).find("content_damaged")->boolean());
    BOOST_TEST(call("GET", "/api/messages/" + id + "/content").status == 500);
    BOOST_TEST(call("POST", "/api/messages/" + id + "/again", R"({"by": "anna"})").status == 500);
}

BOOST_FIXTURE_TEST_CASE(every_parameter_reaches_the_search, Api) {
    site.commit(order("M1"));
    site.commit(order("M2", {.placer = "P2", .patient = "200002", .accession = "A2"}));
    const auto filler = site.one("SELECT filler_number FROM imaging_study WHERE placer_number = 'P2'");
    const auto study = site.one("SELECT study_instance_uid FROM imaging_study WHERE placer_number = 'P2'");
    for (const auto& query :
         {std::string("accession=A2"), std::string("placer=P2"), std::string("placer=P2^HIS"), "filler=" + filler,
          "study=" + study, std::string("patient=200002"), std::string("patient=200002^^^HOSPA"),
          std::string("control_id=M2&channel=orders&type=ORM&outcome=delivered&from=1h&to=2026-11-24")})
        BOOST_TEST(ids(get("/api/messages?" + query), "messages", "control_id") == (std::vector<std::string>{"M2"}),
                   boost::test_tools::per_element());
    for (const auto* query :
         {"channel=x", "type=ADT", "outcome=dead", "from=2026-11-24", "to=2026-11-22", "placer=P2^X"})
        BOOST_TEST(get(std::string("/api/messages?") + query).find("messages")->items().empty(), query);
}

BOOST_FIXTURE_TEST_CASE(one_message_is_shown_with_all_there_is, Api) {
    auto one = order("M1");
    one.effects.deliveries.push_back({archive, "its own", false});
    const auto id = std::to_string(site.commit(one).outcome.message);
    attempt(delivery_of(id), Outcome::dead);
    const auto message = get("/api/messages/" + id);
    BOOST_TEST(message.find("id")->string() == id);
    BOOST_TEST(message.find("outcome")->string() == "dead");
    BOOST_TEST(message.find("content")->string() == "content of M1");
    BOOST_TEST(message.find("reply")->string() == "M1|pending|" + id);
    const auto& created = message.find("changes")->items().at(0);
    BOOST_TEST(created.find("record")->string() == "patient");
    BOOST_TEST(created.find("created")->boolean());
    BOOST_TEST(created.find("fields")->find("name")->find("source")->string() == "PID-5");
    const auto& delivery = message.find("deliveries")->items().at(0);
    BOOST_TEST(delivery.find("state")->string() == "dead");
    BOOST_TEST(delivery.find("payload")->string() == "its own");
    BOOST_TEST(delivery.find("history")->items().at(0).find("detail")->string() == "refused");
    BOOST_TEST(call("GET", "/api/messages/" + id + "/content").body == "content of M1");
    BOOST_TEST(call("GET", "/api/deliveries/" + delivery.find("id")->string() + "/content").body == "its own");
}

BOOST_FIXTURE_TEST_CASE(what_a_field_was_before_is_said_of_a_change, Api) {
    site.commit(order("M1"));
    auto change = order("M2", {.event_time = "20261123090000", .action = effects::OrderAction::create_or_update});
    change.effects.orders[0].fields.set(effects::OrderField::reason, "cough", "OBR-31");
    const auto id = std::to_string(site.commit(change).outcome.message);
    const auto message = get("/api/messages/" + id);
    for (const auto& changed : message.find("changes")->items()) {
        if (changed.find("record")->string() != "order") continue;
        BOOST_TEST(!changed.find("created")->boolean());
        const auto* reason = changed.find("fields")->find("reason");
        BOOST_REQUIRE(reason);
        BOOST_TEST(reason->find("before")->string() == "");
        BOOST_TEST(reason->find("source")->string() == "OBR-31");
        return;
    }
    BOOST_ERROR("no order was changed");
}

BOOST_FIXTURE_TEST_CASE(bytes_that_are_not_utf8_come_as_base64, Api) {
    const std::string latin1 = "PID|M\xfcller";
    const auto id = deliver("M1", latin1);
    const auto message = get("/api/messages/" + id);
    BOOST_CHECK(message.find("content") == nullptr);
    BOOST_TEST(message.find("content_base64")->string() == "UElEfE38bGxlcg==");
    BOOST_TEST(call("GET", "/api/messages/" + id + "/content").body == latin1);
    BOOST_TEST(call("GET", "/api/deliveries/" + delivery_of(id) + "/content").body == latin1);
}

BOOST_FIXTURE_TEST_CASE(queues_show_what_waits_and_those_that_are_empty, Api) {
    const auto dead = delivery_of(deliver("M1"));
    deliver("M2");
    attempt(dead, Outcome::dead);
    const auto all = get("/api/queues");
    BOOST_TEST(ids(all, "queues", "destination") == (std::vector<std::string>{archive, "orders/empty"}),
               boost::test_tools::per_element());
    BOOST_TEST(queue(all, archive).find("pending")->integer() == 1);
    BOOST_TEST(queue(all, archive).find("dead")->integer() == 1);
    BOOST_TEST(queue(all, "orders/empty").find("pending")->integer() == 0);
    const auto rows = get(std::string("/api/queues/") + archive + "?state=dead");
    BOOST_TEST(ids(rows, "deliveries", "id") == (std::vector<std::string>{dead}), boost::test_tools::per_element());
    BOOST_TEST(get(std::string("/api/queues/") + archive).find("deliveries")->items().size() == 1u);
    BOOST_TEST(get("/api/queues/orders/empty").find("deliveries")->items().empty());
}

BOOST_FIXTURE_TEST_CASE(a_delivery_is_released_once_and_its_worker_woken, Api) {
    const auto id = delivery_of(deliver("M1"));
    attempt(id, Outcome::dead);
    BOOST_TEST(post("/api/deliveries/" + id + "/release", R"({"by": "anna", "reason": "back"})") == 1);
    BOOST_TEST(woken == (std::vector<std::string>{"orders"}), boost::test_tools::per_element());
    BOOST_TEST(post("/api/deliveries/" + id + "/release") == 0);
    BOOST_TEST(woken.size() == 1u);
    BOOST_TEST(post("/api/deliveries/" + id + "/hold") == 1);
    BOOST_TEST(post("/api/deliveries/" + id + "/release", R"({"by": "anna", "payload_base64": "TfxsbGVy"})") == 1);
    BOOST_TEST(call("GET", "/api/deliveries/" + id + "/content").body == "M\xfcller");
    BOOST_TEST(post("/api/deliveries/" + id + "/discard") == 1);
    const auto rows = site.rows("SELECT detail FROM delivery_attempt ORDER BY id");
    BOOST_REQUIRE_EQUAL(rows.size(), 5u);
    BOOST_TEST(rows[1][0] == "released by anna: back");
    BOOST_TEST(rows[4][0] == "discarded by anna");
}

BOOST_FIXTURE_TEST_CASE(a_delivery_that_is_under_way_is_not_changed, Api) {
    const auto id = delivery_of(deliver("M1"));
    const DeliveryId delivery{std::stoll(id)};
    BOOST_REQUIRE(site->deliveries().begin({&delivery, 1}, site.clock.now()).ok());
    BOOST_TEST(post("/api/deliveries/" + id + "/hold") == 1);
    const auto refused = call("POST", "/api/deliveries/" + id + "/release", R"({"by": "anna", "payload": "new"})");
    BOOST_TEST(refused.status == 409);
    BOOST_TEST(refused.body.find("api.in_hand") != std::string::npos, refused.body);
    BOOST_TEST(post("/api/deliveries/" + id + "/release") == 1);
}

BOOST_FIXTURE_TEST_CASE(a_message_goes_through_its_channel_as_it_is_now, Api) {
    auto one = order("M1");
    one.effects.disposition = effects::Disposition::reject;
    one.effects.error = Error{ErrorCode::hl7_missing_segment, "PID", "PID"};
    const auto id = std::to_string(site.commit(one).outcome.message);
    const auto path = "/api/messages/" + id + "/reprocess";
    const auto preview = ok("POST", path, R"({"by": "anna", "preview": true})");
    BOOST_TEST(preview.find("outcome")->string() == "pending");
    BOOST_TEST(!preview.find("message"));
    BOOST_TEST(ids(preview, "deliveries", "destination") == (std::vector<std::string>{archive, "orders/pacs"}),
               boost::test_tools::per_element());
    BOOST_TEST(preview.find("deliveries")->items()[1].find("payload")->string() == "its own");
    BOOST_TEST(preview.find("changes")->items().size() > 1);
    BOOST_TEST(site.latest().size() == 1u);
    const auto done = ok("POST", path, R"({"by": "anna", "reason": "mended", "destinations": ["orders/pacs"]})");
    BOOST_TEST(ids(done, "deliveries", "destination") == std::vector<std::string>{"orders/pacs"},
               boost::test_tools::per_element());
    BOOST_TEST(site.accessions().empty());  // only delivered
    const auto made = get("/api/messages/" + done.find("message")->string());
    BOOST_TEST(made.find("reprocessing")->find("original")->string() == id);
    BOOST_TEST(made.find("reprocessing")->find("reason")->string() == "mended");
    ok("POST", path, R"({"by": "anna", "destinations": ["orders/pacs"], "records": true})");
    BOOST_TEST(site.accessions().size() == 1u);
    BOOST_TEST(get("/api/messages/" + id).find("reprocessed")->items().size() == 2u);
    BOOST_TEST(refused("POST", path, R"({"by": "anna", "records": "yes"})") ==
               "400: the request says something that cannot be done: records is neither true nor false");
    BOOST_TEST(refused("POST", "/api/messages/" + id + "/again", R"({"by": "anna", "preview": true})") ==
               "400: the request says something that cannot be done: again takes by, reason and destinations");
}

BOOST_FIXTURE_TEST_CASE(a_message_that_is_held_for_its_own_error_can_be_discarded, Api) {
    auto one = order("M1");
    one.effects.disposition = effects::Disposition::reject;
    one.effects.error = Error{ErrorCode::patient_ambiguous, {}, {}};
    const auto id = std::to_string(site.commit(one).outcome.message);
    const auto path = "/api/messages/" + id + "/discard";
    BOOST_TEST(refused("POST", path, R"({"by": "anna", "lane": "x"})") ==
               "400: the request says something that cannot be done: a message to discard takes by and reason");
    BOOST_TEST(refused("POST", path, R"({"reason": "x"})").starts_with("400"));
    BOOST_TEST(!get("/api/messages/" + id).find("discarded"));
    BOOST_TEST(post(path, R"({"by": "anna", "reason": "a test"})") == 1);
    BOOST_TEST(post(path) == 0);
    const auto shown = get("/api/messages/" + id);
    BOOST_TEST(shown.find("outcome")->string() == "filtered");
    BOOST_TEST(shown.find("discarded")->find("by")->string() == "anna");
    BOOST_TEST(shown.find("discarded")->find("reason")->string() == "a test");
    BOOST_TEST(call("POST", "/api/messages/1/discard", R"({"by": "anna"})").status == 404);
    const auto waits = deliver("M2");
    BOOST_TEST(post("/api/messages/" + waits + "/discard") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_message_is_sent_again_where_it_was_delivered, Api) {
    auto one = order("M1");
    one.effects.deliveries = {{archive, "its own", false}, {"orders/pacs", {}, true}};
    const auto id = std::to_string(site.commit(one).outcome.message);
    BOOST_TEST(post("/api/messages/" + id + "/again") == 0);
    const auto delivery = delivery_of(id);
    attempt(delivery, Outcome::delivered);
    BOOST_TEST(post("/api/messages/" + id + "/again", R"({"by": "anna", "destinations": ["orders/pacs"]})") == 0);
    BOOST_TEST(post("/api/messages/" + id + "/again", R"({"by": "anna", "destinations": ["orders/archive"]})") == 1);
    BOOST_TEST(post("/api/messages/" + id + "/again") == 0);
    BOOST_TEST(woken == (std::vector<std::string>{"orders"}), boost::test_tools::per_element());
    BOOST_TEST(site->deliveries().pending(archive, {}, 1)->at(0).payload == "its own");
    BOOST_TEST(site.one("SELECT detail FROM delivery_attempt ORDER BY id DESC LIMIT 1") == "sent again by anna");
    BOOST_TEST(post("/api/deliveries/" + delivery + "/discard") == 1);
    BOOST_TEST(post("/api/messages/" + id + "/again") == 0);
    BOOST_TEST(post("/api/messages/" + id + "/again", R"({"by": "anna", "destinations": ["orders/archive"]})") == 1);
    BOOST_TEST(call("POST", "/api/messages/1/again", R"({"by": "anna"})").status == 404);
    const auto wrong = refused("POST", "/api/messages/" + id + "/again", R"({"by": "anna", "lane": "x"})");
    BOOST_TEST(wrong.starts_with("400"), wrong);
}

BOOST_FIXTURE_TEST_CASE(a_queue_is_stopped_and_goes_on_with_what_was_held, Api) {
    const auto id = delivery_of(deliver("M1"));
    const std::string path = std::string("/api/queues/") + archive;
    BOOST_TEST(post(path + "/hold", R"({"by": "anna", "reason": "moving"})") == 1);
    BOOST_TEST(post(path + "/hold") == 0);
    const auto stopped = get("/api/queues");
    BOOST_TEST(queue(stopped, archive).find("hold")->find("by")->string() == "anna");
    BOOST_TEST(queue(stopped, archive).find("hold")->find("reason")->string() == "moving");
    BOOST_TEST(post("/api/deliveries/" + id + "/hold") == 1);
    BOOST_TEST(post(path + "/release", R"({"by": "anna", "states": ["dead"]})") == 0);
    BOOST_CHECK(queue(get("/api/queues"), archive).find("hold") != nullptr);
    BOOST_TEST(post(path + "/release") == 2);
    BOOST_CHECK(queue(get("/api/queues"), archive).find("hold") == nullptr);
    BOOST_TEST(queue(get("/api/queues"), archive).find("pending")->integer() == 1);
    BOOST_TEST(post(path + "/hold", R"({"by": "anna", "lane": "100001"})") == 1);
    BOOST_TEST(post(path + "/discard", R"({"by": "anna", "states": ["held"], "lane": "other"})") == 0);
    BOOST_TEST(post(path + "/discard", R"({"by": "anna", "states": ["held"]})") == 1);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_understood_is_said, Api) {
    const std::pair<const char*, const char*> gets[] = {
        {"/api/messages?limit=0", "limit is not a number from 1 to 500"},
        {"/api/messages?limit=501", "limit is not a number from 1 to 500"},
        {"/api/messages?before=x", "before is not a number"},
        {"/api/messages?before=-1", "before is not a number"},
        {"/api/messages?outcome=good", "outcome is none of pending,"},
        {"/api/messages?from=soon", "from is not a moment"},
        {"/api/messages?type=A%", "type is not a message type"},
        {"/api/messages?acession=A1", "there is no parameter \"acession\"; there are channel, type"},
        {"/api/messages?channel=a\nb", "channel is too long, or has control characters"},
        {"/api/messages/x", "what should be a number is none"},
        {"/api/messages/0", "what should be a number is none"},
        {"/api/messages/99999999999999999999", "what should be a number is none"},
        {"/api/queues/orders/archive?state=delivered", "state is none of pending, held, dead, in_doubt"}};
    for (const auto& [path, sentence] : gets) {
        const auto answer = refused("GET", path);
        BOOST_TEST(answer.starts_with("400"), answer);
        BOOST_TEST(answer.find(sentence) != std::string::npos, answer);
    }
    const std::tuple<const char*, const char*, const char*> posts[] = {
        {"/api/deliveries/1/release", "", "the body is not JSON"},
        {"/api/deliveries/1/release", "[]", "the body is not a JSON object"},
        {"/api/deliveries/1/release", "{}", "by is missing"},
        {"/api/deliveries/1/release", R"({"by": 1})", "by is not a text"},
        {"/api/deliveries/1/release", R"({"by": "a\u0000"})", "by is too long, or has control characters"},
        {"/api/deliveries/1/release", R"({"by": "anna", "when": "now"})", "there is no member \"when\""},
        {"/api/deliveries/1/release", R"({"by": "anna", "states": ["dead"]})",
         "a delivery takes by, reason and payload"},
        {"/api/deliveries/1/release", R"({"by": "anna", "payload_base64": "?"})", "payload_base64 is not base64"},
        {"/api/deliveries/1/hold", R"({"by": "anna", "payload": "x"})", "a payload is for release"},
        {"/api/queues/orders/archive/release", R"({"by": "anna", "payload": "x"})",
         "a queue takes by, reason, states and lane"},
        {"/api/queues/orders/archive/release", R"({"by": "anna", "states": ["delivered"]})", "states has something"},
        {"/api/queues/orders/archive/release", R"({"by": "anna", "states": "dead"})", "states is not a list"},
        {"/api/messages/1/again", R"({"by": "anna", "destinations": []})", "destinations is not a list of names"},
        {"/api/messages/1/again", R"({"by": "anna", "destinations": [1]})", "destinations is not a list of names"},
        {"/api/deliveries/1/hold", R"({"by": "anna", "destinations": ["a/b"]})", "a delivery takes by, reason"},
        {"/api/queues/orders/archive/discard", R"({"by": "anna"})", "states is missing"}};
    for (const auto& [path, body, sentence] : posts) {
        const auto answer = refused("POST", path, body);
        BOOST_TEST(answer.starts_with("400"), answer);
        BOOST_TEST(answer.find(sentence) != std::string::npos, answer);
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_not_there_is_404, Api) {
    for (const auto* path :
         {"/api/messages/1", "/api/messages/1/content", "/api/deliveries/1/content", "/api/queues/orders/nothing"})
        BOOST_TEST(call("GET", path).status == 404, path);
    for (const auto* path : {"/api/deliveries/1/hold", "/api/queues/orders/nothing/hold"})
        BOOST_TEST(call("POST", path, R"({"by": "anna"})").status == 404, path);
}

BOOST_FIXTURE_TEST_CASE(only_programs_on_this_machine_are_answered, Api) {
    for (const auto* here : {"localhost", "localhost:8080", "127.0.0.1", "[::1]:8080", "[::1]"}) {
        host = here;
        BOOST_TEST(call("GET", "/api/messages").status == 200, here);
    }
    for (const auto* elsewhere : {"evil.example", "localhost.evil.example:8080", "127.0.0.1.evil.example", ""}) {
        host = elsewhere;
        BOOST_TEST(call("GET", "/api/messages").status == 403, elsewhere);
    }
    host = "localhost";
    for (const auto* form : {"text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""}) {
        type = form;
        BOOST_TEST(call("POST", "/api/deliveries/1/hold", R"({"by": "anna"})").status == 400, form);
    }
    type = "application/json; charset=utf-8";
    BOOST_TEST(call("POST", "/api/deliveries/1/hold", R"({"by": "anna"})").status == 404);
    loopback = false;
    BOOST_TEST(call("GET", "/api/messages").status == 403);
}

BOOST_FIXTURE_TEST_CASE(what_retention_removed_is_said_and_not_sent_again, Api) {
    const auto id = deliver("M1");
    const auto delivery = delivery_of(id);
    attempt(delivery, Outcome::delivered);
    site.clock.set({monday.micros + 100 * 86'400'000'000});
    store::RetentionPolicy policy;
    policy.content_age = std::chrono::hours(24 * 90);
    BOOST_TEST(site->retention().remove_some(policy, site.clock.now(), 10)->contents == 1);

    const std::string said =
        "410: there is nothing of this number or name: its content was removed by retention; "
        "the message came on 2026-11-23, 100 days ago";
    BOOST_TEST(refused("GET", "/api/messages/" + id + "/content") == said);
    BOOST_TEST(refused("GET", "/api/deliveries/" + delivery + "/content") == said);
    BOOST_TEST(refused("POST", "/api/messages/" + id + "/again", R"({"by": "anna"})") == said);
    BOOST_TEST(post("/api/deliveries/" + delivery + "/release") == 0);
    const auto shown = get("/api/messages/" + id);
    BOOST_TEST(shown.find("content_removed")->boolean());
    BOOST_CHECK(shown.find("content") == nullptr);
    BOOST_TEST(shown.find("reply")->string() == "M1|pending|" + id);
    BOOST_TEST(shown.find("deliveries")->items().size() == 1u);
    BOOST_TEST(ids(get("/api/messages"), "messages", "id") == (std::vector<std::string>{id}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
