// The attributes of the worklist by their keywords (PS3.6).
#pragma once
#include "engine/dicom/dataset.hpp"

namespace gantry::dicom::tags {

inline constexpr Tag SpecificCharacterSet{0x0008, 0x0005};
inline constexpr Tag AccessionNumber{0x0008, 0x0050};
inline constexpr Tag IssuerOfAccessionNumberSequence{0x0008, 0x0051};
inline constexpr Tag QueryRetrieveLevel{0x0008, 0x0052};
inline constexpr Tag Modality{0x0008, 0x0060};
inline constexpr Tag InstitutionName{0x0008, 0x0080};
inline constexpr Tag InstitutionAddress{0x0008, 0x0081};
inline constexpr Tag InstitutionCodeSequence{0x0008, 0x0082};
inline constexpr Tag ReferringPhysicianName{0x0008, 0x0090};
inline constexpr Tag CodeValue{0x0008, 0x0100};
inline constexpr Tag CodingSchemeDesignator{0x0008, 0x0102};
inline constexpr Tag CodeMeaning{0x0008, 0x0104};
inline constexpr Tag LongCodeValue{0x0008, 0x0119};
inline constexpr Tag ReferencedStudySequence{0x0008, 0x1110};
inline constexpr Tag ReferencedPatientSequence{0x0008, 0x1120};
inline constexpr Tag PatientName{0x0010, 0x0010};
inline constexpr Tag PatientID{0x0010, 0x0020};
inline constexpr Tag IssuerOfPatientID{0x0010, 0x0021};
inline constexpr Tag TypeOfPatientID{0x0010, 0x0022};
inline constexpr Tag IssuerOfPatientIDQualifiersSequence{0x0010, 0x0024};
inline constexpr Tag PatientBirthDate{0x0010, 0x0030};
inline constexpr Tag PatientSex{0x0010, 0x0040};
inline constexpr Tag OtherPatientIDs{0x0010, 0x1000};
inline constexpr Tag OtherPatientNames{0x0010, 0x1001};
inline constexpr Tag OtherPatientIDsSequence{0x0010, 0x1002};
inline constexpr Tag PatientSize{0x0010, 0x1020};
inline constexpr Tag PatientWeight{0x0010, 0x1030};
inline constexpr Tag PatientAddress{0x0010, 0x1040};
inline constexpr Tag PatientMotherBirthName{0x0010, 0x1060};
inline constexpr Tag MedicalAlerts{0x0010, 0x2000};
inline constexpr Tag Allergies{0x0010, 0x2110};
inline constexpr Tag PatientTelephoneNumbers{0x0010, 0x2154};
inline constexpr Tag PregnancyStatus{0x0010, 0x21C0};
inline constexpr Tag StudyInstanceUID{0x0020, 0x000D};
inline constexpr Tag RequestingPhysician{0x0032, 0x1032};
inline constexpr Tag RequestedProcedureDescription{0x0032, 0x1060};
inline constexpr Tag RequestedProcedureCodeSequence{0x0032, 0x1064};
inline constexpr Tag RequestedContrastAgent{0x0032, 0x1070};
inline constexpr Tag AdmissionID{0x0038, 0x0010};
inline constexpr Tag IssuerOfAdmissionIDSequence{0x0038, 0x0014};
inline constexpr Tag SpecialNeeds{0x0038, 0x0050};
inline constexpr Tag CurrentPatientLocation{0x0038, 0x0300};
inline constexpr Tag PatientState{0x0038, 0x0500};
inline constexpr Tag ScheduledStationAETitle{0x0040, 0x0001};
inline constexpr Tag ScheduledProcedureStepStartDate{0x0040, 0x0002};
inline constexpr Tag ScheduledProcedureStepStartTime{0x0040, 0x0003};
inline constexpr Tag ScheduledPerformingPhysicianName{0x0040, 0x0006};
inline constexpr Tag ScheduledProcedureStepDescription{0x0040, 0x0007};
inline constexpr Tag ScheduledProtocolCodeSequence{0x0040, 0x0008};
inline constexpr Tag ScheduledProcedureStepID{0x0040, 0x0009};
inline constexpr Tag ScheduledStationName{0x0040, 0x0010};
inline constexpr Tag ScheduledProcedureStepLocation{0x0040, 0x0011};
inline constexpr Tag PreMedication{0x0040, 0x0012};
inline constexpr Tag ScheduledProcedureStepStatus{0x0040, 0x0020};
inline constexpr Tag OrderPlacerIdentifierSequence{0x0040, 0x0026};
inline constexpr Tag OrderFillerIdentifierSequence{0x0040, 0x0027};
inline constexpr Tag LocalNamespaceEntityID{0x0040, 0x0031};
inline constexpr Tag UniversalEntityID{0x0040, 0x0032};
inline constexpr Tag UniversalEntityIDType{0x0040, 0x0033};
inline constexpr Tag IdentifierTypeCode{0x0040, 0x0035};
inline constexpr Tag ScheduledProcedureStepSequence{0x0040, 0x0100};
inline constexpr Tag RequestedProcedureID{0x0040, 0x1001};
inline constexpr Tag ReasonForTheRequestedProcedure{0x0040, 0x1002};
inline constexpr Tag RequestedProcedurePriority{0x0040, 0x1003};
inline constexpr Tag PatientTransportArrangements{0x0040, 0x1004};
inline constexpr Tag ConfidentialityCode{0x0040, 0x1008};
inline constexpr Tag ReasonForRequestedProcedureCodeSequence{0x0040, 0x100A};
inline constexpr Tag NamesOfIntendedRecipientsOfResults{0x0040, 0x1010};
inline constexpr Tag RequestedProcedureComments{0x0040, 0x1400};
inline constexpr Tag PlacerOrderNumberImagingServiceRequest{0x0040, 0x2016};
inline constexpr Tag FillerOrderNumberImagingServiceRequest{0x0040, 0x2017};
inline constexpr Tag ConfidentialityConstraintOnPatientDataDescription{0x0040, 0x3001};

}  // namespace gantry::dicom::tags
