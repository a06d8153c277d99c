#include "engine/dicom/worklist_attributes.hpp"

#include <algorithm>
#include <array>

#include "engine/dicom/tags.hpp"
#include "engine/dicom/wire_text.hpp"
#include "engine/dicom/worklist_matching.hpp"

namespace gantry::dicom {
namespace {

using effects::Identifier;
using effects::OrderField;
using effects::PatientField;
using effects::StepField;
using effects::WorklistRow;

template <PatientField field>
std::string of(const WorklistRow& row) {
    return row.patient_fields[field];
}
template <OrderField field>
std::string of(const WorklistRow& row) {
    return row.order_fields[field];
}
template <StepField field>
std::string of(const WorklistRow& row) {
    return row.step_fields[field];
}

// The first of them that has a value.
template <auto field, auto... others>
std::string first_of(const WorklistRow& row) {
    if constexpr (sizeof...(others) == 0) {
        return of<field>(row);
    } else {
        auto value = of<field>(row);
        return value.empty() ? first_of<others...>(row) : value;
    }
}

std::string nothing(const WorklistRow&) {
    return {};
}
std::vector<Dataset> no_items(const WorklistRow&) {
    return {};
}

// HL7 HD: namespace&universal id&type; a lone OID is a universal id.
struct Authority {
    std::string space, universal_id, universal_type;
};
Authority authority_of(std::string_view text) {
    std::array<std::string, 3> parts;
    for (auto& part : parts) {
        const auto end = text.find('&');
        part = trimmed(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    const bool oid = parts[1].empty() && parts[0].find('.') != std::string::npos &&
                     parts[0].find_first_not_of(".0123456789") == std::string::npos;
    if (oid) return {{}, parts[0], "ISO"};
    return {parts[0], parts[1], parts[2].empty() && !parts[1].empty() ? "ISO" : parts[2]};
}

void add(Dataset& item, Tag tag, Vr vr, const std::string& value) {
    if (!value.empty()) item.elements.push_back({tag, vr, wire_text(vr, value).value, {}});
}

// HL7v2 Hierarchic Designator macro (PS3.3 table 10-17).
void add_universal(Dataset& item, const Authority& authority) {
    add(item, tags::UniversalEntityID, "UT", authority.universal_id);
    add(item, tags::UniversalEntityIDType, "CS", authority.universal_type);
}

std::vector<Dataset> issuer_items(const std::string& text) {
    const auto authority = authority_of(text);
    Dataset item;
    add(item, tags::LocalNamespaceEntityID, "UT", authority.space);
    add_universal(item, authority);
    return item.empty() ? std::vector<Dataset>() : std::vector<Dataset>{item};
}

template <auto field>
std::vector<Dataset> issuer_of(const WorklistRow& row) {
    return issuer_items(of<field>(row));
}

// Code Sequence macro (PS3.3 table 8.8-1). A code that SH cannot hold goes into LongCodeValue rather than being cut.
std::vector<Dataset> code_items(const std::string& code, const std::string& scheme, const std::string& meaning) {
    if (code.empty()) return {};
    const bool is_long = effects::length_in_characters(code) > longest_of("SH");
    Dataset item;
    add(item, is_long ? tags::LongCodeValue : tags::CodeValue, is_long ? "UC" : "SH", code);
    add(item, tags::CodingSchemeDesignator, "SH", scheme.empty() ? "99LOCAL" : scheme);
    add(item, tags::CodeMeaning, "LO", meaning.empty() ? code : meaning);
    return {item};
}

std::vector<Dataset> procedure_code(const WorklistRow& row) {
    return code_items(of<OrderField::procedure_code>(row), of<OrderField::procedure_scheme>(row),
                      first_of<OrderField::procedure_meaning, OrderField::procedure_description>(row));
}

std::vector<Dataset> reason_code(const WorklistRow& row) {
    return code_items(of<OrderField::reason_code>(row), of<OrderField::reason_scheme>(row),
                      first_of<OrderField::reason_meaning, OrderField::reason>(row));
}

std::vector<Dataset> protocol_code(const WorklistRow& row) {
    auto items = code_items(of<StepField::protocol_code>(row), of<StepField::protocol_scheme>(row),
                            first_of<StepField::protocol_meaning, StepField::description>(row));
    return items.empty() ? procedure_code(row) : items;
}

Identifier filed_under(const WorklistRow& row) {
    return row.identifiers.empty() ? Identifier() : row.identifiers.front();
}
std::string patient_id(const WorklistRow& row) {
    return filed_under(row).value;
}
std::string patient_id_issuer(const WorklistRow& row) {
    const auto authority = authority_of(filed_under(row).authority);
    return authority.space.empty() ? authority.universal_id : authority.space;
}

std::vector<Dataset> qualifiers_of(const Identifier& identifier) {
    Dataset item;
    add_universal(item, authority_of(identifier.authority));
    add(item, tags::IdentifierTypeCode, "CS", identifier.type);
    return item.empty() ? std::vector<Dataset>() : std::vector<Dataset>{item};
}
std::vector<Dataset> patient_id_qualifiers(const WorklistRow& row) {
    return qualifiers_of(filed_under(row));
}

std::string other_patient_ids(const WorklistRow& row) {
    std::string out;
    for (std::size_t i = 1; i < row.identifiers.size(); ++i) {
        out += (out.empty() ? "" : "\\") + wire_text("LO", row.identifiers[i].value).value;
    }
    return out;
}

Dataset identifier_item(const Identifier& identifier) {
    const auto authority = authority_of(identifier.authority);
    Dataset item;
    add(item, tags::PatientID, "LO", identifier.value);
    add(item, tags::IssuerOfPatientID, "LO", authority.space.empty() ? authority.universal_id : authority.space);
    add(item, tags::TypeOfPatientID, "CS", "TEXT");
    if (auto qualifiers = qualifiers_of(identifier); !qualifiers.empty()) {
        item.elements.push_back({tags::IssuerOfPatientIDQualifiersSequence, "SQ", {}, std::move(qualifiers)});
    }
    return item;
}
std::vector<Dataset> all_identifiers(const WorklistRow& row) {
    std::vector<Dataset> items;
    if (row.identifiers.size() < 2) return items;
    std::transform(row.identifiers.begin(), row.identifiers.end(), std::back_inserter(items), identifier_item);
    return items;
}

// A code nobody mapped stays empty: the urgency field is empty then, and the alarm was raised when the order came.
std::string priority(const WorklistRow& row) {
    const auto& urgency = row.order_fields[OrderField::urgency];
    return urgency == "URGENT" ? "HIGH" : urgency;
}

// "*" among the titles says that the step answers to every AE title; it is not one itself.
std::string station_titles(const WorklistRow& row) {
    std::string out;
    for (std::string_view rest = row.step_fields[StepField::station_ae]; !rest.empty();) {
        const auto title = rest.substr(0, rest.find('\\'));
        rest.remove_prefix(std::min(rest.size(), title.size() + 1));
        if (title == "*") continue;
        if (!out.empty()) out += '\\';
        out += title;
    }
    return out;
}
std::string start_date(const WorklistRow& row) {
    return row.shown_date.empty() ? of<StepField::start_date>(row) : row.shown_date;
}
std::string start_time(const WorklistRow& row) {
    return full_time(of<StepField::start_time>(row));
}

#define GANTRY_TEXT(keyword, vr, type, source) \
    { tags::keyword, vr, #keyword, KeyType::type, Multiplicity::one, source, nullptr }
#define GANTRY_TEXTS(keyword, vr, type, source) \
    { tags::keyword, vr, #keyword, KeyType::type, Multiplicity::many, source, nullptr }
#define GANTRY_ITEMS(keyword, type, source) \
    { tags::keyword, "SQ", #keyword, KeyType::type, Multiplicity::one, nullptr, source }

using P = PatientField;
using O = OrderField;
using S = StepField;

constexpr WorklistAttribute root_table[] = {
    GANTRY_TEXT(AccessionNumber, "SH", type_2, of<O::accession_number>),
    GANTRY_ITEMS(IssuerOfAccessionNumberSequence, type_3, issuer_of<O::accession_issuer>),
    GANTRY_TEXT(InstitutionName, "LO", type_3, of<O::institution>),
    GANTRY_TEXT(InstitutionAddress, "ST", type_3, of<O::institution_address>),
    GANTRY_ITEMS(InstitutionCodeSequence, type_3, no_items),
    GANTRY_TEXT(ReferringPhysicianName, "PN", type_2, of<O::referring_physician>),
    GANTRY_ITEMS(ReferencedStudySequence, type_2, no_items),
    GANTRY_ITEMS(ReferencedPatientSequence, type_2, no_items),
    GANTRY_TEXT(PatientName, "PN", type_1, of<P::name>),
    GANTRY_TEXT(PatientID, "LO", type_1, patient_id),
    GANTRY_TEXT(IssuerOfPatientID, "LO", type_3, patient_id_issuer),
    GANTRY_ITEMS(IssuerOfPatientIDQualifiersSequence, type_3, patient_id_qualifiers),
    GANTRY_TEXT(PatientBirthDate, "DA", type_2, of<P::birth_date>),
    GANTRY_TEXT(PatientSex, "CS", type_2, of<P::sex>),
    GANTRY_TEXTS(OtherPatientIDs, "LO", type_3, other_patient_ids),
    GANTRY_TEXTS(OtherPatientNames, "PN", type_3, of<P::other_names>),
    GANTRY_ITEMS(OtherPatientIDsSequence, type_3, all_identifiers),
    GANTRY_TEXT(PatientSize, "DS", type_3, of<O::size>),
    GANTRY_TEXT(PatientWeight, "DS", type_2, of<O::weight>),
    GANTRY_TEXT(PatientAddress, "LO", type_3, of<P::address>),
    GANTRY_TEXT(PatientMotherBirthName, "PN", type_3, of<P::mother_maiden_name>),
    GANTRY_TEXTS(MedicalAlerts, "LO", type_2, of<O::medical_alerts>),
    GANTRY_TEXTS(Allergies, "LO", type_2, of<P::allergies>),
    GANTRY_TEXTS(PatientTelephoneNumbers, "SH", type_3, of<P::telecom>),
    GANTRY_TEXT(PregnancyStatus, "US", type_2, of<O::pregnancy_status>),
    GANTRY_TEXT(StudyInstanceUID, "UI", type_1, of<O::study_instance_uid>),
    GANTRY_TEXT(RequestingPhysician, "PN", type_2, of<O::requesting_physician>),
    GANTRY_TEXT(RequestedProcedureDescription, "LO", type_3,
                (first_of<O::procedure_description, O::procedure_meaning, O::procedure_code>)),
    GANTRY_ITEMS(RequestedProcedureCodeSequence, type_3, procedure_code),
    GANTRY_TEXT(AdmissionID, "LO", type_2, of<O::admission_id>),
    GANTRY_ITEMS(IssuerOfAdmissionIDSequence, type_3, issuer_of<O::admission_issuer>),
    GANTRY_TEXT(SpecialNeeds, "LO", type_2, nothing),
    GANTRY_TEXT(CurrentPatientLocation, "LO", type_2, of<O::patient_location>),
    GANTRY_TEXT(PatientState, "LO", type_2, of<O::patient_state>),
    GANTRY_ITEMS(OrderPlacerIdentifierSequence, type_3, issuer_of<O::placer_authority>),
    GANTRY_ITEMS(OrderFillerIdentifierSequence, type_3, issuer_of<O::filler_authority>),
    GANTRY_TEXT(RequestedProcedureID, "SH", type_1, (first_of<O::requested_procedure_id, O::accession_number>)),
    GANTRY_TEXT(ReasonForTheRequestedProcedure, "LO", type_3, of<O::reason>),
    GANTRY_TEXT(RequestedProcedurePriority, "SH", type_2, priority),
    GANTRY_TEXT(PatientTransportArrangements, "LO", type_2, of<O::transport>),
    GANTRY_TEXT(ConfidentialityCode, "LO", type_3, of<O::confidentiality>),
    GANTRY_ITEMS(ReasonForRequestedProcedureCodeSequence, type_3, reason_code),
    GANTRY_TEXTS(NamesOfIntendedRecipientsOfResults, "PN", type_3, of<O::names_of_recipients>),
    GANTRY_TEXT(RequestedProcedureComments, "LT", type_3, of<O::comments>),
    GANTRY_TEXT(PlacerOrderNumberImagingServiceRequest, "LO", type_3, of<O::placer_number>),
    GANTRY_TEXT(FillerOrderNumberImagingServiceRequest, "LO", type_3, of<O::filler_number>),
    GANTRY_TEXT(ConfidentialityConstraintOnPatientDataDescription, "LO", type_2, nothing),
    // Asked for by many, and no message says them: known, and empty.
    GANTRY_TEXT(StudyDate, "DA", type_3, nothing),
    GANTRY_TEXT(StudyTime, "TM", type_3, nothing),
    GANTRY_TEXT(StudyDescription, "LO", type_3, nothing),
    GANTRY_ITEMS(ProcedureCodeSequence, type_3, no_items),
    GANTRY_TEXT(AdmittingDiagnosesDescription, "LO", type_3, nothing),
    GANTRY_ITEMS(AdmittingDiagnosesCodeSequence, type_3, no_items),
    GANTRY_TEXT(PatientAge, "AS", type_3, nothing),
    GANTRY_TEXT(EthnicGroup, "SH", type_3, nothing),
    GANTRY_TEXT(Occupation, "SH", type_3, nothing),
    GANTRY_TEXT(SmokingStatus, "CS", type_3, nothing),
    GANTRY_TEXT(AdditionalPatientHistory, "LT", type_3, nothing),
    GANTRY_TEXT(LastMenstrualDate, "DA", type_3, nothing),
    GANTRY_TEXT(PatientReligiousPreference, "LO", type_3, nothing),
    GANTRY_TEXT(AnatomicalOrientationType, "CS", type_3, nothing),
    GANTRY_TEXT(PatientComments, "LT", type_3, nothing),
    GANTRY_TEXT(StudyID, "SH", type_3, nothing),
    GANTRY_TEXT(VisitComments, "LT", type_3, nothing),
    GANTRY_TEXT(RequestedProcedureLocation, "LO", type_3, nothing),
    GANTRY_TEXT(ReasonForTheImagingServiceRequest, "LO", type_3, nothing),
    GANTRY_TEXT(IssueDateOfImagingServiceRequest, "DA", type_3, nothing),
    GANTRY_TEXT(IssueTimeOfImagingServiceRequest, "TM", type_3, nothing),
    GANTRY_TEXT(OrderEnteredBy, "PN", type_3, nothing),
    GANTRY_TEXT(OrderEntererLocation, "SH", type_3, nothing),
    GANTRY_TEXT(OrderCallbackPhoneNumber, "SH", type_3, nothing),
    GANTRY_TEXT(ImagingServiceRequestComments, "LT", type_3, nothing),
};

constexpr WorklistAttribute step_table[] = {
    GANTRY_TEXT(Modality, "CS", type_1, of<S::modality>),
    GANTRY_TEXT(RequestedContrastAgent, "LO", type_2, of<S::requested_contrast>),
    GANTRY_TEXTS(ScheduledStationAETitle, "AE", type_1, station_titles),
    GANTRY_TEXT(ScheduledProcedureStepStartDate, "DA", type_1, start_date),
    GANTRY_TEXT(ScheduledProcedureStepStartTime, "TM", type_1, start_time),
    GANTRY_TEXT(ScheduledPerformingPhysicianName, "PN", type_2,
                (first_of<S::performing_physician, O::performing_physician>)),
    GANTRY_TEXT(ScheduledProcedureStepDescription, "LO", type_3,
                (first_of<S::description, S::protocol_meaning, O::procedure_description, O::procedure_meaning,
                          O::procedure_code>)),
    GANTRY_ITEMS(ScheduledProtocolCodeSequence, type_3, protocol_code),
    GANTRY_TEXT(ScheduledProcedureStepID, "SH", type_1,
                (first_of<S::step_id, O::requested_procedure_id, O::accession_number>)),
    GANTRY_TEXTS(ScheduledStationName, "SH", type_2, of<S::station_name>),
    GANTRY_TEXT(ScheduledProcedureStepLocation, "SH", type_2, of<S::location>),
    GANTRY_TEXT(PreMedication, "LO", type_2, of<S::pre_medication>),
    GANTRY_TEXT(ScheduledProcedureStepStatus, "CS", type_3, of<S::status>),
    // As above.
    GANTRY_TEXT(ScheduledProcedureStepEndDate, "DA", type_3, nothing),
    GANTRY_TEXT(ScheduledProcedureStepEndTime, "TM", type_3, nothing),
    GANTRY_TEXT(CommentsOnTheScheduledProcedureStep, "LT", type_3, nothing),
};

#undef GANTRY_TEXT
#undef GANTRY_TEXTS
#undef GANTRY_ITEMS

}  // namespace

std::span<const WorklistAttribute> root_attributes() {
    return root_table;
}
std::span<const WorklistAttribute> step_attributes() {
    return step_table;
}

const WorklistAttribute* find_attribute(std::span<const WorklistAttribute> table, Tag tag) {
    const auto found = std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.tag == tag; });
    return found == table.end() ? nullptr : &*found;
}

}  // namespace gantry::dicom
