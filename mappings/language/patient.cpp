#include <algorithm>

#include "engine/hl7/types.hpp"
#include "mappings/language/missed.hpp"
#include "mappings/language/reading.hpp"
#include "mappings/language/sections.hpp"

namespace gantry::mappings {
namespace {

effects::Identifier identifier(const hl7::Piece& cx, const MappingContext& context) {
    auto read = hl7::identifier(cx);
    read.value = trimmed(std::move(read.value));
    const auto& as_mr = context.record_number_types;
    if (std::find(as_mr.begin(), as_mr.end(), read.type) != as_mr.end()) read.type = "MR";
    if (read.authority.empty()) read.authority = context.default_authority;
    return {std::move(read.value), std::move(read.authority), std::move(read.type)};
}

// Smaller is better: of a preferred authority (in their order), typed MR, identifying at all, the rest.
std::size_t preference(const effects::Identifier& identifier, const MappingContext& context) {
    const auto& preferred = context.preferred_authorities;
    const auto found = std::find(preferred.begin(), preferred.end(), identifier.authority);
    const auto position = static_cast<std::size_t>(found - preferred.begin());
    if (!effects::identifies(identifier)) return preferred.size() + 2;
    if (found != preferred.end()) return position;
    return preferred.size() + (identifier.type == "MR" ? 0 : 1);
}

bool any_identifies(const std::vector<effects::Identifier>& identifiers) {
    return std::any_of(identifiers.begin(), identifiers.end(), effects::identifies);
}

// Which types the identifiers have that a message gave, and that name nobody: "PK, CF".
std::string types_of(const std::vector<Source>& sources, Frame& frame) {
    std::string out;
    for (const auto& source : sources)
        for (const auto& one : read_all_identifiers(source, frame))
            if (const auto type = shown_code(one.type);
                !type.empty() && (", " + out + ",").find(", " + type + ",") == std::string::npos)
                out += (out.empty() ? "" : ", ") + type;
    return out;
}

void keep_what_is_there(effects::FieldChanges<effects::PatientField>& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields.at(i).says == Value::Says::clear) fields.at(i) = {};
}

}  // namespace

std::string field_at(const Place& place, const std::string& segment, std::size_t field) {
    for (const auto* scope = &place.all; scope; scope = scope->outer)
        for (auto i = scope->begin; i < scope->end; ++i)
            if (scope->message->segment(i).id() == segment)
                return place_of_segment(*scope->message, i) + "-" + std::to_string(field);
    return segment;
}

std::vector<effects::Identifier> read_all_identifiers(const Source& source, Frame& frame) {
    std::vector<effects::Identifier> out;
    for (const auto& piece : find_all(source, frame)) {
        if (!piece.valued()) continue;
        auto one = identifier(piece, frame.context);
        if (!one.value.empty() && std::find(out.begin(), out.end(), one) == out.end()) out.push_back(std::move(one));
    }
    return out;
}

std::string no_identifier(const std::vector<Source>& sources, Frame& frame) {
    const auto types = types_of(sources, frame);
    auto out = sources.front().path.text();
    if (!types.empty()) out += " has only numbers of type " + types + "; MR, PI, PT or no type name a patient";
    return out;
}

std::vector<effects::Identifier> read_identifiers(const std::vector<Source>& sources, Frame& frame) {
    std::vector<effects::Identifier> out;
    for (const auto& source : sources) {
        auto found = read_all_identifiers(source, frame);
        if (any_identifies(out)) continue;  // read all the same: for coverage it is not lost
        out = std::move(found);
    }
    if (!any_identifies(out)) return {};
    std::stable_sort(out.begin(), out.end(), [&](const auto& a, const auto& b) {
        return preference(a, frame.context) < preference(b, frame.context);
    });
    return out;
}

effects::OrderNumber read_number(const std::vector<Source>& sources, Frame& frame, std::string_view& where) {
    effects::OrderNumber out;
    for (const auto& source : sources) {
        const auto piece = find(source, frame).piece;
        if (!out.number.empty() || !piece.valued()) continue;  // found again below: for coverage it is not lost
        auto read = hl7::entity_identifier(piece);
        read.number = trimmed(std::move(read.number));
        if (read.number.empty()) continue;
        where = source.path.text();
        out = {std::move(read.number), read.authority()};
    }
    return out;
}

std::vector<effects::OrderNumber> read_numbers(const std::vector<Source>& sources, Frame& frame) {
    std::vector<effects::OrderNumber> out;
    for (const auto& source : sources) {
        if (!out.empty()) break;
        for (const auto& piece : find_all(source, frame)) {
            if (!piece.valued()) continue;
            auto read = hl7::entity_identifier(piece);
            read.number = trimmed(std::move(read.number));
            if (!read.number.empty()) out.push_back({read.number, read.authority()});
        }
    }
    return out;
}

void evaluate_patient(const PatientSection& section, Frame& frame, effects::Effects& effects) {
    const auto& segment = section.identifiers.front().path.segment();
    if (!frame.place.all.message->segment(segment))
        return frame.remarks.fail(ErrorCode::hl7_missing_segment, segment, {}, segment);
    effects::PatientChange patient;
    patient.identifiers = read_identifiers(section.identifiers, frame);
    const auto& first = section.identifiers.front().path;
    if (patient.identifiers.empty())
        return frame.remarks.fail(ErrorCode::patient_missing_identifier, no_identifier(section.identifiers, frame), {},
                                  field_at(frame.place, segment, first.field()));
    patient.from_adt = section.from_adt;
    if (section.may_replace_person)
        patient.may_replace_person = evaluate(*section.may_replace_person, frame).text == "Y";
    frame.record = first_of(patient.fields);
    if (section.fields_only_for.applies(frame.type, frame.event))
        for (const auto& rule : section.fields) apply(rule, frame, patient.fields.at(rule.field));
    frame.record = nullptr;
    if (section.keeps_for(frame.type, frame.event)) keep_what_is_there(patient.fields);
    effects.ordering_key = ordering_key(patient.identifiers.front());
    effects.patient = std::move(patient);
}

std::string ordering_key(const effects::Identifier& patient) {
    return patient.authority + "|" + patient.value;
}

void evaluate_visit(const VisitSection& section, Frame& frame, effects::Effects& effects) {
    if (!effects.patient) return;
    auto& patient = *effects.patient;
    if (section.location) {
        auto location = evaluate(*section.location, frame);
        patient.location_deleted = location.says == Value::Says::clear;
        patient.location = std::move(location.text);
    }
    if (section.admission_id) patient.admission_id = evaluate(*section.admission_id, frame).text;
    if (section.account) patient.account = evaluate(*section.account, frame).text;
    if (section.flag) patient.visit_flag = evaluate(*section.flag, frame).text;
}

std::string place_of_segment(const hl7::Message& message, std::size_t index) {
    const auto id = message.segment(index).id();
    std::size_t number = 1;
    for (std::size_t i = 0; i < index; ++i) number += message.segment(i).id() == id;
    return std::string(id) + "[" + std::to_string(number) + "]";
}

}  // namespace gantry::mappings
