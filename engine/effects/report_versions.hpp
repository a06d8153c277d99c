// A report from its versions (imaging rule 7.9), as a function of values: the versions in the order of their time, each
// on top of those before. The same versions give the same report, whatever order they arrived in.
//
//   preliminary after final       stored, not shown; so is whatever is less final than what is shown
//   a whole text                  replaces the text before; after a final one the report is AMENDED
//   lines with OBX-11 U, D, W     keep and take away lines
//   addenda                       are added; nothing but their own withdrawal takes them away
//   a status without text         changes the status and keeps the text
//   cancelled (X, T11)            the text is withheld: cancelled before a final version, entered-in-error after one;
//                                 a newer version with content begins the report anew
#pragma once
#include <vector>

#include "engine/effects/report_content.hpp"

namespace gantry::effects {

struct ReportState {
    FieldValues<ReportField> fields;    // all but its number and namespace
    std::int64_t current = 0;           // the version shown; 0: none
    std::vector<std::int64_t> counted;  // versions that counted when their turn came, oldest first
};

ReportState report_of(std::vector<ReportVersion> versions);

// Whether two messages said the same, whenever they did: a resend makes no version.
bool same_content(const ReportVersion& a, const ReportVersion& b);

}  // namespace gantry::effects
