// The rules of the room table as functions: what a source file includes against what its room may include. Pure; the
// test feeds it the repository, and made-up files to see that it finds what it must find.
#pragma once
#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::architecture {

struct Room {
    std::string name;
    std::set<std::string> may_include;  // itself is not in it
};

// A file by its path from the root of the repository.
struct Source {
    std::string path, text;
};

// A third-party library: how its headers are named and which rooms may include them.
struct Fence {
    std::string library;
    std::regex header;
    std::set<std::string> rooms;
};

inline const std::vector<Fence>& fences() {
    static const std::vector<Fence> all = {
        {"RapidJSON", std::regex("rapidjson/.*"), {"engine/json", "fhir/json"}},
        {"Expat", std::regex("expat(_[a-z]+)?\\.h"), {"fhir/json"}},
        {"Poco", std::regex("Poco/.*"), {"engine/net"}},
        {"DCMTK", std::regex("dcmtk/.*"), {"engine/dicom"}},
        {"ICU", std::regex("unicode/.*"), {"engine/dicom", "engine/text"}},
        {"ODB classes", std::regex(".*-odb\\.[hi]xx"), {"engine/store"}},
        {"ODB", std::regex("odb/.*"), {"engine/store", "engine/records"}},
        {"SQLite", std::regex("sqlite3(ext)?\\.h"), {"engine/store"}},
        {"libpq", std::regex("(postgresql/|libpq/|libpq-).*"), {"engine/store"}},
        {"Lua", std::regex("(lua[^/]*/)?(lua|lauxlib|lualib|luaconf)\\.h(pp)?|sol/.*"), {"mappings/script"}},
        {"RE2", std::regex("re2/.*"), {"engine/text"}},
        {"OpenSSL", std::regex("openssl/.*"), {"engine/base", "engine/net"}},
        {"CLI11", std::regex("CLI/.*"), {"engine/main"}},
        {"prometheus-cpp", std::regex("prometheus/.*"), {"engine/main"}},
        {"Boost", std::regex("boost/.*"), {}},
    };
    return all;
}

// The gantry_room(NAME … DEPENDS …) rows of a CMakeLists.txt, in order. ALL stands for every room above.
inline std::vector<Room> parse_rooms(const std::string& cmake) {
    const auto text = std::regex_replace(cmake, std::regex("#[^\n]*"), "");
    const std::regex row("gantry_room\\(([^)]*)\\)"), word("\\S+");
    std::vector<Room> rooms;
    for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it) {
        const auto arguments = (*it)[1].str();
        Room room;
        std::string keyword;
        for (std::sregex_iterator at(arguments.begin(), arguments.end(), word), last; at != last; ++at) {
            const auto token = at->str();
            if (room.name.empty())
                room.name = token;
            else if (token == "DEPENDS" || token == "LIBRARIES" || token == "INTERFACE_ONLY")
                keyword = token;
            else if (keyword != "DEPENDS")
                continue;
            else if (token != "ALL")
                room.may_include.insert(token);
            else
                for (const auto& other : rooms) room.may_include.insert(other.name);
        }
        rooms.push_back(std::move(room));
    }
    return rooms;
}

// The room with the longest name that the path lies in; null: none.
inline const Room* room_of(const std::vector<Room>& rooms, std::string_view path) {
    const Room* best = nullptr;
    for (const auto& room : rooms) {
        const bool inside = path.substr(0, room.name.size()) == room.name && path.substr(room.name.size(), 1) == "/";
        if (inside && (!best || room.name.size() > best->name.size())) best = &room;
    }
    return best;
}

inline std::vector<std::string> includes_of(const std::string& text) {
    static const std::regex directive("(^|\n)[ \t]*#[ \t]*include[ \t]*[<\"]([^>\"\n]+)[>\"]");
    std::vector<std::string> out;
    for (std::sregex_iterator it(text.begin(), text.end(), directive), end; it != end; ++it)
        out.push_back((*it)[2].str());
    return out;
}

// A *.hpp that other rooms may include: it lies directly in the room and its name does not end in _internal.
inline bool is_public_header(const Room& room, const std::string& path) {
    const auto rest = path.substr(room.name.size() + 1);
    const auto ends_with = [&](std::string_view end) {
        return rest.size() >= end.size() && std::string_view(rest).substr(rest.size() - end.size()) == end;
    };
    return ends_with(".hpp") && !ends_with("_internal.hpp") && rest.find('/') == std::string::npos;
}

inline bool is_system_header(const std::string& header) {
    static const std::regex system("[a-z0-9_]+(\\.h)?|(sys|net|netinet|arpa|linux)/[a-z0-9_]+\\.h");
    return std::regex_match(header, system);
}

// What is wrong with including `header` in a file of `room`; empty: nothing.
inline std::string wrong_include(const std::vector<Room>& rooms, const Room& room, const std::string& path,
                                 const std::string& header) {
    if (header.find("..") != std::string::npos) return "names a file relative to itself";
    for (const auto& fence : fences()) {
        if (!std::regex_match(header, fence.header)) continue;
        if (!fence.rooms.count(room.name)) return fence.library + " is not allowed in " + room.name;
        const bool shown = is_public_header(room, path) && room.name != "engine/main";
        return shown ? fence.library + " in a public header" : "";
    }
    if (const auto* other = room_of(rooms, header))
        return other == &room || room.may_include.count(other->name) ? ""
                                                                     : room.name + " may not include " + other->name;
    static const std::regex ours("(engine|mappings|channels|fhir|tests)/.*"), beside("[A-Za-z0-9_-]+\\.(hpp|inc|hxx)");
    if (std::regex_match(header, ours)) return "lies in no room";
    if (std::regex_match(header, beside) || is_system_header(header)) return "";
    return "no fence says who may include it";
}

inline std::vector<std::string> wrong_includes(const std::vector<Room>& rooms, const Source& source) {
    std::vector<std::string> out;
    const auto* room = room_of(rooms, source.path);
    if (!room) return {source.path + " lies in no room"};
    for (const auto& header : includes_of(source.text)) {
        const auto wrong = wrong_include(rooms, *room, source.path, header);
        if (!wrong.empty()) out.push_back(source.path + " includes " + header + ": " + wrong);
    }
    return out;
}

// The part of the path that says nothing about what is in it; empty: none.
inline std::string empty_word(const std::string& path) {
    static const std::set<std::string> words = {"util",    "utils", "utility", "utilities", "common", "helper",
                                                "helpers", "misc",  "manager", "managers",  "toolbox"};
    static const std::regex word("[A-Za-z0-9]+");
    for (std::sregex_iterator it(path.begin(), path.end(), word), end; it != end; ++it)
        if (words.count(it->str())) return it->str();
    return {};
}

// contract.md, "The repository".
inline bool may_stand_at_the_top(const std::string& name) {
    static const std::set<std::string> entries = {"CMakeLists.txt",
                                                  "CMakePresets.json",
                                                  "README.md",
                                                  "CONTRIBUTING.md",
                                                  "CHANGELOG.md",
                                                  "LICENSE",
                                                  "dev",
                                                  "engine",
                                                  "mappings",
                                                  "channels",
                                                  "fhir",
                                                  "conf",
                                                  "tests",
                                                  "docs",
                                                  "web"};
    return name.substr(0, 1) == "." || entries.count(name) > 0;
}

}  // namespace gantry::architecture
