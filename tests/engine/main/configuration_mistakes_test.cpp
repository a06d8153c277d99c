// The shipped configuration with one mistake each: what `gantry check` says, and that it names the file and the line.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <sstream>

#include "engine/main/check.hpp"
#include "engine/main/configuration.hpp"
#include "tests/engine/store/temporary_directory.hpp"

namespace gantry {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// conf, channels, mappings and tables of the tree, copied so that they can be spoilt.
class Copy {
  public:
    Copy() {
        for (const char* folder : {"conf", "channels/definitions", "mappings/documents", "mappings/tables"}) {
            fs::create_directories(directory_.path() / folder);
            fs::copy(fs::path(GANTRY_SOURCE_DIR) / folder, directory_.path() / folder, fs::copy_options::recursive);
        }
    }
    fs::path operator/(const std::string& file) const { return directory_.path() / file; }
    void write(const std::string& file, const std::string& text) const {
        std::ofstream(directory_.path() / file, std::ios::binary | std::ios::trunc) << text;
    }
    std::unique_ptr<Configuration> load() const { return load_configuration(directory_.path() / "conf"); }

  private:
    store::testing::TemporaryDirectory directory_;
};

struct Mistake {
    const char* file;
    std::string right, wrong;  // the first `right` in the file becomes `wrong`
    ErrorCode code;
    std::string says;      // part of the message
    std::size_t line = 0;  // further down than where `wrong` starts
};

const char engine[] = "conf/engine.json", channel[] = "channels/definitions/his-orders.json",
           orders[] = "mappings/documents/orders-v2.json", patients[] = "mappings/documents/patients-v2.json",
           sex[] = "mappings/tables/sex.json";
const std::string http_port = R"("${GANTRY_HTTP_PORT:-8080}")", mllp_port = R"("port": "${GANTRY_MLLP_PORT:-2575}")",
                  ae = R"("ae_title": "GANTRY")", address = R"("dicom_address": "127.0.0.1",)";

const Mistake mistakes[] = {
    // engine.json
    {engine, R"("http": {)", R"("htpp": {)", ErrorCode::config_unknown_option, R"(did you mean "http")"},
    {engine, R"("${GANTRY_ZONE:-}")", R"("Europe/Atlantis")", ErrorCode::config_unknown_name, "Europe/Atlantis"},
    {engine, http_port, "70000", ErrorCode::config_out_of_range, "65535"},
    {engine, http_port, "-1", ErrorCode::config_out_of_range, "65535"},
    {engine, http_port, R"("eighty")", ErrorCode::config_wrong_type, "number"},
    {engine, http_port, "[8080]", ErrorCode::config_wrong_type, "number"},
    {engine, http_port, R"("${GANTRY_NO_SUCH_VARIABLE}")", ErrorCode::config_unknown_name, "GANTRY_NO_SUCH_VARIABLE"},
    {engine, http_port, R"("${GANTRY_PORT")", ErrorCode::config_out_of_range, ""},
    {engine, ae, R"("ae_title": "GANTRY_RADIOLOGY_ONE")", ErrorCode::config_out_of_range, "16 characters"},
    {engine, ae, R"("ae_title": "")", ErrorCode::config_out_of_range, "16 characters"},
    {engine, ae, ae + R"(, "calling_aes": [{"ae": "CT01"}])", ErrorCode::config_missing_option, "ae_title"},
    {engine, ae, ae + R"(, "calling_aes": [{"ae_title": "CT01", "character_sets": ["LATIN1"]}])",
     ErrorCode::config_out_of_range, "LATIN1"},
    {engine, R"("../channels/definitions")", R"("nowhere")", ErrorCode::config_missing_file, "nowhere"},
    {engine, R"("../channels/definitions")", "5", ErrorCode::config_wrong_type, "text"},
    {engine, address, R"("dicom_address": "127.0.0.1")", ErrorCode::config_syntax, "", 1},
    {engine, address, R"("dicom_address": 127.0.0.1,)", ErrorCode::config_syntax, ""},
    {engine, address, R"("node": 4000,)", ErrorCode::config_out_of_range, "1023"},
    {engine, address, R"("node": 1.5,)", ErrorCode::config_wrong_type, "whole number"},
    {engine, address, R"("committers": 0,)", ErrorCode::config_out_of_range, "4"},
    {engine, address, R"("duplicate_window": "a week",)", ErrorCode::config_wrong_type, ""},
    {engine, address, R"("duplicate_window": -5,)", ErrorCode::config_wrong_type, ""},
    {engine, address, R"("dicom_limits": {"max_connections": 0},)", ErrorCode::config_out_of_range, "100000"},

    // a channel
    {channel, R"({"mllp": {)", R"({"mlpp": {)", ErrorCode::config_unknown_name, R"(did you mean "mllp")"},
    {channel, R"("source":)", R"("sorce":)", ErrorCode::config_unknown_option, R"(did you mean "source")"},
    {channel, mllp_port, R"("port": -1)", ErrorCode::config_out_of_range, "65535"},
    {channel, mllp_port, R"("max_message": "16 potatoes")", ErrorCode::config_wrong_type, ""},
    {channel, mllp_port, R"("max_message": "5B")", ErrorCode::config_out_of_range, "1KiB"},
    {channel, mllp_port, R"("frame_timeout": "30 parsecs")", ErrorCode::config_wrong_type, ""},
    {channel, mllp_port, R"("max_conections": 5)", ErrorCode::config_unknown_option,
     R"(did you mean "max_connections")"},
    {channel, R"(["orders-v2", "imaging)", R"(["order-v2", "imaging)", ErrorCode::config_unknown_name,
     R"(did you mean "orders-v2")"},
    {channel, R"(["orders-v2", "imaging)", R"(["orders-v2", "orders-v2", "imaging)", ErrorCode::config_duplicate,
     "orders-v2"},
    {channel, R"("mappings": [)", R"("mapings": [)", ErrorCode::config_unknown_option, R"(did you mean "mappings")"},
    {channel, R"("role": "order_filler")", R"("role": "filler")", ErrorCode::config_out_of_range, "order_filler"},
    {channel, R"(["IPC-1.1", "OBR-18"])", R"(["IPC1.1"])", ErrorCode::config_bad_path, ""},
    {channel, R"("generate_accession": true)", R"("generate_accession": "yes")", ErrorCode::config_wrong_type, "true"},
    {channel, R"({"records": {}})", R"({"recrods": {}})", ErrorCode::config_unknown_name, R"(did you mean "records")"},
    {channel, R"({"file": {"directory": "archive"}})", R"({"file": {}})", ErrorCode::config_missing_option,
     "directory"},
    {channel, R"("processing_ids": ["P"])", R"("processing_ids": "P")", ErrorCode::config_wrong_type, "list"},
    {channel, R"("processing_ids": ["P"])", R"("character_set": "8859/77")", ErrorCode::config_out_of_range, "8859/77"},

    // mappings
    {orders, R"("reads": "hl7")", R"("reads": "xml")", ErrorCode::config_unknown_name, "xml"},
    {orders, R"("name": "PID-5")", R"("nmae": "PID-5")", ErrorCode::config_unknown_name, R"(did you mean "name")"},
    {orders, R"("name": "PID-5")", R"("name": "PID5")", ErrorCode::config_bad_path, ""},
    {orders, R"("name": "PID-5")", R"("name": 5)", ErrorCode::config_wrong_type, ""},
    {orders, R"("table": "sex", "of")", R"("table": "sexes", "of")", ErrorCode::config_unknown_name, "sex"},
    {orders, R"({"table": "sex", "of": "PID-8"})", R"({"table": "sex"})", ErrorCode::config_missing_option, "of"},
    {orders, R"("actions": "order_status")", R"("actions": "order_state")", ErrorCode::config_unknown_name,
     "order_stat"},
    {orders, R"("control": "ORC-1",)", "", ErrorCode::config_missing_option, "control"},
    {patients, R"("of": "new_identifier")", R"("of": "new_number")", ErrorCode::config_unknown_name, "new_number"},

    // code tables
    {sex, R"("key": ["code"])", R"("key": "code")", ErrorCode::config_wrong_type, ""},
    {sex, R"({"code": ["M", "MALE"], "sex": "M"})", R"({"code": ["M", "MALE"], "sex": 1})",
     ErrorCode::config_wrong_type, ""},
    {sex, R"({"code": ["F", "FEMALE"])", R"({"code": ["M", "FEMALE"])", ErrorCode::config_duplicate, "same key"},
};

std::size_t line_of(const std::string& text, std::size_t at) {
    return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

std::string listed(const Configuration& configuration) {
    std::string out;
    for (const auto& problem : configuration.problems) out += "\n  " + problem.text();
    return out.empty() ? " nothing" : out;
}

// A missing option has no line of its own: it is said where its object begins.
bool has_no_line(const Mistake& mistake) {
    return mistake.code == ErrorCode::config_missing_option;
}

void check(const Mistake& mistake, const Copy& copy) {
    const auto right = text_of(copy / mistake.file);
    const auto at = right.find(mistake.right);
    const auto name = std::string(mistake.file) + ": " + mistake.wrong;
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, name << ": the tree no longer has " << mistake.right);
    auto spoilt = right;
    spoilt.replace(at, mistake.right.size(), mistake.wrong);
    copy.write(mistake.file, spoilt);
    const auto configuration = copy.load();
    const auto line = line_of(spoilt, at) + mistake.line;
    const auto& problems = configuration->problems;
    const bool named = std::any_of(problems.begin(), problems.end(), [&](const json::Diagnostic& one) {
        const bool there = has_no_line(mistake) ? one.position.line <= line : one.position.line == line;
        return one.code == mistake.code && there &&
               fs::path(one.file).filename() == fs::path(mistake.file).filename() &&
               one.message.find(mistake.says) != std::string::npos;
    });
    BOOST_TEST(configuration->has_errors(), name);
    BOOST_TEST(named, name << " in line " << line << ", [" << info(mistake.code).name << "] \"" << mistake.says
                           << "\", got" << listed(*configuration));
    std::ostringstream out;
    BOOST_TEST(run_check(copy / "conf", false, out) == 78);
    copy.write(mistake.file, right);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(configuration_mistakes)

BOOST_AUTO_TEST_CASE(what_is_shipped_has_no_problem) {
    const Copy copy;
    const auto configuration = copy.load();
    BOOST_TEST(configuration->problems.empty(), listed(*configuration));
    std::ostringstream out;
    BOOST_TEST(run_check(copy / "conf", false, out) == 0);
}

BOOST_AUTO_TEST_CASE(every_mistake_is_named_in_its_line) {
    const Copy copy;
    for (const auto& mistake : mistakes) check(mistake, copy);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_json_or_not_there_is_named) {
    const Copy copy;
    const auto right = text_of(copy / engine);
    for (const std::string& text : {std::string(), std::string("{"), std::string("[]"), std::string("\xff\xfe{}"),
                                    std::string(100'000, '['), right + "}", std::string(R"({"zone": "\ud800"})")}) {
        copy.write(engine, text);
        const auto configuration = copy.load();
        BOOST_TEST(configuration->has_errors(), text.substr(0, 40));
        BOOST_REQUIRE(!configuration->problems.empty());
        BOOST_TEST(configuration->problems.front().position.line >= 1u);
    }
    fs::remove(copy / engine);
    const auto configuration = copy.load();
    BOOST_REQUIRE(configuration->has_errors());
    BOOST_CHECK(configuration->problems.front().code == ErrorCode::config_missing_file);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry
