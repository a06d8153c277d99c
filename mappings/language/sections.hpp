// The sections of a document, evaluated into effects. Each that applies is called once per message, in this order.
#pragma once
#include "mappings/language/frame.hpp"

namespace gantry::mappings {

// Identifiers and fields of the PID. Fails with hl7_missing_segment, patient_missing_identifier.
void evaluate_patient(const PatientSection& section, Frame& frame, effects::Effects& effects);
void evaluate_visit(const VisitSection& section, Frame& frame, effects::Effects& effects);
// Every pair of survivor and prior. Of several PID each speaks of the survivor of its own pair (patient: how they are
// read; may be null), and not of Effects::patient. Fails with hl7_missing_segment, hl7_missing_field,
// patient_missing_identifier, patient_missing_name, patient_merge_cycle.
void evaluate_merges(const MergeSection& section, const PatientSection* patient, Frame& frame,
                     effects::Effects& effects);
// Every order group; all of them or, by failing, none. hl7_missing_segment, hl7_missing_field, order_unknown_control.
void evaluate_orders(const OrderSection& section, Frame& frame, Instant received, effects::Effects& effects);

// The appointment. hl7_missing_segment, hl7_bad_value (a second patient), order_missing_number.
void evaluate_schedule(const ScheduleSection& section, Frame& frame, Instant received, effects::Effects& effects);

// Every result (ORU) or the document (MDM); all of them or, by failing, none. Filters the message when none of it is
// about imaging. hl7_missing_segment, hl7_missing_field and hl7_unknown_code (a status), hl7_bad_value (an enclosed
// document, a second patient), hl7_too_many, hl7_too_long, order_missing_number.
void evaluate_reports(const ReportSection& section, Frame& frame, Instant received, effects::Effects& effects);
// The document's script on what the sections made. Its own errors: script_failed, script_limit, script_refused.
void run_script(const Document& document, Frame& frame, Instant received, effects::Effects& effects);
// That the patient has a name where one is needed, and keeps it. patient_missing_name.
void check_patient(const PatientSection& section, Frame& frame, const effects::PatientChange& patient);
// What must be there whatever made it, section or script. order_missing_number, map_no_modality, patient_missing_name.
void check_effects(const Document& document, Frame& frame, const effects::Effects& effects);

// Every CX with a value.
std::vector<effects::Identifier> read_all_identifiers(const Source& source, Frame& frame);
// CX repetitions of the first source that has an identifying one: the one to file under first.
std::vector<effects::Identifier> read_identifiers(const std::vector<Source>& sources, Frame& frame);
// What to say when there is none: the field, and which types its numbers have.
std::string no_identifier(const std::vector<Source>& sources, Frame& frame);
// EI of the first source that has one.
effects::OrderNumber read_number(const std::vector<Source>& sources, Frame& frame, std::string_view& source);
// Every EI of the first source that has one.
std::vector<effects::OrderNumber> read_numbers(const std::vector<Source>& sources, Frame& frame);
// Of one patient, as the message names it.
std::string ordering_key(const effects::Identifier& patient);
// The namespace of placer numbers that come without one.
std::string placer_namespace(Frame& frame);
// When it happened, YYYYMMDDHHMMSS in UTC; `received` where the message does not say.
std::string read_event_time(const std::vector<Source>& sources, Frame& frame, Instant received);
// "PID[2]-3" for a field of the segment that this place sees.
std::string field_at(const Place& place, const std::string& segment, std::size_t field);
// "OBR[2]" for the segment at that index.
std::string place_of_segment(const hl7::Message& message, std::size_t index);

template <class Field>
effects::FieldChange* first_of(effects::FieldChanges<Field>& changes) {
    return &changes.at(0);
}

}  // namespace gantry::mappings
