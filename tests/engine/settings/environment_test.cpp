#include "engine/settings/environment.hpp"

#include <stdlib.h>
#include <boost/test/unit_test.hpp>

#include <fstream>

#include "engine/settings/secret.hpp"

using namespace gantry;

namespace {

const settings::Environment environment{".", [](const std::string& name) -> std::optional<std::string> {
                                            if (name == "HOST") return "ct1";
                                            if (name == "EMPTY") return "";
                                            if (name == "DOLLAR") return "$";
                                            return std::nullopt;
                                        }};

std::string result(std::string_view text) {
    auto out = settings::expanded(text, environment);
    return out ? std::move(out).value() : "! " + std::string(info(out.error().code).name);
}

// A directory of its own that goes away with the test.
class Directory {
  public:
    Directory() {
        std::string name = (std::filesystem::temp_directory_path() / "gantry-secret-XXXXXX").string();
        BOOST_REQUIRE(mkdtemp(name.data()));
        path_ = name;
    }
    ~Directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    void write(const char* name, std::string_view text) const { std::ofstream(path_ / name, std::ios::binary) << text; }
    settings::Environment environment() const { return {path_, {}}; }

  private:
    std::filesystem::path path_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(settings_environment)

BOOST_AUTO_TEST_CASE(variables) {
    BOOST_TEST(result("no variables $ { }") == "no variables $ { }");
    BOOST_TEST(result("${HOST}") == "ct1");
    BOOST_TEST(result("a${HOST}b${HOST:-x}c") == "act1bct1c");
    BOOST_TEST(result("${NONE:-a:-b}") == "a:-b");
    BOOST_TEST(result("${NONE:-}") == "");
    BOOST_TEST(result("${EMPTY}") == "");
    BOOST_TEST(result("${EMPTY:-x}") == "x");
    BOOST_TEST(result("$${HOST}") == "${HOST}");
    BOOST_TEST(result("${DOLLAR}${HOST}") == "$ct1");
}

BOOST_AUTO_TEST_CASE(mistakes) {
    BOOST_TEST(result("${NONE}") == "! config.unknown_name");
    BOOST_TEST(result("${HOST") == "! config.out_of_range");
    BOOST_TEST(result("${}") == "! config.out_of_range");
    BOOST_TEST(result("${1A:-x}") == "! config.out_of_range");
    BOOST_TEST(result("${A B}") == "! config.out_of_range");
}

BOOST_AUTO_TEST_CASE(the_process_environment) {
    BOOST_TEST(settings::process_variable("PATH").has_value());
    BOOST_TEST(!settings::process_variable("GANTRY_SURELY_NOT_SET").has_value());
}

BOOST_AUTO_TEST_CASE(secrets_from_files_stand_beside_the_configuration) {
    const Directory directory;
    directory.write("pw", "hunter2\r\nsecond line");
    directory.write("empty", "\n");
    directory.write("long", std::string(70'000, 'x'));
    const auto secret = settings::secret_from_file("pw", directory.environment());
    BOOST_REQUIRE(secret.ok());
    BOOST_TEST(secret->reveal() == "hunter2");
    for (const auto* wrong : {"none", "empty", "long", "."}) {
        const auto failed = settings::secret_from_file(wrong, directory.environment());
        BOOST_REQUIRE_MESSAGE(!failed.ok(), wrong);
        BOOST_TEST((failed.error().code == ErrorCode::config_secret));
    }
}

BOOST_AUTO_TEST_CASE(secrets_from_variables) {
    BOOST_TEST(settings::secret_from_variable("HOST", environment)->reveal() == "ct1");
    BOOST_TEST(!settings::secret_from_variable("NONE", environment).ok());
    BOOST_TEST(!settings::secret_from_variable("EMPTY", environment).ok());
}

BOOST_AUTO_TEST_SUITE_END()
