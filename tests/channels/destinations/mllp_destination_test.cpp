#include "channels/destinations/mllp_destination.hpp"

#include <boost/test/unit_test.hpp>
#include <future>

#include "engine/net/lobby.hpp"
#include "tests/channels/destinations/destination_parts.hpp"
#include "tests/channels/destinations/scripted_receiver.hpp"
#include "tests/support/tls_authority.hpp"

using namespace gantry;
using namespace gantry::channels;
using namespace gantry::channels::testing;
using Options = MllpDestinationOptions;
using std::chrono::milliseconds;

namespace {

std::string order(const std::string& control_id, const std::string& asks = {}) {
    return "MSH|^~\\&|A|B|C|D|20261123||ORM^O01|" + control_id + "|P|2.5.1|||" + asks + "\rPID|1||4711^^^HOSP\r";
}

std::string acknowledgment(const std::string& code, const std::string& control_id) {
    return "MSH|^~\\&|C|D|A|B|20261123||ACK|R1|P|2.5.1\rMSA|" + code + "|" + control_id + "\r";
}
std::string ack(const std::string& code, const std::string& control_id) {
    return hl7::mllp_frame(acknowledgment(code, control_id));
}

// To a receiver that is only silent when the script says so.
Options options_for(int port) {
    Options out;
    out.host = "127.0.0.1";
    out.port = port;
    out.connect_timeout = out.send_timeout = out.reply_timeout = patience;
    return out;
}
// To one that is silent.
Options impatient(int port) {
    auto out = options_for(port);
    out.reply_timeout = milliseconds(50);
    return out;
}

store::DeliveryWork work(const std::string& payload) {
    store::DeliveryWork out;
    out.payload = payload;
    return out;
}

std::string deliver(MllpDestination& target, const std::string& payload) {
    return word(target.deliver(work(payload)));
}

ScriptedReceiver::Script answering(const std::string& bytes) {
    return [bytes](Accepted& peer) {
        peer.receive();
        peer.send(bytes);
        peer.wait_for_end();
    };
}

// A message that is answered on a second connection, whatever happened on the first.
void check_recovers(const std::string& first_word, const ScriptedReceiver::Script& first, const Options& like) {
    ScriptedReceiver receiver({first, answering(ack("AA", "M2"))});
    auto options = like;
    options.port = receiver.port();
    MllpDestination target(options);
    const auto answer = target.deliver(work(order("M1")));
    BOOST_TEST(word(answer) == first_word);
    BOOST_TEST(answer.detail.find("4711") == std::string::npos);
    BOOST_TEST(deliver(target, order("M2")) == "delivered");
}

// Accepts every message, over TLS.
class TlsReceiver {
  public:
    explicit TlsReceiver(const net::TlsServerOptions& options) {
        net::PortOptions port;
        port.tls = *lobby_.make_tls(ConfigName("ris"), options);
        const auto added = lobby_.add_port(port, {}, [this](std::shared_ptr<net::Connection> connection) {
            return std::make_unique<Accepting>(std::move(connection), messages_);
        });
        port_ = lobby_.bound_port(*added);
        lobby_.start();
    }
    int port() const { return port_; }
    int messages() const { return messages_; }
    std::size_t connections() const { return lobby_.connections(); }

  private:
    class Accepting final : public net::StreamHandler {
      public:
        Accepting(std::shared_ptr<net::Connection> connection, std::atomic<int>& messages)
            : connection_(std::move(connection)), messages_(messages) {}
        void on_data(std::string_view bytes) override {
            decoder_.feed(bytes);
            while (const auto frame = decoder_.next()) {
                ++messages_;
                connection_->send(ack("AA", hl7::read_ack_context(frame->content).control_id));
            }
        }
        bool on_end_of_input() override { return true; }
        void on_close() override {}

      private:
        std::shared_ptr<net::Connection> connection_;
        std::atomic<int>& messages_;
        hl7::MllpDecoder decoder_;
    };

    std::atomic<int> messages_ = 0;
    net::Lobby lobby_{events::nowhere()};
    int port_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_mllp_destination)

BOOST_AUTO_TEST_CASE(messages_go_over_one_kept_connection_byte_for_byte) {
    std::vector<std::string> got;
    ScriptedReceiver receiver({[&](Accepted& peer) {
        for (const auto* id : {"M1", "M2", "M3"}) {
            got.push_back(peer.receive());
            peer.send(ack("AA", id));
        }
        got.push_back(peer.receive());
    }});
    const std::string odd = order("M3") + "NTE|1||\xe4\xff no CR at the end \x0b and a VT";
    {
        MllpDestination target(options_for(receiver.port()));
        BOOST_TEST(deliver(target, order("M1")) == "delivered");
        BOOST_TEST(deliver(target, order("M2")) == "delivered");
        BOOST_TEST(deliver(target, odd) == "delivered");
    }
    BOOST_TEST(receiver.join() == 1);
    BOOST_TEST(got == (std::vector<std::string>{order("M1"), order("M2"), odd, ""}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(without_keep_each_message_has_a_connection) {
    ScriptedReceiver receiver({answering(ack("AA", "M1")), answering(ack("AE", "M2")), answering(ack("AA", "M3"))});
    auto options = options_for(receiver.port());
    options.keep = false;
    MllpDestination target(options);
    BOOST_TEST(deliver(target, order("M1")) == "delivered");
    BOOST_TEST(deliver(target, order("M2")) == "refused");
    BOOST_TEST(deliver(target, order("M3")) == "delivered");
    BOOST_TEST(receiver.join() == 3);
}

BOOST_AUTO_TEST_CASE(a_connection_that_was_idle_is_replaced) {
    ScriptedReceiver receiver({answering(ack("AA", "M1")), answering(ack("AA", "M2"))});
    auto options = options_for(receiver.port());
    options.idle = milliseconds(1);
    {
        MllpDestination target(options);
        BOOST_TEST(deliver(target, order("M1")) == "delivered");
        std::this_thread::sleep_for(milliseconds(5));
        BOOST_TEST(deliver(target, order("M2")) == "delivered");
    }
    BOOST_TEST(receiver.join() == 2);
}

BOOST_AUTO_TEST_CASE(codes_decide_and_the_connection_goes_on) {
    ScriptedReceiver receiver({[](Accepted& peer) {
        for (const auto* code : {"AE", "AR", "CA", "CE", "CR", "ZZ", "AA"}) {
            peer.receive();
            peer.send(ack(code, code));
        }
        peer.wait_for_end();
    }});
    {
        MllpDestination target(options_for(receiver.port()));
        for (const auto& [code, verdict] : std::vector<std::pair<std::string, std::string>>{{"AE", "refused"},
                                                                                            {"AR", "retry"},
                                                                                            {"CA", "delivered"},
                                                                                            {"CE", "retry"},
                                                                                            {"CR", "refused"},
                                                                                            {"ZZ", "held"},
                                                                                            {"AA", "delivered"}})
            BOOST_TEST_CONTEXT(code) BOOST_TEST(deliver(target, order(code)) == verdict);
    }
    BOOST_TEST(receiver.join() == 1);
}

BOOST_AUTO_TEST_CASE(nobody_there_is_away_and_nothing_is_in_doubt) {
    MllpDestination target(options_for(free_port()));
    const auto answer = target.deliver(work(order("M1")));
    BOOST_TEST(word(answer) == "away");
    BOOST_TEST(answer.detail.find("127.0.0.1") != std::string::npos);
    auto unknown = options_for(2575);
    unknown.host = "no-such-host.invalid";
    MllpDestination nowhere(unknown);
    BOOST_TEST(deliver(nowhere, order("M1")) == "away");
}

BOOST_AUTO_TEST_CASE(somebody_who_does_not_take_the_connection_is_away) {
    const BusyListener busy;
    auto options = options_for(busy.port);
    options.connect_timeout = milliseconds(50);
    MllpDestination target(options);
    BOOST_TEST(deliver(target, order("M1")) == "away");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_framed_is_refused_and_nothing_is_sent) {
    MllpDestination target(options_for(free_port()));
    BOOST_TEST(deliver(target, "") == "refused");
    BOOST_TEST(deliver(target, order("M1") + "NTE|1||a\x1c"
                                             "b\r") == "refused");
}

BOOST_AUTO_TEST_CASE(a_kept_connection_that_has_ended_is_replaced_before_anything_is_sent) {
    for (const bool hard : {false, true}) {
        std::promise<void> ended;
        ScriptedReceiver receiver({[&](Accepted& peer) {
                                       for (const auto* id : {"M1", "M2"}) {
                                           peer.receive();
                                           peer.send(ack("AA", id));
                                       }
                                       hard ? peer.reset() : peer.close();
                                       ended.set_value();
                                   },
                                   answering(ack("AA", "M3"))});
        MllpDestination target(options_for(receiver.port()));
        BOOST_TEST(deliver(target, order("M1")) == "delivered");
        BOOST_TEST(deliver(target, order("M2")) == "delivered");
        ended.get_future().wait();
        BOOST_TEST(deliver(target, order("M3")) == "delivered");
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_nobody_asked_for_replace_the_connection_before_anything_is_sent) {
    for (const auto& bytes : {ack("AA", "M2"), ack("AA", "M0"), std::string("\x0bMSH"), std::string(1, '\0'),
                              std::string(1'000'000, 'x')}) {
        std::promise<void> sent;
        bool told = false;
        ScriptedReceiver receiver({[&](Accepted& peer) {
                                       peer.receive();
                                       peer.send(ack("AA", "M1") + bytes.substr(0, 50'000));
                                       sent.set_value();
                                       peer.send(bytes.substr(std::min<std::size_t>(bytes.size(), 50'000)));
                                       told = !peer.receive().empty();
                                   },
                                   answering(ack("AA", "M2"))});
        {
            MllpDestination target(options_for(receiver.port()));
            BOOST_TEST(deliver(target, order("M1")) == "delivered");
            sent.get_future().wait();
            BOOST_TEST(deliver(target, order("M2")) == "delivered");
        }
        BOOST_TEST(receiver.join() == 2);
        BOOST_TEST(!told);
    }
}

BOOST_AUTO_TEST_CASE(a_receiver_that_has_too_much_to_say_is_not_listened_to) {
    std::promise<void> said;
    ScriptedReceiver receiver({[&](Accepted& peer) {
                                   peer.receive();
                                   peer.send(ack("AA", "M1") + std::string(60'000, '\r'));
                                   said.set_value();
                                   peer.wait_for_end();
                               },
                               answering(ack("AA", "M2"))});
    MllpDestination target(options_for(receiver.port()));
    BOOST_TEST(deliver(target, order("M1")) == "delivered");
    said.get_future().wait();
    BOOST_TEST(deliver(target, order("M2")) == "delivered");
}

BOOST_AUTO_TEST_CASE(a_doubled_acknowledgment_costs_nothing_and_completes_nothing) {
    ScriptedReceiver receiver({[](Accepted& peer) {
        peer.receive();
        peer.send(ack("AA", "M1") + ack("AA", "M1"));
        peer.receive();
        peer.send(ack("AA", "M1") + ack("AE", "M2") + ack("AE", "M2"));
        peer.receive();
        peer.send(ack("AA", "M1") + ack("AA", "M2") + ack("AA", "M3"));
        peer.wait_for_end();
    }});
    {
        MllpDestination target(options_for(receiver.port()));
        BOOST_TEST(deliver(target, order("M1")) == "delivered");
        BOOST_TEST(deliver(target, order("M2")) == "refused");
        BOOST_TEST(deliver(target, order("M3")) == "delivered");
    }
    BOOST_TEST(receiver.join() == 1);
}

// Whoever answers late finds the connection closed, so the answer can be taken for nobody else's.
BOOST_AUTO_TEST_CASE(a_late_acknowledgment_meets_a_fence) {
    bool ended = false;
    ScriptedReceiver receiver({[&](Accepted& peer) {
        peer.receive();
        peer.receive();
        ended = peer.ended();
        peer.send(ack("AA", "M1"));
    }});
    MllpDestination target(impatient(receiver.port()));
    BOOST_TEST(deliver(target, order("M1")) == "in doubt");
    receiver.join();
    BOOST_TEST(ended);
}

BOOST_AUTO_TEST_CASE(the_same_message_sent_again_goes_over_a_new_connection) {
    ScriptedReceiver receiver({answering(ack("AR", "M1") + ack("AA", "M1")), answering(ack("AE", "M1"))});
    {
        MllpDestination target(options_for(receiver.port()));
        BOOST_TEST(deliver(target, order("M1")) == "retry");
        BOOST_TEST(deliver(target, order("M1")) == "refused");
    }
    BOOST_TEST(receiver.join() == 2);
}

BOOST_AUTO_TEST_CASE(every_answer_that_is_none_is_in_doubt_and_the_next_message_is_not) {
    const std::string bad[] = {ack("AA", "M2"),
                               ack("AA", "M1x"),
                               ack("AA", ""),
                               hl7::mllp_frame("MSH|^~\\&|C\r"),
                               hl7::mllp_frame("HTTP/1.1 400 Bad Request"),
                               std::string("\x0b\x06\x1c\r"),
                               hl7::mllp_frame(std::string(2000, '\0')),
                               std::string(2u << 20, 'x')};
    for (const auto& bytes : bad)
        BOOST_TEST_CONTEXT(bytes.substr(0, 60)) check_recovers("in doubt", answering(bytes), options_for(0));
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_anywhere_is_in_doubt_and_the_next_message_is_not) {
    const auto whole = ack("AA", "M1");
    const auto nothing = [](Accepted& peer) { peer.receive(); };
    const auto half = [&](Accepted& peer) {
        peer.receive();
        peer.send(whole.substr(0, whole.size() / 2));
    };
    const auto without_end = [&](Accepted& peer) {
        peer.receive();
        peer.send(whole.substr(0, whole.size() - 2));
    };
    const auto reset = [](Accepted& peer) {
        peer.receive();
        peer.reset();
    };
    const auto after_one_byte = [](Accepted& peer) {
        peer.some(1);
        peer.reset();
    };
    for (const auto& script : std::vector<ScriptedReceiver::Script>{nothing, half, without_end, reset, after_one_byte})
        check_recovers("in doubt", script, options_for(0));
    // The last byte but the CR, which nobody needs.
    ScriptedReceiver receiver({[&](Accepted& peer) {
        peer.receive();
        peer.send(whole.substr(0, whole.size() - 1));
    }});
    MllpDestination target(options_for(receiver.port()));
    BOOST_TEST(deliver(target, order("M1")) == "delivered");
}

BOOST_AUTO_TEST_CASE(a_receiver_that_is_silent_or_says_nothing_for_ever_is_given_up) {
    auto options = impatient(0);
    const auto silent = [](Accepted& peer) {
        peer.receive();
        peer.wait_for_end();
    };
    const auto dripping = [](Accepted& peer) {
        peer.receive();
        while (peer.send("x")) std::this_thread::sleep_for(milliseconds(1));
    };
    const auto flooding = [](Accepted& peer) {
        peer.receive();
        while (peer.send(std::string(65'536, '\r'))) {
        }
    };
    for (const auto& script : std::vector<ScriptedReceiver::Script>{silent, dripping, flooding}) {
        ScriptedReceiver receiver({script});
        options.port = receiver.port();
        MllpDestination target(options);
        BOOST_TEST(deliver(target, order("M1")) == "in doubt");
    }
}

BOOST_AUTO_TEST_CASE(a_receiver_that_does_not_read_is_given_up) {
    std::promise<void> given_up;
    ScriptedReceiver receiver({[&](Accepted&) { given_up.get_future().wait(); }});
    auto options = options_for(receiver.port());
    options.send_timeout = milliseconds(50);
    MllpDestination target(options);
    BOOST_TEST(deliver(target, order("M1") + std::string(32u << 20, 'x')) == "in doubt");
    given_up.set_value();
}

BOOST_AUTO_TEST_CASE(slow_bytes_in_time_are_an_answer) {
    ScriptedReceiver receiver({[](Accepted& peer) {
        peer.receive();
        for (const char byte : "garbage" + ack("AA", "M1")) {
            peer.send(std::string(1, byte));
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
        peer.wait_for_end();
    }});
    MllpDestination target(options_for(receiver.port()));
    BOOST_TEST(deliver(target, order("M1")) == "delivered");
}

BOOST_AUTO_TEST_CASE(a_large_message_goes_through) {
    std::string got;
    ScriptedReceiver receiver({[&](Accepted& peer) {
        got = peer.receive();
        peer.send(ack("AA", "M1"));
        peer.wait_for_end();
    }});
    const auto large = order("M1") + "OBX|1|ED|" + std::string(8u << 20, 'x') + "\r";
    {
        MllpDestination target(options_for(receiver.port()));
        BOOST_TEST(deliver(target, large) == "delivered");
    }
    receiver.join();
    BOOST_TEST((got == large));
}

BOOST_AUTO_TEST_CASE(enhanced_mode_waits_for_what_it_is_told_to) {
    const auto both_levels = answering(ack("CA", "M1") + ack("AE", "M1"));
    auto options = options_for(0);
    for (const auto& [wait_for, verdict] :
         {std::pair{Options::WaitFor::first, "delivered"}, std::pair{Options::WaitFor::application, "refused"}}) {
        ScriptedReceiver receiver({both_levels});
        options.port = receiver.port();
        options.wait_for = wait_for;
        MllpDestination target(options);
        BOOST_TEST(deliver(target, order("M1", "AL|AL")) == verdict);
    }
    ScriptedReceiver receiver({[](Accepted& peer) {
        peer.receive();
        peer.send(ack("CA", "M1"));
    }});
    options.port = receiver.port();
    MllpDestination target(options);
    const auto answer = target.deliver(work(order("M1", "AL|AL")));
    BOOST_TEST(word(answer) == "in doubt");
    BOOST_TEST(answer.detail.find("(CA)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_receiver_hears_that_its_application_acknowledgment_came) {
    std::string heard;
    ScriptedReceiver receiver({[&](Accepted& peer) {
        peer.receive();
        peer.send(ack("CA", "M1"));
        peer.send(hl7::mllp_frame("MSH|^~\\&|C|D|A|B|20261123||ACK|R7|P|2.5.1|||AL\rMSA|AA|M1\r"));
        heard = peer.receive();
    }});
    auto options = options_for(receiver.port());
    options.wait_for = Options::WaitFor::application;
    {
        MllpDestination target(options);
        BOOST_TEST(deliver(target, order("M1", "AL|AL")) == "delivered");
    }
    receiver.join();
    BOOST_TEST(heard.find("MSA|CA|R7") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_asks_for_nothing_waits_for_nothing) {
    std::vector<std::string> got;
    ScriptedReceiver receiver({[&](Accepted& peer) {
        for (int i = 0; i < 3; ++i) got.push_back(peer.receive());
    }});
    {
        MllpDestination target(options_for(receiver.port()));
        BOOST_TEST(deliver(target, order("M1", "NE|NE")) == "delivered");
        BOOST_TEST(deliver(target, order("M2", "NE|NE")) == "delivered");
    }
    BOOST_TEST(receiver.join() == 1);
    BOOST_TEST(got == (std::vector<std::string>{order("M1", "NE|NE"), order("M2", "NE|NE"), ""}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(release_2_confirms_the_acknowledgment) {
    std::string confirmed;
    ScriptedReceiver receiver({[&](Accepted& peer) {
        peer.receive();
        peer.send("\x0b\x06\x1c\r");
        peer.send(ack("AA", "M1"));
        confirmed = peer.receive();
        peer.receive();
        peer.send("\x0b\x15\x1c\r");
        peer.wait_for_end();
    }});
    auto options = options_for(receiver.port());
    options.release = 2;
    {
        MllpDestination target(options);
        BOOST_TEST(deliver(target, order("M1")) == "delivered");
        BOOST_TEST(deliver(target, order("M2")) == "retry");
    }
    BOOST_TEST(receiver.join() == 1);
    BOOST_TEST(confirmed == "\x06");
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_the_wait_for_the_answer) {
    std::promise<void> received;
    ScriptedReceiver receiver({[&](Accepted& peer) {
                                   peer.receive();
                                   received.set_value();
                                   peer.wait_for_end();
                               },
                               answering(ack("AA", "M2"))});
    MllpDestination target(options_for(receiver.port()));
    auto first = std::async(std::launch::async, [&] { return target.deliver(work(order("M1"))); });
    received.get_future().wait();
    target.interrupt();
    const auto answer = first.get();
    BOOST_TEST(word(answer) == "in doubt");
    BOOST_TEST(answer.detail.find("interrupted") != std::string::npos);
    BOOST_TEST(deliver(target, order("M2")) == "delivered");  // one interrupt, one delivery
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_the_wait_for_a_connection) {
    const BusyListener busy;
    MllpDestination target(options_for(busy.port));
    auto first = std::async(std::launch::async, [&] { return deliver(target, order("M1")); });
    target.interrupt();
    BOOST_TEST(first.get() == "away");
}

BOOST_AUTO_TEST_CASE(an_interrupt_before_a_delivery_is_not_missed_and_not_kept) {
    ScriptedReceiver receiver({answering(ack("AA", "M1")), answering(ack("AA", "M2"))});
    MllpDestination target(options_for(receiver.port()));
    BOOST_TEST(deliver(target, order("M1")) == "delivered");
    target.interrupt();
    BOOST_TEST(deliver(target, order("M2")) == "away");
    BOOST_TEST(deliver(target, order("M2")) == "delivered");
}

BOOST_AUTO_TEST_CASE(several_objects_send_side_by_side) {
    const auto script = [](Accepted& peer) {
        for (auto message = peer.receive(); !message.empty(); message = peer.receive())
            peer.send(ack("AA", read_sent(message).control_id));
    };
    ScriptedReceiver left({script}), right({script});
    const auto send_all = [](int port, const std::string& prefix) {
        MllpDestination target(options_for(port));
        for (int i = 0; i < 200; ++i)
            if (deliver(target, order(prefix + std::to_string(i))) != "delivered") return false;
        return true;
    };
    auto other = std::async(std::launch::async, send_all, left.port(), "L");
    BOOST_TEST(send_all(right.port(), "R"));
    BOOST_TEST(other.get());
}

BOOST_AUTO_TEST_CASE(over_tls_to_a_receiver_that_wants_to_know_who_sends) {
    const gantry::testing::TlsAuthority authority;
    authority.issue("ris");
    authority.issue("gantry");
    TlsReceiver receiver(authority.server_for_known("ris"));
    auto options = options_for(receiver.port());
    options.tls = authority.client("gantry");
    MllpDestination target(options);
    BOOST_TEST(deliver(target, order("M1")) == "delivered");
    BOOST_TEST(deliver(target, order("M2")) == "delivered");
    BOOST_TEST(receiver.connections() == 1u);

    options.tls = authority.client();
    const auto unknown = MllpDestination(options).deliver(work(order("M3")));
    BOOST_TEST(word(unknown) == "away");
    BOOST_TEST(unknown.detail.find("it wants a certificate") != std::string::npos, unknown.detail);
    options.tls.reset();
    options.reply_timeout = milliseconds(300);
    BOOST_TEST(word(MllpDestination(options).deliver(work(order("M4")))) == "in doubt");
    BOOST_TEST(receiver.messages() == 2);
}

BOOST_AUTO_TEST_CASE(a_receiver_without_tls_gets_nothing_from_a_destination_that_has_it) {
    ScriptedReceiver receiver({[](Accepted& peer) {
        const auto hello = peer.some();
        BOOST_TEST(hello.find("MSH") == hello.npos);
        peer.send("what was that?");
        peer.wait_for_end();
    }});
    auto options = options_for(receiver.port());
    options.tls.emplace();
    const auto answer = MllpDestination(options).deliver(work(order("M1")));
    BOOST_TEST(word(answer) == "away");
    BOOST_TEST(answer.detail.find("it does not speak TLS") != std::string::npos, answer.detail);
}

BOOST_AUTO_TEST_SUITE_END()
