#include "fhir/resources/binary.hpp"

#include "engine/base/base64.hpp"
#include "fhir/resources/resource_writer.hpp"
#include "fhir/resources/uri_forms.hpp"

namespace gantry::fhir {

std::string binary_json(std::string_view digest, std::string_view media_type, std::string_view bytes) {
    ResourceWriter out("Binary", digest);
    out.object("meta", [&] { out.word("versionId", "1"); });
    out.code("contentType", is_media_type(media_type) ? media_type : "application/octet-stream");
    out.word("data", to_base64(bytes));
    return std::move(out).finish();
}

}  // namespace gantry::fhir
