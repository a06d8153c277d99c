// What results and documents say of a report (OBR with its OBX, TXA with its OBX), kept as it was said: lines with
// their sections, enclosed documents, and the versions that a report is made of. What a reader sees follows from the
// versions alone (report_versions.hpp), whatever order they arrived in.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/effects/fields.hpp"

namespace gantry::effects {

// OBR-25 (HL7 table 0123), OBX-11 (0085) and TXA-17 (0271) on one scale, in order of finality.
enum class ResultStatus : std::uint8_t { registered, partial, preliminary, final, corrected, cancelled };
std::string_view to_text(ResultStatus status);
std::optional<ResultStatus> result_status_named(std::string_view text);

// A piece of a line's text that stands in one section, without its heading.
struct LinePart {
    ReportField section = ReportField::findings;
    std::size_t begin = 0, size = 0;  // in the text of the line
    bool operator==(const LinePart&) const = default;
};

// One OBX with its notes.
struct ReportLine {
    enum class Says : std::uint8_t {
        text,     // this is the line
        keep,     // OBX-11 U: the line that is known, whatever stands here
        withdraw  // OBX-11 D, W: the line that is known is none
    };
    Says says = Says::text;
    std::string code, sub_id, set_id;  // OBX-3 as code&suffix, OBX-4, OBX-1
    ReportField section = ReportField::findings;
    bool section_said = false;    // by OBX-3; otherwise it stands where headings, or nothing, put it
    std::string text;             // as it was sent, with its headings
    std::vector<LinePart> parts;  // where headings divide it; empty: all of it stands in `section`
    bool operator==(const ReportLine&) const = default;
};

// A document that was sent along (OBX-2 ED); its bytes are stored once under their digest.
struct EnclosedDocument {
    std::string digest;  // SHA-256, hexadecimal
    std::string media_type;
    std::int64_t size = 0;
    std::string code, sub_id;  // OBX-3, OBX-4, as of a line
    bool operator==(const EnclosedDocument&) const = default;
};

// What one message said.
struct ReportVersion {
    std::int64_t id = 0;      // grows with arrival
    std::int64_t change = 0;  // the change row it came with: leads to the message
    std::string time;         // YYYYMMDDHHMMSS in UTC: OBR-22 or TXA-6, else MSH-7, else arrival
    std::string sent;         // the status code as it was sent
    ResultStatus status = ResultStatus::registered;
    bool addendum = false;  // a document of its own that adds to the report (MDM T05, T06; OBR-29)
    std::string part;       // number of that document; its later versions replace this one
    std::string announces;  // a sentence for people, where the text itself was not sent (T01, T05, T09 …)
    FieldValues<ReportField> said;
    std::vector<ReportLine> lines;
    std::vector<EnclosedDocument> documents;
};

}  // namespace gantry::effects
