// The mapper of a channel whose source is `fhir`, over the running store; and how this site writes FHIR.
#pragma once
#include <memory>

#include "channels/catalog/channel_document.hpp"
#include "channels/sources/fhir_mapper.hpp"
#include "engine/main/configuration.hpp"
#include "engine/store/store.hpp"
#include "fhir/resources/projection.hpp"

namespace gantry {

// settings and zone must outlive it.
fhir::ProjectionContext projection_of(const FhirSettings& settings, const Zone& zone);

// store and projection must outlive it. Numbers and addresses are read as the projection writes them; modality and
// station of a procedure are those of the tables `procedure` and `station`, where there are such.
std::shared_ptr<const channels::FhirMapper> make_fhir_mapper(const channels::ChannelDocument& channel,
                                                             std::int64_t revision, store::Store& store,
                                                             const fhir::ProjectionContext& projection);

}  // namespace gantry
