// A case file as it is written (docs/specs/case-files.md): messages to put through a channel, and what must come of
// them. Expectations stay JSON with their positions, so that a difference can be shown, and blessed, where it stands.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/json/diagnostic.hpp"
#include "engine/json/value.hpp"

namespace gantry {

struct CaseMessage {
    const json::Value* value = nullptr;     // the whole entry
    std::vector<std::string> lines;         // one segment each
    const json::Value* resource = nullptr;  // instead: of a channel with the source `fhir`
    std::string channel;                    // another one than the case's; empty: that
    std::string unmerge;                    // instead of a message: the number whose merge is taken back
    const json::Value* clock = nullptr;
    const json::Value* expect = nullptr;
    std::string pointer;  // "/inputs/0"
};

// Values point into `document`; moving the case keeps them.
struct CaseFile {
    std::string file, text;
    json::Value document;
    std::string description, channel, zone;
    const json::Value* settings = nullptr;
    const json::Value* clock = nullptr;
    const json::Value* expect = nullptr;
    std::vector<CaseMessage> given, inputs;
    std::vector<std::string> ignored;  // names that are not compared
};

// Empty when there was an error; it is in `problems`.
std::optional<CaseFile> read_case(std::string file, std::string text, json::Diagnostics& problems);

// The JSON Schema of a case file, for editors.
std::string case_json_schema();

// "2026-11-23T09:00:00+01:00", the same without an offset (in `zone`), or "+5s", "-1d" from `now`.
std::optional<Instant> read_case_clock(const std::string& text, const Zone& zone, Instant now);

// Replaces {{now}}, {{today}}, {{today+3}}, {{today-3}} by the time and date at the site. Anything else in braces
// stays.
std::string with_dates(const std::string& text, const LocalTime& now);

// The text with the members of `patch` put into it (RFC 7396): objects are merged, null removes, the rest replaces.
std::string merged(const json::Value& base, const json::Value& patch);

}  // namespace gantry
