// Which texts may stand where FHIR wants a URI, an OID, a UUID or a media type (R4 datatypes.html). Records have them
// as somebody sent them.
#pragma once
#include <string_view>

namespace gantry::fhir {

bool is_oid(std::string_view text);   // [0-2](\.(0|[1-9][0-9]*))+
bool is_uuid(std::string_view text);  // lower case, as urn:uuid: demands
// Absolute, and of what urn:oid: and urn:uuid: promise.
bool is_uri(std::string_view text);
// type/subtype, with whatever parameters (RFC 6838 4.2).
bool is_media_type(std::string_view text);

}  // namespace gantry::fhir
