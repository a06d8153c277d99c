#include "engine/main/try_coverage.hpp"

#include <algorithm>

#include "mappings/language/document.hpp"

namespace gantry {
namespace {

using effects::RecordKind;
using Names = std::set<std::string>;
using Rules = std::vector<mappings::FieldRule>;

std::string name_of(RecordKind kind, std::string_view field) {
    return std::string(effects::to_text(kind)) + "." + std::string(field);
}

void add_lines(RecordKind kind, const Rules& rules, Names& into) {
    for (const auto& rule : rules) into.insert(name_of(kind, rule.spec->name));
}

// The fields that a document has lines for.
void add_lines(const mappings::Document& document, Names& into) {
    if (document.patient) add_lines(RecordKind::patient, document.patient->fields, into);
    if (document.orders) {
        add_lines(RecordKind::order, document.orders->fields, into);
        if (document.orders->steps) add_lines(RecordKind::step, document.orders->steps->fields, into);
    }
    if (document.schedule) {
        add_lines(RecordKind::order, document.schedule->fields, into);
        add_lines(RecordKind::step, document.schedule->items, into);
    }
    if (document.reports) {
        add_lines(RecordKind::order, document.reports->order_fields, into);
        add_lines(RecordKind::report, document.reports->fields, into);
    }
}

template <class Field>
void add_set(const effects::FieldChanges<Field>& fields, Names& into) {
    const auto kind = effects::kind_of<Field>();
    const auto table = effects::field_table(kind);
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields.at(i).says == effects::FieldChange::Says::set) into.insert(name_of(kind, table[i].name));
}

void add_set(const std::vector<effects::OrderChange>& orders, Names& into, std::set<RecordKind>& kinds) {
    for (const auto& order : orders) {
        kinds.insert(RecordKind::order);
        add_set(order.fields, into);
        for (const auto& step : order.steps) {
            kinds.insert(RecordKind::step);
            add_set(step.fields, into);
        }
    }
}

void add_set(const effects::Effects& effects, Names& into, std::set<RecordKind>& kinds) {
    if (effects.patient) {
        kinds.insert(RecordKind::patient);
        add_set(effects.patient->fields, into);
    }
    add_set(effects.orders, into, kinds);
    if (effects.schedule) {
        kinds.insert({RecordKind::order, RecordKind::step});
        add_set(effects.schedule->fields, into);
        for (const auto& item : effects.schedule->items) add_set(item.fields, into);
    }
    for (const auto& report : effects.reports) {
        kinds.insert(RecordKind::report);
        add_set(report.fields, into);
        add_set(report.orders, into, kinds);
    }
}

template <class Seen>
std::vector<TryCoverage::Row> rows_of(const Seen& seen) {
    std::vector<TryCoverage::Row> out;
    for (const auto& [what, row] : seen) out.push_back(row);
    return out;
}

std::string counted(std::size_t messages) {
    return std::to_string(messages) + (messages == 1 ? " message" : " messages");
}

void print(const char* title, const std::vector<TryCoverage::Row>& rows, std::string& out) {
    if (rows.empty()) return;
    out += std::string("  ") + title + "\n";
    for (const auto& row : rows) {
        out += "    " + row.what + "  (" + counted(row.messages);
        out += row.example.empty() ? ")\n" : (row.messages > 1 ? ", first in " : ": ") + row.example + ")\n";
    }
}

// Names in lines of a readable width.
void print(const char* title, const std::vector<std::string>& names, std::string& out) {
    constexpr std::size_t width = 110;
    if (names.empty()) return;
    out += std::string("  ") + title + "\n";
    std::string line = "   ";
    for (const auto& name : names) {
        if (line.size() + name.size() + 1 > width) {
            out += line + "\n";
            line = "   ";
        }
        line += " " + name;
    }
    out += line + "\n";
}

void write(json::Writer& out, const char* name, const char* member, const std::vector<TryCoverage::Row>& rows) {
    out.key(name).begin_array();
    for (const auto& row : rows)
        out.begin_object()
            .member(member, row.what)
            .member("messages", row.messages)
            .member_if("example", row.example)
            .end_object();
    out.end_array();
}

void write(json::Writer& out, const char* name, const std::vector<std::string>& names) {
    out.key(name).begin_array();
    for (const auto& one : names) out.value(one);
    out.end_array();
}

}  // namespace

void TryCoverage::count(Seen& seen, std::string what, const std::string& control_id) {
    auto& row = seen[what];
    if (row.messages++ > 0) return;
    row.what = std::move(what);
    row.example = control_id;
}

void TryCoverage::add(const channels::ChannelDocument& channel, const effects::Effects& effects,
                      const std::string& control_id) {
    ++messages_;
    const auto& coverage = effects.coverage;
    for (const auto& field : coverage.unread) count(unread_, field.text(), control_id);
    for (const auto& code : coverage.unmapped_codes) count(unmapped_, code.table + ": " + code.code, control_id);
    for (const auto& text : coverage.lost_texts) count(lost_, effects::to_text(text), control_id);
    add_set(effects, set_, kinds_);
    for (const auto& mapping : channel.handling.mappings.all())
        if (mapping.name() == effects.usage.document) add_lines(mapping.document(), lines_);
}

TryCoverage::Report TryCoverage::report() const {
    Report out{messages_, rows_of(unread_), rows_of(unmapped_), rows_of(lost_), {}, {}};
    for (const auto kind : kinds_) {
        for (const auto& spec : effects::field_table(kind)) {
            const auto name = name_of(kind, spec.name);
            if (set_.count(name) > 0) continue;
            (lines_.count(name) > 0 ? out.unset : out.no_line).push_back(name);
        }
    }
    return out;
}

std::string to_text(const TryCoverage::Report& report) {
    std::string out = "coverage of " + counted(report.messages) + "\n";
    print("input that no mapping reads", report.unread, out);
    print("codes that their table does not know", report.unmapped, out);
    print("texts that were too long", report.lost, out);
    print("output that no message gave a value", report.unset, out);
    print("output that the mapping has no line for", report.no_line, out);
    if (report.unread.empty() && report.unmapped.empty() && report.lost.empty()) out += "  nothing was lost\n";
    return out;
}

void write(json::Writer& out, const TryCoverage::Report& report) {
    out.begin_object().member("messages", report.messages);
    write(out, "unread", "field", report.unread);
    write(out, "unmapped", "code", report.unmapped);
    write(out, "lost", "text", report.lost);
    write(out, "unset", report.unset);
    write(out, "no_line", report.no_line);
    out.end_object();
}

}  // namespace gantry
