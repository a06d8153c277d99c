#include "channels/destinations/mllp_conversation.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

using namespace gantry;
using namespace gantry::channels;
using Ending = MllpConversation::Ending;
using Options = MllpDestinationOptions;
using Verdict = runtime::Destination::Verdict;

namespace {

constexpr Instant noon{1'795'867'200'000'000};
const std::string ack_byte("\x0b\x06\x1c\r"), nak_byte("\x0b\x15\x1c\r");

std::string ack(const std::string& code, const std::string& control_id) {
    return hl7::mllp_frame("MSH|^~\\&|C|D|A|B|20261123||ACK|R1|P|2.5.1\rMSA|" + code + "|" + control_id + "\r");
}

SentMessage message(std::string control_id, Wanted accept = Wanted::never, Wanted application = Wanted::always) {
    return {std::move(control_id), accept, application, accept != Wanted::never || application != Wanted::always};
}

std::string word(const std::optional<MllpConversation::Answer>& answer) {
    static constexpr const char* words[] = {"delivered", "retry", "refused", "held", "in doubt", "away", "accepted"};
    return answer ? words[static_cast<std::size_t>(answer->verdict)] : "waiting";
}

// The conversation about one message on a new connection, from sent() on.
struct About {
    explicit About(const SentMessage& message, const Options& options = {}) : conversation(options) {
        BOOST_REQUIRE(conversation.may_begin(message));
        conversation.begin(message);
        answer = conversation.sent();
    }
    std::string feed(const std::string& bytes) {
        auto more = conversation.feed(bytes);
        BOOST_TEST(!(answer && more));  // answered once
        if (more) answer = more;
        return word(answer);
    }
    std::string end(Ending ending) { return word(answer = conversation.end(ending)); }

    MllpConversation conversation;
    std::optional<MllpConversation::Answer> answer;
};

Options options_with(Options::WaitFor wait_for) {
    Options out;
    out.wait_for = wait_for;
    return out;
}

const auto first = options_with(Options::WaitFor::first), both = options_with(Options::WaitFor::application);

Options release_2() {
    auto out = first;
    out.release = 2;
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_mllp_conversation)

BOOST_AUTO_TEST_CASE(only_its_own_acknowledgment_finishes_a_message) {
    struct Case {
        std::string bytes, word;
        bool fenced;
    };
    const Case cases[] = {
        {ack("AA", "M1"), "delivered", false},
        {ack("CA", "M1"), "delivered", false},
        {ack("AE", "M1"), "refused", false},
        {ack("AR", "M1"), "retry", false},
        {ack("ZZ", "M1"), "held", false},
        {ack("AA", "M1") + ack("AA", "M1"), "delivered", false},
        {ack("AA", "M1") + ack("AE", "M1"), "delivered", false},  // what came first holds
        {ack("AA", "M1") + ack("AA", "M2"), "delivered", true},
        {ack("AA", "M1") + "\x0bMSH|half", "delivered", false},  // seen before the next message
        {ack("AA", "M2"), "in doubt", true},
        {ack("AA", "M2") + ack("AA", "M1"), "in doubt", true},
        {ack("AE", "M2"), "in doubt", true},
        {ack("AA", "M11"), "in doubt", true},
        {ack("AA", "M"), "in doubt", true},
        {ack("AA", ""), "in doubt", true},
        {ack("AA", "m1"), "in doubt", true},
        {hl7::mllp_frame("MSH|^~\\&|C\r"), "in doubt", true},
        {hl7::mllp_frame("MSH|^~\\&|C\rMSA|AA|M2\rMSA|AA|M1\r"), "in doubt", true},
        {hl7::mllp_frame("MSH|^~\\&|C\rMSA|AA|M1\rMSA|AA|M2\r"), "delivered", true},
        {hl7::mllp_frame("MSA|AA|M1\r"), "in doubt", true},
        {hl7::mllp_frame("SSH-2.0"), "in doubt", true},
        {hl7::mllp_frame(std::string(100, '\0')), "in doubt", true},
        {ack_byte, "in doubt", true},
        {nak_byte, "in doubt", true},
        {"garbage" + ack("AA", "M1"), "delivered", false},
        {std::string(100, '\0') + ack("AA", "M1"), "delivered", false},
        {"\r\n\r\n" + ack("AA", "M1") + "\n", "delivered", false},
        {ack("AA", "M1").substr(1), "delivered", false},  // without VT
        {"garbage\x1c\r" + ack("AA", "M1"), "in doubt", true},
        {ack("AA", "M1").substr(0, 40), "waiting", false},
        {"", "waiting", false},
    };
    for (const auto& [bytes, expected, fenced] : cases) {
        BOOST_TEST_CONTEXT(bytes) {
            About whole(message("M1"), first);
            BOOST_TEST(whole.feed(bytes) == expected);
            BOOST_TEST(whole.conversation.fenced() == fenced);
            // However it is cut.
            About sliced(message("M1"), first);
            for (const char byte : bytes) sliced.feed(std::string(1, byte));
            BOOST_TEST(word(sliced.answer) == expected);
            BOOST_TEST(sliced.conversation.fenced() == fenced);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_other_ending_is_doubt_and_a_fence) {
    for (const auto ending : {Ending::silence, Ending::closed, Ending::not_taken, Ending::interrupted}) {
        for (const auto* begun : {"", "\x0b", "\x0bMSH|^~\\&|C\rMSA|AA|M1\r", "MSA|AA|M1\r"}) {
            About one(message("M1"), first);
            BOOST_TEST(one.feed(begun) == "waiting");
            BOOST_TEST(one.end(ending) == "in doubt");
            BOOST_TEST(one.conversation.fenced());
            BOOST_TEST(!one.answer->detail.empty());
            BOOST_TEST(!one.conversation.may_begin(message("M2")));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_reply_that_is_too_long_is_none) {
    auto options = first;
    options.max_reply = 1024;
    About framed(message("M1"), options), never_ending(message("M1"), options), fits(message("M1"), options);
    BOOST_TEST(framed.feed(hl7::mllp_frame("MSH|^~\\&|C\rMSA|AA|M1\r" + std::string(2000, 'x'))) == "in doubt");
    BOOST_TEST(never_ending.feed(std::string(2000, 'x')) == "in doubt");
    BOOST_TEST(never_ending.conversation.fenced());
    BOOST_TEST(fits.feed(hl7::mllp_frame("MSH|^~\\&|C\rMSA|AA|M1\r" + std::string(900, 'x'))) == "delivered");
}

BOOST_AUTO_TEST_CASE(a_doubled_acknowledgment_is_passed_over_and_a_foreign_one_is_a_fence) {
    About one(message("M1"), first);
    BOOST_TEST(one.feed(ack("AA", "M1")) == "delivered");
    auto& conversation = one.conversation;
    BOOST_TEST(word(conversation.feed(ack("AA", "M1"))) == "waiting");
    BOOST_REQUIRE(conversation.may_begin(message("M2")));
    conversation.begin(message("M2"));
    BOOST_TEST(!conversation.sent());
    BOOST_TEST(word(conversation.feed(ack("AE", "M1"))) == "waiting");
    BOOST_TEST(word(conversation.feed(ack("AA", "M2"))) == "delivered");
    BOOST_TEST(!conversation.fenced());

    BOOST_TEST(word(conversation.feed(ack("AA", "M3"))) == "waiting");  // before M3 was sent
    BOOST_TEST(conversation.fenced());
    BOOST_TEST(!conversation.may_begin(message("M3")));
}

BOOST_AUTO_TEST_CASE(bytes_between_messages_keep_the_connection_only_when_they_are_explained) {
    for (const auto& [bytes, may] : std::vector<std::pair<std::string, bool>>{{"", true},
                                                                              {"\r\n", true},
                                                                              {ack("AA", "M1"), true},
                                                                              {ack("AA", "M1") + ack("AE", "M1"), true},
                                                                              {ack("AA", "M0"), false},
                                                                              {ack("AA", "M2"), false},
                                                                              {ack("AA", ""), false},
                                                                              {"\x0b", false},
                                                                              {"x", false},
                                                                              {std::string(1, '\0'), false},
                                                                              {ack("AA", "M1") + "\x0bMSH", false},
                                                                              {ack_byte, false}}) {
        BOOST_TEST_CONTEXT(bytes) {
            About one(message("M1"), first);
            one.feed(ack("AA", "M1") + bytes);
            BOOST_TEST(word(one.answer) == "delivered");
            BOOST_TEST(one.conversation.may_begin(message("M2")) == may);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_control_id_that_was_used_needs_another_connection) {
    About one(message("M1"), first);
    one.feed(ack("AR", "M1"));
    BOOST_TEST(!one.conversation.fenced());
    BOOST_TEST(!one.conversation.may_begin(message("M1")));
    BOOST_TEST(one.conversation.may_begin(message("M2")));
}

BOOST_AUTO_TEST_CASE(the_control_ids_of_a_long_conversation_do_not_pile_up) {
    MllpConversation conversation(first);
    for (int i = 0; i < 1000; ++i) {
        const auto id = "M" + std::to_string(i);
        BOOST_REQUIRE(conversation.may_begin(message(id)));
        conversation.begin(message(id));
        BOOST_REQUIRE_EQUAL(word(conversation.feed(ack("AA", id))), "delivered");
    }
    BOOST_TEST(!conversation.may_begin(message("M999")));
    BOOST_TEST(conversation.may_begin(message("M1")));
    conversation.feed(ack("AA", "M1"));  // so long ago that nobody remembers: out of step
    BOOST_TEST(conversation.fenced());
}

BOOST_AUTO_TEST_CASE(a_message_without_control_id_is_answered_by_an_acknowledgment_without_one) {
    About unnamed(message(""), first), named(message(""), first);
    BOOST_TEST(unnamed.feed(ack("AA", "")) == "delivered");
    BOOST_TEST(!unnamed.conversation.may_begin(message("")));
    BOOST_TEST(unnamed.conversation.may_begin(message("M1")));
    BOOST_TEST(named.feed(ack("AA", "M7")) == "in doubt");

    About before(message("M1"), first);
    before.feed(ack("AA", "M1"));
    BOOST_TEST(!before.conversation.may_begin(message("")));
}

BOOST_AUTO_TEST_CASE(a_receiver_that_names_no_message_is_believed_once_per_connection) {
    auto options = first;
    options.control_id_echoed = false;
    About unnamed(message("M1"), options), named(message("M1"), options), foreign(message("M1"), options);
    BOOST_TEST(unnamed.feed(ack("AA", "")) == "delivered");
    BOOST_TEST(!unnamed.conversation.may_begin(message("M2")));
    BOOST_TEST(named.feed(ack("AA", "M1")) == "delivered");
    BOOST_TEST(!named.conversation.may_begin(message("M2")));
    BOOST_TEST(foreign.feed(ack("AA", "M2")) == "in doubt");
}

// The sixteen pairs of MSH-15 and MSH-16: what silence means, and what a commit accept is followed by.
BOOST_AUTO_TEST_CASE(what_is_waited_for_follows_from_what_the_message_asks_for) {
    constexpr auto AL = Wanted::always, NE = Wanted::never, ER = Wanted::on_error, SU = Wanted::on_success;
    struct Case {
        Wanted accept, application;
        const char *sent, *silence, *after_commit, *silence_after_commit;  // the last two: WaitFor::application
    };
    const Case cases[] = {
        {AL, AL, "waiting", "in doubt", "waiting", "in doubt"},
        {AL, NE, "waiting", "in doubt", "delivered", ""},
        {AL, ER, "waiting", "in doubt", "waiting", "delivered"},
        {AL, SU, "waiting", "in doubt", "waiting", "in doubt"},
        {NE, AL, "waiting", "in doubt", "waiting", "in doubt"},
        {NE, NE, "delivered", "", "", ""},
        {NE, ER, "waiting", "delivered", "waiting", "delivered"},
        {NE, SU, "waiting", "in doubt", "waiting", "in doubt"},
        {ER, AL, "waiting", "in doubt", "waiting", "in doubt"},
        {ER, NE, "waiting", "delivered", "delivered", ""},
        {ER, ER, "waiting", "delivered", "waiting", "delivered"},
        {ER, SU, "waiting", "in doubt", "waiting", "in doubt"},
        {SU, AL, "waiting", "in doubt", "waiting", "in doubt"},
        {SU, NE, "waiting", "in doubt", "delivered", ""},
        {SU, ER, "waiting", "in doubt", "waiting", "delivered"},
        {SU, SU, "waiting", "in doubt", "waiting", "in doubt"},
    };
    for (const auto& [accept, application, sent, silence, after_commit, silence_after_commit] : cases) {
        BOOST_TEST_CONTEXT(int(accept) << " " << int(application)) {
            const auto order = message("M1", accept, application);
            for (const auto& options : {first, both}) {
                BOOST_TEST(word(About(order, options).answer) == sent);
                if (*silence) BOOST_TEST(About(order, options).end(Ending::silence) == silence);
                if (!*silence) continue;
                BOOST_TEST(About(order, options).end(Ending::closed) == "in doubt");
                BOOST_TEST(About(order, options).feed(ack("AA", "M1")) == "delivered");
                BOOST_TEST(About(order, options).feed(ack("AE", "M1")) == "refused");
                BOOST_TEST(About(order, options).feed(ack("CE", "M1")) == "retry");
                BOOST_TEST(About(order, options).feed(ack("CR", "M1")) == "refused");
            }
            if (!*silence) continue;
            BOOST_TEST(About(order, first).feed(ack("CA", "M1")) == "delivered");
            BOOST_TEST(About(order, both).feed(ack("CA", "M1")) == after_commit);
            if (!*silence_after_commit) continue;
            for (const auto& [code, verdict] : {std::pair{"AA", "delivered"}, std::pair{"AE", "refused"}}) {
                About about(order, both);
                about.feed(ack("CA", "M1") + ack("CA", "M1"));
                BOOST_TEST(about.feed(ack(code, "M1")) == verdict);
                BOOST_TEST(!about.conversation.fenced());
            }
            About quiet(order, both);
            quiet.feed(ack("CA", "M1"));
            BOOST_TEST(quiet.end(Ending::silence) == silence_after_commit);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_commit_accept_that_is_not_done_decides_at_once) {
    auto options = both;
    options.reply_actions.ca = ReplyAction::hold;
    BOOST_TEST(About(message("M1", Wanted::always), options).feed(ack("CA", "M1")) == "held");
}

BOOST_AUTO_TEST_CASE(an_application_acknowledgment_after_the_end_is_nobody_elses) {
    About one(message("M1", Wanted::always), first);
    BOOST_TEST(one.feed(ack("CA", "M1")) == "delivered");
    auto& conversation = one.conversation;
    BOOST_REQUIRE(conversation.may_begin(message("M2", Wanted::always)));
    conversation.begin(message("M2", Wanted::always));
    BOOST_TEST(word(conversation.feed(ack("AA", "M1"))) == "waiting");
    BOOST_TEST(word(conversation.feed(ack("CE", "M2"))) == "retry");
    BOOST_TEST(!conversation.fenced());
}

// The application acknowledgment is a message as well (2.9.3).
BOOST_AUTO_TEST_CASE(an_application_acknowledgment_that_wants_to_be_accepted_is) {
    const auto wanting = [](const std::string& code) {
        return hl7::mllp_frame("MSH|^~\\&|C|D|A|B|20261123||ORR^O02|R7|P|2.5.1|||AL|NE\rMSA|" + code + "|M1\r");
    };
    const auto order = message("M1", Wanted::always, Wanted::always);
    for (const auto& [code, verdict] : {std::pair{"AA", "delivered"}, std::pair{"AE", "refused"}}) {
        About about(order, both);
        BOOST_TEST(about.feed(ack("CA", "M1")) == "waiting");
        BOOST_TEST(about.conversation.take_output(noon) == "");
        BOOST_TEST(about.feed(wanting(code)) == verdict);
        const auto output = about.conversation.take_output(noon);
        BOOST_TEST(output.find("\rMSA|CA|R7\r") != std::string::npos);
        BOOST_TEST(output.starts_with("\x0bMSH|^~\\&|A|B|C|D|2026"));
        BOOST_TEST(about.conversation.take_output(noon) == "");
        // Whoever answers that is passed over.
        BOOST_TEST(word(about.conversation.feed(ack("AE", "CA" + std::to_string(noon.micros)))) == "waiting");
        BOOST_TEST(!about.conversation.fenced());
    }
    // A commit accept is never accepted, nor anything in original mode, where headers are copied without thought.
    About commit(order, first), original(message("M1"), first);
    commit.feed(wanting("CA"));
    original.feed(wanting("AA"));
    BOOST_TEST(word(commit.answer) == "delivered");
    BOOST_TEST(commit.conversation.take_output(noon) == "");
    BOOST_TEST(word(original.answer) == "delivered");
    BOOST_TEST(original.conversation.take_output(noon) == "");
    auto confirming = both;
    confirming.release = 2;
    About confirmed(order, confirming);
    BOOST_TEST(confirmed.feed(ack_byte + wanting("AA")) == "delivered");
    BOOST_TEST(confirmed.conversation.take_output(noon).find("MSA|CA|R7") != std::string::npos);
    BOOST_TEST(confirmed.conversation.fenced());  // the commit byte of that would be taken for another
    // One that is passed over was not kept, so nobody says that it was.
    BOOST_TEST(word(commit.conversation.feed(wanting("AA"))) == "waiting");
    BOOST_TEST(commit.conversation.take_output(noon) == "");
}

BOOST_AUTO_TEST_CASE(release_2_confirms_frames_and_the_acknowledgment_still_decides) {
    About one(message("M1"), release_2());
    BOOST_TEST(one.feed(ack_byte) == "waiting");
    BOOST_TEST(one.conversation.take_output(noon) == "");
    BOOST_TEST(one.feed(ack("AE", "M1")) == "refused");
    BOOST_TEST(one.conversation.take_output(noon) == ack_byte);
    BOOST_TEST(one.conversation.take_output(noon) == "");
    BOOST_TEST(!one.conversation.fenced());
    BOOST_TEST(one.conversation.may_begin(message("M2")));

    BOOST_TEST(About(message("M1"), release_2()).feed(nak_byte) == "retry");

    About silent(message("M1"), release_2());
    silent.feed(ack_byte);
    BOOST_TEST(silent.end(Ending::silence) == "in doubt");
}

BOOST_AUTO_TEST_CASE(release_2_has_one_commit_byte_for_each_message) {
    About doubled(message("M1"), release_2());
    doubled.feed(ack_byte);
    BOOST_TEST(doubled.feed(ack_byte) == "in doubt");

    About between(message("M1"), release_2());
    between.feed(ack_byte + ack("AA", "M1") + ack_byte);
    BOOST_TEST(word(between.answer) == "delivered");
    BOOST_TEST(between.conversation.fenced());

    // Without the byte the acknowledgment is proof as well, but the byte may be on its way.
    About none(message("M1"), release_2());
    BOOST_TEST(none.feed(ack("AA", "M1")) == "delivered");
    BOOST_TEST(none.conversation.fenced());
}

BOOST_AUTO_TEST_CASE(release_2_proves_the_arrival_of_a_message_that_asks_for_nothing) {
    const auto order = message("M1", Wanted::never, Wanted::never);
    BOOST_TEST(word(About(order, release_2()).answer) == "waiting");
    BOOST_TEST(About(order, release_2()).feed(ack_byte) == "delivered");
    BOOST_TEST(About(order, release_2()).feed(nak_byte) == "retry");
    BOOST_TEST(About(order, release_2()).end(Ending::silence) == "in doubt");
    const auto on_error = message("M1", Wanted::never, Wanted::on_error);
    BOOST_TEST(About(on_error, release_2()).end(Ending::silence) == "in doubt");
    About confirmed(on_error, release_2());
    confirmed.feed(ack_byte);
    BOOST_TEST(confirmed.end(Ending::silence) == "delivered");
}

// Whatever a receiver sends: answered once, never done without its own acknowledgment, the same however it is cut.
BOOST_AUTO_TEST_CASE(no_bytes_finish_a_message_but_its_acknowledgment) {
    std::minstd_rand random(20261130);
    const auto pick = [&](std::size_t most) { return std::size_t(random()) % most; };
    const std::string parts[] = {ack("AA", "M2"),
                                 ack("AE", "M1"),
                                 ack("CA", "M2"),
                                 ack("AA", ""),
                                 ack_byte,
                                 "\x0b",
                                 "\x1c\r",
                                 "\r",
                                 std::string(1, '\0'),
                                 "MSH|^~\\&|C\r",
                                 "MSA|AA|M2\r",
                                 "\x0bMSH|^~\\&|C\rMSA|AA|M2",
                                 "\x0bMSA|AA|M1\x1c\r"};
    const auto own = ack("AA", "M1");
    int done = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes;
        const bool with_own = pick(4) == 0;
        const auto count = 1 + pick(6);
        for (std::size_t i = 0; i < count; ++i) bytes += parts[pick(std::size(parts))];
        if (with_own) bytes.insert(pick(bytes.size() + 1), own);
        if (pick(3) == 0) bytes[pick(bytes.size())] = static_cast<char>(pick(256));
        About whole(message("M1"), first), sliced(message("M1"), first);
        whole.feed(bytes);
        for (std::size_t at = 0; at < bytes.size();) {
            const auto size = 1 + pick(20);
            sliced.feed(bytes.substr(at, size));
            at += size;
        }
        BOOST_REQUIRE_MESSAGE(word(whole.answer) == word(sliced.answer), bytes);
        const auto delivered = word(whole.answer) == "delivered";
        done += delivered;
        const bool there = bytes.find("MSA|AA|M1") != std::string::npos || bytes.find("MSA|CA|M1") != std::string::npos;
        BOOST_REQUIRE_MESSAGE(!delivered || there, bytes);
    }
    BOOST_TEST(done > 50);  // the way to success was among them
}

namespace {

const auto apart = options_with(Options::WaitFor::application_apart);

SentMessage enhanced(const std::string& control_id, Wanted accept, Wanted application, std::int64_t delivery = 7) {
    auto out = message(control_id, accept, application);
    out.enhanced = true;
    out.delivery = {delivery};
    return out;
}

std::string late_of(MllpConversation& conversation) {
    std::string out;
    for (const auto& one : conversation.take_late())
        out += (out.empty() ? "" : ", ") + std::to_string(one.delivery.value) + " " + one.answer;
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(apart_the_accept_level_ends_the_attempt_where_more_is_to_come) {
    const struct {
        Wanted accept, application;
        std::string sent, ca, silence, aa;
    } rows[] = {
        {Wanted::always, Wanted::always, "waiting", "accepted", "in doubt", "delivered"},
        {Wanted::always, Wanted::never, "waiting", "delivered", "in doubt", "delivered"},
        {Wanted::on_success, Wanted::on_error, "waiting", "accepted", "in doubt", "delivered"},
        {Wanted::on_error, Wanted::always, "waiting", "accepted", "accepted", "delivered"},
        {Wanted::on_error, Wanted::never, "waiting", "delivered", "delivered", "delivered"},
        {Wanted::never, Wanted::always, "accepted", "", "", ""},
        {Wanted::never, Wanted::on_error, "accepted", "", "", ""},
        {Wanted::never, Wanted::never, "delivered", "", "", ""},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(static_cast<int>(row.accept) << " " << static_cast<int>(row.application)) {
            const auto about = enhanced("M1", row.accept, row.application);
            About one(about, apart);
            BOOST_TEST(word(one.answer) == row.sent);
            if (one.answer) continue;
            BOOST_TEST(one.feed(ack("CA", "M1")) == row.ca);
            About silent(about, apart), at_once(about, apart);
            BOOST_TEST(silent.end(Ending::silence) == row.silence);
            BOOST_TEST(silent.conversation.fenced() == (row.silence == "in doubt"));
            BOOST_TEST(at_once.feed(ack("AA", "M1")) == row.aa);
            BOOST_TEST(!at_once.conversation.awaits());
        }
    }
    About refused(enhanced("M1", Wanted::always, Wanted::always), apart);
    BOOST_TEST(refused.feed(ack("CR", "M1")) == "refused");
    About without(message("", Wanted::always, Wanted::always), apart);  // no acknowledgment could be found by it
    BOOST_TEST(without.feed(ack("CA", "")) != "accepted");
}

BOOST_AUTO_TEST_CASE(a_late_application_acknowledgment_is_taken_once_whenever_it_comes) {
    About one(enhanced("M1", Wanted::always, Wanted::always, 7), apart);
    BOOST_TEST(one.feed(ack("CA", "M1")) == "accepted");
    BOOST_CHECK(one.answer->answer_within == apart.application_timeout);
    auto& conversation = one.conversation;
    BOOST_TEST(conversation.awaits());
    // While the next message is under way, doubled, and with a commit accept that came twice.
    BOOST_REQUIRE(conversation.may_begin(enhanced("M2", Wanted::always, Wanted::always, 8)));
    conversation.begin(enhanced("M2", Wanted::always, Wanted::always, 8));
    BOOST_TEST(!conversation.feed(ack("CA", "M1") + ack("AE", "M1") + ack("AA", "M1")));
    BOOST_TEST(late_of(conversation) == "7 AE 0");
    BOOST_TEST(late_of(conversation).empty());
    BOOST_TEST(word(conversation.feed(ack("CA", "M2") + ack("AA", "M2"))) == "accepted");
    BOOST_TEST(late_of(conversation) == "8 AA 0");
    BOOST_TEST(!conversation.awaits());
    BOOST_TEST(!conversation.fenced());
    BOOST_TEST(!conversation.feed(ack("AA", "M3")));
    BOOST_TEST(conversation.fenced());
}

BOOST_AUTO_TEST_CASE(a_late_application_acknowledgment_is_accepted_when_it_is_on_disk) {
    About one(enhanced("M1", Wanted::always, Wanted::always), apart);
    BOOST_TEST(one.feed(ack("CA", "M1")) == "accepted");
    auto& conversation = one.conversation;
    BOOST_TEST(!conversation.feed(hl7::mllp_frame("MSH|^~\\&|C|D|A|B|20261123||ACK|R1|P|2.5.1|||AL|NE\rMSA|AA|M1\r")));
    BOOST_TEST(conversation.take_output(noon).empty());
    BOOST_TEST(late_of(conversation) == "7 AA 0");
    BOOST_TEST(conversation.take_output(noon).empty());
    BOOST_TEST(conversation.awaits());
    conversation.confirm();
    const auto output = conversation.take_output(noon);
    BOOST_TEST(output.find("\rMSA|CA|R1") != std::string::npos);
    BOOST_TEST(conversation.take_output(noon).empty());
    BOOST_TEST(!conversation.awaits());
}

BOOST_AUTO_TEST_CASE(release_2_accepts_apart_with_the_commit_byte) {
    auto options = apart;
    options.release = 2;
    About one(enhanced("M1", Wanted::never, Wanted::always), options);
    BOOST_TEST(word(one.answer) == "waiting");
    BOOST_TEST(one.feed(ack_byte) == "accepted");
    About silent(enhanced("M1", Wanted::never, Wanted::always), options);
    BOOST_TEST(silent.end(Ending::silence) == "in doubt");
}

BOOST_AUTO_TEST_SUITE_END()
