// The text of a report and its sections, from presentedForm, conclusion and the Observations that are its results.
// Private to this room.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "fhir/mapping/order_drafts.hpp"
#include "fhir/resources/code_pairs.hpp"

namespace gantry::fhir {

// A section is where it stands in the text; one that does not stand there is a line of its own. An addendum at the end
// of the text is one.
class ReportSections {
  public:
    // own: the report as it is known; its sections, referred to as Observations of ours, say nothing new.
    ReportSections(ResourceReading& reading, r4::Element report, const effects::ReportRecord* own);
    std::vector<effects::ReportLine> lines(std::string text) const;

  private:
    struct Section {
        std::string text;
        bool stale = false;  // from our own record: only where it stands in the text
    };
    void read_result(ResourceReading& reading, r4::Element reference, const effects::ReportRecord* own);
    void read_own(ResourceReading& reading, std::string_view id, const effects::ReportRecord* own);
    void take(std::size_t section, std::string_view text, bool stale);

    std::array<Section, section_count> sections_;
    std::vector<std::string> others_;  // of Observations that are no section: findings
};

}  // namespace gantry::fhir
