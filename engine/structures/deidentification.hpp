// Messages as they were, with no person left in them: what a case file, a bug report or a partner's test can hold.
//
// What is replaced follows from the definitions of HL7 (leaf_kinds.hpp): names, identifiers, addresses, telephone
// numbers, enclosed documents and every text that somebody wrote; in segments nobody defined (Z…) everything but short
// codes. All dates are moved by the same number of whole weeks, between one and ten years back, so that intervals, ages
// and days of the week stay. Codes, authorities, flags, numbers, the structure and the escape sequences stay.
//
// The same word gets the same word throughout all the messages, also where it stands in a text, so that what belonged
// together still does. Lengths, letters and digits, capitals, scripts stay (pseudonyms.hpp).
//
// Pure: the same messages always give the same bytes. Which word stands for which cannot be told without the originals.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "engine/hl7/message.hpp"

namespace gantry::structures {

struct Deidentification {
    bool keep_identifiers = false;  // of patients, orders, documents and messages
    // What code tables know, and the headings of reports: a text that is nothing but one of these stays.
    std::vector<std::string> codes;
};

struct Deidentified {
    std::vector<std::string> messages;  // UTF-8, segments ended by CR
    int days = 0;                       // by which the dates were moved; negative
};

Deidentified deidentified(std::span<const hl7::Message> messages, const Deidentification& options);

}  // namespace gantry::structures
