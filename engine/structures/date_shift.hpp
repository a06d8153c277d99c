// Dates moved by a number of days, written as they were: their precision, their time of day and their offset stay.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace gantry::structures {

// A DT, DTM or TS of HL7, or ISO 8601. A year or a month alone is moved as its middle is. Nothing when the calendar
// does not have it.
std::optional<std::string> shifted_moment(std::string_view text, int days);

// A date at the start of a text: YYYYMMDD, also with a time behind it; YYYY-MM-DD, DD.MM.YYYY and MM/DD/YYYY with
// '-', '.' or '/' between, where the day is what cannot be the month. Years from 1880 to 2199. What follows is no digit
// or letter.
struct DateInText {
    std::size_t length = 0;  // of what stood there; 0: there is no date
    std::string shifted;
};
DateInText shifted_date_in_text(std::string_view text, int days);

}  // namespace gantry::structures
