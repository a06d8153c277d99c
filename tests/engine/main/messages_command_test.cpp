// The commands that talk to a running engine, on a whole one. What they show when there is something: docs/guide.
#include "engine/main/messages_command.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

#include "engine/main/queue_command.hpp"
#include "engine/main/text_table.hpp"
#include "tests/crowd/running_engine.hpp"

using namespace gantry;

namespace {

struct Said {
    int code = 0;
    std::string out, err;
};

template <class Command>
Said say(const Command& command) {
    std::ostringstream out, err;
    Said said;
    said.code = command(out, err);
    said.out = out.str();
    said.err = err.str();
    return said;
}

ApiClient at(int port) {
    return ApiClient({"127.0.0.1", static_cast<std::uint16_t>(port)});
}

Said messages(const ApiClient& api, const QueryValues& filters, bool json = false) {
    return say([&](auto& out, auto& err) { return run_messages(api, {filters, 50, json}, out, err); });
}

Said decide(const ApiClient& api, const std::string& action, const std::string& target,
            std::vector<std::string> states = {}) {
    DecideOptions options;
    options.action = action;
    options.target = target;
    options.by = "anna";
    options.states = std::move(states);
    return say([&](auto& out, auto& err) { return run_decide(api, options, out, err); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(messages_command)

BOOST_AUTO_TEST_CASE(where_the_api_is) {
    BOOST_TEST(api_place("http://127.0.0.1:8080")->port == 8080);
    BOOST_TEST(api_place("http://localhost:80/")->host == "localhost");
    BOOST_TEST(api_place("[::1]:8080")->host == "::1");
    for (const auto* wrong :
         {"", "http://", "https://localhost:8080", "localhost", "http://localhost:0", "http://a:1/b"})
        BOOST_TEST(!api_place(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(what_a_query_is_made_of) {
    BOOST_TEST(query_text({}) == "");
    BOOST_TEST(query_text({{"a", ""}, {"b", "x y&z=/^\xc3\xa4"}, {"c", "1"}}) == "?b=x%20y%26z%3D%2F%5E%C3%A4&c=1");
}

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_widest_cell) {
    TextTable table({"A", "LONG NAME", "C"});
    BOOST_TEST(table.empty());
    table.add({"\xc3\xa4\xc3\xb6", "1", ""});
    table.add({"x\ny", "", "end"});
    std::ostringstream out;
    table.print(out);
    BOOST_TEST(out.str() == "A    LONG NAME  C\n\xc3\xa4\xc3\xb6   1\nx y             end\n");
}

BOOST_AUTO_TEST_CASE(without_an_engine_they_say_so) {
    const auto nobody = at(testing::free_port());
    const auto said = messages(nobody, {});
    BOOST_TEST(said.code == 74);
    BOOST_TEST(said.err.find("is the engine running?") != std::string::npos, said.err);
    BOOST_TEST(decide(nobody, "hold", "1").code == 74);
}

BOOST_AUTO_TEST_CASE(exit_codes_and_sentences_of_a_running_engine) {
    const testing::RunningEngine engine(GANTRY_SOURCE_DIR);
    const auto api = at(engine.http);
    const auto none = messages(api, {{"accession", "A1"}});
    BOOST_TEST(none.code == 0);
    BOOST_TEST(none.out == "no messages\n");
    const auto list = json::parse(messages(api, {}, true).out);
    BOOST_REQUIRE(list.ok());
    BOOST_TEST(list->find("messages")->items().empty());

    const auto wrong = messages(api, {{"outcome", "good"}});
    BOOST_TEST(wrong.code == 2);
    BOOST_TEST(wrong.err.find("outcome is none of pending") != std::string::npos, wrong.err);
    const auto gone = say([&](auto& out, auto& err) { return run_message_show(api, {"1", false, false}, out, err); });
    BOOST_TEST(gone.code == 1);
    BOOST_TEST(gone.err.find("there is no message 1") != std::string::npos, gone.err);

    const auto queues = say([&](auto& out, auto& err) { return run_queues(api, false, out, err); });
    BOOST_TEST(queues.out.find("\nhis-orders/archive  0 ") != std::string::npos, queues.out);
    const auto queue = say([&](auto& out, auto& err) {
        return run_queue_show(api, {"his-orders/archive", {}, 100, false}, out, err);
    });
    BOOST_TEST(queue.out == "nothing waits\n");

    const auto reprocess = [&](const ReprocessOptions& options) {
        return say([&](auto& out, auto& err) { return run_reprocess(api, options, out, err); });
    };
    ReprocessOptions again;
    again.by = "anna";
    BOOST_TEST(reprocess(again).code == 2);
    again.list.filters = {{"channel", "his-orders"}, {"type", ""}};
    BOOST_TEST(reprocess(again).out == "reprocess: 0 messages, 0 deliveries\n");
    again.preview = true;
    BOOST_TEST(reprocess(again).out == "no messages\npreview: 0 messages, nothing was sent\n");
    again = {};
    again.by = "anna";
    again.id = "1";
    const auto unknown = reprocess(again);
    BOOST_TEST(unknown.code == 1);
    BOOST_TEST(unknown.out == "reprocess: 0 of 1 messages, then it failed\n");

    BOOST_TEST(decide(api, "hold", "1").code == 1);
    BOOST_TEST(decide(api, "hold", "his-orders/nobody").code == 1);
    BOOST_TEST(decide(api, "hold", "his-orders").code == 2);
    BOOST_TEST(decide(api, "discard", "his-orders/archive").code == 2);
    BOOST_TEST(decide(api, "discard", "his-orders/archive", {"dead"}).out ==
               "discard his-orders/archive: nothing to change\n");
    BOOST_TEST(decide(api, "hold", "his-orders/archive").out == "hold his-orders/archive: 1 changed\n");
    const auto stopped = say([&](auto& out, auto& err) { return run_queues(api, false, out, err); });
    BOOST_TEST(stopped.out.find(" by anna\n") != std::string::npos, stopped.out);
    BOOST_TEST(decide(api, "release", "his-orders/archive").out == "release his-orders/archive: 1 changed\n");
}

BOOST_AUTO_TEST_SUITE_END()
