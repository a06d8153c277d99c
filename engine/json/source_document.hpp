// For the small programs that turn JSON documents into constant arrays of the engine while it is built: reading them.
// What is wrong with one ends the program, and with it the build, with a sentence. Nothing of it is in the engine
// itself.
#pragma once
#include <errno.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "engine/json/value.hpp"

namespace gantry::json {

[[noreturn]] inline void fail(const std::string& what) {
    std::cerr << program_invocation_short_name << ": " << what << "\n";
    std::exit(1);
}

inline Value read_document(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    auto value = parse(std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
    if (!value) fail(path + ": " + value.error().text());
    return std::move(*value);
}

inline const Value& member(const Value& object, std::string_view key) {
    const auto* found = object.find(key);
    if (!found) fail("\"" + std::string(key) + "\" is missing at line " + std::to_string(object.position().line));
    return *found;
}

}  // namespace gantry::json
