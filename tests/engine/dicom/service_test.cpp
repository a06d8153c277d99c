// The service from the outside: DCMTK's own programs, our client, and peers that misbehave.
#include "engine/dicom/service.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/dicom/client.hpp"
#include "engine/dicom/greeter.hpp"
#include "engine/dicom/tags.hpp"
#include "tests/engine/dicom/sample_rows.hpp"
#include "tests/engine/dicom/service_harness.hpp"

using namespace gantry;
using namespace gantry::dicom;
using namespace gantry::dicom::samples;
using namespace std::chrono_literals;
using effects::OrderField;
using effects::PatientField;
using effects::StepField;

namespace {

RemoteAe remote(const RunningService& service, const std::string& called = "GANTRY") {
    return {"127.0.0.1", static_cast<std::uint16_t>(service.port), "CT01", called, std::chrono::seconds(5)};
}

std::string scu(const std::string& program, const RunningService& service, const std::string& options) {
    return program + " -v -aet CT01 -aec GANTRY " + options + " 127.0.0.1 " + std::to_string(service.port);
}

constexpr const char* step_keys =
    "-k 0010,0010 -k 0008,0050 -k 0020,000D -k '(0040,0100)[0].0008,0060=CT' -k '(0040,0100)[0].0040,0001=CT01' "
    "-k '(0040,0100)[0].0040,0002=20261123' -k '(0040,0100)[0].0040,0003' -k '(0040,0100)[0].0040,0009'";

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

bool without(const std::string& program) {
    if (installed(program)) return false;
    BOOST_TEST_MESSAGE("skipped: " + program + " is not installed");
    return true;
}

template <class Condition>
bool soon(Condition condition, std::chrono::milliseconds most = 5s) {
    const auto end = std::chrono::steady_clock::now() + most;
    while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(5ms);
    return condition();
}

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

std::string item(char type, const std::string& value) {
    return std::string{type, 0, static_cast<char>(value.size() >> 8), static_cast<char>(value.size() & 0xFF)} + value;
}

std::string pdu(char type, const std::string& body) {
    std::string out{type, 0};
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(body.size() >> shift & 0xFF);
    return out + body;
}

// A-ASSOCIATE-RQ for worklist in Implicit VR, presentation context 1 (PS3.8 9.3.2).
std::string association_request() {
    const auto padded = [](std::string title) { return title.append(16 - title.size(), ' '); };
    const std::string context =
        std::string("\1\0\0\0", 4) + item(0x30, "1.2.840.10008.5.1.4.31") + item(0x40, "1.2.840.10008.1.2");
    const std::string user = item(0x51, std::string("\0\0\x40\0", 4)) + item(0x52, "1.2.3");
    return pdu(1, std::string("\0\1\0\0", 4) + padded("GANTRY") + padded("CT01") + std::string(32, '\0') +
                      item(0x10, "1.2.840.10008.3.1.1.1") + item(0x20, context) + item(0x50, user));
}

std::string little(std::uint32_t value, int size) {
    std::string out;
    for (int i = 0; i < size; ++i) out += static_cast<char>(value >> 8 * i & 0xFF);
    return out;
}
std::string element(std::uint32_t group, std::uint32_t number, const std::string& value) {
    return little(group, 2) + little(number, 2) + little(static_cast<std::uint32_t>(value.size()), 4) + value;
}
// head: 1 command, 2 last fragment
std::string pdv(char head, const std::string& bytes) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((bytes.size() + 2) >> shift & 0xFF);
    return pdu(4, out + std::string{1, head} + bytes);
}
std::string find_request() {
    return pdv(3, element(0, 2, std::string("1.2.840.10008.5.1.4.31\0", 22)) + element(0, 0x100, little(0x20, 2)) +
                      element(0, 0x110, little(7, 2)) + element(0, 0x800, little(1, 2)));
}

void say(int descriptor, const std::string& bytes) {
    BOOST_REQUIRE(::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dicom_service)

BOOST_AUTO_TEST_CASE(answers_echo) {
    RunningService service;
    BOOST_TEST(echo(remote(service)).ok());
    if (without("echoscu")) return;
    BOOST_TEST(run(scu("echoscu", service, "")).exit_code == 0);
    BOOST_TEST(soon([&] { return service.ended == 2; }));
}

BOOST_AUTO_TEST_CASE(answers_a_query_by_date_modality_and_station) {
    RunningService service;
    service.catalog.rows = {row("SMITH^JOHN", "A1"), row("JONES^ANN", "A2"), row("OTHER^DAY", "A3")};
    service.catalog.rows[2].step_fields[StepField::start_date] = service.catalog.rows[2].shown_date = "20261124";
    if (without("findscu")) return;
    const auto ran = run(scu("findscu -W", service, step_keys));
    BOOST_TEST(ran.exit_code == 0);
    BOOST_TEST(has(ran.output, "SMITH^JOHN"), ran.output);
    BOOST_TEST(has(ran.output, "JONES^ANN"));
    BOOST_TEST(!has(ran.output, "OTHER^DAY"));
    BOOST_TEST(has(ran.output, "093000"));
}

BOOST_AUTO_TEST_CASE(answers_implicit_vr_and_both_byte_layouts) {
    RunningService service;
    service.catalog.rows = {row()};
    if (without("findscu")) return;
    for (const auto* transfer_syntax : {"-xi", "-xe", "-x="}) {
        const auto ran = run(scu(std::string("findscu -W ") + transfer_syntax, service, step_keys));
        BOOST_TEST(has(ran.output, "SMITH^JOHN"), ran.output);
    }
}

BOOST_AUTO_TEST_CASE(tolerates_keys_at_the_root) {
    RunningService service;
    service.catalog.rows = {row(), row("MR^ONLY", "A2")};
    service.catalog.rows[1].step_fields[StepField::modality] = "MR";
    if (without("findscu")) return;
    const auto ran = run(
        scu("findscu -W", service, "-k 0008,0052=STUDY -k 0010,0010=* -k 0008,0060=CT -k 0040,0002=20261101-20261130"));
    BOOST_TEST(has(ran.output, "SMITH^JOHN"), ran.output);
    BOOST_TEST(!has(ran.output, "MR^ONLY"));
    BOOST_TEST(has(ran.output, "(0040,0100)"));
}

BOOST_AUTO_TEST_CASE(stops_at_a_cancel) {
    RunningService service;
    for (int i = 0; i < 3000; ++i) service.catalog.rows.push_back(row("SMITH^" + std::to_string(i)));
    service.catalog.pause = 1ms;
    if (without("findscu")) return;
    const auto ran = run(scu("findscu -W --cancel 3", service, "-k 0010,0010"));
    BOOST_TEST(has(ran.output, "Cancel"), ran.output);
    BOOST_TEST(soon([&] { return service.ended == 1; }));
    BOOST_TEST(service.catalog.given < 3000);
    BOOST_TEST(!service.events.has("association_failed"));
}

BOOST_AUTO_TEST_CASE(rejects_strangers_for_good) {
    DicomOptions options;
    options.calling_aes.push_back({"CT02", {}, false, false, 0});
    RunningService listed(options), open, remote_only({}, false);
    BOOST_TEST(!echo(remote(open, "OTHER")).ok());
    BOOST_TEST(open.events.has("association_rejected"));
    BOOST_TEST(!echo(remote(listed)).ok());
    BOOST_TEST(!echo(remote(remote_only)).ok());
    if (without("echoscu")) return;
    const auto called = run("echoscu -v -aec OTHER 127.0.0.1 " + std::to_string(open.port));
    BOOST_TEST(has(called.output, "Called AE Title Not Recognized"), called.output);
    BOOST_TEST(has(called.output, "Permanent"));
    const auto calling = run(scu("echoscu", listed, ""));
    BOOST_TEST(has(calling.output, "Calling AE Title Not Recognized"), calling.output);
}

BOOST_AUTO_TEST_CASE(says_busy_so_that_a_peer_understands) {
    if (without("echoscu")) return;
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    BOOST_REQUIRE(::listen(listener, 1) == 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    std::thread lobby([listener] {
        SocketStream stream(::accept(listener, nullptr, nullptr));
        std::string greeting(4096, '\0');
        const auto got = stream.read(greeting.data(), greeting.size(), 5s);
        const auto pdu = busy_rejection();
        if (got && association_greeter(std::string_view(greeting).substr(0, *got)) == Greeting::complete) {
            (void)stream.write(pdu.data(), pdu.size(), 5s);
        }
        (void)stream.readable(5s);
    });
    const auto ran = run("echoscu -v 127.0.0.1 " + std::to_string(ntohs(address.sin_port)));
    lobby.join();
    ::close(listener);
    BOOST_TEST(has(ran.output, "Transient"), ran.output);
    BOOST_TEST(has(ran.output, "Local Limit Exceeded"));
}

BOOST_AUTO_TEST_CASE(names_reach_the_peer_in_a_character_set_it_knows) {
    DicomOptions options;
    options.calling_aes.push_back({"CT01", {}, false, false, 0});
    options.calling_aes.push_back({"OLD", {"ISO_IR 6"}, false, false, 0});
    RunningService service(options);
    service.catalog.rows = {row("MÜLLER^JÖRG")};
    if (without("findscu")) return;
    const auto latin = run(scu("findscu -W", service, "-k 0010,0010=muller*"));
    BOOST_TEST(has(latin.output, "ISO_IR 100"), latin.output);
    BOOST_TEST(has(latin.output, "M\xDCLLER^J\xD6RG"));
    service.catalog.rows = {row("ŁÓDŹ^Ä")};
    const auto unicode = run(scu("findscu -W", service, "-k 0010,0010"));
    BOOST_TEST(has(unicode.output, "ISO_IR 192"), unicode.output);
    BOOST_TEST(has(unicode.output, "ŁÓDŹ^Ä"));
    const auto ascii = run("findscu -v -W -aet OLD -aec GANTRY -k 0010,0010 127.0.0.1 " + std::to_string(service.port));
    BOOST_TEST(has(ascii.output, "LODZ^A"), ascii.output);
    BOOST_TEST(!has(ascii.output, "(0008,0005)"));
}

BOOST_AUTO_TEST_CASE(queries_are_read_in_their_own_character_set) {
    RunningService service;
    service.catalog.rows = {row("ÖZ^A"), row("OTHER")};
    const auto found = find_worklist(remote(service), {{"0010,0010", "Öz*"}});
    BOOST_REQUIRE(found.ok());
    BOOST_REQUIRE(found->size() == 1u);
    BOOST_TEST((*found)[0].value(tags::PatientName) == "ÖZ^A");
    if (without("findscu")) return;
    const auto latin =
        run(scu("findscu -W", service, "-k '0008,0005=ISO_IR 100' -k \"0010,0010=$(printf '\\326')Z*\""));
    BOOST_TEST(has(latin.output, "^A"), latin.output);
    BOOST_TEST(!has(latin.output, "OTHER"));
    const auto undeclared = run(scu("findscu -W", service, "-k \"0010,0010=$(printf '\\326')Z*\""));
    BOOST_TEST(has(undeclared.output, "^A"), undeclared.output);
}

BOOST_AUTO_TEST_CASE(tells_why_a_query_cannot_be_answered) {
    RunningService service;
    const auto bad = find_worklist(remote(service), {{"(0040,0100)[0].0040,0002", "someday"}});
    BOOST_REQUIRE(!bad.ok());
    BOOST_TEST((bad.error().code == ErrorCode::dicom_bad_query));
    BOOST_TEST(bad.error().detail == "not a date or range of dates");
    BOOST_TEST(
        !find_worklist(remote(service), {{"(0040,0100)[0].0008,0060", ""}, {"(0040,0100)[1].0008,0060", ""}}).ok());
    service.catalog.failure = Error{ErrorCode::storage_unavailable, {}, {}};
    const auto failed = find_worklist(remote(service), {{"0010,0010", ""}});
    BOOST_REQUIRE(!failed.ok());
    BOOST_TEST((failed.error().code == ErrorCode::storage_unavailable));
    BOOST_TEST(service.events.has("worklist_catalog_failed"));
    if (without("findscu")) return;
    const auto ran = run(scu("findscu -W", service, "-k 0010,0010"));
    BOOST_TEST(has(ran.output, "OutOfResources"), ran.output);
}

BOOST_AUTO_TEST_CASE(the_client_prints_what_it_got) {
    RunningService service;
    service.catalog.rows = {row()};
    const auto found = find_worklist(remote(service), {{"PatientName", ""}, {"(0040,0100)[0].Modality", "CT"}});
    BOOST_REQUIRE(found.ok());
    BOOST_REQUIRE(found->size() == 1u);
    const auto lines = printable((*found)[0]);
    BOOST_REQUIRE(lines.size() == 2u);
    BOOST_TEST(lines[0].path == "(0010,0010)");
    BOOST_TEST(lines[0].keyword == "PatientName");
    BOOST_TEST(lines[1].path == "(0040,0100)[0].(0008,0060)");
    BOOST_TEST(lines[1].value == "CT");
    BOOST_TEST(!find_worklist(remote(service), {{"no such key", ""}}).ok());
}

BOOST_AUTO_TEST_CASE(caps_the_answers_of_an_ae) {
    DicomOptions options;
    options.calling_aes.push_back({"CT01", {}, false, false, 2});
    RunningService service(options);
    service.catalog.rows = {row(), row(), row(), row()};
    const auto found = find_worklist(remote(service), {{"0010,0010", ""}});
    BOOST_REQUIRE(found.ok());
    BOOST_TEST(found->size() == 2u);
    BOOST_TEST(service.events.has("worklist_answer_capped"));
}

BOOST_AUTO_TEST_CASE(unknown_keys_come_back_empty_with_a_warning_status) {
    RunningService service;
    service.catalog.rows = {row()};
    if (without("findscu")) return;
    const auto known = run(scu("findscu -W", service, "-k 0010,0010"));
    BOOST_TEST(has(known.output, "(Pending)"), known.output);
    const auto ran = run(scu("findscu -W", service, "-k 0010,0010 -k 0010,4000"));
    BOOST_TEST(has(ran.output, "WarningUnsupportedOptionalKeys"), ran.output);
    BOOST_TEST(has(ran.output, "(0010,4000)"));
}

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
    const std::vector<std::string> messages{
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
    BOOST_TEST(echo(remote(service)).ok());
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

BOOST_AUTO_TEST_CASE(many_at_once_and_idle_peers_in_between) {
    RunningService service;
    service.catalog.rows = {row()};
    std::vector<int> idle;
    for (int i = 0; i < 20; ++i) idle.push_back(connected_to(service.port));
    std::atomic<int> answered{0};
    std::vector<std::thread> modalities;
    for (int i = 0; i < 8; ++i) {
        modalities.emplace_back([&] {
            for (int n = 0; n < 5; ++n) {
                const auto found = find_worklist(remote(service), {{"0010,0010", ""}});
                answered += found.ok() && found->size() == 1 ? 1 : 0;
            }
        });
    }
    for (auto& modality : modalities) modality.join();
    BOOST_TEST(answered == 40);
    for (const int descriptor : idle) ::close(descriptor);
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
