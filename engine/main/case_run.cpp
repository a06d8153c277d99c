#include "engine/main/case_run.hpp"

#include <algorithm>
#include <fstream>

#include "engine/dicom/worklist_query.hpp"
#include "engine/json/writer.hpp"
#include "engine/main/case_fhir.hpp"
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

    // Null: there is none of that name, and that is a problem of the value that names it.
    const channels::ChannelDocument* find_channel(const std::string& name, const json::Value& at,
                                                  const std::string& pointer) {
        if (const auto* channel = configuration_.channel(name)) return channel;
        std::vector<std::string_view> names;
        for (const auto& known : configuration_.channels) names.push_back(known.name);
        problems_.error(at, pointer, ErrorCode::config_unknown_name,
                        "\"" + name + "\"" + json::did_you_mean(name, names));
        return nullptr;
    }

    bool open_channel() {
        const auto* channel = find_channel(case_.channel, *case_.document.find("channel"), "/channel");
        if (!channel) return false;
        channel_ = *channel;
        if (case_.settings && !override_settings()) return false;
        bool all = true;
        for (const auto* list : {&case_.given, &case_.inputs})
            for (const auto& message : *list) all = fits(message) && all;
        return all;
    }

    // Whether the entry brings what its channel takes.
    bool fits(const CaseMessage& message) {
        if (!message.unmerge.empty()) return true;
        const auto* channel = message.channel.empty() ? &channel_
                                                      : find_channel(message.channel, *message.value->find("channel"),
                                                                     message.pointer + "/channel");
        if (!channel) return false;
        if (channel->resource_types.empty() == !message.resource) return true;
        return fail(*message.value, message.pointer.c_str(), ErrorCode::config_wrong_type,
                    message.resource ? "the channel takes messages, not resources"
                                     : "the channel takes resources, not messages");
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
        const auto& channel = message.channel.empty() ? channel_ : *configuration_.channel(message.channel);
        const auto local = zone().local(trial_->now());
        std::string bytes;
        for (const auto& line : message.lines) bytes += with_dates(line, local) + "\r";
        if (message.resource) bytes = with_dates(json::Writer().value(*message.resource).text(), local);
        auto step = trial_->feed(channel, std::move(bytes));
        usage_.push_back(step.unit.effects.usage);
        return step;
    }

    void give(const CaseMessage& message) {
        const auto step = feed(message);
        const auto code = observe_reply(step.committed.reply).find("MSA-1")->text;
        if (message.lines.empty() ? step.committed.outcome.error.has_value() : code != "AA" && code != "CA")
            comparison_.fail(*message.value, message.pointer, message.lines.empty() ? "no error" : "AA",
                             step.committed.reply);
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
        check_fhir();
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

    void check_fhir() {
        const auto* questions = case_.expect->find("fhir");
        if (!questions) return;
        for (std::size_t i = 0; i < questions->items().size(); ++i)
            check_search(questions->items()[i], "/expect/fhir/" + std::to_string(i));
    }

    void check_search(const json::Value& question, const std::string& pointer) {
        const auto *search = question.find("search"), *answer = question.find("answer");
        if (!search || !search->is_string() || !answer || question.members().size() != 2)
            return problems_.error(question, pointer, ErrorCode::config_wrong_type,
                                   "an object with \"search\" and \"answer\" is expected");
        const auto asked = with_dates(search->string(), zone().local(trial_->now()));
        const auto rows = observe_fhir(trial_->ask_fhir(asked));
        if (!rows) return comparison_.fail(*search, pointer + "/search", "200", rows.error().detail);
        comparison_.compare(*answer, pointer + "/answer", *rows);
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
