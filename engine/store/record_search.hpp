// Finding records by what is in them: the conditions of a search as values, which every database answers in the same
// order, page by page. Nobody outside the store writes SQL, and no value of a search becomes part of one.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/effects/records.hpp"

namespace gantry::store {

// Tables a condition may speak of. Those with an id of their own are what a search can find; the others are reached
// from them.
enum class Table : std::uint8_t { patient, identifier, provider, order, step, report, report_order };

// A condition about one row. Columns are those of the record's field table (engine/effects/fields.hpp) and, as far as
// the table has them: id, patient, study, report, ordered_by, performed_by, reported_by, imaging_study, merged_into,
// last_change, family_folded, given_folded, position, value, authority, type, identifier, name. They are literals of
// the program; another name is an error of the program and throws std::logic_error.
struct Criterion {
    enum class Is : std::uint8_t {
        all,       // of `parts`; none of them: true
        any,       // of `parts`; none of them: false
        none,      // of `parts`
        equal,     // the column to one of `texts` or `numbers`
        contains,  // the column has one of `texts` in it, whatever their case (of A to Z)
        begins,    // the column begins with one of `texts`
        holds,     // the column, a name, has one of `texts` in it, with = before it and ^= after it; letter by letter
        from,      // the column is at or after the text or number
        before,    // and this: before it. Of texts only one that is not empty
        linked,    // the column is the `foreign` column of a row of `table` for which all of `parts` hold
        attended   // the same, asked of each row by itself: of what nearly every row has
    };
    Is is = Is::all;
    std::string_view column{};
    std::vector<std::string> texts{};
    std::vector<std::int64_t> numbers{};
    Table table = Table::patient;
    std::string_view foreign{};
    std::vector<Criterion> parts{};
    std::string_view front{}, back{};  // of contains: what the column is read between, so that a text can have its
                                       // beginning or end in it. Literals of the program without a quotation mark
};

Criterion all_of(std::vector<Criterion> parts);
Criterion any_of(std::vector<Criterion> parts);
Criterion none_of(std::vector<Criterion> parts);
Criterion equal(std::string_view column, std::vector<std::string> texts);
Criterion equal(std::string_view column, std::vector<std::int64_t> numbers);
Criterion contains(std::string_view column, std::vector<std::string> texts);
Criterion contains_between(std::string_view front, std::string_view column, std::string_view back,
                           std::vector<std::string> texts);
Criterion begins(std::string_view column, std::string text);
Criterion holds(std::string_view column, std::vector<std::string> texts);
Criterion from(std::string_view column, std::string text);
Criterion from(std::string_view column, std::int64_t number);
Criterion before(std::string_view column, std::string text);
Criterion before(std::string_view column, std::int64_t number);
Criterion linked(std::string_view column, Table table, std::string_view foreign, std::vector<Criterion> parts);
Criterion attended(std::string_view column, Table table, std::string_view foreign, std::vector<Criterion> parts);

struct SortKey {
    std::string_view column;
    bool descending = false;
    bool operator==(const SortKey&) const = default;
};

inline constexpr std::size_t most_sort_keys = 4;

struct RecordQuery {
    Table table = Table::order;
    Criterion where;
    std::vector<SortKey> sort;  // at most most_sort_keys; then by id, so that the order is total, in the direction of
                                // the last of them; empty: by id, which is the order of arrival
};

// One found record: its id, and its values of the sort keys, with which the next page goes on.
struct FoundRecord {
    std::int64_t id = 0;
    std::vector<std::string> keys;
    bool operator==(const FoundRecord&) const = default;
};

// Any thread. Errors: storage_unavailable.
class RecordSearch {
  public:
    virtual ~RecordSearch() = default;
    // Those that come after `after` in the order of the query, at most `most`.
    virtual Result<std::vector<FoundRecord>> find(const RecordQuery& query, const std::optional<FoundRecord>& after,
                                                  std::size_t most) = 0;
    virtual Result<std::int64_t> count(const RecordQuery& query) = 0;

    // Records by their ids, in the order of the ids; those that are not there are left out. At most some hundred.
    virtual Result<std::vector<effects::PatientRecord>> patients(std::span<const std::int64_t> ids) = 0;
    virtual Result<std::vector<effects::ProviderRecord>> providers(std::span<const std::int64_t> ids) = 0;
    virtual Result<std::vector<effects::OrderRecord>> orders(std::span<const std::int64_t> ids) = 0;
    virtual Result<std::vector<effects::ReportRecord>> reports(std::span<const std::int64_t> ids) = 0;
    // The orders of steps: pairs of step and order.
    struct StepPlace {
        std::int64_t step = 0, order = 0;
    };
    virtual Result<std::vector<StepPlace>> places_of(std::span<const std::int64_t> steps) = 0;
    struct OrderHead {
        std::int64_t order = 0, patient = 0, last_change = 0;
    };
    virtual Result<std::vector<OrderHead>> heads_of(std::span<const std::int64_t> orders) = 0;
    // Resources as they were posted, by their sums, in any order. Errors: also storage_content_damaged.
    virtual Result<std::vector<effects::PostedResource>> posted(const std::vector<std::string>& sums) = 0;
};

}  // namespace gantry::store
