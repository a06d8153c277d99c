// Radiology reports: what a reader is shown, the versions it follows from, and the documents that came along.
//
// Versions are never changed and never removed: a text that was withdrawn, replaced or overtaken is still there. The
// `content` of a version is JSON (engine/store/report_content_text.hpp): its lines with OBX-3, OBX-4 and OBX-11, so
// that a later message can keep or take away single ones.
#pragma once
#include <odb/core.hxx>

#include <cstdint>
#include <string>

#include "message.hxx"

namespace gantry {
namespace records {

#pragma db object table("radiology_report") pointer(std::shared_ptr)
struct RadiologyReport {
#pragma db id
    std::int64_t id = 0;
    std::int64_t imaging_study = 0;  // the primary order; all of them are in report_order
    std::int64_t reported_by = 0;    // provider id; 0: none
    std::int64_t current_version = 0;
    std::int64_t last_change = 0;
    std::string report_number;
    std::string report_authority;
    std::string title;
    std::string code;
    std::string code_scheme;
    std::string category;
    std::string radiologist;
    std::string radiologist_id;
    std::string report_date;
    std::string observation_date;
    std::string finalized_date;
    std::string status;
    std::string result_status;
    std::string study_instance_uid;
    std::string clinical_history;
    std::string technique;
    std::string findings;
    std::string impression;
    std::string recommendations;
    std::string addenda;
    std::string text;
    std::string document_type;
    std::string document_digest;
    std::string document_size;
    std::string document_location;
    std::string posted;
    std::string warnings;
#pragma db index("radiology_report_study") members(imaging_study, report_date)
#pragma db index("radiology_report_status") members(status, finalized_date)
#pragma db index("radiology_report_change") member(last_change)
#pragma db index("radiology_report_number") member(report_number)
#pragma db index("radiology_report_issued") member(report_date)
};

// The orders a report answers; one report may answer several, and one order have several reports.
#pragma db object table("report_order")
struct ReportOrder {
#pragma db id
    std::int64_t id = 0;
    std::int64_t report = 0;
    std::int64_t study = 0;
    std::int32_t position = 0;  // 0: the primary one
#pragma db index("report_order_report") member(report)
#pragma db index("report_order_study") member(study)
};

// A filler or document number with its namespace; several may lead to one report.
#pragma db object table("report_key")
struct ReportKey {
#pragma db id
    std::string key;
    std::int64_t report = 0;
};

// What one message said of a report. Append-only.
#pragma db object table("report_version")
struct ReportVersion {
#pragma db id
    std::int64_t id = 0;  // grows with arrival
    std::int64_t report = 0;
    std::int64_t change = 0;  // the change row it came with, which leads to the message
    std::string event_time;   // UTC YYYYMMDDHHMMSS: versions count in this order
    std::string status;       // as it was sent: OBR-25, TXA-17
    std::string content;
#pragma db index("report_version_report") member(report)
};

// Bytes of documents (OBX-2 ED), each once: of reports, and of messages whose bodies are kept without them.
#pragma db object table("report_document")
struct ReportDocument {
#pragma db id
    std::string digest;  // SHA-256, hexadecimal
    std::string media_type;
    bytes content;
    std::int16_t encoding = 0;  // store::BodyEncoding
};

#pragma db value
struct DocumentUseKey {
    std::string digest;
    std::int64_t message = 0;  // with its deliveries; 0: reports
};

// Who keeps a document; it goes with the last of them.
#pragma db object table("document_use")
struct DocumentUse {
#pragma db id column("")
    DocumentUseKey key;
#pragma db index("document_use_message") member(key.message)
};

}  // namespace records
}  // namespace gantry
