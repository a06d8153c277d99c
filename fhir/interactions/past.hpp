// Records as they were, newest first.
#pragma once
#include <map>

#include "engine/effects/record_history.hpp"
#include "engine/store/changes.hpp"
#include "engine/store/record_search.hpp"

namespace gantry::fhir {

// What was before a state. removed: retention has taken the change away that would say it.
enum class Before : std::uint8_t { there, none, removed };

// One thread. What it refers to must outlive it.
template <class Record>
class Past {
  public:
    Past(store::ChangeReader& changes, Record now) : changes_(changes), record_(std::move(now)) {}

    const Record& record() const { return record_; }
    std::int64_t version() const { return record_.last_change; }

    // To the state before, if it is there. Errors: storage_unavailable.
    Result<Before> back() {
        const auto change = changes_.change(version());
        if (!change) return change.error();
        if (!*change) return Before::removed;
        const auto previous = effects::take_back(record_, (*change)->records);
        if (!previous) return Before::removed;
        return *previous == 0 ? Before::none : Before::there;
    }

  private:
    store::ChangeReader& changes_;
    Record record_;
};

// A report shows its patient, who is that of its orders: whatever changes one of them makes a version of the report,
// too. Its versions are its own changes and those of the orders it answered at the time.
class PastReport {
  public:
    PastReport(store::ChangeReader& changes, store::RecordSearch& search, effects::ReportRecord now)
        : changes_(changes), search_(search), report_(changes, std::move(now)) {}

    // First. Errors: storage_unavailable.
    Result<void> load_orders();

    const effects::ReportRecord& record() const { return report_.record(); }
    std::int64_t version() const;
    PatientId patient() const;  // of the primary order; none: there is no order

    Result<Before> back();

  private:
    store::ChangeReader& changes_;
    store::RecordSearch& search_;
    Past<effects::ReportRecord> report_;
    std::map<std::int64_t, Past<effects::OrderRecord>> orders_;  // by their numbers
};

}  // namespace gantry::fhir
