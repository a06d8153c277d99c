#include "channels/catalog/channel_document.hpp"

#include <map>

#include "engine/json/format.hpp"

#include "tests/mappings/language/shipped.hpp"

using namespace gantry;
using namespace gantry::channels;

namespace {

struct Read {
    ChannelDocument channel;
    std::vector<std::string> problems;
};

Read read(const std::string& text, std::map<std::string, std::string> variables = {}) {
    static const auto known = [] {
        std::map<std::string, mappings::Mapping, std::less<>> out;
        for (const auto& mapping : mappings::testing::shipped_mappings().all()) out.emplace(mapping.name(), mapping);
        return out;
    }();
    const auto value = json::parse(text);
    BOOST_REQUIRE_MESSAGE(value.ok(), text);
    json::Diagnostics problems("his.json");
    const settings::Environment environment{{}, [&](const std::string& name) -> std::optional<std::string> {
                                                const auto found = variables.find(name);
                                                return found == variables.end() ? std::nullopt
                                                                                : std::optional(found->second);
                                            }};
    const std::map<std::string, mappings::Outgoing, std::less<>> outgoing;
    const ChannelSurroundings surroundings{
        mappings::testing::shipped_tables(), known, outgoing, environment, {"broken"}};
    Read out{read_channel("his", *value, text, surroundings, problems), {}};
    for (const auto& one : problems.all()) out.problems.push_back(one.text());
    return out;
}

// A sound document with one line exchanged; lines are numbered as people see them.
const std::vector<std::string> sound{
    R"({)",
    R"(  "description": "HIS",)",
    R"(  "source": {"mllp": {"port": 2575}},)",
    R"(  "mappings": ["orders-v2", "patients-v2"],)",
    R"(  "orders": {"role": "order_filler", "accession": ["OBR-18"]},)",
    R"(  "patients": {"default_authority": "HOSPA"},)",
    R"(  "destinations": {"records": {"records": {}}, "archive": {"file": {"directory": "out"}}})",
    R"(})",
};

std::string with_line(std::size_t number, const std::string& line) {
    auto lines = sound;
    if (number > 0) lines[number - 1] = line;
    std::string out;
    for (const auto& one : lines) out += one + "\n";
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_channel_document)

BOOST_AUTO_TEST_CASE(a_sound_document_says_what_its_channel_does) {
    const auto [channel, problems] = read(with_line(0, {}));
    BOOST_TEST(problems == std::vector<std::string>{}, boost::test_tools::per_element());
    BOOST_TEST(channel.name == "his");
    BOOST_TEST(channel.source_kind == "mllp");
    BOOST_TEST(bool(channel.make_source));
    BOOST_REQUIRE_EQUAL(channel.destinations.size(), 2u);
    BOOST_TEST(channel.destinations[1].name == "archive");
    BOOST_TEST(bool(channel.destinations[1].make));
    const auto& handling = channel.handling;
    BOOST_TEST(handling.channel == "his");
    BOOST_TEST(handling.records.exists);
    BOOST_TEST(!handling.worklist.exists);
    BOOST_REQUIRE_EQUAL(handling.queued.size(), 1u);
    BOOST_TEST(handling.queued.front().name == "his/archive");
    BOOST_TEST(handling.orders.order_filler);
    BOOST_TEST(handling.context.default_authority == "HOSPA");
    BOOST_TEST(handling.context.accession.size() == 1u);
    BOOST_TEST(handling.mappings.all().size() == 2u);
}

BOOST_AUTO_TEST_CASE(every_mistake_is_shown_where_it_is_and_what_was_meant) {
    const struct {
        std::size_t line;
        std::string text;
        std::string place, code, words;
    } rows[] = {
        {2, R"(  "descriptoin": "HIS",)", "2:3", "config.unknown_option", "\"description\""},
        {3, R"(  "source": {"mlp": {"port": 2575}},)", "3:14", "config.unknown_name", "did you mean \"mllp\"?"},
        {3, R"(  "source": {"mllp": {"prot": 2575}},)", "3:23", "config.unknown_option", "\"port\""},
        {3, R"(  "source": {"mllp": {"port": 70000}},)", "3:31", "config.out_of_range", "65535"},
        {3, R"(  "source": {"mllp": {"port": "abc"}},)", "3:31", "config.wrong_type", "whole number"},
        {3, R"(  "source": {"mllp": {}, "file": {}},)", "3:13", "config.wrong_type", "one member"},
        {3, R"(  "source": {},)", "3:13", "config.wrong_type", "one member"},
        {3, R"(  "source": "mllp",)", "3:13", "config.wrong_type", "one member"},
        {3, R"(  "enabled": true,)", "1:1", "config.missing_option", "\"source\""},
        {3, R"(  "source": {"mllp": {"port": "${NO_SUCH_PORT}"}},)", "3:31", "config.unknown_name", "NO_SUCH_PORT"},
        {4, R"(  "mappings": ["order-v2"],)", "4:16", "config.unknown_name", "did you mean \"orders-v2\"?"},
        {4, R"(  "mappings": ["orders-v2", "orders-v2"],)", "4:29", "config.duplicate", "orders-v2"},
        {4, R"(  "mappings": [],)", "4:15", "config.out_of_range", "empty"},
        {4, R"(  "enabled": true,)", "1:1", "config.missing_option", "\"mappings\""},
        {5, R"(  "orders": {"role": "filler"},)", "5:22", "config.out_of_range", "order_filler"},
        {5, R"(  "orders": {"accession": ["OBR-18", "OBR18"]},)", "5:38", "config.bad_path", "OBR18"},
        {5, R"(  "orders": {"modality_reading": "dcm"},)", "5:34", "config.out_of_range", "dicom"},
        {6, R"(  "patients": {"default_authority": 7},)", "6:37", "config.wrong_type", "text"},
        {7, R"(  "destinations": {"archive": {"fiel": {"directory": "out"}}})", "7:32", "config.unknown_name",
         "did you mean \"file\"?"},
        {5, R"(  "ordering": "pateint",)", "5:15", "config.bad_path", "did you mean \"patient\"?"},
        {5, R"(  "accept": {"radiology": {"equels": ["MSH-6", "RAD"]}},)", "5:28", "config.bad_mapping",
         "did you mean \"equals\"?"},
        {5, R"(  "accept": {"known": {"exists": {"table": "sexx", "of": "PID-8"}}},)", "5:44", "config.unknown_name",
         "did you mean \"sex\"?"},
        {5, R"(  "accept": {"": {"event": ["O01"]}},)", "5:14", "config.out_of_range", "1 to 80 characters"},
        {5, R"(  "accept": {"equals": ["MSH-6", "RAD"]},)", "5:24", "config.wrong_type", "a condition is an object"},
        {5, R"(  "accept": [],)", "5:13", "config.wrong_type", "object"},
        {5, R"(  "groups": "radiology",)", "5:13", "config.wrong_type", "a list"},
        {5, R"(  "labels": {"owner": 7},)", "5:23", "config.wrong_type", "text"},
        {7, R"(  "destinations": {"archive": {"file": {"directory": "out"}, "wehn": {"event": ["O01"]}}})", "7:62",
         "config.unknown_option", "did you mean \"when\"?"},
        {7, R"(  "destinations": {"archive": {"file": {"directory": "out"}, "when": {"evnt": ["O01"]}}})", "7:71",
         "config.bad_mapping", "did you mean \"event\"?"},
        {7, R"(  "destinations": {"archive": {"file": {"directory": "out"}, "urgent_when": {"evnt": "O01"}}})", "7:78",
         "config.bad_mapping", "did you mean \"event\"?"},
        {7,
         R"(  "destinations": {"a": {"file": {"directory": "out"}, "order": "strict", "urgent_when": {"event": "O01"}}})",
         "7:90", "config.out_of_range", "nothing goes before"},
        {7, R"(  "destinations": {"records": {"records": {}, "urgent_when": {"event": "O01"}}})", "7:62",
         "config.out_of_range", "applied at once"},
        {7, R"(  "destinations": {"a": {"file": {"directory": "out", "batch": {"messages": 5}}, "connections": 2}})",
         "7:97", "config.out_of_range", "one after the other"},
        {7, R"(  "destinations": {"a": {"file": {"directory": "out", "batch": {"messages": 0}}}})", "7:77",
         "config.out_of_range", "1"},
        {7, R"(  "destinations": {"archive": {"file": {"directory": "out"}, "order": "strikt"}})", "7:71",
         "config.out_of_range", "did you mean \"strict\"?"},
        {7, R"(  "destinations": {"archive": {"file": {"directory": "out"}, "retry": {"frist": "1s"}}})", "7:72",
         "config.unknown_option", "did you mean \"first\"?"},
        {7, R"(  "destinations": {"archive": {"file": {"directory": "out"}, "retry": {"first": "5m", "cap": "1m"}}})",
         "7:94", "config.out_of_range", "shorter"},
        {7, R"(  "destinations": {"records": {"records": {}, "retry": {"first": "5m"}}})", "7:56",
         "config.out_of_range", "applied at once"},
        {7, R"(  "destinations": {"a": {"records": {}}, "b": {"records": {}}})", "7:42", "config.duplicate", "records"},
        {7, R"(  "destinations": {"list": {"worklist": {}}})", "7:19", "config.missing_option", "records"},
        {7, R"(  "destinations": {"a": {"records": {}, "file": {"directory": "out"}}})", "7:25", "config.wrong_type",
         "one kind"},
        {7, R"(  "destinations": {"a": {"enabled": false}})", "7:25", "config.wrong_type", "one kind"},
        {7, R"(  "destinations": {"a/b": {"records": {}}})", "7:20", "config.out_of_range", "letters"},
        {7, R"(  "destinations": {})", "7:19", "config.wrong_type", "destination"},
        {7, R"(  "destinations": {"archive": {"file": {}}})", "7:40", "config.missing_option", "\"directory\""},
        {7, R"(  "destinations": {"records": {"records": {"fast": true}}})", "7:44", "config.unknown_option", "fast"},
        {7, R"(  "destinations": [])", "7:19", "config.wrong_type", "object"},
        {7, R"(  "enabled": true)", "1:1", "config.missing_option", "\"destinations\""},
    };
    for (const auto& row : rows) {
        BOOST_TEST_CONTEXT(row.text) {
            const auto problems = read(with_line(row.line, row.text)).problems;
            BOOST_REQUIRE_EQUAL(problems.size(), 1u);
            const auto beginning = "his.json:" + row.place + ": error [" + row.code + "]";
            BOOST_TEST(problems[0].substr(0, beginning.size()) == beginning);
            BOOST_TEST(problems[0].find(row.words, beginning.size()) != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(all_mistakes_are_reported_at_once) {
    const auto problems = read(R"({"source": {"mlp": {}}, "mappings": ["none"], "orders": {"role": "x"},
                                   "destinations": {"a": {"fil": {}}, "b": {"file": {}}}, "extra": 1})")
                              .problems;
    BOOST_TEST(problems.size() == 6u);
}

BOOST_AUTO_TEST_CASE(rules_conditions_order_and_retries_of_a_document) {
    const auto [channel, problems] =
        read(R"({"source": {"mllp": {"address": "10.0.0.1", "port": 2576}}, "ordering": "PV1-19",
        "groups": ["radiology"], "labels": {"owner": "team"}, "mappings": ["orders-v2"],
        "accept": {"b": {"event": ["O01"]}, "a": {"exists": {"table": "sex", "of": "PID-8"}}},
        "destinations": {"records": {"records": {}, "when": {"event": ["O01"]}},
                         "off": {"file": {"directory": "off"}, "enabled": false},
                         "out": {"file": {"directory": "x/../out"}, "order": "strict", "when": {"exists": "PV1-3"},
                                 "retry": {"first": "2s", "cap": "1m", "horizon": "1h"}}}})");
    BOOST_TEST(problems == std::vector<std::string>{}, boost::test_tools::per_element());
    BOOST_TEST(channel.listens.host == "10.0.0.1");
    BOOST_TEST(channel.listens.port == 2576);
    const auto& handling = channel.handling;
    BOOST_REQUIRE_EQUAL(handling.accept.size(), 2u);
    BOOST_TEST(handling.accept[0].name == "b");
    BOOST_CHECK(handling.ordering.by == Ordering::By::path);
    BOOST_TEST(handling.records.when.has_value());
    BOOST_REQUIRE_EQUAL(handling.queued.size(), 1u);
    BOOST_TEST(handling.queued[0].when.has_value());
    BOOST_REQUIRE_EQUAL(channel.destinations.size(), 2u);
    const auto& out = channel.destinations[1];
    BOOST_TEST(out.directory == "out");
    BOOST_CHECK(out.options.order == DestinationOptions::Order::strict);
    BOOST_TEST(out.options.retry.first.count() == 2000);
    BOOST_TEST(out.options.retry.horizon.count() == 3600);
    BOOST_REQUIRE_EQUAL(channel.tables.size(), 1u);
    BOOST_TEST(channel.tables[0]->name() == "sex");
}

BOOST_AUTO_TEST_CASE(what_a_destination_gathers_and_what_is_urgent_for_it) {
    const auto [channel, problems] = read(R"({"source": {"mllp": {"port": 2576}}, "mappings": ["orders-v2"],
        "destinations": {"a": {"file": {"directory": "a", "batch": {"messages": 100, "wait": "5m"}},
                               "urgent_when": {"event": "O01"}},
                         "b": {"file": {"directory": "b"}}}})");
    BOOST_TEST(problems == std::vector<std::string>{}, boost::test_tools::per_element());
    BOOST_REQUIRE_EQUAL(channel.destinations.size(), 2u);
    BOOST_TEST(channel.destinations[0].together.most == 100u);
    BOOST_TEST(channel.destinations[0].together.within.count() == 300);
    BOOST_TEST(channel.destinations[1].together.most == 1u);
    BOOST_REQUIRE_EQUAL(channel.handling.queued.size(), 2u);
    BOOST_TEST(channel.handling.queued[0].urgent_when.has_value());
    BOOST_TEST(!channel.handling.queued[1].urgent_when.has_value());
}

BOOST_AUTO_TEST_CASE(a_mapping_that_is_broken_is_not_reported_again) {
    BOOST_TEST(read(with_line(4, R"(  "mappings": ["broken"],)")).problems.empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_object_is_no_channel) {
    for (const auto* text : {"[]", "null", "\"his\"", "7"}) {
        const auto problems = read(text).problems;
        BOOST_REQUIRE_EQUAL(problems.size(), 1u);
        BOOST_TEST(problems[0].find("config.wrong_type") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(values_may_come_from_the_environment) {
    const auto text = with_line(3, R"(  "source": {"mllp": {"port": "${PORT:-2575}", "address": "${ADDRESS}"}},)");
    BOOST_TEST(read(text, {{"ADDRESS", "10.0.0.1"}}).problems.empty());
    BOOST_TEST(read(text, {{"ADDRESS", "10.0.0.1"}, {"PORT", "3000"}}).problems.empty());
    BOOST_TEST(read(text, {{"ADDRESS", "10.0.0.1"}, {"PORT", "many"}}).problems.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_examples_of_the_specifications_are_sound_and_in_their_canonical_form) {
    for (const auto* name : {"channel-documents.md", "destinations.md"}) {
        BOOST_TEST_CONTEXT(name) {
            const auto page = mappings::testing::file_text(std::string(GANTRY_SOURCE_DIR) + "/docs/specs/" + name);
            const auto begin = page.find("```json\n") + 8;
            const auto example = page.substr(begin, page.find("```", begin) - begin);
            BOOST_TEST(read(example).problems == std::vector<std::string>{}, boost::test_tools::per_element());
            BOOST_TEST(*json::format(example, channel_key_order) == example);
        }
    }
}

BOOST_AUTO_TEST_CASE(members_are_written_in_the_order_they_are_declared_and_rules_stay_as_they_are) {
    BOOST_TEST(*json::format(R"({"destinations": {"b": {"retry": {"cap": "1m", "first": "1s"}, "when": {"event": "A08"},
        "file": {"extension": ".x", "directory": "d"}}, "a": {"records": {}}},
        "accept": {"z": {"event": "A08"}, "a": {"event": "A08"}}, "mappings": ["m"],
        "source": {"mllp": {"port": 1, "address": "::1"}}, "orders": {"accession": ["OBR-18"], "role": "order_filler"}})",
                             channel_key_order) ==
               R"({
  "source": {"mllp": {"address": "::1", "port": 1}},
  "accept": {"z": {"event": "A08"}, "a": {"event": "A08"}},
  "mappings": ["m"],
  "orders": {"role": "order_filler", "accession": ["OBR-18"]},
  "destinations": {
    "b": {
      "file": {"directory": "d", "extension": ".x"},
      "when": {"event": "A08"},
      "retry": {"first": "1s", "cap": "1m"}
    },
    "a": {"records": {}}
  }
}
)");
}

BOOST_AUTO_TEST_SUITE_END()
