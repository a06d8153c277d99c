#include "engine/store/report_content_text.hpp"

#include "engine/json/value.hpp"
#include "engine/json/writer.hpp"

namespace gantry::store {
namespace {

using effects::RecordKind;
using effects::ReportField;
using Says = effects::ReportLine::Says;

std::string_view name_of(ReportField field) {
    return effects::field_table(RecordKind::report)[static_cast<std::size_t>(field)].name;
}

ReportField section_named(const std::string& name) {
    const auto index = effects::field_index(RecordKind::report, name);
    return index ? static_cast<ReportField>(*index) : ReportField::findings;
}

std::string_view to_text(Says says) {
    return says == Says::keep ? "keep" : says == Says::withdraw ? "withdraw" : "";
}

const std::string& text_in(const json::Value& object, std::string_view name) {
    static const std::string nothing;
    const auto* found = object.find(name);
    return found ? found->string() : nothing;
}

bool flag_in(const json::Value& object, std::string_view name) {
    const auto* found = object.find(name);
    return found && found->boolean();
}

std::size_t size_of(const json::Value& number) {
    return number.is_integer() && number.integer() > 0 ? static_cast<std::size_t>(number.integer()) : 0;
}

const std::vector<json::Value>& list_in(const json::Value& object, std::string_view name) {
    static const std::vector<json::Value> nothing;
    const auto* found = object.find(name);
    return found ? found->items() : nothing;
}

void write_line(json::Writer& out, const effects::ReportLine& line) {
    out.begin_object().member_if("says", to_text(line.says)).member_if("code", line.code);
    out.member_if("sub", line.sub_id).member_if("id", line.set_id).member("section", name_of(line.section));
    if (line.section_said) out.member("coded", true);
    out.member("text", line.text);
    if (!line.parts.empty()) {
        out.key("parts").begin_array();
        for (const auto& part : line.parts)
            out.begin_array().value(name_of(part.section)).value(part.begin).value(part.size).end_array();
        out.end_array();
    }
    out.end_object();
}

effects::ReportLine line_of(const json::Value& value) {
    effects::ReportLine out;
    const auto& says = text_in(value, "says");
    out.says = says == "keep" ? Says::keep : says == "withdraw" ? Says::withdraw : Says::text;
    out.code = text_in(value, "code");
    out.sub_id = text_in(value, "sub");
    out.set_id = text_in(value, "id");
    out.section = section_named(text_in(value, "section"));
    out.section_said = flag_in(value, "coded");
    out.text = text_in(value, "text");
    for (const auto& part : list_in(value, "parts")) {
        const auto& items = part.items();
        if (items.size() == 3)
            out.parts.push_back({section_named(items[0].string()), size_of(items[1]), size_of(items[2])});
    }
    return out;
}

void write_said(json::Writer& out, const effects::FieldValues<ReportField>& said) {
    out.key("said").begin_object();
    const auto table = effects::field_table(RecordKind::report);
    for (std::size_t i = 0; i < table.size(); ++i) out.member_if(table[i].name, said.at(i));
    out.end_object();
}

}  // namespace

std::string report_content_text(const effects::ReportVersion& version) {
    json::Writer out;
    out.begin_object().member("status", effects::to_text(version.status));
    if (version.addendum) out.member("addendum", true);
    out.member_if("part", version.part).member_if("announces", version.announces);
    write_said(out, version.said);
    out.key("lines").begin_array();
    for (const auto& line : version.lines) write_line(out, line);
    out.end_array().key("documents").begin_array();
    for (const auto& document : version.documents)
        out.begin_object()
            .member("digest", document.digest)
            .member("type", document.media_type)
            .member("size", document.size)
            .member_if("code", document.code)
            .member_if("sub", document.sub_id)
            .end_object();
    out.end_array().end_object();
    return std::move(out).text();
}

void read_report_content(const std::string& text, effects::ReportVersion& into) {
    const auto value = json::parse(text);
    if (!value) return;
    into.status = effects::result_status_named(text_in(*value, "status")).value_or(effects::ResultStatus::registered);
    into.addendum = flag_in(*value, "addendum");
    into.part = text_in(*value, "part");
    into.announces = text_in(*value, "announces");
    if (const auto* said = value->find("said"))
        for (const auto& member : said->members())
            if (const auto index = effects::field_index(RecordKind::report, member.key))
                into.said.at(*index) = member.value.string();
    for (const auto& line : list_in(*value, "lines")) into.lines.push_back(line_of(line));
    for (const auto& document : list_in(*value, "documents")) {
        const auto* size = document.find("size");
        into.documents.push_back({text_in(document, "digest"), text_in(document, "type"),
                                  size ? static_cast<std::int64_t>(size_of(*size)) : 0, text_in(document, "code"),
                                  text_in(document, "sub")});
    }
}

}  // namespace gantry::store
