#include "engine/main/worklist_explain.hpp"

#include <algorithm>
#include <ostream>

#include "engine/dicom/client.hpp"
#include "engine/dicom/tags.hpp"
#include "engine/dicom/worklist_answer.hpp"
#include "engine/dicom/worklist_attributes.hpp"
#include "engine/dicom/worklist_query.hpp"
#include "engine/json/writer.hpp"
#include "engine/main/store_worklist.hpp"

namespace gantry {
namespace {

using effects::OrderField;
using effects::StepField;
using effects::WorklistRow;

constexpr int answered = 0, hidden = 1, wrong_usage = 2, io_failed = 74;

// One step of the order.
struct Entry {
    WorklistRow row;
    bool shown = false;
    std::string because;  // the keyword of the key or the name of the rule that hides it
    std::string sentence;
};

struct Report {
    std::string ae, accession;
    bool known = false, rejected = false,
         local_only = false;  // the AE has settings of its own; is not let in; only from this machine
    dicom::Dataset keys;
    std::vector<Entry> entries;
};

const dicom::CallingAe* configured(const dicom::DicomOptions& options, const std::string& ae) {
    const auto found = std::find_if(options.calling_aes.begin(), options.calling_aes.end(),
                                    [&](const dicom::CallingAe& one) { return one.ae_title == ae; });
    return found == options.calling_aes.end() ? nullptr : &*found;
}

Result<dicom::Dataset> keys_of(const ExplainOptions& options) {
    std::vector<dicom::Key> keys;
    for (const auto& text : options.keys) {
        const auto equals = text.find('=');
        keys.emplace_back(text.substr(0, equals), equals == text.npos ? "" : text.substr(equals + 1));
    }
    if (keys.empty()) keys.emplace_back("(0040,0100)[0].0040,0001", options.ae);
    return dicom::query_keys(keys);
}

// What the query asks and what the entry has for one attribute.
std::string asked_for(const dicom::Dataset& keys, dicom::Tag tag) {
    const auto* steps = keys.find(dicom::tags::ScheduledProcedureStepSequence);
    const auto in_step = steps && !steps->items.empty() ? steps->items.front().value(tag) : std::string();
    return in_step.empty() ? keys.value(tag) : in_step;
}
std::string value_of(const WorklistRow& row, const std::string& ae, dicom::Tag tag) {
    const auto answer = dicom::worklist_answer(row, {}, ae);
    return asked_for(answer.dataset, tag);
}

const dicom::WorklistAttribute* attribute_called(std::string_view keyword) {
    for (const auto table : {dicom::step_attributes(), dicom::root_attributes()}) {
        for (const auto& attribute : table) {
            if (attribute.keyword.text() == keyword) return &attribute;
        }
    }
    return nullptr;
}

std::string number(int value) {
    return std::to_string(value);
}

std::string rule_sentence(std::string_view rule, const WorklistRow& row, const dicom::MatchRules& rules) {
    const auto& status = row.step_fields[StepField::status];
    if (rule == "held") return "the order is on hold; a release (ORC-1 RL) shows it again";
    if (rule == "not scheduled") return "its appointment is gone; it is shown when it is scheduled again";
    if (rule == "not open") return "it is " + status + ", and the query does not ask for a status";
    if (rule == "date window")
        return "it is on " + row.shown_date + "; a query without a date is answered from " + number(rules.days_before) +
               " days before to " + number(rules.days_after) + " days after today";
    return std::string(rule);
}

std::string mismatch_sentence(std::string_view why, const WorklistRow& row, const Report& report,
                              const effects::WorklistQuery& query, const dicom::MatchRules& rules) {
    const auto* attribute = attribute_called(why);
    if (!attribute) return rule_sentence(why, row, rules);
    auto asked = asked_for(report.keys, attribute->tag);
    if (asked.empty() && attribute->tag == dicom::tags::ScheduledStationAETitle) asked = query.station_ae;
    const auto has = value_of(row, report.ae, attribute->tag);
    return "the query asks for " + std::string(why) + (asked.empty() ? "" : " \"" + asked + "\"") +
           (has.empty() ? ", and the entry has none" : ", the entry has \"" + has + "\"");
}

// The steps the query is answered with, in their order, as the live service would.
Result<std::vector<std::int64_t>> answers(StoreWorklist& worklist, const effects::WorklistQuery& query,
                                          const dicom::MatchRules& rules) {
    std::vector<std::int64_t> out;
    auto found = worklist.find(query, [&](WorklistRow&& row) {
        if (dicom::matches(row, query, rules)) out.push_back(row.step);
        return true;
    });
    if (!found) return found.error();
    return out;
}

Result<std::vector<WorklistRow>> steps_of(store::Store& store, const std::string& accession, const std::string& today) {
    store::RecordsReader::OrderFilter filter;
    filter.accession_number = accession;
    constexpr std::size_t most = 100;
    const auto orders = store.records().orders(filter, most);
    if (!orders) return orders.error();
    std::vector<StepId> steps;
    for (const auto& order : *orders) {
        for (const auto& step : order.steps) steps.push_back(step.id);
    }
    return store.worklist().rows(steps, today);
}

void judge(Entry& entry, const std::vector<std::int64_t>& shown, std::size_t cap, const Report& report,
           const effects::WorklistQuery& query, const dicom::MatchRules& rules) {
    const auto place = std::find(shown.begin(), shown.end(), entry.row.step);
    const auto position = static_cast<std::size_t>(place - shown.begin()) + 1;
    if (report.rejected) {
        entry.because = "calling AE title";
        entry.sentence = "the AE title is not among dicom.calling_aes: its association is rejected";
    } else if (place == shown.end()) {
        entry.because = dicom::first_mismatch(entry.row, query, rules);
        entry.sentence = mismatch_sentence(entry.because, entry.row, report, query, rules);
    } else {
        entry.shown = cap == 0 || position <= cap;
        entry.sentence = "number " + std::to_string(position) + " of " + std::to_string(shown.size());
        if (entry.shown) return;
        entry.because = "cap";
        entry.sentence += ", and this AE gets " + std::to_string(cap);
    }
}

Result<Report> report_on(const Configuration& configuration, const ExplainOptions& options, store::Store& store,
                         const std::string& today, dicom::Dataset keys) {
    const auto& dicom = configuration.options.dicom;
    const auto* known = configured(dicom, options.ae);
    Report out;
    out.ae = options.ae;
    out.accession = options.accession;
    out.known = known != nullptr;
    out.rejected = !known && !dicom.calling_aes.empty();
    out.local_only = dicom.calling_aes.empty();
    out.keys = std::move(keys);
    dicom::CallingAe caller;
    caller.ae_title = options.ae;
    if (known) caller = *known;
    const auto query = dicom::read_query(out.keys, caller, today).query;
    StoreWorklist worklist(store.worklist(), dicom.rules);
    auto rows = steps_of(store, options.accession, today);
    if (!rows) return rows.error();
    const auto shown = answers(worklist, query, dicom.rules);
    if (!shown) return shown.error();
    for (auto& row : *rows) {
        auto& entry = out.entries.emplace_back();
        entry.row = std::move(row);
        judge(entry, *shown, caller.cap ? caller.cap : dicom.cap, out, query, dicom.rules);
    }
    return out;
}

std::string step_line(const WorklistRow& row) {
    const auto& step = row.step_fields;
    const auto status = step[StepField::status].empty() ? std::string("not scheduled") : step[StepField::status];
    return "step " + step[StepField::step_id] + ": " + step[StepField::modality] + " at " +
           step[StepField::station_ae] + ", " + row.shown_date + " " + step[StepField::start_time] + ", " + status;
}

void print(const Report& report, std::ostream& out) {
    out << "query of " << report.ae << (report.local_only ? ", let in from this machine only" : "") << ":\n";
    for (const auto& key : dicom::printable(report.keys))
        out << "  " << key.path << " " << key.keyword << " \"" << key.value << "\"\n";
    if (report.entries.empty()) out << "no order has a step and the accession number " << report.accession << "\n";
    for (const auto& entry : report.entries) {
        out << step_line(entry.row) << "\n  " << (entry.shown ? "answered: " : "not answered: ") << entry.sentence
            << "\n";
    }
}

void print_json(const Report& report, std::ostream& out) {
    json::Writer writer(json::Form::pretty);
    writer.begin_object().member("ae", report.ae).member("configured", report.known);
    writer.member("accession", report.accession).key("query").begin_array();
    for (const auto& key : dicom::printable(report.keys))
        writer.begin_object()
            .member("key", key.path)
            .member("keyword", key.keyword)
            .member("value", key.value)
            .end_object();
    writer.end_array().key("entries").begin_array();
    for (const auto& entry : report.entries) {
        writer.begin_object().member("step_id", entry.row.step_fields[StepField::step_id]);
        writer.member("answered", entry.shown).member("because", entry.because).member("sentence", entry.sentence);
        writer.end_object();
    }
    out << writer.end_array().end_object().text() << "\n";
}

int fail(std::ostream& err, const Error& error, int code) {
    err << "gantry: " << error.text() << "\n";
    return code;
}

// Opening would make a database where there is none.
bool missing(const store::StoreOptions& options, const std::filesystem::path& data) {
    constexpr std::string_view file = "sqlite:";
    return options.url.starts_with(file) && !std::filesystem::exists(data / options.url.substr(file.size()));
}

}  // namespace

int run_worklist_explain(const Configuration& configuration, const ExplainOptions& options, const Clock& clock,
                         std::ostream& out, std::ostream& err) {
    auto keys = keys_of(options);
    if (!keys) return fail(err, keys.error(), wrong_usage);
    const auto today = configuration.zone->local(clock.now()).date();
    if (const auto fault = dicom::read_query(*keys, {}, today).fault) {
        err << "gantry: " << to_text(fault->offending) << ": " << fault->comment << "\n";
        return wrong_usage;
    }
    const auto place = configuration.store_options();
    if (missing(place, options.data)) {
        err << "gantry: there is no database in " << options.data.string() << "; name its directory with --data\n";
        return io_failed;
    }
    const auto store = store::open(place, options.data, clock, events::nowhere());
    if (!store) return fail(err, store.error(), io_failed);
    const auto report = report_on(configuration, options, **store, today, std::move(*keys));
    if (!report) return fail(err, report.error(), io_failed);
    options.json ? print_json(*report, out) : print(*report, out);
    const bool any = std::any_of(report->entries.begin(), report->entries.end(), [](const auto& e) { return e.shown; });
    return any ? answered : hidden;
}

}  // namespace gantry
