// One stored value as the value representation allows it on the wire (PS3.5 6.2, table 6.2-1). UTF-8 in and out.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "engine/dicom/dataset.hpp"

namespace gantry::dicom {

// Longest value in characters (PN: one component group); 0: no limit that matters here.
std::size_t longest_of(Vr vr);

struct WireText {
    std::string value;
    bool shortened = false;  // it was cut: what the record holds is longer than the representation allows
};

// One value. `\` and control characters are replaced where they may not stand; PN keeps three groups of five
// components; DA, TM and DS that are not what they say become empty.
WireText wire_text(Vr vr, std::string_view stored);

// An attribute that may have several values: stored with `\` or line breaks between them. A text longer than one value
// may be goes on in the next, at a space where there is one, so that an allergy is never cut.
WireText wire_texts(Vr vr, std::string_view stored);

}  // namespace gantry::dicom
