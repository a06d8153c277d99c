// What of a message of results (ORU) or a document (MDM) belongs together: one group for each OBR, or one for a
// document without any, and what each of them sees of the message.
#pragma once
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mappings/language/frame.hpp"
#include "mappings/language/sections.hpp"

namespace gantry::mappings {

struct ReportGroup {
    std::size_t begin = 0, end = 0;  // segments [begin, end)
    std::string name;                // "OBR[2]"
    Place place;                     // points into its ReportGroups
    effects::OrderChange order;      // the caller's to fill, as is the next
    std::string imaging;
};

// Of one message, which must outlive it, as must the section. Not copied: places point into it.
class ReportGroups {
  public:
    ReportGroups(const ReportSection& section, const hl7::Message& message) : section_(section), message_(message) {}
    ReportGroups(const ReportGroups&) = delete;
    ReportGroups& operator=(const ReportGroups&) = delete;

    // Once. An error, for which the message is rejected: hl7_bad_value (two patients), hl7_too_many,
    // hl7_missing_segment.
    std::optional<Error> find();
    // In the order of the message; their addresses stay.
    std::deque<ReportGroup>& all() { return groups_; }

  private:
    std::optional<Error> check_segments() const;
    std::size_t next(std::size_t from, std::string_view id) const;
    std::vector<std::pair<std::size_t, std::size_t>> starts() const;
    const hl7::Scope* keep(std::size_t begin, std::size_t end, const hl7::Scope* outer);
    void find_results();
    void find_document();
    void add_group(std::size_t begin, std::size_t end, std::size_t named_by, Place place);

    const ReportSection& section_;
    const hl7::Message& message_;
    std::deque<hl7::Scope> scopes_;
    std::deque<ReportGroup> groups_;
};

}  // namespace gantry::mappings
