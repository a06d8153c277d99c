#include "engine/net/http.hpp"

#include "engine/net/http_client.hpp"
#include "engine/net/http_head.hpp"
#include "tests/engine/net/loopback.hpp"

namespace gantry::net {
namespace {

HttpRouter example_router() {
    HttpRouter router;
    router.add("GET", "/healthz", [](const HttpRequest&) { return HttpResponse{200, {}, "ok"}; });
    router.add("POST", "/echo", [](const HttpRequest& request) { return HttpResponse{200, {}, request.body}; });
    router.add("GET", "/orders/{id}", [](const HttpRequest& request) {
        return HttpResponse{200, {}, "order " + request.captures.find("id")->second};
    });
    router.add("GET", "/orders/open", [](const HttpRequest&) { return HttpResponse{200, {}, "open"}; });
    router.add("GET", "/console/*", [](const HttpRequest& request) {
        return HttpResponse{200, {{"Cache-Control", "max-age=60"}}, request.captures.find("*")->second};
    });
    router.add("GET", "/fail", [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("secret"); });
    return router;
}

struct HttpPort {
    explicit HttpPort(HttpOptions options = {}) {
        const auto id = add_http_port(lobby, PortOptions{}, options, example_router(), sink);
        BOOST_REQUIRE(id.ok());
        number = lobby.bound_port(*id);
        lobby.start();
    }
    HttpResponse get(const std::string& path) {
        auto answer = http_get("127.0.0.1", number, path, patience);
        BOOST_REQUIRE(answer.ok());
        return std::move(*answer);
    }
    // Sends bytes as they are; the engine must close after the answer.
    std::string raw(std::string_view bytes) {
        LoopbackPeer peer(number);
        peer.send(bytes);
        return peer.receive_all();
    }
    CountingSink sink;
    Lobby lobby{sink};
    std::uint16_t number = 0;
};

std::string header(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return "(none)";
}

std::string status_of(std::string_view answer) {
    return std::string(answer.substr(9, 3));
}

std::string routed(std::string method, std::string path) {
    HttpRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    const auto answer = example_router().answer(request);
    return std::to_string(answer.status) + " " + (answer.status == 200 ? answer.body : header(answer, "Allow"));
}

constexpr std::string_view host = "Host: x\r\n";

std::string head_verdict(const std::string& head) {
    const auto parsed = parse_http_head(head);
    return parsed ? "ok" : std::string(info(parsed.error().code).name);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http)

BOOST_AUTO_TEST_CASE(routing) {
    BOOST_TEST(routed("GET", "/healthz") == "200 ok");
    BOOST_TEST(routed("HEAD", "/healthz") == "200 ok");
    BOOST_TEST(routed("GET", "/orders/17") == "200 order 17");
    BOOST_TEST(routed("GET", "/orders/a%2Fb%20c") == "200 order a/b c");
    BOOST_TEST(routed("GET", "/orders/open") == "200 open");
    BOOST_TEST(routed("GET", "/console/js/app.js") == "200 js/app.js");
    BOOST_TEST(routed("GET", "/console/") == "200 ");
    BOOST_TEST(routed("GET", "/console") == "404 (none)");
    BOOST_TEST(routed("GET", "/orders/17/x") == "404 (none)");
    BOOST_TEST(routed("GET", "/") == "404 (none)");
    BOOST_TEST(routed("DELETE", "/healthz") == "405 GET, HEAD");
    BOOST_TEST(routed("GET", "/echo") == "405 POST");
    for (const auto* climbing : {"/console/../secret", "/console/%2e%2e/secret", "/console/a%00b", "/console/%zz"})
        BOOST_TEST(routed("GET", climbing) == "400 (none)");
}

BOOST_AUTO_TEST_CASE(heads_that_two_readers_could_read_differently_are_refused) {
    const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n", post = "POST / HTTP/1.1\r\nHost: x\r\n";
    BOOST_TEST(head_verdict(get + "\r\n") == "ok");
    BOOST_TEST(head_verdict("GET http://x/y?a=b HTTP/1.1\r\nHost: x\r\n\r\n") == "ok");
    BOOST_TEST(head_verdict("GET / HTTP/1.0\r\n\r\n") == "ok");
    for (const auto& head : std::vector<std::string>{
             std::string("GET / HTTP/1.1\r\n\r\n"),
             get + "Host: y\r\n\r\n",
             "GET / HTTP/1.1\r\n Host: x\r\n\r\n",
             get + "X: a\r\n b\r\n\r\n",
             get + "X: a\nY: b\r\n\r\n",
             get + "X: a\rY: b\r\n\r\n",
             get + "no colon\r\n\r\n",
             get + "Content-Length : 5\r\n\r\n",
             post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
             post + "Content-Length: +5\r\n\r\n",
             post + "Content-Length: 5, 5\r\n\r\n",
             post + "Content-Length: 99999999999999999999\r\n\r\n",
             post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
             std::string("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
             std::string("G@T / HTTP/1.1\r\nHost: x\r\n\r\n"),
             std::string("GET x HTTP/1.1\r\nHost: x\r\n\r\n"),
             std::string("GET /?%zz HTTP/1.1\r\nHost: x\r\n\r\n"),
             std::string("\r\n\r\n"),
         })
        BOOST_TEST(head_verdict(head) == "http.bad_request", head);
    BOOST_TEST(head_verdict(post + "Transfer-Encoding: gzip, chunked\r\n\r\n") == "http.not_implemented");
    BOOST_TEST(head_verdict("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == "http.not_implemented");
}

BOOST_AUTO_TEST_CASE(query_and_headers) {
    const auto head =
        parse_http_head("GET /a%20b?x=1+2&y=%C3%A4&&z HTTP/1.1\r\nhOST: h\r\nX-One: 1\r\nx-one: 2\r\n\r\n");
    BOOST_REQUIRE(head.ok());
    const auto& request = head->request;
    BOOST_TEST(request.path == "/a%20b");
    BOOST_TEST(*request.query_value("x") == "1 2");
    BOOST_TEST(*request.query_value("y") == "\xc3\xa4");
    BOOST_TEST(*request.query_value("z") == "");
    BOOST_TEST(request.query_value("w") == nullptr);
    BOOST_TEST(*request.headers.find("x-ONE") == "1");
    BOOST_TEST(request.headers.count("X-One") == 2u);
    BOOST_TEST(head->keep_alive);
}

BOOST_AUTO_TEST_CASE(responses_carry_security_headers_and_no_injected_ones) {
    const HttpResponse response{200, {{"Location", "/x\r\nSet-Cookie: a=b"}, {"X-Good", "1"}}, "body"};
    const auto text = write_http_response(response, true, false);
    BOOST_TEST(text.find("X-Content-Type-Options: nosniff\r\n") != text.npos);
    BOOST_TEST(text.find("Cache-Control: no-store\r\n") != text.npos);
    BOOST_TEST(text.find("X-Good: 1\r\n") != text.npos);
    BOOST_TEST(text.find("Set-Cookie") == text.npos);
    BOOST_TEST(text.find("Content-Length: 4\r\n") != text.npos);
    BOOST_TEST(text.substr(text.size() - 4) == "body");
    BOOST_TEST(write_http_response({204, {}, {}}, true, false).find("Content-Length") == text.npos);
}

BOOST_AUTO_TEST_CASE(get_post_and_errors_over_the_wire) {
    HttpPort port;
    const auto health = port.get("/healthz");
    BOOST_TEST(health.status == 200);
    BOOST_TEST(health.body == "ok");
    BOOST_TEST(header(health, "X-Content-Type-Options") == "nosniff");
    BOOST_TEST(header(port.get("/console/x"), "Cache-Control") == "max-age=60");
    BOOST_TEST(port.get("/nowhere").body ==
               R"({"error":"http.not_found","message":"there is nothing at this address"})");

    const auto failed = port.get("/fail");
    BOOST_TEST(failed.status == 500);
    BOOST_TEST(failed.body.find("secret") == std::string::npos);
    BOOST_TEST(port.sink.count("connection_handler_failed") == 1);

    HttpRequest head;
    head.method = "HEAD";
    head.path = "/healthz";
    const auto answer = http_call("127.0.0.1", port.number, head, patience);
    BOOST_REQUIRE(answer.ok());
    BOOST_TEST(header(*answer, "Content-Length") == "2");
    BOOST_TEST(answer->body == "");
}

BOOST_AUTO_TEST_CASE(bodies_by_length_in_the_lobby_on_a_thread_and_chunked) {
    HttpPort port;
    for (const std::size_t size : {std::size_t(0), std::size_t(5), std::size_t(200'000), std::size_t(3'000'000)}) {
        HttpRequest post;
        post.method = "POST";
        post.path = "/echo";
        post.body = std::string(size, 'b');
        const auto answer = http_call("127.0.0.1", port.number, post, patience);
        BOOST_REQUIRE(answer.ok());
        BOOST_TEST((answer->body == post.body),
                   size << " bytes came back as " << answer->status << " with " << answer->body.size());
    }
    LoopbackPeer peer(port.number);
    const std::string chunked = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    peer.send(chunked + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    BOOST_TEST(peer.receive_until("abcde").find("200 OK") != std::string::npos);
    BOOST_TEST(peer.receive_until("\r\n\r\nok").find("200 OK") != std::string::npos);
    BOOST_TEST(status_of(port.raw(chunked + "zz\r\n")) == "400");
    BOOST_TEST(status_of(port.raw(chunked + "3\r\nabcd\r\n")) == "400");
}

BOOST_AUTO_TEST_CASE(a_body_that_ends_too_early_is_not_answered) {
    HttpPort port;
    for (const auto* start : {"Content-Length: 300000\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nabc"}) {
        LoopbackPeer peer(port.number);
        peer.send("POST /echo HTTP/1.1\r\nHost: x\r\n" + std::string(start));
        peer.half_close();
        BOOST_TEST(peer.receive_all() == "");
    }
}

BOOST_AUTO_TEST_CASE(a_body_over_the_limit_is_413) {
    HttpPort port(HttpOptions{.max_body = 1000});
    const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
    const std::string much(200'000, 'x');
    BOOST_TEST(status_of(port.raw(post + "Content-Length: 200000\r\n\r\n" + much)) == "413");
    BOOST_TEST(status_of(port.raw(post + "Content-Length: 200000\r\nExpect: 100-continue\r\n\r\n")) == "413");
    BOOST_TEST(status_of(port.raw(post + "Transfer-Encoding: chunked\r\n\r\n30d40\r\n" + much)) == "413");
    BOOST_TEST(status_of(port.raw(post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n")) == "413");
}

BOOST_AUTO_TEST_CASE(expect_continue_is_answered_before_the_body) {
    HttpPort port;
    LoopbackPeer peer(port.number);
    peer.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    BOOST_TEST(peer.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    peer.send("body");
    BOOST_TEST(peer.receive_until("body").find("200 OK") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bad_heads_are_answered_and_the_connection_ends) {
    HttpPort port(HttpOptions{.head_timeout = milliseconds(200)});
    BOOST_TEST(status_of(port.raw("GET / HTTP/1.1\r\n\r\n")) == "400");
    BOOST_TEST(status_of(port.raw("\x16\x03\x01 hello tls")) == "400");
    BOOST_TEST(status_of(port.raw("GET / HTTP/3.0\r\nHost: x\r\n\r\n")) == "501");
    BOOST_TEST(status_of(port.raw("GET /" + std::string(40'000, 'a'))) == "431");
    BOOST_TEST(status_of(port.raw("GET /slow")) == "408");
}

BOOST_AUTO_TEST_CASE(keep_alive_serves_two_requests_and_then_idles_out) {
    HttpPort port(HttpOptions{.keep_alive = milliseconds(200)});
    LoopbackPeer peer(port.number);
    const std::string get = "GET /healthz HTTP/1.1\r\n" + std::string(host) + "\r\n";
    for (int i = 0; i < 2; ++i) {
        peer.send(get);
        BOOST_TEST(peer.receive_until("\r\n\r\nok").find("Connection: Keep-Alive") != std::string::npos);
    }
    peer.send(get + get);
    peer.receive_until("\r\n\r\nok");
    BOOST_TEST(peer.receive_until("\r\n\r\nok").find("200 OK") != std::string::npos);
    BOOST_TEST(peer.receive_all() == "");
    BOOST_TEST(port.raw("GET /healthz HTTP/1.0\r\n\r\n").find("Connection: Close") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_port_is_served_anew_while_connections_go_on) {
    CountingSink sink;
    Lobby lobby(sink);
    const auto says = [](const std::string& text) {
        HttpRouter router;
        router.add("GET", "/", [text](const HttpRequest&) { return HttpResponse{200, {}, text}; });
        return router;
    };
    const auto id = add_http_port(lobby, PortOptions{}, {}, says("before"), sink);
    BOOST_REQUIRE(id.ok());
    lobby.start();
    const auto number = lobby.bound_port(*id);
    const auto fetch = [](LoopbackPeer& peer, const std::string& expected) {
        peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto head = peer.receive_until("\r\n\r\n");
        return status_of(head) + " " + peer.receive(expected.size());
    };
    LoopbackPeer kept(number);
    BOOST_TEST(fetch(kept, "before") == "200 before");
    replace_http_port(lobby, *id, PortOptions{}, {}, says("afters"), sink);
    // Whoever comes once the loop knows it.
    for (std::string answer; answer != "200 afters";) {
        LoopbackPeer fresh(number);
        answer = fetch(fresh, "afters");
        BOOST_REQUIRE((answer == "200 afters" || answer == "200 before"));
    }
    BOOST_TEST(fetch(kept, "before") == "200 before");
}

BOOST_AUTO_TEST_CASE(slow_clients_of_every_kind_leave_others_served) {
    raise_descriptor_limit();
    HttpPort port(HttpOptions{.max_threads = 4});
    const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
    std::deque<LoopbackPeer> slow;
    for (int i = 0; i < 500; ++i) {
        auto& peer = slow.emplace_back(port.number);
        if (i % 5 == 0) peer.send("GET /heal");
        if (i % 5 == 1) peer.send(post + "Content-Length: 100\r\n\r\nhalf");
        if (i % 5 == 2) peer.send(post + "Content-Length: 1000000\r\n\r\nhalf");
        if (i % 5 == 3) peer.send(post + "Transfer-Encoding: chunked\r\n\r\n5\r\nha");
    }
    for (int i = 0; i < 20; ++i) {
        HttpResponse answer;
        // 503 while a thread is still refusing one of the slow bodies.
        do answer = port.get("/healthz");
        while (answer.status == 503);
        BOOST_TEST(answer.body == "ok");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::net
