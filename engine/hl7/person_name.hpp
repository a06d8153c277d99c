// Names of persons: XPN, XCN and CNN (HL7 v2.9 2A.3.88, 2A.3.87, 2A.3.8) to DICOM PN (PS3.5 6.2.1).
//
// XPN is family^given^middle^suffix^prefix, PN is family^given^middle^prefix^suffix: the last two change places. A
// family name is its first subcomponent. The degree (XPN-6, XCN-7) joins the suffix. `^`, `=`, `\` and control
// characters inside a value become blanks. Repetitions with name representation code I and P become the ideographic and
// the phonetic group.
#pragma once
#include <string>

#include "engine/hl7/message.hpp"

namespace gantry::hl7 {

struct PersonName {
    std::string family, given, middle, suffix, prefix, degree;
    bool operator==(const PersonName&) const = default;
};

// One repetition.
PersonName xpn(const Piece& repetition);
PersonName xcn(const Piece& repetition);
// The principal result interpreter and its like (OBR-32): CNN `id&family&given` in component 1, or XCN
// `id^family^given`.
PersonName cnn_or_xcn(const Piece& repetition);

// One component group of a PN, trailing carets trimmed; empty for an empty name.
std::string dicom_name(const PersonName& name);

// A whole field: the first repetition that is alphabetic (XPN-8, XCN-15: A or empty), with I and P groups where sent.
std::string dicom_name_of_xpn(const Piece& field);
// A XCN field may list several persons: groups I and P are taken from repetitions with the id of the first.
std::string dicom_name_of_xcn(const Piece& field);
std::string dicom_name_of_cnn(const Piece& field);  // first repetition

}  // namespace gantry::hl7
