// Dates and times: DT, TM, DTM and TS (HL7 v2.9 2A.3.21-24, 2A.3.75) and what they mean at the site.
#pragma once
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"
#include "engine/hl7/message.hpp"

namespace gantry::hl7 {

// As sent, never corrected.
struct Moment {
    std::string date;      // YYYYMMDD, or YYYY, YYYYMM where no more was sent
    std::string time;      // HHMMSS, HHMM, HH or empty
    std::string fraction;  // digits after the point
    std::string offset;    // +ZZZZ, -ZZZZ or empty
    bool valid = false;  // the calendar and the clock have it; false: the members are empty and `text` is all there is
    bool iso = false;    // written as ISO 8601, with dashes, colons, T or Z
    std::string text;    // what was read, blanks trimmed

    bool empty() const { return text.empty(); }
};

// YYYY[MM[DD[HH[MM[SS[.S…]]]]]][±ZZZZ]; also ISO 8601, flagged. HL7 null and absent: empty, not valid.
Moment moment(std::string_view text);
Moment moment(const Piece& piece);  // of a TS its first component

// The wall clock of the site. `converted`: an offset was applied. `ambiguous`: the reading occurs twice, the first is
// meant. `missing`: it never occurs there; the text is kept. A date without a time of day is never shifted.
struct SiteTime {
    std::string date, time, fraction;
    int offset_minutes = 0;  // of the site at that time; only with a whole date and a time
    bool valid = false, converted = false, ambiguous = false, missing = false;
};
SiteTime to_site(const Moment& moment, const Zone& zone);

// "YYYYMMDDHHMMSS" in UTC, to tell which of two is newer (compare as text); without an offset the zone's reading; a
// date alone is its first second. Empty when not valid or less than a whole date.
std::string to_utc(const Moment& moment, const Zone& zone);

}  // namespace gantry::hl7
