#include "channels/sources/mllp_source.hpp"

#include "tests/channels/sources/mllp_parts.hpp"
#include "tests/support/tls_authority.hpp"

using namespace gantry;
using namespace gantry::channels;
using namespace gantry::channels::testing;
using Submitted = runtime::Intake::Submitted;

namespace {

MllpOptions any_port() {
    MllpOptions out;
    out.port = 0;
    return out;
}

struct SomeMapper final : runtime::Mapper {
    store::Unit interpret(runtime::Inbound) const override { return {}; }
};
std::shared_ptr<const runtime::Mapper> some_mapper() {
    return std::make_shared<const SomeMapper>();
}
std::shared_ptr<runtime::CurrentMapper> current(std::shared_ptr<const runtime::Mapper> mapper) {
    return std::make_shared<runtime::CurrentMapper>(std::move(mapper));
}

// A source in a lobby of its own. The intake is the test's, and outlives the lobby.
struct Listening {
    explicit Listening(const MllpOptions& options = any_port())
        : lobby(events::nowhere()), source(ConfigName("orders"), options, lobby, intake, mapper, clock) {
        BOOST_REQUIRE(source.start().ok());
        lobby.start();
    }
    std::uint16_t port() const { return source.bound_port(); }

    FixedClock clock{Instant{1'795'424'400'000'000}};
    ScriptedIntake intake;
    std::shared_ptr<runtime::CurrentMapper> mapper = current(some_mapper());
    net::Lobby lobby;
    MllpSource source;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_mllp_source)

BOOST_AUTO_TEST_CASE(a_message_is_taken_as_it_came_and_answered) {
    Listening here;
    Sender sender(here.port());
    const std::string bytes("MSH|^~\\&|\x80\xff\nPID|\0|", 19);
    sender.send(bytes);
    const auto taken = here.intake.wait_for(1);
    BOOST_CHECK(taken[0].bytes == bytes);
    BOOST_TEST(taken[0].received.micros == here.clock.now().micros);
    BOOST_TEST(taken[0].peer.find("127.0.0.1:") == 0u);
    BOOST_TEST(!taken[0].broken.has_value());
    here.intake.answer("ACK 1");
    BOOST_TEST(sender.receive() == "ACK 1");
}

BOOST_AUTO_TEST_CASE(pipelined_messages_are_answered_in_their_order) {
    Listening here;
    Sender sender(here.port());
    std::string all;
    for (int n = 0; n < 40; ++n) all += hl7::mllp_frame("message " + std::to_string(n));
    sender.send_raw(all);
    for (int n = 0; n < 40; ++n) {
        here.intake.answer("ACK " + std::to_string(n));
        BOOST_TEST(sender.receive() == "ACK " + std::to_string(n));
    }
    const auto taken = here.intake.wait_for(40);
    for (std::size_t n = 0; n < taken.size(); ++n) BOOST_TEST(taken[n].bytes == "message " + std::to_string(n));
}

BOOST_AUTO_TEST_CASE(a_sender_that_does_not_wait_is_not_read_ahead_without_end) {
    Listening here;
    Sender eager(here.port()), other(here.port());
    std::string all;
    for (int n = 0; n < 40; ++n) all += hl7::mllp_frame("message " + std::to_string(n));
    eager.send_raw(all);
    BOOST_TEST(here.intake.wait_for(8).size() == 8u);
    // Further frames stand behind the first answer; another connection does not.
    other.send("of another");
    const auto taken = here.intake.wait_for(9);
    BOOST_TEST(taken.size() == 9u);
    BOOST_TEST(taken.back().bytes == "of another");
    const auto lanes = here.intake.lanes();
    BOOST_TEST(lanes[0] == lanes[7]);
    BOOST_TEST(lanes[8] != lanes[0]);
}

BOOST_AUTO_TEST_CASE(a_message_may_be_cut_anywhere) {
    Listening here;
    Sender sender(here.port());
    for (const char c : hl7::mllp_frame("MSH|cut")) sender.send_raw({&c, 1});
    BOOST_TEST(here.intake.wait_for(1)[0].bytes == "MSH|cut");
}

BOOST_AUTO_TEST_CASE(a_message_too_large_is_said_to_be_and_the_next_one_is_read) {
    auto options = any_port();
    options.max_message = settings::ByteSize{1024};
    Listening here(options);
    Sender sender(here.port());
    sender.send("MSH|" + std::string(100'000, 'x'));
    sender.send("MSH|small");
    const auto taken = here.intake.wait_for(2);
    BOOST_REQUIRE(taken[0].broken.has_value());
    BOOST_CHECK(taken[0].broken->code == ErrorCode::net_too_large);
    BOOST_TEST(taken[0].bytes.substr(0, 5) == "MSH|x");
    BOOST_TEST(taken[0].bytes.size() <= 4096u);
    BOOST_TEST(taken[1].bytes == "MSH|small");
    here.intake.answer("NAK");
    here.intake.answer("ACK");
    BOOST_TEST(sender.receive() == "NAK");
    BOOST_TEST(sender.receive() == "ACK");
}

BOOST_AUTO_TEST_CASE(unfinished_messages_of_one_address_have_a_limit) {
    auto options = any_port();
    options.max_message = settings::ByteSize{4u << 20};
    options.max_unfinished_per_peer = settings::ByteSize{1u << 20};
    Listening here(options);
    Sender first(here.port()), second(here.port());
    const std::string part(700'000, 'x');
    first.send_raw("\x0bMSH|^~\\&|first|" + part);
    second.send_raw("\x0bMSH|^~\\&|second|" + part);
    // Whichever came second is refused; its rest is skipped, and its next message is read.
    const auto refused = here.intake.wait_for(1)[0];
    BOOST_REQUIRE(refused.broken.has_value());
    BOOST_CHECK(refused.broken->code == ErrorCode::overloaded);
    BOOST_TEST(refused.bytes.size() <= 4096u);
    const bool is_second = refused.bytes.find("second") != std::string::npos;
    Sender& late = is_second ? second : first;
    Sender& early = is_second ? first : second;
    late.send_raw("rest\x1c\r");
    late.send("MSH|next");
    early.send_raw("\x1c\r");
    const auto taken = here.intake.wait_for(3);
    BOOST_TEST((taken[1].bytes == "MSH|next" || taken[2].bytes == "MSH|next"));
    BOOST_TEST((taken[1].bytes.size() > 700'000 || taken[2].bytes.size() > 700'000));
    BOOST_TEST((!taken[1].broken && !taken[2].broken));
}

BOOST_AUTO_TEST_CASE(what_connections_have_unfinished_counts_for_the_source_that_takes_over) {
    auto options = any_port();
    options.max_message = settings::ByteSize{4u << 20};
    options.max_unfinished_per_peer = settings::ByteSize{2u << 20};
    Listening here(options);
    Sender early(here.port());
    const std::string part(700'000, 'x');
    early.send("MSH|first");
    here.intake.wait_for(1);
    early.send_raw("\x0bMSH|^~\\&|early|" + part);
    options.port = here.port();
    options.max_unfinished_per_peer = settings::ByteSize{1u << 20};
    MllpSource second(ConfigName("second"), options, here.lobby, here.intake, here.mapper, here.clock);
    BOOST_REQUIRE(second.take_over(here.source).ok());
    Sender late(second.bound_port());
    late.send_raw("\x0bMSH|^~\\&|late|" + part);
    const auto refused = here.intake.wait_for(2)[1];
    BOOST_REQUIRE(refused.broken.has_value());
    BOOST_CHECK(refused.broken->code == ErrorCode::overloaded);
    second.stop();
}

BOOST_AUTO_TEST_CASE(a_peer_that_has_finished_sending_gets_every_answer) {
    Listening here;
    for (const int count : {1, 8, 30}) {
        Sender sender(here.port());
        for (int n = 0; n < count; ++n) sender.send("message");
        sender.half_close();
        for (int n = 0; n < count; ++n) here.intake.answer(std::to_string(n));
        for (int n = 0; n < count; ++n) BOOST_TEST(sender.receive() == std::to_string(n));
        BOOST_TEST(sender.receive() == "");
    }
}

BOOST_AUTO_TEST_CASE(a_batch_is_answered_in_one_frame_after_its_last_message) {
    Listening here;
    Sender sender(here.port());
    std::string batch = "BHS|^~\\&|HIS|A|GANTRY|B|2026||||B7\r", answers;
    for (int n = 0; n < 20; ++n) batch += "MSH|^~\\&|" + std::to_string(n) + "\r";
    sender.send(batch + "BTS|21\r");
    sender.send("MSH|^~\\&|after\r");
    for (int n = 0; n < 20; ++n) {
        here.intake.answer("MSH|^~\\&|||||2027\rMSA|AA|" + std::to_string(n) + "\r");
        answers += "MSH|^~\\&|||||2027\rMSA|AA|" + std::to_string(n) + "\r";
    }
    here.intake.answer("ACK");
    BOOST_TEST(sender.receive() ==
               "BHS|^~\\&|GANTRY|B|HIS|A|2027|||||B7\r" + answers + "BTS|20|21 messages announced, 20 found\r");
    BOOST_TEST(sender.receive() == "ACK");
    const auto taken = here.intake.wait_for(21);
    BOOST_TEST(taken[0].bytes == "MSH|^~\\&|0\r");
    BOOST_TEST(taken[19].bytes == "MSH|^~\\&|19\r");
}

BOOST_AUTO_TEST_CASE(messages_glued_together_are_each_taken) {
    Listening here;
    Sender sender(here.port());
    sender.send("MSH|^~\\&|1\rPID|1\rMSH|^~\\&|2\rPID|2\r");
    sender.half_close();
    here.intake.answer("MSA|AA|1\r");
    here.intake.answer("MSA|AE|2\r");
    BOOST_TEST(sender.receive() == "MSA|AA|1\rMSA|AE|2\r");
    BOOST_TEST(sender.receive() == "");
}

BOOST_AUTO_TEST_CASE(a_batch_without_messages_or_with_too_many_is_refused_as_a_whole) {
    auto options = any_port();
    options.max_batch = 2;
    Listening here(options);
    Sender sender(here.port());
    sender.send("FHS|^~\\&\rBHS|^~\\&\rBTS|0\rFTS|1\r");
    sender.send("MSH|^~\\&|1\rMSH|^~\\&|2\rMSH|^~\\&|3\r");
    const auto taken = here.intake.wait_for(2);
    BOOST_REQUIRE((taken[0].broken && taken[1].broken));
    BOOST_CHECK(taken[0].broken->code == ErrorCode::hl7_not_hl7);
    BOOST_CHECK(taken[1].broken->code == ErrorCode::hl7_too_many);
    here.intake.answer("NAK 1");
    here.intake.answer("NAK 2");
    BOOST_TEST(sender.receive() == "NAK 1");
    BOOST_TEST(sender.receive() == "NAK 2");
}

BOOST_AUTO_TEST_CASE(a_batch_waits_for_room_without_losing_a_message) {
    Listening here;
    here.intake.say(Submitted::full);
    Sender sender(here.port());
    sender.send("MSH|^~\\&|1\rMSH|^~\\&|2\r");
    sender.half_close();
    here.intake.make_room();
    here.intake.wait_for(2);
    here.intake.answer("1");
    here.intake.answer("2");
    BOOST_TEST(sender.receive() == "12");
    BOOST_TEST(sender.receive() == "");
}

BOOST_AUTO_TEST_CASE(a_peer_that_never_sent_a_message_is_let_go) {
    Listening here;
    Sender silent(here.port()), unfinished(here.port());
    silent.half_close();
    BOOST_TEST(silent.receive() == "");
    unfinished.send_raw("\x0bMSH|no end");
    unfinished.half_close();
    BOOST_TEST(unfinished.receive() == "");
}

BOOST_AUTO_TEST_CASE(a_full_intake_makes_the_sender_wait_and_loses_nothing) {
    Listening here;
    here.intake.say(Submitted::full);
    Sender sender(here.port());
    sender.send("1");
    sender.send("2");
    sender.half_close();
    here.intake.make_room();
    const auto taken = here.intake.wait_for(2);
    BOOST_TEST(taken[0].bytes == "1");
    BOOST_TEST(taken[1].bytes == "2");
    here.intake.answer("ACK 1");
    here.intake.answer("ACK 2");
    BOOST_TEST(sender.receive() == "ACK 1");
    BOOST_TEST(sender.receive() == "ACK 2");
    BOOST_TEST(sender.receive() == "");
}

BOOST_AUTO_TEST_CASE(while_stopping_nothing_is_acknowledged) {
    Listening here;
    here.intake.say(Submitted::stopping);
    Sender sender(here.port());
    sender.send("1");
    BOOST_TEST(sender.receive() == "");
}

BOOST_AUTO_TEST_CASE(a_stopped_source_answers_what_it_read_and_ends_its_connections) {
    Listening here;
    Sender sender(here.port()), idle(here.port());
    sender.send("1");
    here.intake.wait_for(1);
    here.source.stop();
    BOOST_TEST(idle.receive() == "");
    here.intake.answer("ACK 1");
    BOOST_TEST(sender.receive() == "ACK 1");
    BOOST_TEST(sender.receive() == "");
    BOOST_TEST(!net::connect("127.0.0.1", here.port(), patience).ok());
}

BOOST_AUTO_TEST_CASE(a_retired_source_listens_no_more_and_its_connections_go_on) {
    Listening here;
    Sender sender(here.port()), other(here.port());
    sender.send("1");
    here.intake.wait_for(1);
    here.source.retire();
    while (net::connect("127.0.0.1", here.port(), patience).ok()) std::this_thread::yield();
    here.intake.answer("ACK 1");
    BOOST_TEST(sender.receive() == "ACK 1");
    other.send("2");
    here.intake.answer("ACK 2");
    BOOST_TEST(other.receive() == "ACK 2");
    here.source.stop();
    BOOST_TEST(other.receive() == "");
}

BOOST_AUTO_TEST_CASE(each_message_is_interpreted_by_the_mapper_of_its_time) {
    Listening here;
    Sender sender(here.port());
    const auto first = here.mapper->get(), second = some_mapper();
    sender.send("1");
    here.intake.wait_for(1);
    here.mapper->set(second);
    sender.send("2");
    here.intake.wait_for(2);
    BOOST_CHECK((here.intake.mappers() == std::vector{first, second}));
}

BOOST_AUTO_TEST_CASE(a_source_takes_over_the_socket_of_another_and_nobody_is_turned_away) {
    Listening here;
    Sender before(here.port());
    before.send("1");
    here.intake.wait_for(1);
    auto options = any_port();
    options.port = here.port();
    options.max_message = settings::ByteSize{1024};
    const auto mapper = some_mapper();
    MllpSource second(ConfigName("second"), options, here.lobby, here.intake, current(mapper), here.clock);
    BOOST_REQUIRE(second.take_over(here.source).ok());
    BOOST_TEST(second.bound_port() == options.port);
    here.source.stop();
    // Whoever is accepted after the loop has heard of it comes to the second source.
    for (std::size_t taken = 1; here.intake.mappers().back() != mapper; ++taken) {
        Sender after(second.bound_port());
        after.send("2");
        here.intake.wait_for(taken + 1);
    }
    const auto so_far = here.intake.mappers().size();
    before.send("3" + std::string(2000, 'x'));
    const auto taken = here.intake.wait_for(so_far + 1);
    BOOST_TEST(!taken.back().broken.has_value());
    Sender large(second.bound_port());
    large.send(std::string(2000, 'x'));
    BOOST_TEST(here.intake.wait_for(taken.size() + 1).back().broken.has_value());
    second.stop();
    for (std::size_t n = 0; n <= taken.size(); ++n) here.intake.answer("ACK");
    BOOST_TEST(large.receive() == "ACK");
    BOOST_TEST(large.receive() == "");
}

BOOST_AUTO_TEST_CASE(an_answer_for_a_peer_that_has_gone_harms_nobody) {
    Listening here;
    {
        Sender gone(here.port());
        gone.send("1");
        here.intake.wait_for(1);
    }
    here.intake.answer("ACK 1");
    Sender next(here.port());
    next.send("2");
    here.intake.answer("ACK 2");
    BOOST_TEST(next.receive() == "ACK 2");
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_an_error) {
    Listening here;
    auto options = any_port();
    options.port = here.port();
    MllpSource second(ConfigName("second"), options, here.lobby, here.intake, nullptr, here.clock);
    const auto started = second.start();
    BOOST_REQUIRE(!started.ok());
    BOOST_CHECK(started.error().code == ErrorCode::net_address_in_use);
    BOOST_TEST(second.bound_port() == 0);
    BOOST_TEST(here.source.place() == "127.0.0.1:" + std::to_string(here.port()));
    second.stop();
}

BOOST_AUTO_TEST_CASE(with_tls_only_who_shows_a_known_certificate_is_heard) {
    const gantry::testing::TlsAuthority authority;
    authority.issue("port");
    authority.issue("modality");
    auto options = any_port();
    options.tls = authority.server_for_known("port");
    Listening here(options);
    net::TlsClient known(authority.client("modality")), unknown(authority.client());
    Sender sender(here.port(), &known);
    sender.send("over TLS");
    BOOST_TEST(here.intake.wait_for(1)[0].bytes == "over TLS");
    here.intake.answer("ACK 1");
    BOOST_TEST(sender.receive() == "ACK 1");
    if (const auto stream = net::connect(unknown, "127.0.0.1", here.port(), patience); stream.ok()) {
        char one = 0;
        BOOST_TEST((!(*stream)->read(&one, 1, patience).ok()));
    }
    Sender plain(here.port());
    plain.send("in plain text");
    BOOST_TEST(plain.receive() == "");
    BOOST_TEST(here.intake.wait_for(1).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_certificate_that_is_gone_when_the_source_starts_is_an_error_and_keeps_the_one_before) {
    const gantry::testing::TlsAuthority authority;
    authority.issue("port");
    auto options = any_port();
    options.tls = authority.server("port");
    Listening here(options);
    authority.run("mv port.pem away.pem");
    MllpSource next(ConfigName("orders"), options, here.lobby, here.intake, here.mapper, here.clock);
    const auto taken = next.take_over(here.source);
    BOOST_REQUIRE(!taken.ok());
    BOOST_TEST(taken.error().text().find("port.pem") != std::string::npos);
    net::TlsClient client(authority.client());
    Sender sender(here.port(), &client);
    sender.send("still heard");
    BOOST_TEST(here.intake.wait_for(1)[0].bytes == "still heard");
}

BOOST_AUTO_TEST_SUITE_END()
