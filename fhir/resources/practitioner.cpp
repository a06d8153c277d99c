#include "fhir/resources/practitioner.hpp"

#include "fhir/resources/human_names.hpp"
#include "fhir/resources/identifiers.hpp"

namespace gantry::fhir {

std::string practitioner_json(const effects::ProviderRecord& provider, Instant updated,
                              const ProjectionContext& context) {
    ResourceWriter out("Practitioner", std::to_string(provider.id.value));
    write_meta(out, {1, updated});
    out.array("identifier", [&] { write_identifier(out, {}, {provider.identifier, provider.authority, {}}, context); });
    out.array("name", [&] { write_human_names(out, provider.name, {}); });
    return std::move(out).finish();
}

}  // namespace gantry::fhir
