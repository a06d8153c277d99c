// The lines of a report from its OBX and notes (imaging rules 7.9, 7.10): values of every type as text, sections by
// OBX-3 and by headings, in the order of their sub-ids.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mappings/language/frame.hpp"

namespace gantry::mappings {

// One report's; fed with the groups it is made of, in their order.
class ReportLines {
  public:
    ReportLines(const LineSection& section, Frame& frame) : section_(section), frame_(frame) {}

    // Segments [begin, end). notes_too: what stands before the first OBX is part of the report, not of the order.
    // A group that says what an earlier one said adds nothing. Failures go to the frame's remarks: hl7_bad_value (an
    // enclosed document), hl7_too_many, hl7_too_long.
    void read(std::size_t begin, std::size_t end, bool notes_too);

    // The answers, after everything was read.
    std::vector<effects::ReportLine> take_lines();
    std::vector<effects::DocumentContent> take_documents() { return std::move(documents_); }
    const std::string& location() const { return location_; }  // OBX-5 of type RP, one per line
    // OBX-11 of the least final one; cancelled only when all are. None: no OBX says.
    std::optional<effects::ResultStatus> least_final() const;

  private:
    struct Group {
        std::vector<effects::ReportLine> lines;
        std::vector<bool> headings;  // of each line: it may be divided by them
    };
    void observation(const hl7::Segment& obx, Group& group);
    void note(const hl7::Segment& nte, Group& group);
    void enclosed(const hl7::Segment& obx, const effects::ReportLine& line);
    void pointer(const hl7::Segment& obx);
    effects::ReportLine line_of(const hl7::Segment& obx, const SectionRow* row);
    std::string value_text(const hl7::Segment& obx, const std::string& type);
    std::string lines_of_text(const hl7::Piece& field);
    void read_status(const hl7::Segment& obx, effects::ReportLine& line);
    const SectionRow* row_of(const hl7::Segment& obx);
    const SectionRow* row_named(std::string_view code) const;
    hl7::Piece field(const hl7::Segment& segment, std::size_t number);

    bool repeats(const Group& group) const;
    void divide(effects::ReportLine& line, bool by_headings);
    const SectionRow* heading_of(std::string_view text, std::size_t& rest) const;
    bool within_limits(const effects::ReportLine& line);

    const LineSection& section_;
    Frame& frame_;
    std::vector<Group> groups_;
    std::vector<effects::DocumentContent> documents_;
    std::string location_;
    std::vector<effects::ResultStatus> statuses_;
    std::map<std::string, effects::ReportField> under_;  // the heading that lines of a code stand under
    std::size_t lines_ = 0, bytes_ = 0;
};

}  // namespace gantry::mappings
