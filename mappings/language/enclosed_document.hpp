// OBX-5 of type ED (HL7 v2.9 2A.3.23): a document sent along.
#pragma once
#include <optional>

#include "engine/base/result.hpp"
#include "engine/effects/effects.hpp"
#include "engine/hl7/message.hpp"

namespace gantry::mappings {

// The documents of one field, each repetition one. Types, subtypes and encodings are read in the spellings that are
// about (Application^PDF, AP^pdf, text^text/xml; Base64, A). Without them the data is taken when its base64 is a PDF.
// None: there is no data. Error: hl7_bad_value, with what is wrong in the detail.
Result<std::vector<effects::DocumentContent>> enclosed_documents(const hl7::Piece& field);

}  // namespace gantry::mappings
