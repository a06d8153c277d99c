#include "engine/net/http_response_reader.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

using namespace gantry::net;
using State = HttpResponseReader::State;

namespace {

const HttpResponseReader::Limits small{200, 20};

// What comes of bytes in pieces of `width`, with the end of the connection after them or not.
std::string read_in_pieces(const std::string& bytes, std::size_t width, bool end) {
    HttpResponseReader reader(small);
    for (std::size_t at = 0; at < bytes.size() && reader.state() != State::broken; at += width)
        reader.feed(std::string_view(bytes).substr(at, width));
    if (end) reader.end();
    switch (reader.state()) {
        case State::open:
            return "open";
        case State::broken:
            return "broken";
        case State::too_large:
            return std::to_string(reader.response().status) + " too large";
        case State::whole:
            break;
    }
    const auto& response = reader.response();
    return std::to_string(response.status) + " [" + response.body + "]" + (reader.reusable() ? " reusable" : "") +
           (reader.measured() ? "" : " unmeasured");
}

std::string read(const std::string& bytes, bool end = false) {
    const auto whole = read_in_pieces(bytes, bytes.size() + 1, end);
    for (const std::size_t width : {1, 2, 3, 7})
        BOOST_TEST_CONTEXT(width) BOOST_TEST(read_in_pieces(bytes, width, end) == whole);
    return whole;
}

const std::string ok = "HTTP/1.1 200 OK\r\n", chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(http_response_reader)

BOOST_AUTO_TEST_CASE(a_length_says_where_the_body_ends) {
    BOOST_TEST(read(ok + "Content-Length: 3\r\n\r\nabc") == "200 [abc] reusable");
    BOOST_TEST(read(ok + "content-length:  0 \r\n\r\n") == "200 [] reusable");
    BOOST_TEST(read("HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n") == "503 [] reusable");
    BOOST_TEST(read("HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n") == "503 [] reusable");
    BOOST_TEST(read(ok + "Content-Length: 3\r\n\r\nab") == "open");
    BOOST_TEST(read(ok + "Content-Length: 3\r\n\r\nab", true) == "broken");
    BOOST_TEST(read(ok + "Content-Length: 3\r\n\r\nabc", true) == "200 [abc] reusable");
    BOOST_TEST(read("HTTP/1.1 204 No Content\r\n\r\n") == "204 [] reusable");
    BOOST_TEST(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n") == "304 [] reusable");
}

BOOST_AUTO_TEST_CASE(chunks_say_where_the_body_ends) {
    BOOST_TEST(read(chunked + "3\r\nabc\r\n00A;x=\"y\"\r\n0123456789\r\n0\r\n\r\n") == "200 [abc0123456789] reusable");
    BOOST_TEST(read(chunked + "1 \r\na\r\n0\r\nTrailer: x\r\nB: y\r\n\r\n") == "200 [a] reusable");
    BOOST_TEST(read(chunked + "3\r\nabc\r\n", true) == "broken");
    BOOST_TEST(read(chunked + "3\r\nabc\r\n0\r\n", true) == "broken");
    for (const std::string body : {"3\r\nabcd\r\n0\r\n\r\n", "\r\n", "x\r\n", "-1\r\n", "0x3\r\nabc\r\n",
                                   "+3\r\nabc\r\n", "ffffffffffffffffff\r\n", "3\nabc\r\n0\r\n\r\n", "3\r\nabcxx"})
        BOOST_TEST_CONTEXT(body) BOOST_TEST(read(chunked + body, true) == "broken");
    BOOST_TEST(read(chunked + std::string(5000, '0')) == "broken");
    BOOST_TEST(read(chunked + "0\r\n" + std::string(300, 'x')) == "broken");
}

BOOST_AUTO_TEST_CASE(without_either_the_end_of_the_connection_does) {
    BOOST_TEST(read(ok + "\r\nabc") == "open");
    BOOST_TEST(read(ok + "\r\nabc", true) == "200 [abc] unmeasured");
    BOOST_TEST(read("HTTP/1.0 200 OK\r\n\r\n", true) == "200 [] unmeasured");
}

BOOST_AUTO_TEST_CASE(who_may_use_the_connection_again) {
    const std::string none = "Content-Length: 0\r\n\r\n";
    BOOST_TEST(read(ok + "Connection: close\r\n" + none) == "200 []");
    BOOST_TEST(read(ok + "Connection: x, Close\r\n" + none) == "200 []");
    BOOST_TEST(read(ok + "Connection: keep-alive\r\nConnection: close\r\n" + none) == "200 []");
    BOOST_TEST(read("HTTP/1.0 200 OK\r\n" + none) == "200 []");
    BOOST_TEST(read("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + none) == "200 [] reusable");
    HttpResponseReader reader(small);
    BOOST_CHECK(reader.feed(ok + none + "HTTP/1.1 500") == State::whole);
    BOOST_TEST(!reader.reusable());
}

BOOST_AUTO_TEST_CASE(interim_responses_are_passed_over_and_have_an_end) {
    const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n", hints = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    BOOST_TEST(read(go_on + hints + ok + "Content-Length: 1\r\n\r\nx") == "200 [x] reusable");
    BOOST_TEST(read(go_on) == "open");
    BOOST_TEST(read(go_on, true) == "broken");
    std::string many;
    for (int i = 0; i < 20; ++i) many += go_on;
    BOOST_TEST(read(many) == "broken");
    BOOST_TEST(read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n") == "broken");
}

BOOST_AUTO_TEST_CASE(what_two_readers_could_read_differently_is_broken) {
    const std::string fields[] = {"Content-Length: 1\r\nContent-Length: 1\r\n",
                                  "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                                  "Transfer-Encoding: gzip, chunked\r\n",
                                  "Transfer-Encoding: gzip\r\n",
                                  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                                  "Content-Length: 1, 1\r\n",
                                  "Content-Length: +1\r\n",
                                  "Content-Length: -1\r\n",
                                  "Content-Length: 0x1\r\n",
                                  "Content-Length: \r\n",
                                  "Content-Length: 99999999999999999999999\r\n",
                                  "Content-Length : 1\r\n",
                                  " Content-Length: 1\r\n",
                                  "X: a\r\n folded\r\n",
                                  "no colon\r\n",
                                  ": x\r\n",
                                  "X: a\x01\r\n",
                                  "X: a\nContent-Length: 1\r\n",
                                  "X: a\rContent-Length: 1\r\n"};
    for (const auto& field : fields) BOOST_TEST_CONTEXT(field) BOOST_TEST(read(ok + field + "\r\nx", true) == "broken");
    for (const std::string line :
         {"HTTP/1.1 200OK", "HTTP/2.0 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 099 OK",
          "HTTP/1.1 +20 OK", "http/1.1 200 OK", "", "MSH|^~\\&|", "HTTP/1.1  200 OK", "HTTP/1.1 200 \x07"})
        BOOST_TEST_CONTEXT(line) BOOST_TEST(read(line + "\r\nContent-Length: 0\r\n\r\n", true) == "broken");
}

BOOST_AUTO_TEST_CASE(heads_and_bodies_have_limits) {
    BOOST_TEST(read(ok + "X: " + std::string(300, 'x')) == "broken");
    BOOST_TEST(read(ok + "X: " + std::string(300, 'x') + "\r\n\r\n") == "broken");
    const std::string long_body(21, 'x');
    BOOST_TEST(read(ok + "Content-Length: 21\r\n\r\n" + long_body) == "200 too large");
    BOOST_TEST(read(ok + "Content-Length: 1000000000000\r\n\r\n") == "200 too large");
    BOOST_TEST(read(chunked + "15\r\n" + long_body) == "200 too large");
    BOOST_TEST(read(chunked + "a\r\n0123456789\r\na\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n") == "200 too large");
    BOOST_TEST(read(ok + "\r\n" + long_body, true) == "200 too large");
    BOOST_TEST(read(ok + "Content-Length: 20\r\n\r\n" + long_body.substr(1)) ==
               "200 [" + long_body.substr(1) + "] reusable");
}

// Cut anywhere, nothing looks whole.
BOOST_AUTO_TEST_CASE(no_part_of_a_measured_response_is_one) {
    for (const auto& bytes : {ok + "Content-Length: 3\r\n\r\nabc", chunked + "3\r\nabc\r\n0\r\nA: b\r\n\r\n"}) {
        BOOST_TEST(read(bytes, true) == "200 [abc] reusable");
        for (std::size_t size = 0; size < bytes.size(); ++size)
            BOOST_TEST_CONTEXT(size) BOOST_TEST(read(bytes.substr(0, size), true) == "broken");
    }
}

BOOST_AUTO_TEST_SUITE_END()
