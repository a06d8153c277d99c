#include "engine/main/try_messages.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <ostream>

#include "engine/hl7/decode.hpp"
#include "engine/json/diagnostic.hpp"
#include "engine/json/writer.hpp"
#include "engine/main/send_message.hpp"
#include "engine/main/trial.hpp"
#include "engine/main/try_changes.hpp"
#include "engine/main/try_coverage.hpp"
#include "engine/structures/outline.hpp"

namespace gantry {
namespace {

using effects::OrderField;
using effects::PatientField;
using effects::StepField;
using effects::WorklistRow;
constexpr int done = 0, refused = 1, wrong_usage = 2, io_failed = 74;

// What one message did.
struct Report {
    std::string file, type, control_id, disposition, filtered_by, error, reply, tree;
    std::vector<RecordEdit> edits;
    std::vector<WorklistRow> worklist;  // of the orders it speaks of
    std::vector<std::string> deliveries, declined, dropped, remarks, trace;
};

std::string disposition_of(const Trial::Step& step) {
    const auto& outcome = step.committed.outcome;
    if (outcome.outcome == effects::Outcome::filtered) return "filtered: " + outcome.filtered_by;
    if (outcome.outcome == effects::Outcome::duplicate) return "duplicate";
    if (!outcome.error) return "accepted";
    return outcome.outcome == effects::Outcome::held ? "held" : "rejected";
}

std::vector<std::string> remarks_of(const effects::UnitOutcome& outcome) {
    std::vector<std::string> out;
    for (const auto& record : outcome.records) {
        if (!record.reason.empty())
            out.push_back(record.place + ": " + std::string(to_text(record.what)) + ", " + record.reason);
    }
    out.insert(out.end(), outcome.warnings.begin(), outcome.warnings.end());
    return out;
}

bool speaks_of(const effects::Effects& effects, const WorklistRow& row) {
    return std::any_of(effects.orders.begin(), effects.orders.end(), [&](const auto& order) {
        return (!order.placer.number.empty() && order.placer.number == row.order_fields[OrderField::placer_number]) ||
               (!order.filler.number.empty() && order.filler.number == row.order_fields[OrderField::filler_number]);
    });
}

// Whatever the date: what a modality would see that asks for the right day.
Result<std::vector<WorklistRow>> worklist_of(Trial& trial, const effects::Effects& effects) {
    effects::WorklistQuery query;
    query.date_from = "00010101";
    query.date_to = "99991231";
    auto rows = trial.worklist(query);
    if (!rows) return rows;
    const auto others =
        std::remove_if(rows->begin(), rows->end(), [&](const auto& row) { return !speaks_of(effects, row); });
    rows->erase(others, rows->end());
    return rows;
}

std::string tree_of(const std::string& bytes, const hl7::CharsetRules& rules) {
    const auto message = hl7::Message::parse(hl7::decode(bytes, rules).utf8);
    return message ? structures::to_text(structures::outline(*message, structures::message_tree(*message)))
                   : std::string();
}

Result<Report> report_on(Trial& trial, const channels::ChannelDocument& channel, const std::string& file,
                         std::string message, TryCoverage& coverage) {
    const auto step = trial.feed(channel, std::move(message));
    const auto& unit = step.unit;
    coverage.add(channel, unit.effects, unit.control_id);
    Report out;
    out.file = file;
    out.type = unit.type;
    out.control_id = unit.control_id;
    out.disposition = disposition_of(step);
    out.tree = tree_of(unit.content, {channel.options.character_set, channel.options.always_character_set});
    if (step.committed.outcome.error) out.error = step.committed.outcome.error->text();
    out.reply = step.committed.reply;
    out.remarks = remarks_of(step.committed.outcome);
    out.filtered_by = step.committed.outcome.filtered_by;
    out.declined = unit.effects.declined;
    out.dropped = effects::to_texts(unit.effects.coverage);
    out.trace = unit.effects.trace;
    if (step.committed.outcome.outcome == effects::Outcome::pending) {
        for (const auto& delivery : unit.effects.deliveries) out.deliveries.push_back(delivery.destination);
    }
    const auto newest = trial.store().ledger().latest(1);
    if (!newest) return newest.error();
    auto edits = record_edits(newest->empty() ? std::string() : newest->front().patches, trial.store().records());
    if (!edits) return edits.error();
    out.edits = std::move(*edits);
    auto rows = worklist_of(trial, unit.effects);
    if (!rows) return rows.error();
    out.worklist = std::move(*rows);
    return out;
}

std::string patient_id(const WorklistRow& row) {
    return row.identifiers.empty() ? std::string() : row.identifiers.front().value;
}

std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

void print_edits(const Report& report, std::ostream& out) {
    for (const auto& edit : report.edits) {
        out << "  " << edit.kind << (edit.created ? " created\n" : " changed\n");
        for (const auto& field : edit.fields) {
            out << "    " << field.field << ": ";
            if (!edit.created) out << (field.before.empty() ? "(empty)" : one_line(field.before)) << " -> ";
            out << (field.after.empty() ? "(empty)" : one_line(field.after));
            if (!field.source.empty()) out << "  (" << field.source << ")";
            out << "\n";
        }
    }
}

void print_row(const WorklistRow& row, std::ostream& out) {
    const auto& step = row.step_fields;
    const auto& date = step[StepField::start_date];
    out << "    " << step[StepField::station_ae] << "  " << (date.empty() ? "any day" : date) << " "
        << step[StepField::start_time] << "  " << step[StepField::modality] << "  " << patient_id(row) << " "
        << row.patient_fields[PatientField::name] << "  " << row.order_fields[OrderField::accession_number] << "  "
        << row.order_fields[OrderField::procedure_description] << "\n";
}

void print_list(const char* title, const std::vector<std::string>& list, std::ostream& out) {
    if (list.empty()) return;
    out << "  " << title << "\n";
    for (const auto& item : list) out << "    " << one_line(item) << "\n";
}

// Every line of text, indented.
void print_block(std::string_view text, std::ostream& out) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        out << "    " << text.substr(0, end) << "\n";
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

void print(const Report& report, bool with_tree, std::ostream& out) {
    out << report.file << ": " << report.type << " " << report.control_id << "  " << report.disposition;
    if (!report.error.empty()) out << ": " << report.error;
    out << "\n";
    if (with_tree) print_block(report.tree, out);
    print_edits(report, out);
    if (!report.worklist.empty()) out << "  worklist\n";
    for (const auto& row : report.worklist) print_row(row, out);
    print_list("deliveries", report.deliveries, out);
    print_list("not wanted by, as their \"when\" says", report.declined, out);
    print_list("remarks", report.remarks, out);
    print_list("trace", report.trace, out);
    print_list("not used by the mapping", report.dropped, out);
    auto reply = report.reply;
    std::replace(reply.begin(), reply.end(), '\r', '\n');
    for (auto at = reply.find('\n'); at != std::string::npos && at + 1 < reply.size(); at = reply.find('\n', at + 1))
        reply.insert(at + 1, "    ");
    out << "  answer\n    " << reply << "\n";
}

void write_list(json::Writer& out, const char* name, const std::vector<std::string>& list) {
    out.key(name).begin_array();
    for (const auto& item : list) out.value(item);
    out.end_array();
}

void write_edit(json::Writer& out, const RecordEdit& edit) {
    out.begin_object().member("kind", edit.kind).member("created", edit.created).key("fields").begin_object();
    for (const auto& field : edit.fields) {
        out.key(field.field).begin_object().member("before", field.before).member("after", field.after);
        out.member_if("source", field.source).end_object();
    }
    out.end_object().end_object();
}

void write_row(json::Writer& out, const WorklistRow& row) {
    const auto& step = row.step_fields;
    out.begin_object().member("station_ae", step[StepField::station_ae]).member("date", step[StepField::start_date]);
    out.member("time", step[StepField::start_time]).member("modality", step[StepField::modality]);
    out.member("patient_id", patient_id(row)).member("patient_name", row.patient_fields[PatientField::name]);
    out.member("accession_number", row.order_fields[OrderField::accession_number]);
    out.member("procedure", row.order_fields[OrderField::procedure_description]).end_object();
}

void write(json::Writer& out, const Report& report) {
    out.begin_object().member("file", report.file).member("type", report.type).member("control_id", report.control_id);
    out.member("disposition", report.disposition).member_if("filtered_by", report.filtered_by);
    out.member_if("error", report.error).member("reply", report.reply);
    out.key("changes").begin_array();
    for (const auto& edit : report.edits) write_edit(out, edit);
    out.end_array().key("worklist").begin_array();
    for (const auto& row : report.worklist) write_row(out, row);
    out.end_array();
    write_list(out, "deliveries", report.deliveries);
    write_list(out, "declined", report.declined);
    write_list(out, "remarks", report.remarks);
    write_list(out, "trace", report.trace);
    write_list(out, "not_used", report.dropped);
    out.end_object();
}

struct Tried {
    std::vector<Report> messages;
    TryCoverage coverage;
};

Result<Tried> try_files(const Configuration& configuration, const channels::ChannelDocument& channel,
                        const std::vector<std::filesystem::path>& files) {
    auto trial = Trial::open(configuration, SystemClock().now());
    if (!trial) return trial.error();
    Tried out;
    for (const auto& path : files) {
        std::ifstream in(path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        if (!in || bytes.empty()) return Error{ErrorCode::config_missing_file, path.string(), {}};
        for (auto& message : messages_in(bytes)) {
            (*trial)->set_clock(SystemClock().now());
            auto report = report_on(**trial, channel, path.string(), std::move(message), out.coverage);
            if (!report) return report.error();
            out.messages.push_back(std::move(*report));
        }
    }
    return out;
}

void print(const Tried& tried, bool with_tree, std::ostream& out) {
    for (const auto& report : tried.messages) print(report, with_tree, out);
    out << to_text(tried.coverage.report());
}

void write(const Tried& tried, std::ostream& out) {
    json::Writer writer(json::Form::pretty);
    writer.begin_object().key("messages").begin_array();
    for (const auto& report : tried.messages) write(writer, report);
    writer.end_array().key("coverage");
    write(writer, tried.coverage.report());
    out << writer.end_object().text() << "\n";
}

}  // namespace

int run_try(const Configuration& configuration, const TryOptions& options, std::ostream& out, std::ostream& err) {
    const auto* channel = configuration.channel(options.channel);
    if (!channel) {
        err << "gantry try: no channel \"" << options.channel << "\"; there are: " << configuration.channel_names()
            << "\n";
        return wrong_usage;
    }
    const auto tried = try_files(configuration, *channel, options.files);
    if (!tried) {
        err << "gantry try: " << tried.error().text() << "\n";
        return io_failed;
    }
    if (options.json)
        write(*tried, out);
    else
        print(*tried, options.tree, out);
    const auto& all = tried->messages;
    const bool failed = std::any_of(all.begin(), all.end(), [](const auto& report) { return !report.error.empty(); });
    return failed ? refused : done;
}

}  // namespace gantry
