#include "fhir/resources/code_pairs.hpp"

#include <algorithm>

namespace gantry::fhir {
namespace {

using effects::ReportField;

constexpr CodePair genders[] = {{"M", "male"}, {"F", "female"}, {"O", "other"}};
constexpr CodePair priorities[] = {{"STAT", "stat"}, {"URGENT", "urgent"}, {"ROUTINE", "routine"}, {"URGENT", "asap"}};
constexpr CodePair confidentialities[] = {{"V", "V"}, {"R", "R"}, {"U", "N"}, {"NOR", "N"}, {"N", "N"}};

constexpr CodePair requests[] = {{"ORDERED", "active"},     {"SCHEDULED", "active"},
                                 {"IN_PROGRESS", "active"}, {"COMPLETED", "completed"},
                                 {"CANCELLED", "revoked"},  {"CANCELLED", "entered-in-error"}};
// SCHEDULED first: a study that is registered is to be made.
constexpr CodePair studies[] = {{"SCHEDULED", "registered"},   {"ORDERED", "registered"},
                                {"IN_PROGRESS", "registered"}, {"COMPLETED", "available"},
                                {"CANCELLED", "cancelled"},    {"CANCELLED", "entered-in-error"}};
constexpr CodePair tasks[] = {
    {"ORDERED", "accepted"},    {"SCHEDULED", "ready"},   {"IN_PROGRESS", "in-progress"},   {"COMPLETED", "completed"},
    {"CANCELLED", "cancelled"}, {"ORDERED", "requested"}, {"CANCELLED", "entered-in-error"}};
// SCHEDULED is not here: whether such a step is ready, its order decides.
constexpr CodePair steps[] = {{"READY", "ready"},           {"ARRIVED", "ready"},       {"STARTED", "in-progress"},
                              {"DEPARTED", "in-progress"},  {"COMPLETED", "completed"}, {"CANCELED", "cancelled"},
                              {"DISCONTINUED", "cancelled"}};
constexpr CodePair appointments[] = {{"SCHEDULED", "booked"},
                                     {"ORDERED", "booked"},
                                     {"IN_PROGRESS", "fulfilled"},
                                     {"COMPLETED", "fulfilled"},
                                     {"CANCELLED", "cancelled"}};
constexpr CodePair reports[] = {{"DRAFT", "registered"}, {"PRELIMINARY", "preliminary"}, {"FINAL", "final"},
                                {"AMENDED", "amended"},  {"PRELIMINARY", "partial"},     {"AMENDED", "corrected"},
                                {"AMENDED", "appended"}};

// Sorted.
constexpr std::string_view identifier_types[] = {
    "AC",  "ACSN", "AM",  "AMA",  "AN",   "ANC",  "AND",   "ANON", "ANT", "APRN",  "ASID", "BA",    "BC",  "BCFN",
    "BCT", "BR",   "BRN", "BSNR", "CC",   "CONM", "CY",    "CZ",   "DC",  "DCFN",  "DDS",  "DEA",   "DFN", "DI",
    "DL",  "DN",   "DO",  "DP",   "DPM",  "DR",   "DS",    "EI",   "EN",  "ESN",   "FDR",  "FDRFN", "FI",  "FILL",
    "GI",  "GL",   "GN",  "HC",   "IND",  "JHN",  "LACSN", "LANR", "LI",  "LN",    "LR",   "MA",    "MB",  "MC",
    "MCD", "MCN",  "MCR", "MCT",  "MD",   "MI",   "MR",    "MRT",  "MS",  "NBSNR", "NCT",  "NE",    "NH",  "NI",
    "NII", "NIIP", "NP",  "NPI",  "OBI",  "OD",   "PA",    "PC",   "PCN", "PE",    "PEN",  "PHC",   "PHE", "PHO",
    "PI",  "PLAC", "PN",  "PNT",  "PPIN", "PPN",  "PRC",   "PRN",  "PT",  "QA",    "RI",   "RN",    "RPH", "RR",
    "RRI", "RRP",  "SB",  "SID",  "SL",   "SN",   "SNBSN", "SNO",  "SP",  "SR",    "SS",   "STN",   "TAX", "TN",
    "TPR", "TRL",  "U",   "UDI",  "UPIN", "USID", "VN",    "VP",   "VS",  "WC",    "WCN",  "WP",    "XV",  "XX"};
constexpr std::string_view services[] = {
    "AU",  "BG",  "BLB", "CG",  "CH",  "CP",  "CT",  "CTH", "CUS", "EC", "EN",  "GE",  "HM",  "ICU", "IMG",
    "IMM", "LAB", "MB",  "MCB", "MYC", "NMR", "NMS", "NRS", "OSL", "OT", "OTH", "OUS", "PAR", "PAT", "PF",
    "PHR", "PHY", "PT",  "RAD", "RC",  "RT",  "RUS", "RX",  "SP",  "SR", "TX",  "URN", "VR",  "VUS", "XRC"};
static_assert(std::is_sorted(std::begin(identifier_types), std::end(identifier_types)));
static_assert(std::is_sorted(std::begin(services), std::end(services)));

constexpr std::array<ReportSection, section_count> sections{{
    {ReportField::clinical_history, "55752-0", "121060", "Clinical information"},
    {ReportField::technique, "55111-9", "121064", "Current imaging procedure descriptions"},
    {ReportField::findings, "59776-5", "121070", "Procedure findings"},
    {ReportField::impression, "19005-8", "121072", "Impressions"},
    {ReportField::recommendations, "18783-1", "121074", "Recommendations"},
    {ReportField::addenda, "55107-7", "121078", "Addendum"},
}};

// What others call those sections, and the items in them.
struct SectionCode {
    std::string_view system, code;
    ReportField field;
};
constexpr std::string_view loinc = "http://loinc.org", dcm = "http://dicom.nema.org/resources/ontology/DCM";
constexpr SectionCode further_codes[] = {
    {loinc, "11329-0", ReportField::clinical_history},  // history
    {loinc, "18785-6", ReportField::clinical_history},  // indications for procedure
    {dcm, "121062", ReportField::clinical_history},     // request
    {dcm, "121109", ReportField::clinical_history},     // indications for procedure
    {dcm, "121065", ReportField::technique},            // procedure description
    {dcm, "121071", ReportField::findings},             // finding
    {dcm, "121073", ReportField::impression},           // impression
    {loinc, "55110-1", ReportField::impression},        // conclusions
    {dcm, "121076", ReportField::impression},           // conclusions
    {dcm, "121077", ReportField::impression},           // conclusion
    {dcm, "121075", ReportField::recommendations},      // recommendation
};

}  // namespace

std::span<const CodePair> gender_pairs() {
    return genders;
}
std::span<const CodePair> priority_pairs() {
    return priorities;
}

std::span<const CodePair> request_status_pairs() {
    return requests;
}
std::span<const CodePair> imaging_study_status_pairs() {
    return studies;
}
std::span<const CodePair> task_status_pairs() {
    return tasks;
}
std::span<const CodePair> step_status_pairs() {
    return steps;
}
std::span<const CodePair> appointment_status_pairs() {
    return appointments;
}
std::span<const CodePair> report_status_pairs() {
    return reports;
}

std::string_view fhir_code(std::span<const CodePair> pairs, std::string_view record) {
    const auto row = std::find_if(pairs.begin(), pairs.end(), [&](const CodePair& p) { return p.record == record; });
    return row == pairs.end() ? std::string_view() : row->fhir;
}

std::string_view record_code(std::span<const CodePair> pairs, std::string_view fhir) {
    const auto row = std::find_if(pairs.begin(), pairs.end(), [&](const CodePair& p) { return p.fhir == fhir; });
    return row == pairs.end() ? std::string_view() : row->record;
}

std::string_view confidentiality_code(std::string_view sent) {
    return fhir_code(confidentialities, sent);
}

bool is_identifier_type(std::string_view code) {
    return std::binary_search(std::begin(identifier_types), std::end(identifier_types), code);
}
bool is_diagnostic_service(std::string_view code) {
    return std::binary_search(std::begin(services), std::end(services), code);
}

const std::array<ReportSection, section_count>& report_sections() {
    return sections;
}

const ReportSection* section_coded(std::string_view system, std::string_view code) {
    const auto of_field = [](ReportField field) {
        return &*std::find_if(sections.begin(), sections.end(), [&](const auto& row) { return row.field == field; });
    };
    for (const auto& row : sections)
        if ((system == loinc && code == row.loinc) || (system == dcm && code == row.dcm)) return &row;
    for (const auto& row : further_codes)
        if (row.system == system && row.code == code) return of_field(row.field);
    return nullptr;
}

}  // namespace gantry::fhir
