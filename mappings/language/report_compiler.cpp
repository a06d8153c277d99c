#include "mappings/language/report_compiler.hpp"

#include <algorithm>
#include <array>

namespace gantry::mappings {

using effects::RecordKind;
using effects::ReportField;
using json::child_pointer;
using json::Value;

namespace {

constexpr auto place = "/reports";

// What text can be put into.
constexpr std::array sections{ReportField::clinical_history, ReportField::technique,       ReportField::findings,
                              ReportField::impression,       ReportField::recommendations, ReportField::addenda};

// What follows from lines, status and numbers; no document says it.
constexpr std::array made{ReportField::report_number,     ReportField::report_authority, ReportField::status,
                          ReportField::result_status,     ReportField::finalized_date,   ReportField::text,
                          ReportField::document_type,     ReportField::document_digest,  ReportField::document_size,
                          ReportField::document_location, ReportField::warnings};

std::string_view name_of(ReportField field) {
    return effects::field_table(RecordKind::report)[static_cast<std::size_t>(field)].name;
}

}  // namespace

ReportSection ReportCompiler::compile(const Value& section) {
    if (!report_.object(section, place, reports_shape())) return {};
    // Results and orders of other groups are not this one's.
    expressions_.set_own({"ORC", "OBR", "OBX", "NTE", "TQ1", "ZDS"});
    grouping(section);
    events(section);
    statuses(section);
    orders(*section.find("orders"));
    lines(*section.find("lines"));
    own_fields(*section.find("fields"));
    expressions_.set_own({});
    return std::move(out_);
}

std::string ReportCompiler::segment(const Value& section, const std::string& pointer, const char* member) {
    const auto* value = section.find(member);
    if (!value) return {};
    const auto& text = value->string();
    const bool fits = text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) {
                          return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                      });
    if (!fits)
        report_.wrong(*value, child_pointer(pointer, member), ErrorCode::config_bad_path,
                      "a segment has three characters, for example OBR");
    return text;
}

std::vector<Source> ReportCompiler::sources(const Value& section, const std::string& pointer, const char* member) {
    const auto* paths = section.find(member);
    return paths ? expressions_.sources(*paths, child_pointer(pointer, member)) : std::vector<Source>();
}

std::optional<Node> ReportCompiler::value(const Value& section, const std::string& pointer, const char* member) {
    const auto* expression = section.find(member);
    if (!expression) return std::nullopt;
    return expressions_.compile(*expression, child_pointer(pointer, member), {});
}

const Table* ReportCompiler::table(const Value& section, const std::string& pointer, const char* member,
                                   std::size_t keys, std::initializer_list<const char*> columns) {
    const auto* name = section.find(member);
    if (!name) return nullptr;
    const auto at = child_pointer(pointer, member);
    const auto* found = expressions_.table(*name, at);
    if (!found) return nullptr;
    std::string needed;
    for (const auto* column : columns) needed += (needed.empty() ? "" : " and ") + std::string(column);
    const bool fits =
        found->key().size() == keys &&
        std::all_of(columns.begin(), columns.end(), [&](const char* column) { return found->column(column); });
    if (fits) return found;
    report_.wrong(*name, at, ErrorCode::config_bad_mapping,
                  "this table has " + std::to_string(keys) + " key column" + (keys == 1 ? "" : "s") +
                      " and the columns " + needed);
    return nullptr;
}

void ReportCompiler::grouping(const Value& section) {
    out_.document = segment(section, place, "document");
    out_.head = segment(section, place, "head");
    out_.each = segment(section, place, "each");
    if (const auto* condition = section.find("combined"))
        out_.combined = expressions_.condition(*condition, "/reports/combined");
    for (const auto& [member, into] :
         {std::pair("number", &out_.number), std::pair("parent_number", &out_.parent_number),
          std::pair("parent", &out_.parent), std::pair("event_time", &out_.event_time)})
        *into = sources(section, place, member);
    if (const auto* path = section.find("parent_result"))
        out_.parent_result = expressions_.source(*path, "/reports/parent_result");
    out_.imaging = value(section, place, "imaging");
}

void ReportCompiler::events(const Value& section) {
    using Event = ReportSection::Event;
    if (out_.document.empty()) return;
    if (!section.find("events"))
        return report_.wrong(section, place, ErrorCode::config_missing_option, "\"events\": documents need it");
    out_.events = table(section, place, "events", 1, {"action", "announces"});
    if (!out_.events) return;
    out_.announces = *out_.events->column("announces");
    static const std::vector<std::string_view> known{"text", "addendum", "replacement", "withdrawal"};
    for (std::size_t row = 0; row < out_.events->rows(); ++row) {
        const auto text = out_.events->cell(row, *out_.events->column("action")).value_or("");
        const auto found = std::find(known.begin(), known.end(), text);
        if (found == known.end())
            report_.unknown(*section.find("events"), "/reports/events", ErrorCode::config_bad_mapping,
                            "the table names an action that does not exist,", text, known);
        out_.event_of_row.push_back(found == known.end() ? Event::text : static_cast<Event>(found - known.begin()));
    }
}

void ReportCompiler::statuses(const Value& section) {
    out_.status = *value(section, place, "status");
    out_.order_status = value(section, place, "order_status");
    out_.statuses = table(section, place, "statuses", 2, {"status", "order"});
    if (!out_.statuses) return;
    for (std::size_t row = 0; row < out_.statuses->rows(); ++row) {
        const auto text = out_.statuses->cell(row, *out_.statuses->column("status")).value_or("");
        const auto status = effects::result_status_named(text);
        const auto order = out_.statuses->cell(row, *out_.statuses->column("order")).value_or("");
        const auto action = order.empty() ? effects::OrderAction::note : effects::order_action(order);
        const bool fits = action == effects::OrderAction::note || action == effects::OrderAction::complete ||
                          action == effects::OrderAction::partial_results;
        if (!status || !fits)
            report_.wrong(*section.find("statuses"), "/reports/statuses", ErrorCode::config_bad_mapping,
                          "the table has status \"" + text + "\", order \"" + order +
                              "\"; a status is registered, partial, preliminary, final, corrected or cancelled, and an "
                              "order becomes complete, partial_results or nothing");
        out_.status_of_row.push_back(status.value_or(effects::ResultStatus::registered));
        out_.order_action_of_row.push_back(action.value_or(effects::OrderAction::note));
    }
}

void ReportCompiler::orders(const Value& section) {
    const std::string at = "/reports/orders";
    if (!report_.object(section, at, report_orders_shape())) return;
    out_.placer = sources(section, at, "placer");
    out_.filler = sources(section, at, "filler");
    out_.order_fields = fields_(*section.find("fields"), at + "/fields", RecordKind::order);
}

void ReportCompiler::lines(const Value& section) {
    const std::string at = "/reports/lines";
    if (!report_.object(section, at, report_lines_shape())) return;
    out_.lines.each = segment(section, at, "each");
    out_.lines.notes = segment(section, at, "notes");
    const auto& otherwise = *section.find("otherwise");
    if (const auto field = text_field(otherwise.string(), otherwise, at + "/otherwise")) out_.lines.otherwise = *field;
    line_sections(section);
    line_statuses(section);
}

std::optional<ReportField> ReportCompiler::text_field(const std::string& name, const Value& at,
                                                      const std::string& pointer) {
    std::vector<std::string_view> names;
    for (const auto field : sections) {
        if (name_of(field) == name) return field;
        names.push_back(name_of(field));
    }
    report_.unknown(at, pointer, ErrorCode::config_bad_mapping, "a report has no section", name, names);
    return std::nullopt;
}

void ReportCompiler::line_sections(const Value& section) {
    const std::string at = "/reports/lines";
    auto& out = out_.lines;
    out.sections = table(section, at, "sections", 1, {"section", "headings"});
    if (!out.sections) return;
    const auto column = *out.sections->column("section"), headings = *out.sections->column("headings");
    for (std::size_t row = 0; row < out.sections->rows(); ++row) {
        auto& into = out.section_of_row.emplace_back();
        const auto& cell = out.sections->cell(row, column);
        if (!cell) continue;
        into.emplace();
        into->in_text = !cell->empty();
        into->headings = out.sections->cell(row, headings).value_or("") == "Y";
        if (cell->empty()) continue;
        if (const auto field = text_field(*cell, *section.find("sections"), at + "/sections")) into->section = *field;
    }
}

void ReportCompiler::line_statuses(const Value& section) {
    using Says = effects::ReportLine::Says;
    const std::string at = "/reports/lines";
    auto& out = out_.lines;
    out.statuses = table(section, at, "statuses", 1, {"status", "line"});
    if (!out.statuses) return;
    for (std::size_t row = 0; row < out.statuses->rows(); ++row) {
        const auto status = out.statuses->cell(row, *out.statuses->column("status")).value_or("");
        const auto line = out.statuses->cell(row, *out.statuses->column("line")).value_or("");
        out.status_of_row.push_back(effects::result_status_named(status));
        out.says_of_row.push_back(line == "keep" ? Says::keep : line == "withdraw" ? Says::withdraw : Says::text);
        if ((!status.empty() && !out.status_of_row.back()) || !(line.empty() || line == "keep" || line == "withdraw"))
            report_.wrong(*section.find("statuses"), at + "/statuses", ErrorCode::config_bad_mapping,
                          "the table has status \"" + status + "\", line \"" + line +
                              "\"; a line is kept (keep), taken away (withdraw) or nothing of the kind");
    }
}

void ReportCompiler::own_fields(const Value& section) {
    const std::string at = "/reports/fields";
    out_.fields = fields_(section, at, RecordKind::report);
    for (const auto& member : section.members()) {
        const auto index = effects::field_index(RecordKind::report, member.key);
        if (!index) continue;
        const auto field = static_cast<ReportField>(*index);
        const bool text = std::find(sections.begin(), sections.end(), field) != sections.end();
        if (!text && std::find(made.begin(), made.end(), field) == made.end()) continue;
        report_.wrong(member.value, child_pointer(at, member.key), ErrorCode::config_bad_mapping,
                      text ? "sections are put together from \"lines\""
                           : "this follows from the numbers, the status and the lines");
    }
}

}  // namespace gantry::mappings
