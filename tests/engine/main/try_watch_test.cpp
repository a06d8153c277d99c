#include "engine/main/try_watch.hpp"

#include <sys/eventfd.h>
#include <unistd.h>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

namespace gantry {
namespace {

namespace fs = std::filesystem;

// A configuration of its own. The kernel keeps what was saved until it is asked for, so that nothing here waits.
struct Watching {
    Watching() : directory(fs::temp_directory_path() / ("gantry_watch_" + std::to_string(::getpid()))) {
        const fs::path source = GANTRY_SOURCE_DIR;
        fs::remove_all(directory);
        fs::create_directories(directory / "conf" / "channels");
        fs::copy(source / "mappings" / "documents", directory / "conf" / "mappings");
        fs::copy(source / "mappings" / "tables", directory / "conf" / "tables");
        fs::copy(source / "channels" / "definitions" / "his-orders.json", directory / "conf" / "channels");
        save("conf/engine.json", R"({"channels": "channels", "mappings": "mappings", "tables": "tables"})");
        save("order.hl7", message("CTHEAD"));
        options.channel = "his-orders";
        options.files = {directory / "order.hl7"};
        watch = std::make_unique<TryWatch>(std::move(*FileWatch::open()), directory / "conf", options, out, err);
        watch->show();
    }
    ~Watching() {
        ::close(stop);
        fs::remove_all(directory);
    }

    void save(const fs::path& name, const std::string& text) const { std::ofstream(directory / name) << text; }
    std::string read(const fs::path& name) const {
        std::ifstream in(directory / name);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static std::string message(const std::string& procedure) {
        return "MSH|^~\\&|HIS|H|G|R|20261123090000||ORM^O01|M1|P|2.5.1\nPID|1||1^^^X^MR||DOE^JANE||19800406|F\n"
               "ORC|NW|P1^HIS|||SC||^^^202611231000||20261123090000\nOBR|1|P1^HIS||" +
               procedure + "^Something^LOCAL||||||||||||||A1\n";
    }
    // What is shown next.
    std::string next() {
        out.str({});
        err.str({});
        BOOST_REQUIRE(watch->show_next(stop));
        return out.str() + err.str();
    }
    bool shows(const std::string& part) {
        const auto shown = next();
        return shown.find(part) != std::string::npos;
    }

    fs::path directory;
    TryOptions options;
    std::ostringstream out, err;
    int stop = ::eventfd(0, EFD_CLOEXEC);
    std::unique_ptr<TryWatch> watch;
};

BOOST_FIXTURE_TEST_SUITE(try_watch, Watching)

BOOST_AUTO_TEST_CASE(a_message_that_is_saved_is_tried_again) {
    BOOST_TEST(out.str().find("procedure_code: CTHEAD") != std::string::npos, out.str() + err.str());
    save("order.hl7", message("CTABD"));
    const auto shown = next();
    BOOST_TEST(shown.find("== order.hl7 ==") != std::string::npos);
    BOOST_TEST(shown.find("procedure_code: CTABD") != std::string::npos, shown);
    BOOST_TEST(shown.find("CTHEAD") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_document_that_is_written_anew_and_renamed_is_read_again) {
    auto document = read("conf/mappings/orders-v2.json");
    const std::string line = "\"procedure_code\": ";
    BOOST_REQUIRE(document.find(line) != std::string::npos);
    document.replace(document.find(line), line.size(), line + "{\"constant\": \"ALWAYS\"}, // ");
    save("conf/mappings/.orders-v2.json.tmp", document);
    fs::rename(directory / "conf/mappings/.orders-v2.json.tmp", directory / "conf/mappings/orders-v2.json");
    const auto shown = next();
    BOOST_TEST(shown.find("== orders-v2.json ==") != std::string::npos);
    BOOST_TEST(shown.find("procedure_code: ALWAYS") != std::string::npos, shown);
}

BOOST_AUTO_TEST_CASE(mistakes_are_shown_and_the_next_save_counts) {
    const auto good = read("conf/channels/his-orders.json");
    save("conf/channels/his-orders.json", "{\"source\": ");
    const auto shown = next();
    BOOST_TEST(shown.find("his-orders.json:1:") != std::string::npos, shown);
    BOOST_TEST(shown.find("error") != std::string::npos);
    save("conf/channels/his-orders.json", good);
    BOOST_TEST(shows("procedure_code: CTHEAD"));
}

BOOST_AUTO_TEST_CASE(tables_scripts_and_the_engine_itself_count) {
    save("conf/tables/procedure.json",
         R"({"key": ["code"], "rows": [{"code": "CTHEAD", "modality": "MR", "description": "x", "body_site": ""}]})");
    BOOST_TEST(shows("== procedure.json =="));
    save("conf/mappings/ward.lua", "function map(");
    BOOST_TEST(shows("ward.lua:"));
    fs::remove(directory / "conf/mappings/ward.lua");
    BOOST_TEST(shows("== ward.lua =="));
    save("conf/engine.json", R"({"channels": "channels", "mappings": "mappings", "tables": "nowhere"})");
    BOOST_TEST(shows("nowhere"));
}

BOOST_AUTO_TEST_CASE(what_editors_leave_beside_it_does_not_count) {
    save("conf/mappings/.orders-v2.json.swp", "x");
    save("conf/mappings/orders-v2.json~", "x");
    save("conf/channels/a.case.json", "x");
    save("other.hl7", "x");
    save("order.hl7", message("CTABD"));
    BOOST_TEST(shows("\n== order.hl7 ==\n"));
}

BOOST_AUTO_TEST_CASE(it_ends_when_asked) {
    const std::uint64_t one = 1;
    BOOST_REQUIRE_EQUAL(::write(stop, &one, sizeof one), std::ssize(std::string(8, ' ')));
    out.str({});
    BOOST_TEST(!watch->show_next(stop));
    BOOST_TEST(out.str().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace gantry
