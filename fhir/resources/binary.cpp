#include "fhir/resources/binary.hpp"

#include "engine/base/base64.hpp"
#include "fhir/resources/resource_writer.hpp"

namespace gantry::fhir {

std::string binary_json(std::string_view digest, std::string_view media_type, std::string_view bytes) {
    ResourceWriter out("Binary", digest);
    out.object("meta", [&] { out.word("versionId", "1"); });
    out.code("contentType", is_blank(media_type) ? "application/octet-stream" : media_type);
    out.word("data", to_base64(bytes));
    return std::move(out).finish();
}

}  // namespace gantry::fhir
