// FHIR XML (http://hl7.org/fhir/R4/xml.html) into the same tree that JSON gives. Any bytes may be given. Refused are
// DOCTYPE, and with it every entity but XML's own five; other encodings than UTF-8; elements out of order, of another
// namespace or unknown; attributes that R4 does not have; text between elements. Limits and issues are those of
// json_reader.hpp; no file and no network is ever touched.
#pragma once
#include <string_view>

#include "fhir/json/json_reader.hpp"

namespace gantry::fhir::r4 {

ReadOutcome read_xml(std::string_view bytes, const ReadOptions& options = {});

}  // namespace gantry::fhir::r4
