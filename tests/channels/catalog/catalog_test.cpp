// What every connector must be, asked of every row of the catalogue.
#include "channels/catalog/catalog.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

using namespace gantry;
using namespace gantry::channels;

namespace {

bool is_word(std::string_view name) {
    return std::regex_match(std::string(name), std::regex("[a-z][a-z0-9_]*"));
}

// An object that gives each option its default, or its example where it has none.
std::string default_document(const settings::Description& description) {
    std::string out;
    for (const auto& option : description.options) {
        const auto& value = option.value.empty() ? option.example : option.value;
        if (value.empty()) continue;
        out += (out.empty() ? "" : ", ") + ("\"" + option.name + "\": " + value);
    }
    return "{" + out + "}";
}

void check_description(std::string_view name, const settings::Description& description) {
    BOOST_TEST(is_word(name));
    BOOST_TEST(description.name == name);
    BOOST_TEST(description.summary.size() > 10u);
    BOOST_TEST(description.summary.back() == '.');
    std::set<std::string> names;
    for (const auto& option : description.options) {
        BOOST_TEST_CONTEXT(option.name) {
            BOOST_TEST(is_word(option.name));
            BOOST_TEST(names.insert(option.name).second);
            BOOST_TEST(!option.meaning.empty());
            BOOST_TEST((!option.required || !option.example.empty() || !option.value.empty()));
        }
    }
}

// Reads `text` as the options of a kind; answers the problems.
template <class Kind>
std::vector<std::string> problems_of(const Kind& kind, const std::string& text) {
    const auto value = json::parse(text);
    BOOST_REQUIRE_MESSAGE(value.ok(), text);
    json::Diagnostics problems("channel.json");
    const settings::Environment environment;
    (void)kind.read({*value, "/place", problems, environment});
    std::vector<std::string> out;
    for (const auto& one : problems.all()) out.push_back(one.text());
    return out;
}

// How many options an object that is given must have.
std::ptrdiff_t needed_inside(const settings::OptionDescription& option) {
    if (!option.nested || option.type != settings::OptionType::object) return 0;
    const auto& inside = option.nested->options;
    return std::count_if(inside.begin(), inside.end(), [](const auto& one) { return one.required; });
}

template <class Kind>
void check_reading(const Kind& kind) {
    const auto description = kind.describe();
    const auto document = default_document(description);
    BOOST_TEST(problems_of(kind, document) == std::vector<std::string>{}, boost::test_tools::per_element());
    // Without what is required, each missing option is named; without the others nothing is missed.
    const auto empty = problems_of(kind, "{}");
    std::vector<std::string> required;
    for (const auto& option : description.options)
        if (option.required) required.push_back(option.name);
    BOOST_REQUIRE_EQUAL(empty.size(), required.size());
    for (std::size_t i = 0; i < empty.size(); ++i)
        BOOST_TEST(empty[i].find("\"" + required[i] + "\"") != std::string::npos);
    const auto unknown = problems_of(
        kind, document.substr(0, document.size() - 1) + (document == "{}" ? "" : ", ") + "\"no_such_option\": 1}");
    BOOST_REQUIRE_EQUAL(unknown.size(), 1u);
    BOOST_TEST(unknown[0].find("config.unknown_option") != std::string::npos);
    BOOST_TEST(unknown[0].find("/place/no_such_option") != std::string::npos);
    for (const auto* wrong : {"[]", "null", "7", "\"text\"", "true"}) BOOST_TEST(problems_of(kind, wrong).size() == 1u);
    // An option of a wrong type is said to be, and nothing else but what an object needs.
    for (const auto& option : description.options) {
        const auto found = problems_of(kind, "{\"" + option.name + "\": {\"wrong\": []}}");
        BOOST_TEST(std::count_if(found.begin(), found.end(), [&](const auto& text) {
                       return text.find("/place/" + option.name) != std::string::npos;
                   }) == 1 + needed_inside(option));
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_catalog)

BOOST_AUTO_TEST_CASE(every_source_is_described_and_reads_its_defaults) {
    std::set<std::string_view> names;
    for (const auto& kind : source_kinds()) {
        BOOST_TEST_CONTEXT(kind.name) {
            BOOST_TEST(names.insert(kind.name).second);
            check_description(kind.name, kind.describe());
            check_reading(kind);
        }
    }
    for (const auto* name : {"mllp", "http", "file", "fhir"}) BOOST_TEST(names.count(name) == 1u);
}

BOOST_AUTO_TEST_CASE(every_destination_is_described_and_reads_its_defaults) {
    std::set<std::string_view> names;
    for (const auto& kind : destination_kinds()) {
        BOOST_TEST_CONTEXT(kind.name) {
            BOOST_TEST(names.insert(kind.name).second);
            check_description(kind.name, kind.describe());
            check_reading(kind);
        }
    }
    for (const auto* name : {"records", "worklist", "file", "mllp"}) BOOST_TEST(names.count(name) == 1u);
}

BOOST_AUTO_TEST_CASE(queued_destinations_make_one_and_immediate_ones_do_not) {
    for (const auto& kind : destination_kinds()) {
        BOOST_TEST_CONTEXT(kind.name) {
            const auto value = json::parse(default_document(kind.describe()));
            json::Diagnostics problems("channel.json");
            const settings::Environment environment;
            const auto make = kind.read({*value, "/place", problems, environment}).make;
            BOOST_TEST(kind.immediate == !make);
            if (make) BOOST_TEST((make({std::filesystem::temp_directory_path()}) != nullptr));
        }
    }
}

BOOST_AUTO_TEST_CASE(sources_can_be_made_without_starting_anything) {
    struct NoIntake final : runtime::Intake {
        Submitted submit(const std::shared_ptr<const runtime::Mapper>&, runtime::Inbound&&, std::uint64_t,
                         runtime::Done) override {
            return Submitted::stopping;
        }
        void when_room(std::function<void()>) override {}
    };
    for (const auto& kind : source_kinds()) {
        BOOST_TEST_CONTEXT(kind.name) {
            const auto value = json::parse(default_document(kind.describe()));
            json::Diagnostics problems("channel.json");
            const settings::Environment environment;
            const auto make = kind.read({*value, "/place", problems, environment}).make;
            BOOST_REQUIRE(make);
            NoIntake intake;
            net::Lobby lobby(events::nowhere());
            const SystemClock clock;
            const auto source = make({ConfigName("channel"), lobby, intake, clock, nullptr,
                                      std::filesystem::temp_directory_path(), events::nowhere()});
            BOOST_REQUIRE(source != nullptr);
            source->stop();  // of what was never started
        }
    }
}

// A place is who is there, too: the same directory of two servers is two.
BOOST_AUTO_TEST_CASE(a_directory_of_a_server_is_another_place_and_may_double) {
    const auto kinds = destination_kinds();
    const auto file = std::find_if(kinds.begin(), kinds.end(), [](const auto& kind) { return kind.name == "file"; });
    const auto read = [&](const std::string& options) {
        const auto value = json::parse(options);
        json::Diagnostics problems("channel.json");
        const settings::Environment environment;
        auto out = file->read({*value, "/place", problems, environment});
        BOOST_TEST(!problems.has_errors());
        return out;
    };
    const auto key = std::filesystem::temp_directory_path() / "gantry-catalog-test-key";
    std::ofstream(key) << "x";
    std::filesystem::permissions(key, std::filesystem::perms(0600));
    const auto on = [&](const std::string& host) {
        return read(R"({"directory": "out/", "sftp": {"host": ")" + host + R"(", "user": "u", "identity": ")" +
                    key.string() + R"(", "known_hosts": ")" + key.string() + R"("}})");
    };
    BOOST_TEST(read(R"({"directory": "out"})").directory == "out");
    BOOST_TEST(!read(R"({"directory": "out"})").doubles);
    BOOST_TEST(on("a").directory == "sftp://u@a:22/out");
    BOOST_TEST(on("b").directory == "sftp://u@b:22/out");
    BOOST_TEST(on("a").doubles);
    std::filesystem::remove(key);
}

BOOST_AUTO_TEST_SUITE_END()
