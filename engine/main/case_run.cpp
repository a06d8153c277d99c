#include "engine/main/case_run.hpp"

#include <algorithm>
#include <fstream>

#include "engine/dicom/worklist_query.hpp"
#include "engine/main/case_observations.hpp"
#include "engine/main/unmerge.hpp"

namespace gantry {
namespace {

constexpr std::size_t everything = 100'000;

class CaseRun {
  public:
    CaseRun(const Configuration& configuration, const CaseFile& the_case, json::Diagnostics& problems)
        : configuration_(configuration),
          case_(the_case),
          problems_(problems),
          comparison_(the_case.ignored, problems) {}

    CaseResult run() {
        CaseResult out;
        out.description = case_.description;
        out.differences = compare();
        out.mappings = channel_.handling.mappings.all();
        out.usage = std::move(usage_);
        return out;
    }

  private:
    std::vector<Difference> compare() {
        if (!open_zone() || !open_channel() || !open_trial()) return {};
        for (const auto& message : case_.given) give(message);
        for (const auto& input : case_.inputs) put_in(input);
        if (case_.expect) check_end();
        return comparison_.take();
    }

    bool fail(const json::Value& at, const char* pointer, ErrorCode code, const std::string& detail) {
        problems_.error(at, pointer, code, detail);
        return false;
    }

    bool open_zone() {
        if (case_.zone.empty()) return true;
        zone_.emplace(case_.zone);
        return zone_->known() ||
               fail(*case_.document.find("zone"), "/zone", ErrorCode::config_unknown_name, "\"" + case_.zone + "\"");
    }
    const Zone& zone() const { return zone_ ? *zone_ : *configuration_.zone; }

    bool open_channel() {
        const auto* channel = configuration_.channel(case_.channel);
        if (!channel) {
            std::vector<std::string_view> names;
            for (const auto& known : configuration_.channels) names.push_back(known.name);
            return fail(*case_.document.find("channel"), "/channel", ErrorCode::config_unknown_name,
                        "\"" + case_.channel + "\"" + json::did_you_mean(case_.channel, names));
        }
        channel_ = *channel;
        return !case_.settings || override_settings();
    }

    bool override_settings() {
        const auto text = merged(*json::parse(channel_.text), *case_.settings);
        json::Diagnostics found(case_.file);
        const settings::Environment environment{configuration_.file.parent_path(), settings::process_variable};
        channel_ = channels::read_channel(case_.channel, *json::parse(text), text,
                                          configuration_.surroundings(environment), found);
        for (const auto& problem : found.all()) {
            if (problem.severity == json::Severity::error)
                fail(*case_.settings, "/settings", problem.code, problem.message + " (at " + problem.pointer + ")");
        }
        return !found.has_errors();
    }

    bool open_trial() {
        const auto start = read_case_clock(case_.clock->string(), zone(), {});
        if (!start) return fail(*case_.clock, "/clock", ErrorCode::config_wrong_type, "a time is expected");
        auto trial = Trial::open(configuration_, *start, &zone());
        if (!trial) return fail(case_.document, "", trial.error().code, trial.error().detail);
        trial_ = std::move(*trial);
        return true;
    }

    Trial::Step feed(const CaseMessage& message) {
        if (message.clock) {
            const auto at = read_case_clock(message.clock->string(), zone(), trial_->now());
            if (!at)
                problems_.error(*message.clock, message.pointer + "/clock", ErrorCode::config_wrong_type,
                                "a time is expected");
            trial_->set_clock(at.value_or(trial_->now()));
        }
        if (!message.unmerge.empty())
            return trial_->apply(unmerge_unit({message.unmerge, "case", {}}, channel_.handling.orders, trial_->now()));
        std::string bytes;
        for (const auto& line : message.lines) bytes += with_dates(line, zone().local(trial_->now())) + "\r";
        auto step = trial_->feed(channel_, std::move(bytes));
        usage_.push_back(step.unit.effects.usage);
        return step;
    }

    void give(const CaseMessage& message) {
        const auto step = feed(message);
        const auto code = observe_reply(step.committed.reply).find("MSA-1")->text;
        if (!message.unmerge.empty() ? step.committed.outcome.error.has_value() : code != "AA" && code != "CA")
            comparison_.fail(*message.value, message.pointer, "AA", step.committed.reply);
        new_deliveries();
    }

    void put_in(const CaseMessage& input) {
        const auto step = feed(input);
        auto seen = observe_outcome(step);
        seen.add("deliveries", new_deliveries());
        replies_.push_back(step.committed.reply);
        seen.add("same_reply_as", same_reply());
        if (input.expect) comparison_.compare(*input.expect, input.pointer + "/expect", seen);
    }

    // The number of the first input, from 1, that was answered with the same bytes.
    std::string same_reply() const {
        const auto first = std::find(replies_.begin(), replies_.end(), replies_.back());
        return first + 1 == replies_.end() ? std::string() : std::to_string(first - replies_.begin() + 1);
    }

    Observation deliveries_after(DeliveryId after) {
        std::vector<Observation> rows;
        for (const auto& destination : channel_.handling.queued) {
            const auto pending = trial_->store().deliveries().pending(destination.name, after, everything);
            for (std::size_t i = 0; pending && i < pending->size(); ++i) {
                rows.push_back(observe_delivery((*pending)[i]));
                last_delivery_ = std::max(last_delivery_, (*pending)[i].id);
            }
        }
        return Observation::of_rows(std::move(rows));
    }
    Observation new_deliveries() { return deliveries_after(last_delivery_); }

    void check_end() {
        check_worklist();
        const auto all = stored_records();
        if (!all) return problems_.error(case_.document, "", ErrorCode::storage_unavailable, {});
        check_each("orders", all->orders, [&](const auto& order) { return observe_order(order, *all); });
        check_each("patients", all->patients,
                   [&](const auto& patient) { return observe_patient(patient, all->patients); });
        check_each("reports", all->reports, [&](const auto& report) { return observe_report(report, *all); });
        check_list("deliveries", deliveries_after({}));
    }

    std::optional<StoredRecords> stored_records() {
        auto& records = trial_->store().records();
        auto orders = records.orders({}, everything);
        auto patients = records.patients({}, everything);
        auto reports = records.reports({}, everything);
        if (!orders || !patients || !reports) return std::nullopt;
        return StoredRecords{std::move(*orders), std::move(*patients), std::move(*reports)};
    }

    template <class Record, class Observe>
    void check_each(const char* name, const std::vector<Record>& records, Observe observe) {
        std::vector<Observation> rows;
        for (const auto& record : records) rows.push_back(observe(record));
        check_list(name, Observation::of_rows(std::move(rows)));
    }

    void check_list(const char* name, const Observation& seen) {
        const auto* expected = case_.expect->find(name);
        if (expected) comparison_.compare(*expected, json::child_pointer("/expect", name), seen);
    }

    void check_worklist() {
        const auto* questions = case_.expect->find("worklist");
        if (!questions) return;
        for (std::size_t i = 0; i < questions->items().size(); ++i)
            check_question(questions->items()[i], "/expect/worklist/" + std::to_string(i));
    }

    void check_question(const json::Value& question, const std::string& pointer) {
        const auto *query = question.find("query"), *answer = question.find("answer");
        if (!query || !answer || question.members().size() != 2)
            return problems_.error(question, pointer, ErrorCode::config_wrong_type,
                                   "an object with \"query\" and \"answer\" is expected");
        const auto keys = worklist_keys(*query, pointer + "/query", problems_);
        const auto reading = dicom::read_query(keys, {}, trial_->today());
        if (reading.fault)
            return problems_.error(*query, pointer + "/query", ErrorCode::dicom_bad_query, reading.fault->comment);
        const auto rows = trial_->worklist(reading.query);
        if (!rows) return problems_.error(*query, pointer, rows.error().code, rows.error().detail);
        std::vector<Observation> seen;
        for (const auto& row : *rows) seen.push_back(observe_answer(row));
        comparison_.compare(*answer, pointer + "/answer", Observation::of_rows(std::move(seen)));
    }

    const Configuration& configuration_;
    const CaseFile& case_;
    json::Diagnostics& problems_;
    Comparison comparison_;
    std::optional<Zone> zone_;
    channels::ChannelDocument channel_;
    std::unique_ptr<Trial> trial_;
    std::vector<std::string> replies_;
    std::vector<effects::Usage> usage_;
    DeliveryId last_delivery_;
};

}  // namespace

CaseResult run_case(const Configuration& configuration, const std::string& file, const std::string& text) {
    CaseResult out;
    json::Diagnostics problems(file);
    if (const auto the_case = read_case(file, text, problems)) {
        out = CaseRun(configuration, *the_case, problems).run();
    }
    out.problems = problems.all();
    return out;
}

}  // namespace gantry
