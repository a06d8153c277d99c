// What the commands that talk to the admin API print alike.
#pragma once
#include <iosfwd>
#include <string>

#include "engine/base/error.hpp"
#include "engine/json/value.hpp"

namespace gantry {

// Says what went wrong and answers the exit code.
int fail(const Error& error, std::ostream& err);

// A member as text: a string, or a number; empty where there is none.
std::string text_of(const json::Value& object, const char* member);
// "2026-11-23 09:00:00" of a moment as the API writes it; empty where there is none.
std::string time_of(const json::Value& object, const char* member);
// The lane of a delivery; several keys in one are separated by +.
std::string lane_of(const json::Value& delivery);

}  // namespace gantry
