#include "engine/main/unmerge.hpp"

#include <algorithm>
#include <ostream>

#include "engine/json/writer.hpp"

namespace gantry {
namespace {

namespace fs = std::filesystem;
constexpr auto on_sqlite = "sqlite:";

std::string content_of(const Unmerge& what) {
    json::Writer out;
    out.begin_object()
        .member("unmerge", what.prior)
        .member("by", what.by)
        .member_if("reason", what.reason)
        .end_object();
    return std::move(out).text();
}

std::string sentence(const effects::UnitOutcome& outcome) {
    if (outcome.error) return outcome.error->text();
    return outcome.records.empty() ? std::string() : outcome.records.front().reason;
}

bool undone(const effects::UnitOutcome& outcome) {
    return std::any_of(outcome.records.begin(), outcome.records.end(),
                       [](const auto& record) { return record.what == effects::RecordOutcome::What::updated; });
}

// A node number of its own: an engine that runs beside it gives out ids at the same time.
store::StoreOptions beside(store::StoreOptions options) {
    const int last = options.url.starts_with(on_sqlite) ? 1023 : 255;
    options.node = options.node == last ? last - 1 : last;
    options.committers = 1;
    return options;
}

Result<std::unique_ptr<store::Store>> open_existing(const store::StoreOptions& options, const fs::path& data,
                                                    const Clock& clock) {
    if (options.url.starts_with(on_sqlite)) {
        const auto file = data / options.url.substr(std::string_view(on_sqlite).size());
        if (!fs::exists(file)) return Error{ErrorCode::config_missing_file, file.string() + " (see --data)", {}};
    }
    return store::open(options, data, clock, events::nowhere());
}

int fail(const Error& error, std::ostream& err) {
    err << "gantry: " << error.text() << "\n  " << info(error.code).hint << "\n";
    return info(error.code).exit_code;
}

}  // namespace

store::Unit unmerge_unit(const Unmerge& what, const effects::OrderPolicy& policy, Instant now) {
    store::Unit unit;
    unit.channel = unit.sender = "operator";
    unit.peer = what.by;
    unit.received = now;
    unit.type = "UNMERGE";
    unit.content = content_of(what);
    unit.policy = &policy;
    unit.effects.merges.push_back(
        {effects::identifier_of(what.prior), {}, effects::PatientMerge::Of::undo, {}, {}, "unmerge", nullptr});
    unit.effects.ordering_key = what.prior;
    unit.reply = [](const effects::UnitOutcome& outcome, Instant) { return sentence(outcome); };
    return unit;
}

int run_unmerge(const Configuration& configuration, const UnmergeOptions& options, std::ostream& out,
                std::ostream& err) {
    if (!effects::identifies(effects::identifier_of(options.what.prior)))
        return fail({ErrorCode::usage, "a patient number is written VALUE^^^AUTHORITY, as in PID-3", {}}, err);
    const SystemClock clock;
    const auto store = open_existing(beside(configuration.store_options()), options.data, clock);
    if (!store) return fail(store.error(), err);
    const effects::OrderPolicy policy;
    auto unit = unmerge_unit(options.what, policy, clock.now());
    const auto done = std::move((*store)->intake().commit({&unit, 1}).front());
    if (done.outcome.error) return fail(*done.outcome.error, err);
    out << options.what.prior << ": " << done.reply << "\n";
    return undone(done.outcome) ? 0 : 1;
}

}  // namespace gantry
