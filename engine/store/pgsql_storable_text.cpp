#include <algorithm>

#include "engine/store/pgsql/storable_text.hpp"

namespace gantry::store::pgsql {
namespace {

constexpr auto unstorable = "a NUL or a byte that is not UTF-8";
constexpr std::size_t longest_key = 1000;  // bytes; an index row takes 2,704

bool continuation(unsigned char byte) {
    return (byte & 0xc0) == 0x80;
}

// Length of the character at the front of a text that is not empty; 0: none that can be kept. Overlong forms,
// surrogates and what is beyond U+10FFFF are none.
std::size_t character_at_front(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
    const auto lead = byte(0);
    if (lead < 0x80) return lead == 0 ? 0 : 1;
    if (lead < 0xc2 || lead > 0xf4 || !continuation(byte(1))) return 0;
    if (lead < 0xe0) return 2;
    if (!continuation(byte(2))) return 0;
    if (lead == 0xe0 && byte(1) < 0xa0) return 0;
    if (lead == 0xed && byte(1) > 0x9f) return 0;
    if (lead < 0xf0) return 3;
    if (lead == 0xf0 && byte(1) < 0x90) return 0;
    if (lead == 0xf4 && byte(1) > 0x8f) return 0;
    return continuation(byte(3)) ? 4 : 0;
}

bool storable(const effects::Identifier& one) {
    return pgsql::storable(one.value) && pgsql::storable(one.authority) && pgsql::storable(one.type);
}

bool storable(const effects::OrderNumber& one) {
    return pgsql::storable(one.number) && pgsql::storable(one.authority);
}

template <class Field>
bool storable(const effects::FieldChanges<Field>& changes) {
    for (std::size_t i = 0; i < changes.size(); ++i) {
        if (!pgsql::storable(changes.at(i).value)) return false;
    }
    return true;
}

bool storable(const effects::PatientChange& one) {
    return storable(one.fields) && pgsql::storable(one.location) && pgsql::storable(one.admission_id) &&
           pgsql::storable(one.account) && pgsql::storable(one.visit_flag) &&
           std::all_of(one.identifiers.begin(), one.identifiers.end(), [](const auto& each) { return storable(each); });
}

bool storable(const effects::OrderChange& one) {
    return storable(one.placer) && storable(one.filler) && storable(one.parent) && storable(one.fields) &&
           pgsql::storable(one.accession_issuer) && pgsql::storable(one.event_time) &&
           std::all_of(one.steps.begin(), one.steps.end(), [](const auto& step) { return storable(step.fields); });
}

bool storable(const effects::PatientMerge& one) {
    return storable(one.prior) && storable(one.survivor) && pgsql::storable(one.prior_number) &&
           pgsql::storable(one.number) && (!one.pid || storable(*one.pid));
}

bool storable(const effects::ScheduleItem& one) {
    return pgsql::storable(one.procedure) && storable(one.fields);
}

bool storable(const effects::ScheduleChange::OrderNumbers& one) {
    return storable(one.placer) && storable(one.filler);
}

bool storable(const effects::ReportLine& one) {
    return pgsql::storable(one.code) && pgsql::storable(one.sub_id) && pgsql::storable(one.set_id) &&
           pgsql::storable(one.text);
}

bool storable(const effects::ReportChange& one) {
    return storable(one.document) && storable(one.parent_document) && storable(one.parent_placer) &&
           storable(one.parent_filler) && storable(one.fields) && pgsql::storable(one.status_sent) &&
           pgsql::storable(one.event_time) && pgsql::storable(one.study_instance_uid) &&
           std::all_of(one.orders.begin(), one.orders.end(), [](const auto& order) { return storable(order); }) &&
           std::all_of(one.lines.begin(), one.lines.end(), [](const auto& line) { return storable(line); }) &&
           std::all_of(one.documents.begin(), one.documents.end(),
                       [](const auto& document) { return pgsql::storable(document.media_type); });
}

template <class Change>
bool all_storable(const std::vector<Change>& changes) {
    return std::all_of(changes.begin(), changes.end(), [](const auto& change) { return storable(change); });
}

bool storable(const effects::ScheduleChange& one) {
    return all_storable(one.orders) && storable(one.fields) && storable(one.every) &&
           pgsql::storable(one.appointment) && pgsql::storable(one.event_time) && all_storable(one.items);
}

bool storable(const effects::Effects& effects) {
    return pgsql::storable(effects.ordering_key) && (!effects.patient || storable(*effects.patient)) &&
           all_storable(effects.merges) && all_storable(effects.orders) &&
           (!effects.schedule || storable(*effects.schedule)) && all_storable(effects.reports);
}

}  // namespace

bool storable(std::string_view text) {
    while (!text.empty()) {
        const auto length = character_at_front(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string made_storable(std::string text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto length = character_at_front(std::string_view(text).substr(at));
        if (length == 0) text[at] = '?';
        at += std::max<std::size_t>(length, 1);
    }
    return text;
}

void refuse_unstorable(Unit& unit) {
    std::optional<Error> error;
    if (!storable(unit.effects)) error = Error{ErrorCode::hl7_bad_value, unstorable, {}};
    for (auto* text : {&unit.channel, &unit.peer, &unit.sender, &unit.control_id, &unit.type}) {
        if (storable(*text)) continue;
        *text = made_storable(std::move(*text));
        error = Error{ErrorCode::hl7_bad_value, unstorable, {}};
    }
    for (auto* key : {&unit.sender, &unit.control_id}) {
        if (key->size() <= longest_key) continue;
        *key = made_storable(key->substr(0, longest_key));
        error = Error{ErrorCode::hl7_too_long, "sender or control id", {}};
    }
    if (!error) return;
    effects::Effects refused;
    refused.disposition = effects::Disposition::reject;
    refused.error = unit.effects.error ? unit.effects.error : error;  // the mapper's own reason comes first
    refused.ordering_key = made_storable(std::move(unit.effects.ordering_key));
    unit.effects = std::move(refused);
}

}  // namespace gantry::store::pgsql
