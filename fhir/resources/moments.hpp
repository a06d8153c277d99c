// Moments: of records (YYYYMMDD[HHMM[SS]][±ZZZZ], the site's wall clock) and of the engine, as FHIR writes them.
#pragma once
#include <string>
#include <string_view>

#include "engine/base/clock.hpp"
#include "fhir/resources/resource_writer.hpp"

namespace gantry::fhir {

// "2026-11-23T08:00:00.000Z"
std::string instant_of(Instant at);
// date: "2026-11-23". Empty: it is none.
std::string date_of(std::string_view date);
// dateTime with the precision of the record: a day stays a day; a time of day gets its offset as it was sent, else the
// zone's on that day (null: UTC), and :00 where the seconds are not known. Empty: it is none. An offset beyond ±14:00,
// which FHIR does not have: the day alone.
std::string date_time_of(std::string_view moment, const Zone* zone);
bool has_time_of_day(std::string_view moment);

void write_date_time(ResourceWriter& out, std::string_view name, std::string_view moment, const Zone* zone);
// An element of type instant. Of a moment that is a day only, `extended` ("_issued") says the day in an extension,
// because an instant without a time of day would be a guess.
void write_instant(ResourceWriter& out, std::string_view name, std::string_view extended, std::string_view moment,
                   const Zone* zone);

}  // namespace gantry::fhir
