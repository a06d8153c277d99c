// An order as it is read from the resources that speak of it. Private to this room.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "fhir/mapping/inbound_statuses.hpp"
#include "fhir/mapping/resource_reading.hpp"
#include "fhir/resources/identifiers.hpp"

namespace gantry::fhir {

struct OrderDraft {
    effects::OrderChange change;
    OrderState request = OrderState::not_said, study = OrderState::not_said;
    bool has_request = false;
    r4::Element of_request, of_study;  // the resources themselves
    std::string modality, start;       // start: a moment
    std::string_view modality_source;
};

// ServiceRequest into a new draft.
void read_request(ResourceReading& reading, const Submitted& request, OrderDraft& draft);
// ImagingStudy into the draft of the request that it is based on, else into a new one. Answers which.
std::size_t read_study(ResourceReading& reading, const Submitted& study, std::vector<OrderDraft>& drafts,
                       const std::map<std::uint32_t, std::size_t>& requests);
// The actions of a draft that is complete.
void finish_order(ResourceReading& reading, OrderDraft& draft, std::vector<effects::OrderChange>& out);

// An identifier by its type: placer, filler, accession or requested procedure; without one the placer's. Others are
// lost.
void number_order(ResourceReading& reading, const ReadNumber& number, OrderDraft& draft, std::string_view source);
// The numbers of a known order, where the change has none of its own.
void number_as(const effects::OrderRecord& known, effects::OrderChange& change, std::string_view source);
// An accession number without an issuer is that of the only issuer who has given it.
void find_issuer(ResourceReading& reading, effects::OrderChange& change);

}  // namespace gantry::fhir
