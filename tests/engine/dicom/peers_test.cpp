// Peers that are silent, slow, hostile or rude, byte by byte.
#include <boost/test/unit_test.hpp>

#include "engine/dicom/client.hpp"
#include "engine/dicom/service.hpp"
#include "tests/engine/dicom/raw_peer.hpp"
#include "tests/engine/dicom/sample_rows.hpp"
#include "tests/engine/dicom/service_harness.hpp"

using namespace gantry;
using namespace gantry::dicom;
using namespace gantry::dicom::samples;
using namespace std::chrono_literals;

namespace {

// Everything until the peer closes or `wait` is over.
std::string read_all(int descriptor, std::chrono::milliseconds wait) {
    std::string out;
    std::array<char, 4096> buffer{};
    SocketStream stream(::dup(descriptor));
    for (;;) {
        const auto got = stream.read(buffer.data(), buffer.size(), wait);
        if (!got || *got == 0) return out;
        out.append(buffer.data(), *got);
    }
}

void say(int descriptor, const std::string& bytes) {
    BOOST_REQUIRE(::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dicom_peers)

BOOST_AUTO_TEST_CASE(a_silent_peer_is_dropped) {
    DicomOptions options;
    options.association_timeout = 300ms;
    options.idle_timeout = 300ms;
    RunningService service(options);
    const int silent = connected_to(service.port), half = connected_to(service.port), idle = connected_to(service.port);
    say(half, association_request().substr(0, 100));
    say(idle, association_request());
    BOOST_TEST(soon([&] { return service.ended == 3; }));
    const auto answer = read_all(idle, 1s);
    BOOST_REQUIRE(!answer.empty());
    BOOST_TEST(answer[0] == '\2');                   // accepted
    BOOST_TEST(answer[answer.size() - 10] == '\7');  // then aborted
    BOOST_TEST(service.events.has("association_aborted"));
    for (const int descriptor : {silent, half, idle}) ::close(descriptor);
}

BOOST_AUTO_TEST_CASE(a_message_must_come_to_its_end_in_time) {
    DicomOptions options;
    options.message_timeout = 400ms;
    RunningService service(options);
    const int dripping = connected_to(service.port);
    say(dripping, association_request());
    const auto request = find_request();
    const auto began = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < request.size() && service.ended == 0; ++i) {
        ::send(dripping, request.data() + i, 1, MSG_NOSIGNAL);
        std::this_thread::sleep_for(50ms);
    }
    BOOST_TEST((std::chrono::steady_clock::now() - began < 5s));
    BOOST_TEST(soon([&] { return service.ended == 1; }));
    ::close(dripping);
}

BOOST_AUTO_TEST_CASE(hostile_messages_end_their_association_only) {
    RunningService service;
    service.catalog.rows = {row()};
    std::string nested;
    for (int i = 0; i < 3000; ++i)
        nested += little(0x0040, 2) + little(0x0100, 2) + "\xFF\xFF\xFF\xFF" + "\xFE\xFF" + std::string("\0\xE0", 2) +
                  "\xFF\xFF\xFF\xFF";
    std::string deep;  // as many levels as are let through to the parser
    for (int i = 0; i < 255; ++i) deep += nested.substr(0, 16);
    const std::vector<std::string> messages{
        find_request() + pdv(2, deep),
        find_request() + pdv(2, nested.substr(0, 16000)) + pdv(2, nested.substr(16000, 16000)),
        find_request() + pdv(2, std::string(9, 'x')),
        find_request() + pdv(2, element(0x0010, 0x0010, "A").replace(4, 4, "\xF0\xFF\xFF\x7F")),
        pdv(3, "garbage garbage garbage"),
        pdv(3, ""),
        pdv(2, nested.substr(0, 100)),
        pdv(3, element(0, 0x100, little(0x1, 2))),
        pdu(4, std::string("\xFF\xFF\xFF\xFF", 4)),
        pdu(4, std::string("\0\0\0\0", 4)),
        pdu(9, "unknown"),
        association_request(),
        std::string("\4\0\xFF\xFF\xFF\xFF", 6),
        pdu(7, std::string(4, '\0')),
    };
    int number = 0;
    for (const auto& message : messages) {
        const int peer = connected_to(service.port);
        say(peer, association_request() + message);
        ::shutdown(peer, SHUT_WR);
        read_all(peer, 2s);
        ::close(peer);
        ++number;
        BOOST_TEST(soon([&] { return service.ended == number; }), "message " << number);
    }
    BOOST_TEST(echo({"127.0.0.1", static_cast<std::uint16_t>(service.port), "CT01", "GANTRY", 5s}).ok());
    BOOST_TEST(!service.events.has("association_failed"));
}

BOOST_AUTO_TEST_CASE(an_abort_right_after_the_last_answer_is_quiet) {
    RunningService service;
    service.catalog.rows = {row()};
    const int peer = connected_to(service.port);
    say(peer, association_request() + find_request() + pdv(2, element(0x0010, 0x0010, "")));
    BOOST_TEST(soon([&] { return service.events.has("worklist_answered"); }));
    say(peer, pdu(7, std::string(4, '\0')));
    ::close(peer);
    BOOST_TEST(soon([&] { return service.ended == 1; }));
    BOOST_TEST(!service.events.has("association_aborted"));
    BOOST_TEST(!service.events.has("association_failed"));
}

BOOST_AUTO_TEST_CASE(stops_at_once) {
    RunningService service;
    const int peer = connected_to(service.port);
    say(peer, association_request());
    BOOST_TEST(soon([&] { return service.events.has("association_opened"); }));
    const auto began = std::chrono::steady_clock::now();
    service.service().stop();
    BOOST_TEST(soon([&] { return service.ended == 1; }));
    BOOST_TEST((std::chrono::steady_clock::now() - began < 1s));
    ::close(peer);
}

BOOST_AUTO_TEST_SUITE_END()
