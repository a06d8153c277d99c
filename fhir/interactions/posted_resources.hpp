// The resources that were posted about the records of one page, laid under what the records say.
//
// A record names what was posted about it by a sum among its fields, so that a page of records about which nobody
// posted anything is read as if this were not there: no query, no look-up. Otherwise it is one query for all of a page.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/record_search.hpp"

namespace gantry::fhir {

// One thread: want() for each record, read() once, then over().
class PostedResources {
  public:
    explicit PostedResources(store::RecordSearch& records) : records_(records) {}

    // The field of an order that names what was posted as a resource of this type; none: such a one is not posted.
    static std::optional<effects::OrderField> field_of(std::string_view type);

    void want(const std::string& sum);  // empty: nothing was posted
    void want(const effects::ReportRecord& report);
    // Errors: storage_unavailable. What cannot be read any more is as if it had not been posted.
    Result<void> read();

    std::string over(const effects::PatientRecord& patient, std::string json) const;
    std::string over(const effects::OrderRecord& order, effects::OrderField posted, std::string json) const;
    std::string over(const effects::ReportRecord& report, std::string json) const;

  private:
    const std::string* text_of(const std::string& sum) const;

    store::RecordSearch& records_;
    std::vector<std::string> sums_;
    std::vector<std::int64_t> orders_;
    std::map<std::string, std::string> texts_;
    std::map<std::int64_t, std::string> moved_from_;  // of the primary orders of reports
};

}  // namespace gantry::fhir
