// The versions of many resources in the order of the changes that made them: what a type or the whole server has
// become.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "fhir/interactions/history_request.hpp"
#include "fhir/interactions/resource_history.hpp"

namespace gantry::fhir {

// Rows of the change log that one page looks at; where none of them is wanted the page is short, and has a next one.
inline constexpr std::size_t most_changes_read = 2000;

// Reads each row once, for a request that asks for it again and again. One thread.
class ChangesReadOnce final : public store::ChangeReader {
  public:
    explicit ChangesReadOnce(store::ChangeReader& changes) : changes_(changes) {}
    Result<std::optional<store::LoggedChange>> change(std::int64_t id) override;
    Result<std::vector<store::LoggedChange>> changes(const store::ChangeRange& range, std::size_t most) override;

  private:
    store::ChangeReader& changes_;
    std::map<std::int64_t, std::optional<store::LoggedChange>> read_;
};

// Whether a version belongs into a history that is asked for like this, as far as its time goes.
bool is_within(const HistoryRequest& request, const PastVersion& version);

// One page. One thread; what it refers to must outlive it.
class ChangedResources {
  public:
    // wanted: the types asked for. visible: what the client may see of the record (whom it is about now) and version.
    struct Rules {
        std::function<bool(std::string_view type)> wanted;
        std::function<bool(std::string_view type, PatientId record, PatientId version)> visible;
    };
    struct Page {
        std::vector<PastVersion> entries;
        std::optional<store::FoundRecord> last;  // where the next page goes on; nothing: this was the last
    };
    ChangedResources(const ResourceHistory::Records& records, Rules rules)
        : read_(records.changes), records_{records.search, read_, records.projection}, rules_(std::move(rules)) {}

    Result<Page> page(const HistoryRequest& request);

  private:
    struct Candidate {
        std::int64_t change = 0;
        std::string_view type;
        std::string id;
        auto operator<=>(const Candidate&) const = default;  // NOLINT(modernize-use-nullptr): the check misreads <=>
    };
    using Candidates = std::vector<Candidate>;
    Result<Candidates> candidates_of(const store::LoggedChange& change);
    Result<void> add_of_order(std::int64_t change, std::int64_t order, Candidates& out);
    void add(std::int64_t change, std::string_view type, std::string id, Candidates& out) const;
    void add_of_report(std::int64_t change, std::int64_t report, Candidates& out) const;
    // Those of one batch of changes that are entries, in the order asked for.
    Result<std::vector<PastVersion>> entries_of(Candidates candidates, const HistoryRequest& request,
                                                std::size_t enough);
    Result<std::optional<PastVersion>> version_of(const Candidate& candidate);

    struct Walk {
        std::unique_ptr<ResourceHistory> history;
        std::optional<PastVersion> next;
    };
    ChangesReadOnce read_;
    ResourceHistory::Records records_;
    Rules rules_;
    std::map<std::pair<std::string_view, std::string>, Walk> walks_;
};

// Types whose versions are found by the change log.
std::span<const std::string_view> changing_types();

}  // namespace gantry::fhir
