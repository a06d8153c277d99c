#include "fhir/interactions/export_walk.hpp"

#include <algorithm>
#include <future>

#include "fhir/search/parameters.hpp"

namespace gantry::fhir {
namespace {

constexpr std::string_view of_orders[] = {"ServiceRequest", "ImagingStudy", "Task", "Appointment"};
constexpr std::string_view of_reports[] = {"DiagnosticReport", "Observation"};
constexpr std::string_view of_people[] = {"Patient", "Practitioner"};

template <class List>
bool is_among(std::string_view type, const List& list) {
    return std::find(std::begin(list), std::end(list), type) != std::end(list);
}

class Walk {
  public:
    Walk(store::RecordWalk& walk, store::RecordSearch& search, const Shelf& shelf, const ExportScope& scope,
         const TakeResource& take)
        : walk_(walk), search_(search), shelf_(shelf), scope_(scope), take_(take) {}

    Result<void> run() {
        if (auto done = people(); !done) return done;
        if (auto done = orders(); !done) return done;
        if (auto done = reports(); !done) return done;
        for (const auto type : scope_.types) {
            if (is_among(type, of_orders) || is_among(type, of_reports) || is_among(type, of_people)) continue;
            if (auto done = any_other(*searchable_type(type)); !done) return done;
        }
        return {};
    }

  private:
    bool wants(std::string_view type) const { return is_among(type, scope_.types); }

    Result<void> give(const std::vector<ServedResource>& resources) {
        for (const auto& resource : resources) {
            if (resource.updated < scope_.since) continue;
            if (auto taken = take_(resource.type, resource.json); !taken) return taken;
        }
        return {};
    }

    Result<void> give(const Result<std::vector<ServedResource>>& resources) {
        return resources ? give(*resources) : Result<void>(resources.error());
    }

    // read: one part; use: what to do with it.
    template <class Read, class Use>
    Result<void> parts(Read read, Use use) {
        store::WalkRange range;
        range.last = scope_.last;
        if (scope_.since.micros > 0) range.changed_from = IdSource::first_at(scope_.since);
        auto next = std::async(std::launch::async, read, range);
        for (;;) {
            auto part = next.get();
            if (!part) return part.error();
            if (part->empty()) return {};
            range.after = part->back().id.value;
            next = std::async(std::launch::async, read, range);
            if (auto used = use(*part); !used) return used;
        }
    }

    Result<void> people() {
        if (wants("Patient")) {
            auto done = parts([this](const store::WalkRange& range) { return walk_.patients(range); },
                              [this](const auto& part) { return give(shelf_.shown(part)); });
            if (!done) return done;
        }
        if (!wants("Practitioner")) return {};
        return parts([this](const store::WalkRange& range) { return walk_.providers(range); },
                     [this](const auto& part) { return give(shelf_.shown(part)); });
    }

    Result<void> orders() {
        if (std::none_of(std::begin(of_orders), std::end(of_orders), [this](auto type) { return wants(type); }))
            return {};
        return parts([this](const store::WalkRange& range) { return walk_.orders(range); },
                     [this](const std::vector<effects::OrderRecord>& part) -> Result<void> {
                         for (const auto type : of_orders)
                             if (wants(type))
                                 if (auto given = give(shelf_.shown(type, part)); !given) return given;
                         return {};
                     });
    }

    Result<void> reports() {
        if (!wants("DiagnosticReport") && !wants("Observation")) return {};
        return parts([this](const store::WalkRange& range) { return walk_.reports(range); },
                     [this](std::vector<effects::ReportRecord>& part) -> Result<void> {
                         const auto shown = shelf_.shown(part, wants("DiagnosticReport"), wants("Observation"));
                         return give(shown);
                     });
    }

    Result<void> any_other(const SearchableType& type) {
        constexpr std::size_t part = 500;
        const store::RecordQuery query{type.table, type.rows ? type.rows() : store::all_of({}), {}};
        std::optional<store::FoundRecord> after;
        for (;;) {
            const auto found = search_.find(query, after, part);
            if (!found) return found.error();
            if (found->empty()) return {};
            std::vector<std::int64_t> ids;
            for (const auto& row : *found)
                if (row.id <= scope_.last) ids.push_back(row.id);
            const auto resources = shelf_.get(type.name, ids);
            if (!resources) return resources.error();
            if (auto given = give(*resources); !given) return given;
            if (ids.size() < found->size()) return {};
            after = found->back();
        }
    }

    store::RecordWalk& walk_;
    store::RecordSearch& search_;
    const Shelf& shelf_;
    const ExportScope& scope_;
    const TakeResource& take_;
};

}  // namespace

Result<void> walk_resources(store::RecordWalk& walk, store::RecordSearch& search, const Shelf& shelf,
                            const ExportScope& scope, const TakeResource& take) {
    return Walk(walk, search, shelf, scope, take).run();
}

}  // namespace gantry::fhir
