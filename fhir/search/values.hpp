// The values of search parameters as the specification writes them (FHIR R4, search.html 3.1.1.4), read. Pure; any text
// gives a value or a sentence about what is wrong with it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/result.hpp"

namespace gantry::fhir {

enum class ParameterType : std::uint8_t { token, string, date, reference, uri };
std::string_view to_text(ParameterType type);

// 3.1.1.4.6. sa and eb: starts after, ends before.
enum class Prefix : std::uint8_t { eq, ne, gt, lt, ge, le, sa, eb, ap };

// A period as the site's wall clock has it, in the form of the records' moments (YYYYMMDD[HHMM[SS]], engine/effects):
// texts that compare as the moments do. And the same as instants.
struct Period {
    std::string from, before;
    Instant first, end;
};

// One value; which members are set depends on the type of its parameter.
struct SearchValue {
    std::string text;  // string, uri: unescaped. token: as it was written
    // token: "code" (any system), "|code" (an empty one: none), "system|code", "system|" (an empty code: any)
    std::optional<std::string> system;
    std::string code;
    // date
    Prefix prefix = Prefix::eq;
    Period period;
    // reference: "Type/id" or "id" (an empty type: any), an absolute URL of this server, or any other (`text`)
    std::string type, id;
    bool elsewhere = false;  // it names nothing of this server
};

// What values are read against. base: of this server, without a slash at its end.
struct ValueContext {
    const Zone& zone;
    std::string base;
    Instant now;
};

// The parts between commas, with escapes (\, \| \$ \\) still in them.
std::vector<std::string> alternatives(std::string_view text);
std::string unescaped(std::string_view text);

Result<SearchValue> token_value(std::string_view text);
Result<SearchValue> reference_value(std::string_view text, const ValueContext& context);
Result<SearchValue> date_value(std::string_view text, const ValueContext& context);

// "2026", "2026-11", "2026-11-23", "2026-11-23T09:30[:15[.123]]" with or without a zone. Nothing: it is none of these,
// or no such moment.
std::optional<Period> period_of(std::string_view text, const Zone& zone);

}  // namespace gantry::fhir
