// The service from the outside: DCMTK's own programs, our client, and peers that misbehave.
#include "engine/dicom/service.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/dicom/client.hpp"
#include "engine/dicom/greeter.hpp"
#include "engine/dicom/tags.hpp"
#include "tests/engine/dicom/raw_peer.hpp"
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

BOOST_AUTO_TEST_CASE(japanese_queries_are_read_with_and_without_their_character_set) {
    RunningService service;
    service.catalog.rows = {row("Yamada^Tarou=山田^太郎=やまだ^たろう"), row("OTHER")};
    RawAssociation modality(service.port);
    BOOST_REQUIRE(modality.open());
    const auto found = [&](const std::string& set, const std::string& name) {
        const auto named = set.empty() ? std::string() : text_element(0x0008, 0x0005, set);
        return modality.find(named + text_element(0x0010, 0x0010, name)).pending.size();
    };
    for (const auto* set : {"\\ISO 2022 IR 87", "ISO 2022 IR 13\\ISO 2022 IR 87", ""}) {
        BOOST_TEST(found(set, "\x1b$B;3\x1b(B*") == 1u, set);
        BOOST_TEST(found(set, "YAMADA*=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B") == 1u, set);
        BOOST_TEST(found(set, "\x1b$BB@\x1b(B*") == 0u, set);
    }
    service.catalog.rows[0] = row("ﾔﾏﾀﾞ^ﾀﾛｳ");
    BOOST_TEST(found("ISO_IR 13", "\xD4\xCF\xC0\xDE*") == 1u);
    BOOST_TEST(found("ISO_IR 13", "\xC0\xDB\xB3*") == 0u);
    // Supplementary characters and katakana in one name.
    service.catalog.rows[0] = row("ﾔﾏﾀﾞ=山丂");
    BOOST_TEST(found("ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 159", "\xD4\xCF\xC0\xDE=\x1b$B;3\x1b$(D0!\x1b(B") ==
               1u);
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
    // What everybody asks and nobody says is known, and empty.
    const auto empty = run(scu("findscu -W", service, "-k 0010,0010 -k 0010,4000"));
    BOOST_TEST(has(empty.output, "(Pending)"), empty.output);
    const auto ran = run(scu("findscu -W", service, "-k 0010,0010 -k 0018,0015"));
    BOOST_TEST(has(ran.output, "WarningUnsupportedOptionalKeys"), ran.output);
    BOOST_TEST(has(ran.output, "(0018,0015)"));
}

// PS3.4 table K.4.1-2, by number.
BOOST_AUTO_TEST_CASE(every_status_has_its_number) {
    RunningService service;
    service.catalog.rows = {row(), row()};
    RawAssociation modality(service.port);
    BOOST_REQUIRE(modality.open());
    const auto name = element(0x0010, 0x0010, "");
    const auto status = [&](const std::string& identifier) { return modality.find(identifier).status.value_or(1); };
    const auto plain = modality.find(name);
    BOOST_TEST(plain.status.value_or(1) == 0x0000);
    BOOST_TEST(plain.pending == (std::vector<std::uint16_t>{0xFF00, 0xFF00}), boost::test_tools::per_element());
    // An optional key that is not matched, and one that nobody knows.
    for (const auto& key : {text_element(0x0038, 0x0500, "walking"), element(0x0018, 0x0015, "")}) {
        const auto found = modality.find(key);
        BOOST_TEST(found.pending == (std::vector<std::uint16_t>{0xFF01, 0xFF01}), boost::test_tools::per_element());
        BOOST_TEST(found.status.value_or(1) == 0x0000);
    }
    const auto two_items = element(0xFFFE, 0xE000, text_element(0x0008, 0x0060, "CT"));
    BOOST_TEST(status(element(0x0040, 0x0100, two_items + two_items)) == 0xA900);
    BOOST_TEST(status(sequence(0x0040, 0x0100, text_element(0x0040, 0x0002, "someday"))) == 0xA900);
    BOOST_TEST(status("not a data set") == 0xC001);
    service.catalog.failure = Error{ErrorCode::storage_unavailable, {}, {}};
    BOOST_TEST(status(name) == 0xA700);
    // None of this ends the association.
    BOOST_TEST(modality.echo());
    BOOST_TEST(modality.release());
}

// A modality that has the first of 3,000 answers, which come slowly.
struct LongQuery {
    RunningService service;
    std::optional<RawAssociation> peer;

    LongQuery() {
        for (int i = 0; i < 3000; ++i) service.catalog.rows.push_back(row("SMITH^" + std::to_string(i)));
        service.catalog.pause = 1ms;
        peer.emplace(service.port);
        BOOST_REQUIRE(peer->open());
        BOOST_REQUIRE(peer->send(find_request() + pdv(2, element(0x0010, 0x0010, ""))));
        BOOST_REQUIRE(!peer->next_pdu().empty());
    }
};

BOOST_AUTO_TEST_CASE(a_cancel_is_confirmed_as_one) {
    LongQuery query;
    auto& [service, peer] = query;
    auto& modality = *peer;
    BOOST_REQUIRE(modality.send(cancel_request()));
    const auto rest = modality.answers();
    BOOST_TEST(rest.status.value_or(0) == 0xFE00);
    BOOST_TEST(rest.pending.size() < 3000u);
    // One that crosses the last answer is not answered, and does no harm.
    service.catalog.rows.clear();
    BOOST_TEST(modality.find(element(0x0010, 0x0010, "")).status.value_or(1) == 0x0000);
    BOOST_REQUIRE(modality.send(cancel_request()));
    BOOST_TEST(modality.echo());
}

BOOST_AUTO_TEST_CASE(a_release_among_the_answers_is_confirmed) {
    LongQuery query;
    auto& [service, peer] = query;
    auto& modality = *peer;
    BOOST_REQUIRE(modality.send(pdu(5, std::string(4, '\0'))));
    auto pdu_now = modality.next_pdu();
    while (!pdu_now.empty() && pdu_now[0] == '\4') pdu_now = modality.next_pdu();
    BOOST_REQUIRE(!pdu_now.empty());
    BOOST_TEST(pdu_now[0] == '\6');
    BOOST_TEST(service.catalog.given < 3000);
    BOOST_TEST(!service.events.has("association_aborted"));
}

// PS3.8 table 9-21: result 1 (permanent), source 1 (service user), reason 3 (calling) or 7 (called AE title).
BOOST_AUTO_TEST_CASE(a_rejection_names_its_reason) {
    DicomOptions options;
    options.calling_aes.push_back({"CT02", {}, false, false, 0});
    RunningService listed(options), open, from_elsewhere({}, false);
    const auto reason = [](const RunningService& service, const std::string& called, const std::string& calling) {
        RawAssociation modality(service.port);
        if (modality.open(called, calling)) return std::string("let in");
        return modality.greeting.substr(6);
    };
    BOOST_TEST(reason(open, "OTHER", "CT01") == std::string("\0\1\1\7", 4));
    BOOST_TEST(reason(listed, "GANTRY", "CT01") == std::string("\0\1\1\3", 4));
    BOOST_TEST(reason(from_elsewhere, "GANTRY", "CT01") == std::string("\0\1\1\3", 4));
    BOOST_TEST(reason(listed, "GANTRY", "CT02") == "let in");
    BOOST_TEST(reason(open, "GANTRY", "CT01") == "let in");
    // Padded in front, as some do.
    BOOST_TEST(reason(listed, " GANTRY", " CT02") == "let in");
}

BOOST_AUTO_TEST_CASE(each_modality_is_treated_as_its_own_settings_say) {
    DicomOptions options;
    options.calling_aes.push_back({"APART", {}, true, false, 0});
    options.calling_aes.push_back({"CT01", {}, false, true, 0});
    RunningService service(options);
    service.catalog.rows = {row("AT^HALF PAST NINE"), row("ON^ANOTHER SCANNER")};
    service.catalog.rows[1].step_fields[StepField::station_ae] = "CT02";
    const auto found = [&](const std::string& ae, const std::string& step) {
        RawAssociation modality(service.port);
        BOOST_REQUIRE(modality.open("GANTRY", ae));
        return modality.find(sequence(0x0040, 0x0100, step)).pending.size();
    };
    // From the 22nd at ten to the 23rd at ten; or on those two days, at ten.
    const auto ranges =
        text_element(0x0040, 0x0002, "20261122-20261123") + text_element(0x0040, 0x0003, "100000-100000");
    const auto until_ten =
        text_element(0x0040, 0x0002, "20261122-20261123") + text_element(0x0040, 0x0003, "1030-1000");
    BOOST_TEST(found("CT01", until_ten) == 1u);
    BOOST_TEST(found("APART", until_ten) == 0u);
    BOOST_TEST(found("APART", ranges) == 0u);
    // An empty key for the station is one's own, or everybody's.
    BOOST_TEST(found("CT01", element(0x0040, 0x0001, "")) == 1u);
    BOOST_TEST(found("APART", element(0x0040, 0x0001, "")) == 2u);
    BOOST_TEST(found("CT01", text_element(0x0040, 0x0001, "CT02")) == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_longer_than_the_peer_takes_at_once_comes_in_pieces) {
    RunningService service;
    service.catalog.rows = {row()};
    service.catalog.rows[0].order_fields[OrderField::comments] = std::string(9'000, 'x');
    RawAssociation modality(service.port);
    BOOST_REQUIRE(modality.open("GANTRY", "CT01", 4096));
    const auto found = modality.find(element(0x0040, 0x1400, ""));
    BOOST_REQUIRE_EQUAL(found.datasets.size(), 1u);
    BOOST_TEST(found.datasets[0].find(std::string(9'000, 'x')) != std::string::npos);
    BOOST_TEST(found.longest_pdu <= 4096u + 6);
    BOOST_TEST(found.longest_pdu > 2000u);
}

BOOST_AUTO_TEST_CASE(many_at_once_and_idle_peers_in_between) {
    RunningService service;
    service.catalog.rows = {row()};
    std::vector<int> idle;
    idle.reserve(20);
    for (int i = 0; i < 20; ++i) idle.push_back(connected_to(service.port));
    std::atomic<int> answered{0};
    std::vector<std::thread> modalities;
    modalities.reserve(8);
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

BOOST_AUTO_TEST_SUITE_END()
