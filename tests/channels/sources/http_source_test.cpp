#include "channels/sources/http_source.hpp"

#include <array>
#include <future>

#include "engine/net/http_client.hpp"
#include "tests/channels/sources/file_parts.hpp"

using namespace gantry;
using namespace gantry::channels;
using namespace gantry::channels::testing;
using Submitted = runtime::Intake::Submitted;

namespace {

constexpr auto er7 = "x-application/hl7-v2+er7; charset=utf-8";

HttpSourceOptions any_port() {
    HttpSourceOptions out;
    out.port = 0;
    out.path = "/orders";
    return out;
}

std::string header(const net::HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return "(none)";
}

// A source in a lobby of its own. The intake is the test's, and outlives the lobby; what it has not answered is given
// up before that.
struct Listening {
    explicit Listening(const HttpSourceOptions& options = any_port()) : source(make(options)) {
        BOOST_REQUIRE(source->start().ok());
        lobby.start();
    }
    ~Listening() { intake.let_go(); }

    std::unique_ptr<HttpSource> make(const HttpSourceOptions& options) {
        return std::make_unique<HttpSource>(ConfigName("orders"), options, lobby, intake, mapper, clock, heard);
    }
    net::HttpResponse call(const std::string& method, const std::string& path, const std::string& type,
                           const std::string& body) const {
        net::HttpRequest request;
        request.method = method;
        request.path = path;
        if (!type.empty()) request.headers.add("Content-Type", type);
        request.body = body;
        auto answer = net::http_call("127.0.0.1", source->bound_port(), request, patience);
        if (!answer) throw std::runtime_error(answer.error().text());  // on any thread
        return std::move(*answer);
    }
    net::HttpResponse post(const std::string& body, const std::string& type = er7) const {
        return call("POST", "/orders", type, body);
    }
    // While it is answered the test does something else.
    std::future<net::HttpResponse> posting(const std::string& body, const std::string& type = er7) const {
        return std::async(std::launch::async, [this, body, type] { return post(body, type); });
    }

    Heard heard;
    FixedClock clock{Instant{1'795'424'400'000'000}};
    ScriptedIntake intake;
    std::shared_ptr<runtime::CurrentMapper> mapper =
        std::make_shared<runtime::CurrentMapper>(std::make_shared<CarryingMapper>());
    net::Lobby lobby{heard};
    std::unique_ptr<HttpSource> source;
};

// One connection that is kept.
class Caller {
  public:
    explicit Caller(std::uint16_t port) {
        auto stream = net::connect("127.0.0.1", port, patience);
        BOOST_REQUIRE(stream.ok());
        stream_ = std::move(*stream);
    }
    void post(const std::string& body) {
        const auto request = "POST /orders HTTP/1.1\r\nHost: x\r\nContent-Type: " + std::string(er7) +
                             "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        BOOST_REQUIRE(stream_->write(request.data(), request.size(), patience).ok());
    }
    // Up to the end of a text; what was received until then.
    std::string receive_until(const std::string& mark) {
        std::string out;
        std::array<char, 4096> piece;
        while (out.find(mark) == std::string::npos) {
            const auto got = stream_->read(piece.data(), piece.size(), patience);
            BOOST_REQUIRE((got.ok() && *got > 0));
            out.append(piece.data(), *got);
        }
        return out;
    }

  private:
    std::unique_ptr<ByteStream> stream_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_http_source)

BOOST_AUTO_TEST_CASE(a_message_is_answered_after_its_commit) {
    Listening here;
    auto answer = here.posting(message("M1"));
    const auto taken = here.intake.wait_for(1);
    BOOST_TEST(taken[0].bytes == message("M1"));
    BOOST_TEST(taken[0].peer.find("127.0.0.1:") == 0u);
    BOOST_TEST(taken[0].received.micros == here.clock.now().micros);
    BOOST_TEST(taken[0].character_set == "utf-8");
    BOOST_CHECK(answer.wait_for(std::chrono::milliseconds(0)) == std::future_status::timeout);
    here.intake.answer_durably(acknowledgment_of("M1"));
    const auto response = answer.get();
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body == acknowledgment_of("M1"));
    BOOST_TEST(header(response, "Content-Type") == er7);
    BOOST_TEST(header(response, "Date") != "(none)");
    BOOST_TEST(here.source->place() == "127.0.0.1:" + std::to_string(here.source->bound_port()) + "/orders");
}

// 2.6: an acknowledgment that refuses is a success of the transport.
BOOST_AUTO_TEST_CASE(whatever_the_acknowledgment_says_it_is_200) {
    Listening here;
    for (const auto* code : {"AA", "AE", "AR", "CA", "CE", "CR"}) {
        auto answer = here.posting(message("M1"));
        here.intake.answer_durably(acknowledgment_of("M1", code));
        const auto response = answer.get();
        BOOST_TEST(response.status == 200);
        BOOST_TEST(response.body == acknowledgment_of("M1", code));
    }
}

BOOST_AUTO_TEST_CASE(the_answer_has_the_type_and_character_set_of_the_request) {
    Listening here;
    const std::vector<std::array<std::string, 3>> cases{
        {"application/hl7-v2", "application/hl7-v2", ""},
        {"application/hl7-v2; charset=ISO-8859-1", "application/hl7-v2; charset=ISO-8859-1", "ISO-8859-1"},
        {"Application/HL7-v2+ER7;Charset=\"utf-8\"", "Application/HL7-v2+ER7; charset=utf-8", "utf-8"},
        {"application/hl7-v2+er7 ; x=y; charset=us-ascii ; z", "application/hl7-v2+er7; charset=us-ascii", "us-ascii"},
    };
    std::size_t count = 0;
    for (const auto& [sent, answered, charset] : cases) {
        auto answer = here.posting(message("M1"), sent);
        BOOST_TEST(here.intake.wait_for(++count).back().character_set == charset);
        here.intake.answer_durably(acknowledgment_of("M1"));
        BOOST_TEST(header(answer.get(), "Content-Type") == answered);
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_hl7_in_bars_is_not_taken) {
    Listening here;
    for (const auto* type : {"", "text/plain", "application/hl7-v2+xml", "application/json", "application/hl7-v2x", ";",
                             "application/x-www-form-urlencoded", "application/hl7-v2; charset=utf-16",
                             "application/hl7-v2; charset=UTF-32LE", "application/hl7-v2; charset=klingon"}) {
        const auto response = here.post(message("M1"), type);
        BOOST_TEST(response.status == 415, type);
        BOOST_TEST(header(response, "Content-Type").find("hl7") == std::string::npos);
        BOOST_TEST(header(response, "Accept-Post") == "x-application/hl7-v2+er7");
    }
    BOOST_TEST(here.post("").status == 400);
    BOOST_TEST(here.call("POST", "/", er7, message("M1")).status == 404);
    BOOST_TEST(here.call("POST", "/orders/more", er7, message("M1")).status == 404);
    const auto get = here.call("GET", "/orders", "", "");
    BOOST_TEST(get.status == 405);
    BOOST_TEST(header(get, "Allow") == "POST");
    BOOST_TEST(here.intake.lanes().empty());
}

BOOST_AUTO_TEST_CASE(a_batch_is_its_messages_and_is_answered_as_one) {
    Listening here;
    auto answer = here.posting("BHS|^~\\&|A|B|C|D|2026\r" + message("M1") + message("M2") + "BTS|2\r");
    const auto taken = here.intake.wait_for(2);
    BOOST_TEST(taken[0].bytes == message("M1"));
    BOOST_TEST(taken[1].bytes == message("M2"));
    here.intake.answer_durably(acknowledgment_of("M1"));
    here.intake.answer_durably(acknowledgment_of("M2", "AE"));
    const auto response = answer.get();
    BOOST_TEST(response.status == 200);
    BOOST_TEST(response.body.find("BHS|^~\\&|C|D|A|B|") == 0u);
    BOOST_TEST(response.body.find(acknowledgment_of("M1") + acknowledgment_of("M2", "AE") + "BTS|2\r") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_batch_that_cannot_be_taken_is_refused_as_one_message) {
    auto options = any_port();
    options.max_batch = 2;
    Listening here(options);
    const std::vector<std::pair<std::string, ErrorCode>> cases{
        {message("M1") + message("M2") + message("M3"), ErrorCode::hl7_too_many},
        {"BHS|^~\\&|A\rBTS|0\r", ErrorCode::hl7_not_hl7}};
    std::size_t count = 0;
    for (const auto& [body, code] : cases) {
        auto answer = here.posting(body);
        const auto taken = here.intake.wait_for(++count);
        BOOST_REQUIRE(taken.back().broken.has_value());
        BOOST_CHECK(taken.back().broken->code == code);
        here.intake.answer_durably(acknowledgment_of("M", "AE"));
        BOOST_TEST(answer.get().body == acknowledgment_of("M", "AE"));
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_taken_now_is_503_and_comes_again) {
    Listening here;
    const auto check = [&](const net::HttpResponse& response, const char* error) {
        BOOST_TEST(response.status == 503);
        BOOST_TEST(header(response, "Retry-After") == "5");
        BOOST_TEST(header(response, "Content-Type") == "application/json");
        BOOST_TEST(response.body.find(error) != std::string::npos, response.body);
    };
    here.intake.say(Submitted::full);
    check(here.post(message("M1")), "overloaded");
    here.intake.say(Submitted::stopping);
    check(here.post(message("M1")), "the engine ends");
    here.intake.say(Submitted::taken);
    auto answer = here.posting(message("M1"));
    here.intake.answer(acknowledgment_of("M1", "AR"));
    check(answer.get(), "storage.unavailable");
    // Of a batch one is enough: those that were stored are duplicates when it comes again.
    answer = here.posting(message("M1") + message("M2"));
    here.intake.answer_durably(acknowledgment_of("M1"));
    here.intake.answer(acknowledgment_of("M2", "AR"));
    check(answer.get(), "storage.unavailable");
    BOOST_TEST(here.heard.count("http_turned_away") == 4u);
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_batch_waits_for_room) {
    Listening here;
    here.intake.be_full_after(1);
    auto answer = here.posting(message("M1") + message("M2"));
    here.intake.answer_durably(acknowledgment_of("M1"));
    here.intake.make_room();
    here.intake.answer_durably(acknowledgment_of("M2"));
    BOOST_TEST(answer.get().body == acknowledgment_of("M1") + acknowledgment_of("M2"));
}

BOOST_AUTO_TEST_CASE(a_commit_is_not_waited_for_without_end) {
    auto options = any_port();
    options.commit_timeout = std::chrono::milliseconds(100);
    Listening here(options);
    const auto response = here.post(message("M1"));
    BOOST_TEST(response.status == 503);
    BOOST_TEST(response.body.find("not known yet") != std::string::npos, response.body);
    here.intake.answer_durably(acknowledgment_of("M1"));  // nobody waits for it any more
    here.intake.be_full_after(1);
    const auto batch = here.post(message("M1") + message("M2"));
    BOOST_TEST(batch.status == 503);
    here.intake.answer_durably(acknowledgment_of("M1"));
    here.intake.make_room();
}

BOOST_AUTO_TEST_CASE(a_message_that_is_too_large_is_not_read) {
    auto options = any_port();
    options.max_message = settings::ByteSize{1024};
    Listening here(options);
    BOOST_TEST(here.post(message("M1", std::string(2000, 'x'))).status == 413);
    BOOST_TEST(here.intake.lanes().empty());
    auto answer = here.posting(message("M2"));
    here.intake.answer_durably(acknowledgment_of("M2"));
    BOOST_TEST(answer.get().status == 200);
}

BOOST_AUTO_TEST_CASE(requests_of_one_connection_keep_their_order) {
    Listening here;
    Caller one(here.source->bound_port());
    for (const auto* id : {"M1", "M2"}) {
        one.post(message(id));
        here.intake.answer_durably(acknowledgment_of(id));
        (void)one.receive_until("MSA|AA|" + std::string(id));
    }
    const auto lanes = here.intake.lanes();
    BOOST_REQUIRE_EQUAL(lanes.size(), 2u);
    BOOST_TEST(lanes[0] == lanes[1]);
}

BOOST_AUTO_TEST_CASE(a_source_takes_over_the_port_and_nobody_is_turned_away) {
    Listening here;
    Caller before(here.source->bound_port());
    before.post(message("M1"));
    here.intake.answer_durably(acknowledgment_of("M1"));
    (void)before.receive_until("MSA|AA|M1");
    auto options = any_port();
    options.max_message = settings::ByteSize{1024};
    options.path = "/";
    auto second = here.make(options);
    BOOST_REQUIRE(second->take_over(*here.source).ok());
    here.source->retire();
    here.source->stop();
    std::swap(here.source, second);
    // Who is connected goes on as before; who comes gets the new options, once the lobby's thread knows them.
    wait_until([&] { return here.call("GET", "/", "", "").status == 405; });
    before.post(message("M2", std::string(2000, 'x')));
    here.intake.answer_durably(acknowledgment_of("M2"));
    (void)before.receive_until("MSA|AA|M2");
    BOOST_TEST(here.post(message("M3")).status == 404);
    BOOST_TEST(here.call("POST", "/", er7, message("M3", std::string(2000, 'x'))).status == 413);
    auto answer = std::async(std::launch::async, [&] { return here.call("POST", "/", er7, message("M4")); });
    here.intake.answer_durably(acknowledgment_of("M4"));
    BOOST_TEST(answer.get().status == 200);
}

BOOST_AUTO_TEST_CASE(stopped_it_answers_what_it_has_and_takes_no_more) {
    Listening here;
    Caller one(here.source->bound_port());
    one.post(message("M1"));
    here.intake.wait_for(1);
    here.source->stop();
    here.intake.answer_durably(acknowledgment_of("M1"));
    (void)one.receive_until("MSA|AA|M1");
    one.post(message("M2"));
    BOOST_TEST(one.receive_until("the channel ends").find("HTTP/1.1 503") == 0u);
    wait_until([&] { return !net::connect("127.0.0.1", here.source->bound_port(), patience).ok(); });
    BOOST_TEST(here.intake.lanes().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_port_that_is_in_use_is_said) {
    Listening here;
    auto options = any_port();
    options.port = here.source->bound_port();
    const auto started = here.make(options)->start();
    BOOST_REQUIRE(!started.ok());
    BOOST_CHECK(started.error().code == ErrorCode::net_address_in_use);
}

BOOST_AUTO_TEST_SUITE_END()
