// The field table: every field of every record with its type, longest length and choices. Mapping documents are checked
// against it, the store makes its columns from it, case files and change rows name fields by it.
//
// All values are UTF-8 text in one canonical form per type, so that storing, comparing and showing need no conversion:
//   text    as it is, line breaks "\n"         name    DICOM PN: family^given^middle^prefix^suffix, groups with "="
//   (PS3.5 6.2) date    YYYYMMDD                           time    HHMMSS or HHMM moment  YYYYMMDD[HHMM[SS]] local wall
//   clock of the site, optional ±ZZZZ as it was sent uid     digits and dots, ≤ 64              code    one of
//   `choices`, or free when there are none decimal 1.5                                flag    "Y" or empty
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::effects {

enum class FieldType : std::uint8_t { text, name, date, time, moment, uid, code, decimal, flag };

struct FieldSpec {
    std::string_view name;
    FieldType type;
    std::uint16_t longest;  // characters, not bytes; 0: no limit
    std::span<const std::string_view> choices;
    std::string_view meaning;  // one line for the reference, with the attribute or field of the standard
};

enum class RecordKind : std::uint8_t { patient, order, step, report };
std::string_view to_text(RecordKind kind);

// Rows in the order of the enumerations below; the index of a field is its position here.
std::span<const FieldSpec> field_table(RecordKind kind);
std::optional<std::size_t> field_index(RecordKind kind, std::string_view name);

#define GANTRY_PATIENT_FIELDS(X)                                                                          \
    X(name, name, 324, none, "(0010,0010), PID-5; groups alphabetic=ideographic=phonetic")                \
    X(other_names, text, 1024, none, "(0010,1001), further PID-5 repetitions and PID-9, separated by \\") \
    X(birth_date, date, 8, none, "(0010,0030), PID-7[1-8], never shifted by a zone")                      \
    X(sex, code, 1, sexes, "(0010,0040), PID-8")                                                          \
    X(address, text, 1024, none, "(0010,1040), PID-11")                                                   \
    X(telecom, text, 1024, none, "(0010,2154), PID-13, PID-14, PID-40")                                   \
    X(mother_maiden_name, name, 324, none, "(0010,1060), PID-6")                                          \
    X(deceased, moment, 26, none, "PID-29; 'Y' when only PID-30 says so")                                 \
    X(allergies, text, 1024, none, "(0010,2110), AL1-3")                                                  \
    X(posted, text, 64, none, "sum of the Patient that was posted last, by which it is kept")

#define GANTRY_ORDER_FIELDS(X)                                                                                     \
    X(placer_number, text, 199, none, "(0040,2016), ORC-2.1")                                                      \
    X(placer_authority, text, 199, none, "(0040,0026), ORC-2.2, else MSH-3 and MSH-4")                             \
    X(filler_number, text, 199, none, "(0040,2017), ORC-3.1")                                                      \
    X(filler_authority, text, 199, none, "(0040,0027), ORC-3.2")                                                   \
    X(accession_number, text, 16, none, "(0008,0050)")                                                             \
    X(accession_issuer, text, 64, none, "(0008,0051)")                                                             \
    X(requested_procedure_id, text, 16, none, "(0040,1001)")                                                       \
    X(study_instance_uid, uid, 64, none, "(0020,000D)")                                                            \
    X(procedure_code, text, 199, none, "(0032,1064), OBR-44 or OBR-4")                                             \
    X(procedure_scheme, text, 64, none, "(0032,1064) coding scheme designator")                                    \
    X(procedure_meaning, text, 199, none, "(0032,1064) code meaning")                                              \
    X(procedure_description, text, 199, none, "(0032,1060)")                                                       \
    X(study_type, code, 8, study_types, "XRAY CT MRI US NM OTHER, from the modality")                              \
    X(modality, text, 16, none, "(0008,0060) of the first step")                                                   \
    X(body_site, text, 64, none, "OBR-15.4, OBR-46, else the procedure table")                                     \
    X(reason, text, 1024, none, "(0040,1002), OBR-31")                                                             \
    X(reason_code, text, 199, none, "(0040,100A), OBR-31")                                                         \
    X(reason_scheme, text, 64, none, "(0040,100A) coding scheme designator")                                       \
    X(reason_meaning, text, 199, none, "(0040,100A) code meaning")                                                 \
    X(comments, text, 0, none, "(0040,1400), all NTE-3")                                                           \
    X(urgency, code, 8, urgencies, "STAT URGENT ROUTINE, the most urgent code present")                            \
    X(urgency_sent, text, 64, none, "the priority code as it was sent, when no table row knows it")                \
    X(ordered_date, moment, 26, none, "ORC-9, else MSH-7")                                                         \
    X(scheduled_date, moment, 26, none, "start of the first step")                                                 \
    X(performed_date, moment, 26, none, "from MPPS, else OBR-7")                                                   \
    X(status, code, 16, order_statuses, "ORDERED SCHEDULED IN_PROGRESS COMPLETED CANCELLED")                       \
    X(hold, flag, 1, none, "ORC-1 HD: its steps are hidden")                                                       \
    X(requesting_physician, name, 324, none, "(0032,1032), OBR-16, ORC-12")                                        \
    X(requesting_physician_id, text, 64, none, "identifier of the requesting physician")                           \
    X(referring_physician, name, 324, none, "(0008,0090), PV1-8")                                                  \
    X(performing_physician, name, 324, none, "OBR-34")                                                             \
    X(names_of_recipients, text, 1024, none, "(0040,1010), OBR-28")                                                \
    X(weight, decimal, 16, none, "(0010,1030) in kg")                                                              \
    X(size, decimal, 16, none, "(0010,1020) in m")                                                                 \
    X(medical_alerts, text, 1024, none, "(0010,2000), OBR-13, AL1-3")                                              \
    X(pregnancy_status, code, 1, pregnancies, "(0010,21C0): 3 when PV1-15 is B6, else empty")                      \
    X(patient_state, text, 64, none, "(0038,0500), OBR-12")                                                        \
    X(transport, text, 64, none, "(0040,1004), OBR-30")                                                            \
    X(confidentiality, text, 64, none, "(0040,1008), ORC-28")                                                      \
    X(admission_id, text, 64, none, "(0038,0010), PV1-19 else PID-18")                                             \
    X(admission_issuer, text, 64, none, "(0038,0014)")                                                             \
    X(account_number, text, 64, none, "PID-18")                                                                    \
    X(patient_location, text, 64, none, "(0038,0300), PV1-3")                                                      \
    X(institution, text, 64, none, "(0008,0080), ORC-17 else MSH-4")                                               \
    X(institution_address, text, 1024, none, "(0008,0081), ORC-22")                                                \
    X(replaces, text, 199, none, "placer number of the order that this one replaces (RP, RO)")                     \
    X(moved_from, text, 0, none, "ids of the patients that merges took it from, newest last, separated by blanks") \
    X(posted_request, text, 64, none, "sum of the ServiceRequest that was posted last, by which it is kept")       \
    X(posted_study, text, 64, none, "sum of the ImagingStudy that was posted last, by which it is kept")           \
    X(warnings, text, 0, none, "what a person should look at: one sentence per line")

#define GANTRY_STEP_FIELDS(X)                                                                                     \
    X(step_id, text, 16, none, "(0040,0009)")                                                                     \
    X(placer_number, text, 199, none, "placer number of the ORC that made this step, where an order has several") \
    X(station_ae, text, 199, none, "(0040,0001), several separated by \\; * among them: any AE title")            \
    X(station_name, text, 199, none, "(0040,0010)")                                                               \
    X(location, text, 16, none, "(0040,0011)")                                                                    \
    X(modality, text, 16, none, "(0008,0060)")                                                                    \
    X(also_modalities, text, 64, none, "further modalities this step answers to (PET/CT), separated by \\")       \
    X(start_date, date, 8, none, "(0040,0002); empty: time not scheduled, shown as today while open")             \
    X(start_time, time, 6, none, "(0040,0003)")                                                                   \
    X(description, text, 64, none, "(0040,0007)")                                                                 \
    X(protocol_code, text, 199, none, "(0040,0008)")                                                              \
    X(protocol_scheme, text, 64, none, "(0040,0008) coding scheme designator")                                    \
    X(protocol_meaning, text, 199, none, "(0040,0008) code meaning")                                              \
    X(performing_physician, name, 324, none, "(0040,0006), OBR-34")                                               \
    X(pre_medication, text, 64, none, "(0040,0012)")                                                              \
    X(requested_contrast, text, 64, none, "(0032,1070)")                                                          \
    X(status, code, 16, step_statuses, "(0040,0020); empty: not scheduled any more, and not shown")

#define GANTRY_REPORT_FIELDS(X)                                                                                \
    X(report_number, text, 199, none, "OBR-3.1, else TXA-12.1: what the versions of a report share")           \
    X(report_authority, text, 199, none, "namespace of report_number")                                         \
    X(title, text, 199, none, "what was reported on: OBR-4.2")                                                 \
    X(code, text, 199, none, "OBR-4.1")                                                                        \
    X(code_scheme, text, 64, none, "coding scheme designator of code")                                         \
    X(category, text, 16, none, "OBR-24, TXA-2")                                                               \
    X(radiologist, name, 324, none, "OBR-32, TXA-9")                                                           \
    X(radiologist_id, text, 64, none, "identifier of the radiologist")                                         \
    X(report_date, moment, 26, none, "of the version shown: OBR-22, TXA-6, else MSH-7")                        \
    X(observation_date, moment, 26, none, "OBR-7, TXA-4")                                                      \
    X(finalized_date, moment, 26, none, "report date of the first final version")                              \
    X(status, code, 16, report_statuses, "DRAFT PRELIMINARY FINAL AMENDED; a withdrawn report keeps its last") \
    X(result_status, code, 16, result_statuses,                                                                \
      "DiagnosticReport.status of FHIR R4; cancelled and entered-in-error: withdrawn")                         \
    X(study_instance_uid, uid, 64, none, "(0020,000D), OBX about DCM 113014")                                  \
    X(clinical_history, text, 0, none, "section: history, indication")                                         \
    X(technique, text, 0, none, "section")                                                                     \
    X(findings, text, 0, none, "section, and what no heading or code puts elsewhere")                          \
    X(impression, text, 0, none, "section: impression, conclusion")                                            \
    X(recommendations, text, 0, none, "section")                                                               \
    X(addenda, text, 0, none, "all addenda, oldest first, an empty line between them")                         \
    X(text, text, 0, none, "everything but the addenda, as it was sent")                                       \
    X(document_type, text, 64, none, "media type of the encapsulated document, OBX-5 of type ED")              \
    X(document_digest, text, 64, none, "its SHA-256, by which its bytes are stored")                           \
    X(document_size, text, 16, none, "its size in bytes")                                                      \
    X(document_location, text, 1024, none, "where a document is that was not sent along, OBX-5 of type RP")    \
    X(posted, text, 64, none, "sum of the DiagnosticReport that was posted last, by which it is kept")         \
    X(warnings, text, 0, none, "what a person should look at: one sentence per line")

#define GANTRY_ENUMERATOR(name, ...) name,
enum class PatientField : std::uint8_t { GANTRY_PATIENT_FIELDS(GANTRY_ENUMERATOR) };
enum class OrderField : std::uint8_t { GANTRY_ORDER_FIELDS(GANTRY_ENUMERATOR) };
enum class StepField : std::uint8_t { GANTRY_STEP_FIELDS(GANTRY_ENUMERATOR) };
enum class ReportField : std::uint8_t { GANTRY_REPORT_FIELDS(GANTRY_ENUMERATOR) };
#undef GANTRY_ENUMERATOR

template <class Field>
constexpr RecordKind kind_of();
template <>
constexpr RecordKind kind_of<PatientField>() {
    return RecordKind::patient;
}
template <>
constexpr RecordKind kind_of<OrderField>() {
    return RecordKind::order;
}
template <>
constexpr RecordKind kind_of<StepField>() {
    return RecordKind::step;
}
template <>
constexpr RecordKind kind_of<ReportField>() {
    return RecordKind::report;
}

// What a message says about one field (HL7 v2.9 2.9.4.1): nothing, "delete it", or a value.
struct FieldChange {
    enum class Says : std::uint8_t { nothing, clear, set };
    Says says = Says::nothing;
    std::string value;
    std::string_view source;  // where it came from, "PID-5"; owned by the mapping document, which outlives the unit
    bool fills = false;       // a default, not the sender's word: taken only where the record has no value yet
};

// What a message says about one record: a FieldChange per field of the table.
template <class Field>
class FieldChanges {
  public:
    FieldChanges() : changes_(field_table(kind_of<Field>()).size()) {}

    FieldChange& operator[](Field field) { return changes_[static_cast<std::size_t>(field)]; }
    const FieldChange& operator[](Field field) const { return changes_[static_cast<std::size_t>(field)]; }
    FieldChange& at(std::size_t index) { return changes_[index]; }
    const FieldChange& at(std::size_t index) const { return changes_[index]; }
    std::size_t size() const { return changes_.size(); }
    void set(Field field, std::string value, std::string_view source = {}) {
        (*this)[field] = {FieldChange::Says::set, std::move(value), source};
    }
    // The value the message gives, or empty.
    const std::string& value(Field field) const { return (*this)[field].value; }

  private:
    std::vector<FieldChange> changes_;
};

// The values of one stored record, in table order.
template <class Field>
class FieldValues {
  public:
    FieldValues() : values_(field_table(kind_of<Field>()).size()) {}

    std::string& operator[](Field field) { return values_[static_cast<std::size_t>(field)]; }
    const std::string& operator[](Field field) const { return values_[static_cast<std::size_t>(field)]; }
    std::string& at(std::size_t index) { return values_[index]; }
    const std::string& at(std::size_t index) const { return values_[index]; }
    std::size_t size() const { return values_.size(); }
    bool operator==(const FieldValues&) const = default;

  private:
    std::vector<std::string> values_;
};

// Characters of a UTF-8 text (code points; a broken byte counts as one).
std::size_t length_in_characters(std::string_view utf8);

}  // namespace gantry::effects
