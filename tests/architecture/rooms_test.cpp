#include "rooms.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace gantry::architecture;
namespace fs = std::filesystem;

namespace {

const fs::path root = GANTRY_SOURCE_DIR;

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

const std::vector<Room>& rooms() {
    static const auto all = parse_rooms(read(root / "CMakeLists.txt"));
    return all;
}

// Paths from the root, of every file below the folders that exist.
std::vector<std::string> files_below(std::initializer_list<const char*> folders) {
    std::vector<std::string> out;
    for (const auto* folder : folders) {
        if (!fs::exists(root / folder)) continue;
        for (auto it = fs::recursive_directory_iterator(root / folder); it != fs::recursive_directory_iterator();
             ++it) {
            if (it->path().filename() == "node_modules")
                it.disable_recursion_pending();
            else if (it->is_regular_file())
                out.push_back(fs::relative(it->path(), root).generic_string());
        }
    }
    return out;
}

bool is_source(const std::string& path) {
    static const std::set<std::string> endings = {".hpp", ".cpp", ".hxx", ".cxx", ".h", ".inc"};
    return endings.count(fs::path(path).extension().string()) > 0;
}

// Names at the top that .gitignore keeps out of the repository.
std::set<std::string> ignored_at_the_top() {
    static const std::regex plain("/?([A-Za-z0-9_.-]+)/?");
    std::set<std::string> out;
    std::ifstream in(root / ".gitignore");
    std::smatch match;
    for (std::string line; std::getline(in, line);)
        if (std::regex_match(line, match, plain)) out.insert(match[1]);
    return out;
}

// A table and a file made up for the checker itself.
const auto made_up = parse_rooms(R"(
# gantry_room(engine/not_this_one)
gantry_room(engine/base      LIBRARIES OpenSSL::Crypto)
gantry_room(engine/json      DEPENDS engine/base LIBRARIES RapidJSON::RapidJSON)   # DEPENDS engine/main
gantry_room(engine/settings  DEPENDS engine/base
                                     engine/json)
gantry_room(engine/net       DEPENDS engine/settings)
gantry_room(engine/main      DEPENDS ALL)
)");

std::string wrong(std::string path, std::string header) {
    const auto all =
        wrong_includes(made_up, {std::move(path), "#pragma once\n  # include <" + std::move(header) + ">\n"});
    return all.empty() ? "" : all.front().substr(all.front().find(": ") + 2);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rooms_of_the_repository)

BOOST_AUTO_TEST_CASE(a_room_depends_on_rooms_above_it_only) {
    BOOST_REQUIRE(rooms().size() > 10);
    std::set<std::string> above;
    for (const auto& room : rooms()) {
        for (const auto& other : room.may_include)
            BOOST_TEST(above.count(other) == 1u, room.name << " depends on " << other << ", which is not above it");
        BOOST_TEST(above.insert(room.name).second, room.name << " is there twice");
    }
}

BOOST_AUTO_TEST_CASE(includes_stay_within_the_table_and_the_fences) {
    std::size_t seen = 0;
    for (const auto& path : files_below({"engine", "mappings", "channels", "fhir"})) {
        if (!is_source(path)) continue;
        ++seen;
        for (const auto& violation : wrong_includes(rooms(), {path, read(root / path)})) BOOST_ERROR(violation);
    }
    BOOST_TEST(seen > 20u);
}

BOOST_AUTO_TEST_CASE(names_say_something) {
    for (const auto& path : files_below({"engine", "mappings", "channels", "fhir", "tests", "web"}))
        BOOST_TEST(empty_word(path).empty(), path << " says \"" << empty_word(path) << "\"");
}

BOOST_AUTO_TEST_CASE(the_top_level_is_that_of_the_contract) {
    const auto ignored = ignored_at_the_top();
    for (const auto& entry : fs::directory_iterator(root)) {
        const auto name = entry.path().filename().string();
        BOOST_TEST((may_stand_at_the_top(name) || ignored.count(name) > 0), name << " is not in the contract");
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_checker_itself)

BOOST_AUTO_TEST_CASE(reads_the_table) {
    BOOST_REQUIRE_EQUAL(made_up.size(), 5u);
    BOOST_TEST(made_up[1].may_include == (std::set<std::string>{"engine/base"}), boost::test_tools::per_element());
    BOOST_TEST(made_up[2].may_include == (std::set<std::string>{"engine/base", "engine/json"}),
               boost::test_tools::per_element());
    BOOST_TEST(made_up[4].may_include.size() == 4u);
}

BOOST_AUTO_TEST_CASE(finds_includes_of_other_rooms) {
    BOOST_TEST(wrong("engine/net/lobby.cpp", "engine/json/value.hpp") == "engine/net may not include engine/json");
    BOOST_TEST(wrong("engine/json/value.cpp", "engine/settings/schema.hpp") ==
               "engine/json may not include engine/settings");
    BOOST_TEST(wrong("engine/net/lobby.cpp", "engine/nowhere/x.hpp") == "lies in no room");
    BOOST_TEST(wrong("engine/net/lobby.cpp", "../json/value.hpp") == "names a file relative to itself");
    BOOST_TEST(wrong("engine/net/lobby.cpp", "tests/support/x.hpp") == "lies in no room");
    BOOST_TEST(wrong("engine/net/lobby.cpp", "engine/settings/schema.hpp").empty());
    BOOST_TEST(wrong("engine/net/lobby.cpp", "engine/net/http.hpp").empty());
    BOOST_TEST(wrong("engine/main/serve.cpp", "engine/net/http.hpp").empty());
    BOOST_TEST(wrong_includes(made_up, {"engine/other/x.cpp", ""}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(finds_broken_fences) {
    for (const auto* header :
         {"rapidjson/reader.h", "dcmtk/dcmdata/dctk.h", "patient-odb.hxx", "engine/records/order-odb.hxx",
          "odb/database.hxx", "lua.hpp", "lua5.4/lua.h", "CLI/CLI.hpp", "prometheus/counter.h", "sqlite3.h",
          "libpq-fe.h", "expat.h", "boost/asio.hpp"})
        BOOST_TEST(wrong("engine/net/lobby.cpp", header).find("is not allowed in engine/net") != std::string::npos,
                   header);
    BOOST_TEST(wrong("engine/base/x.cpp", "Poco/Net/Socket.h") == "Poco is not allowed in engine/base");
    BOOST_TEST(wrong("engine/net/lobby.cpp", "fmt/core.h") == "no fence says who may include it");
    BOOST_TEST(wrong("engine/net/lobby.cpp", "Poco/Net/Socket.h").empty());
    BOOST_TEST(wrong("engine/main/serve.cpp", "CLI/CLI.hpp").empty());
    for (const auto* header : {"vector", "sys/socket.h", "netinet/in.h", "stdlib.h", "cstdint"})
        BOOST_TEST(wrong("engine/base/x.hpp", header).empty(), header);
}

BOOST_AUTO_TEST_CASE(finds_libraries_in_public_headers) {
    BOOST_TEST(wrong("engine/net/lobby.hpp", "Poco/Net/Socket.h") == "Poco in a public header");
    BOOST_TEST(wrong("engine/net/lobby_internal.hpp", "Poco/Net/Socket.h").empty());
    BOOST_TEST(wrong("engine/net/tls/context.hpp", "Poco/Net/Socket.h").empty());
    BOOST_TEST(wrong("engine/main/options.hpp", "CLI/CLI.hpp").empty());
}

BOOST_AUTO_TEST_CASE(finds_names_that_say_nothing) {
    BOOST_TEST(empty_word("engine/net/string_utils.hpp") == "utils");
    BOOST_TEST(empty_word("engine/common/text.hpp") == "common");
    BOOST_TEST(empty_word("engine/net/connection_manager.cpp") == "manager");
    BOOST_TEST(empty_word("engine/net/lobby.cpp").empty());
    BOOST_TEST(empty_word("engine/dicom/storage_commitment_scp.cpp").empty());
    BOOST_TEST(!may_stand_at_the_top("src"));
    BOOST_TEST(may_stand_at_the_top(".ci"));
}

BOOST_AUTO_TEST_SUITE_END()
