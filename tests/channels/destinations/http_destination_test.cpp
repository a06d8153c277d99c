#include "channels/destinations/http_destination.hpp"

#include <boost/test/unit_test.hpp>
#include <future>
#include <sstream>

#include "engine/json/value.hpp"
#include "tests/channels/destinations/destination_parts.hpp"
#include "tests/channels/destinations/http_script.hpp"

using namespace gantry;
using namespace gantry::channels;
using namespace gantry::channels::testing;
using Options = HttpDestinationOptions;
using std::chrono::milliseconds;

namespace {

std::string order(const std::string& control_id) {
    return "MSH|^~\\&|A|B|C|D|20261123||ORM^O01|" + control_id + "|P|2.5.1\rPID|1||4711^^^HOSP\r";
}

std::string ack(const std::string& code, const std::string& control_id) {
    return "MSH|^~\\&|C|D|A|B|20261123||ACK|R1|P|2.5.1\rMSA|" + code + "|" + control_id + "\r";
}
std::string response(int status, const std::string& body, const std::string& fields = {}) {
    return http_response(status, body, fields);
}
std::string accepting(const std::string& control_id, const std::string& fields = {}) {
    return response(200, ack("AA", control_id), fields);
}

std::string chunk(const std::string& content) {
    std::ostringstream out;
    out << std::hex << content.size() << "\r\n" << content << "\r\n";
    return out.str();
}
std::string in_chunks(const std::string& one, const std::string& two) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(one) + chunk(two) + "0\r\n\r\n";
}

std::string request(Accepted& peer) {
    return http_request(peer);
}
std::string body(const std::string& request) {
    return http_body(request);
}
std::string field(const std::string& request, const std::string& name) {
    return http_field(request, name);
}

Options options_for(int port) {
    Options out;
    out.url = "http://127.0.0.1:" + std::to_string(port) + "/hl7?from=gantry";
    out.connect_timeout = out.send_timeout = out.reply_timeout = out.idle = patience;
    return out;
}
Options impatient(int port) {
    auto out = options_for(port);
    out.reply_timeout = milliseconds(50);
    return out;
}

store::DeliveryWork work(const std::string& payload) {
    store::DeliveryWork out;
    out.id = DeliveryId{17};
    out.destination = "orders/ris";
    out.received = {1'795'392'000'000'000};
    out.payload = payload;
    return out;
}

std::string deliver(HttpDestination& target, const std::string& payload) {
    return word(target.deliver(work(payload)));
}

ScriptedReceiver::Script answering(const std::string& bytes) {
    return [bytes](Accepted& peer) {
        request(peer);
        peer.send(bytes);
        peer.wait_for_end();
    };
}
// Ends the connection after its bytes.
ScriptedReceiver::Script ending_after(const std::string& bytes) {
    return [bytes](Accepted& peer) {
        request(peer);
        peer.send(bytes);
    };
}

// A message that is answered on a second connection, whatever happened on the first.
void check_recovers(const std::string& first_word, const ScriptedReceiver::Script& first, const Options& like) {
    ScriptedReceiver receiver({first, answering(accepting("M2"))});
    auto options = like;
    options.url = options_for(receiver.port()).url;
    HttpDestination target(options);
    const auto answer = target.deliver(work(order("M1")));
    BOOST_TEST(word(answer) == first_word);
    BOOST_TEST(answer.detail.find("4711") == std::string::npos);
    BOOST_TEST(deliver(target, order("M2")) == "delivered");
}

struct Checked {
    Options options;
    json::Diagnostics problems;
};
Checked check(const std::string& text) {
    Checked out{{}, json::Diagnostics("x.json")};
    const auto value = json::parse(text);
    BOOST_REQUIRE(value.ok());
    const settings::Environment environment{".", [](const std::string&) { return std::nullopt; }};
    out.options = http_destination_schema().read(*value, "", out.problems, environment);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_http_destination)

BOOST_AUTO_TEST_CASE(messages_go_over_one_kept_connection_byte_for_byte) {
    std::vector<std::string> got;
    ScriptedReceiver receiver({[&](Accepted& peer) {
        for (const auto* id : {"M1", "M2", "M3"}) {
            got.push_back(request(peer));
            peer.send(accepting(id));
        }
        got.push_back(request(peer));
    }});
    const std::string odd = order("M3") + "NTE|1||\xe4\xff no CR at the end \x0b\x1c";
    {
        HttpDestination target(options_for(receiver.port()));
        BOOST_TEST(deliver(target, order("M1")) == "delivered");
        BOOST_TEST(deliver(target, order("M2")) == "delivered");
        BOOST_TEST(deliver(target, odd) == "delivered");
    }
    BOOST_TEST(receiver.join() == 1);
    BOOST_REQUIRE(got.size() == 4u);
    BOOST_TEST(body(got[0]) == order("M1"));
    BOOST_TEST(body(got[1]) == order("M2"));
    BOOST_TEST(body(got[2]) == odd);
    BOOST_TEST(got[3] == "");
    BOOST_TEST(got[0].starts_with("POST /hl7?from=gantry HTTP/1.1\r\n"));
    BOOST_TEST(field(got[0], "Host") == "127.0.0.1:" + std::to_string(receiver.port()));
    BOOST_TEST(field(got[0], "Content-Type") == "application/hl7-v2; charset=utf-8");
    BOOST_TEST(field(got[2], "Content-Type") == "application/hl7-v2");
    BOOST_TEST(field(got[0], "Idempotency-Key") == "\"orders/ris-17-1795392000000000\"");
    BOOST_TEST(field(got[0], "Connection") == "(none)");
}

BOOST_AUTO_TEST_CASE(headers_of_the_configuration_are_sent) {
    std::string got;
    ScriptedReceiver receiver({[&](Accepted& peer) {
        got = request(peer);
        peer.send(accepting("M1"));
    }});
    auto options = options_for(receiver.port());
    options.headers = {{"Authorization", settings::Secret("Bearer abc")}, {"X-Site", settings::Secret("north")}};
    HttpDestination target(options);
    BOOST_TEST(deliver(target, order("M1")) == "delivered");
    BOOST_TEST(field(got, "Authorization") == "Bearer abc");
    BOOST_TEST(field(got, "X-Site") == "north");
}

BOOST_AUTO_TEST_CASE(without_keep_each_message_has_a_connection) {
    std::string got;
    ScriptedReceiver receiver({[&](Accepted& peer) {
                                   got = request(peer);
                                   peer.send(accepting("M1"));
                                   peer.wait_for_end();
                               },
                               answering(response(404, "")), answering(accepting("M3"))});
    auto options = options_for(receiver.port());
    options.keep = false;
    HttpDestination target(options);
    BOOST_TEST(deliver(target, order("M1")) == "delivered");
    BOOST_TEST(field(got, "Connection") == "close");
    BOOST_TEST(deliver(target, order("M2")) == "refused");
    BOOST_TEST(deliver(target, order("M3")) == "delivered");
    BOOST_TEST(receiver.join() == 3);
}

BOOST_AUTO_TEST_CASE(a_connection_that_may_not_be_used_again_is_not) {
    const std::string firsts[] = {
        accepting("M1", "Connection: close\r\n"), accepting("M1") + "x",
        "HTTP/1.0 200 OK\r\nContent-Length: " + std::to_string(ack("AA", "M1").size()) + "\r\n\r\n" + ack("AA", "M1")};
    for (const auto& first : firsts) {
        ScriptedReceiver receiver({answering(first), answering(accepting("M2"))});
        {
            HttpDestination target(options_for(receiver.port()));
            BOOST_TEST(deliver(target, order("M1")) == "delivered");
            BOOST_TEST(deliver(target, order("M2")) == "delivered");
        }
        BOOST_TEST(receiver.join() == 2);
    }
}

BOOST_AUTO_TEST_CASE(a_connection_that_was_idle_is_replaced) {
    ScriptedReceiver receiver({answering(accepting("M1")), answering(accepting("M2"))});
    auto options = options_for(receiver.port());
    options.idle = milliseconds(1);
    {
        HttpDestination target(options);
        BOOST_TEST(deliver(target, order("M1")) == "delivered");
        std::this_thread::sleep_for(milliseconds(5));
        BOOST_TEST(deliver(target, order("M2")) == "delivered");
    }
    BOOST_TEST(receiver.join() == 2);
}

BOOST_AUTO_TEST_CASE(a_kept_connection_that_has_ended_or_speaks_is_replaced_before_anything_is_sent) {
    using End = std::function<void(Accepted&)>;
    for (const auto& end : std::vector<End>{[](Accepted& peer) { peer.close(); }, [](Accepted& peer) { peer.reset(); },
                                            [](Accepted& peer) { peer.send(accepting("M2")); }}) {
        std::promise<void> ended, checked;
        ScriptedReceiver receiver({[&](Accepted& peer) {
                                       request(peer);
                                       peer.send(accepting("M1"));
                                       checked.get_future().wait();
                                       end(peer);
                                       ended.set_value();
                                   },
                                   answering(accepting("M2"))});
        {
            HttpDestination target(options_for(receiver.port()));
            BOOST_TEST(deliver(target, order("M1")) == "delivered");
            checked.set_value();
            ended.get_future().wait();
            BOOST_TEST(deliver(target, order("M2")) == "delivered");
        }
        BOOST_TEST(receiver.join() == 2);
    }
}

// What is no success ends its connection, and so does a control id that comes again.
BOOST_AUTO_TEST_CASE(answers_decide) {
    const std::vector<std::pair<std::string, std::string>> table = {
        {response(200, ack("AE", "M1")), "refused"},
        {response(500, ack("AE", "M1")), "refused"},
        {response(200, ack("AR", "M1")), "retry"},
        {response(503, "busy", "Retry-After: 7\r\n"), "retry"},
        {response(401, ""), "held"},
        {response(302, "", "Location: /other\r\n"), "held"},
        {response(200, ack("AA", "M2")), "in doubt"},
        {response(200, "fine"), "in doubt"},
        {"HTTP/1.1 204 No Content\r\n\r\n", "in doubt"},
        {response(410, "<html>"), "refused"},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + accepting("M1"), "delivered"},
        {in_chunks("M", ack("AA", "M1").substr(1)), "delivered"}};
    std::vector<ScriptedReceiver::Script> scripts;
    scripts.reserve(table.size());
    for (const auto& [bytes, verdict] : table) scripts.push_back(answering(bytes));
    ScriptedReceiver receiver(scripts);
    {
        HttpDestination target(options_for(receiver.port()));
        for (const auto& [bytes, verdict] : table)
            BOOST_TEST_CONTEXT(bytes) BOOST_TEST(deliver(target, order("M1")) == verdict);
    }
    BOOST_TEST(receiver.join() == static_cast<int>(table.size()));
}

BOOST_AUTO_TEST_CASE(an_answer_of_single_bytes_is_one) {
    ScriptedReceiver receiver({[](Accepted& peer) {
        request(peer);
        for (const char c : "HTTP/1.1 100 Continue\r\n\r\n" + accepting("M1")) peer.send(std::string(1, c));
        peer.wait_for_end();
    }});
    HttpDestination target(options_for(receiver.port()));
    BOOST_TEST(deliver(target, order("M1")) == "delivered");
}

BOOST_AUTO_TEST_CASE(nobody_there_is_away_and_nothing_is_in_doubt) {
    HttpDestination target(options_for(free_port()));
    const auto answer = target.deliver(work(order("M1")));
    BOOST_TEST(word(answer) == "away");
    BOOST_TEST(answer.detail.find("127.0.0.1") != std::string::npos);
    auto unknown = options_for(0);
    unknown.url = "http://no-such-host.invalid/";
    HttpDestination nowhere(unknown);
    BOOST_TEST(deliver(nowhere, order("M1")) == "away");
    const BusyListener busy;
    auto options = options_for(busy.port);
    options.connect_timeout = milliseconds(50);
    HttpDestination full(options);
    BOOST_TEST(deliver(full, order("M1")) == "away");
}

BOOST_AUTO_TEST_CASE(an_empty_message_is_refused_and_nothing_is_sent) {
    HttpDestination target(options_for(free_port()));
    BOOST_TEST(deliver(target, "") == "refused");
}

// Wherever a whole answer is cut, and however the connection ends there.
BOOST_AUTO_TEST_CASE(a_connection_that_ends_anywhere_is_in_doubt_and_the_next_message_is_not) {
    const auto whole = accepting("M1");
    const auto chunks = in_chunks("M", ack("AA", "M1").substr(1));
    for (const auto& bytes : {whole, chunks})
        for (std::size_t size = 0; size < bytes.size(); size += 7)
            BOOST_TEST_CONTEXT(size) check_recovers("in doubt", ending_after(bytes.substr(0, size)), options_for(0));
    for (const auto& bytes : {whole, chunks})
        check_recovers("in doubt", ending_after(bytes.substr(0, bytes.size() - 1)), options_for(0));
    const auto reset = [&](Accepted& peer) {
        request(peer);
        peer.send(whole.substr(0, 40));
        peer.reset();
    };
    check_recovers("in doubt", reset, options_for(0));
    const auto after_one_byte = [](Accepted& peer) {
        peer.some(1);
        peer.reset();
    };
    check_recovers("in doubt", after_one_byte, options_for(0));
}

BOOST_AUTO_TEST_CASE(a_success_counts_only_when_its_answer_is_whole) {
    auto options = options_for(0);
    options.expect = Options::Expect::status;
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    check_recovers("in doubt", ending_after(head + "012345678"), options);
    check_recovers("delivered", ending_after("HTTP/1.1 200 OK\r\n\r\nfine"), options);
}

BOOST_AUTO_TEST_CASE(without_a_length_the_end_of_the_connection_ends_the_answer) {
    const std::string head = "HTTP/1.1 200 OK\r\n\r\n";
    check_recovers("delivered", ending_after(head + ack("AA", "M1")), options_for(0));
    auto cut = ack("AA", "M1");
    cut.pop_back();
    check_recovers("in doubt", ending_after(head + cut), options_for(0));
    const auto reset = [&](Accepted& peer) {
        request(peer);
        peer.send(head + ack("AA", "M1"));
        peer.reset();
    };
    check_recovers("in doubt", reset, options_for(0));
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_is_in_doubt_and_the_next_message_is_not) {
    const auto text = ack("AA", "M1");
    const std::string bad[] = {text,
                               "\x0b" + text + "\x1c\r",
                               "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                               "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n" + text,
                               "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" + text,
                               "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n" + text,
                               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + text + "\n",
                               "HTTP/1.1 101 Switching Protocols\r\n\r\n" + text,
                               "HTTP/1.1 200 OK\r\nX: " + std::string(1u << 20, 'x'),
                               "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n",
                               std::string(2u << 20, 'x')};
    for (const auto& bytes : bad)
        BOOST_TEST_CONTEXT(bytes.substr(0, 60)) check_recovers("in doubt", answering(bytes), options_for(0));
}

BOOST_AUTO_TEST_CASE(a_receiver_that_is_silent_or_never_ends_is_given_up) {
    const auto silent = [](Accepted& peer) {
        request(peer);
        peer.wait_for_end();
    };
    const auto sending = [](const std::string& head, const std::string& piece) {
        return [=](Accepted& peer) {
            request(peer);
            peer.send(head);
            while (peer.send(piece)) std::this_thread::sleep_for(milliseconds(1));
        };
    };
    check_recovers("in doubt", silent, impatient(0));
    check_recovers("in doubt", sending("HTTP/1.1 200 OK\r\n", "X: y\r\n"), impatient(0));
    check_recovers("in doubt", sending("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", "x"), impatient(0));
    check_recovers("in doubt", sending("HTTP/1.1 200 OK\r\n\r\n", "x"), impatient(0));
    check_recovers("in doubt", sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
                   impatient(0));
    std::string interim;
    for (int i = 0; i < 100; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
    check_recovers("in doubt", sending("", interim), options_for(0));
}

BOOST_AUTO_TEST_CASE(no_more_of_an_answer_is_read_than_max_reply) {
    auto options = options_for(0);
    options.max_reply = 1024;
    const auto flooding = [](Accepted& peer) {
        request(peer);
        peer.send("HTTP/1.1 200 OK\r\n\r\n");
        while (peer.send(std::string(65'536, 'x'))) {
        }
    };
    check_recovers("in doubt", flooding, options);
    ScriptedReceiver receiver({flooding});
    options.expect = Options::Expect::status;
    options.url = options_for(receiver.port()).url;
    HttpDestination target(options);
    BOOST_TEST(deliver(target, order("M1")) == "delivered");
}

BOOST_AUTO_TEST_CASE(a_receiver_that_stops_reading_is_in_doubt_unless_it_says_why) {
    const auto large = order("M1") + "OBX|1|ED|||" + std::string(16u << 20, 'x') + "\r";
    for (const auto& [said, verdict] :
         std::vector<std::pair<std::string, std::string>>{{"", "in doubt"},
                                                          {accepting("M1"), "in doubt"},
                                                          {response(413, ""), "refused"},
                                                          {"HTTP/1.1 413 T", "in doubt"}}) {
        std::promise<void> done;
        ScriptedReceiver receiver({[&, bytes = said](Accepted& peer) {
            peer.some(100);
            peer.send(bytes);
            done.get_future().wait();
        }});
        auto options = options_for(receiver.port());
        options.send_timeout = milliseconds(100);
        HttpDestination target(options);
        BOOST_TEST_CONTEXT(said) BOOST_TEST(deliver(target, large) == verdict);
        done.set_value();
    }
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_the_wait_for_the_answer) {
    // The last one has no length, so that an end would be its end.
    for (const std::string part : {"", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\n\r\n"}) {
        std::promise<void> received;
        ScriptedReceiver receiver({[&](Accepted& peer) {
                                       request(peer);
                                       peer.send(part);
                                       received.set_value();
                                       peer.wait_for_end();
                                   },
                                   answering(response(200, ""))});
        auto options = options_for(receiver.port());
        options.expect = Options::Expect::status;
        HttpDestination target(options);
        auto first = std::async(std::launch::async, [&] { return target.deliver(work(order("M1"))); });
        received.get_future().wait();
        target.interrupt();
        const auto answer = first.get();
        BOOST_TEST(word(answer) == "in doubt");
        BOOST_TEST(answer.detail.find("interrupted") != std::string::npos);
        BOOST_TEST(deliver(target, order("M2")) == "delivered");  // one interrupt, one delivery
    }
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_the_wait_for_a_connection) {
    const BusyListener busy;
    HttpDestination target(options_for(busy.port));
    auto first = std::async(std::launch::async, [&] { return deliver(target, order("M1")); });
    target.interrupt();
    BOOST_TEST(first.get() == "away");
}

BOOST_AUTO_TEST_CASE(an_interrupt_before_a_delivery_is_not_missed_and_not_kept) {
    ScriptedReceiver receiver({answering(accepting("M1")), answering(accepting("M2"))});
    HttpDestination target(options_for(receiver.port()));
    BOOST_TEST(deliver(target, order("M1")) == "delivered");
    target.interrupt();
    BOOST_TEST(deliver(target, order("M2")) == "away");
    BOOST_TEST(deliver(target, order("M2")) == "delivered");
}

BOOST_AUTO_TEST_CASE(options_that_cannot_work_are_pointed_at) {
    const auto sentence = [](const std::string& text) {
        const auto checked = check(text);
        return checked.problems.all().empty() ? std::string() : checked.problems.all().front().text();
    };
    const auto with = [](const std::string& more) {
        return std::string(R"({"url": "http://ris.example/hl7", )").append(more).append("}");
    };
    BOOST_TEST(sentence(with(R"("keep": true)")) == "");
    BOOST_TEST(sentence("{}") != "");
    BOOST_TEST(sentence(R"({"url": "https://ris.example/"})") == "");
    BOOST_TEST(sentence(R"({"url": "https://ris.example/", "tls": {"server_name": "ris"}})") == "");
    BOOST_TEST(sentence(with(R"("tls": {})")).find("https") != std::string::npos);
    BOOST_TEST(sentence(R"({"url": "ris.example"})") != "");
    for (const std::string wrong :
         {R"("headers": {"Host": "x"})", R"("headers": {"content-length": "1"})", R"("headers": {"a b": "x"})",
          R"("headers": {"X": "a\nb"})", R"("headers": {"X": {"env": "NO_SUCH_VARIABLE"}})", R"("content_type": "")",
          R"("content_type": "a\r\nX: y")", R"("status_actions": {"404": "maybe"})",
          R"("status_actions": {"4": "done"})", R"("expect": "anything")"})
        BOOST_TEST_CONTEXT(wrong) BOOST_TEST(sentence(with(wrong)) != "");
    const auto secret = sentence(with(R"("headers": {"X": "geheim\u0001"})"));
    BOOST_TEST(secret != "");
    BOOST_TEST(secret.find("geheim") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
