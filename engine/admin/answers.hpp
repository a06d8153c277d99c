// What /api answers, as JSON. Pure. Ids are text, because JSON's numbers are too short; moments are ISO 8601 in the
// zone of the site. Bytes that are not UTF-8 are given as base64 under the same name with _base64.
#pragma once
#include <string>
#include <vector>

#include "engine/runtime/reprocessing.hpp"
#include "engine/store/messages.hpp"
#include "engine/store/text_index.hpp"

namespace gantry::admin {

// text: of a search by text.
std::string to_json(const store::MessagePage& page, const std::optional<store::TextProgress>& text, const Zone& zone);
std::string to_json(const store::MessageDetail& message, const Zone& zone);
// Without a message when it was a preview.
std::string to_json(const runtime::Reprocessed& done);
std::string to_json(const std::vector<store::QueueSummary>& queues, const Zone& zone);
// next: where to go on; none: nowhere.
std::string to_json(const std::vector<store::DeliveryRow>& deliveries, DeliveryId next, const Zone& zone);

// Of a delivery; what a person discarded is "discarded".
std::string_view state_text(effects::Outcome state);

}  // namespace gantry::admin
