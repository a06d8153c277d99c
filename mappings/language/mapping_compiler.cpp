// From a mapping document to its compiled form: one function per section.
#include <algorithm>

#include "mappings/language/document.hpp"
#include "mappings/language/expression_compiler.hpp"
#include "mappings/language/mapping.hpp"
#include "mappings/language/report_compiler.hpp"

namespace gantry::mappings {
namespace {

using effects::RecordKind;
using json::child_pointer;
using json::Value;

const std::vector<std::string> segments_of_an_order{"ORC", "OBR", "TQ1", "TQ2", "NTE",
                                                    "IPC", "ZDS", "DG1", "CTI", "BLG"};

class MappingCompiler {
  public:
    MappingCompiler(std::string name, const Tables& tables, const Scripts& scripts, json::Diagnostics& diagnostics)
        : scripts_(scripts), report_(diagnostics), expressions_(tables, report_) {
        out_.name = std::move(name);
    }

    std::shared_ptr<const Document> compile(const Value& document) {
        if (!report_.object(document, "", document_shape())) return nullptr;
        if (document.find("reads")->string() != "hl7")
            report_.unknown(*document.find("reads"), "/reads", ErrorCode::config_unknown_name, "a mapping cannot read",
                            document.find("reads")->string(), {"hl7"});
        if (const auto* text = document.find("description")) out_.description = text->string();
        out_.messages = messages(*document.find("messages"), "/messages");
        if (const auto* names = document.find("unused")) out_.unused = messages(*names, "/unused");
        scope(document);
        if (const auto* paths = document.find("ignores")) ignores(*paths);
        if (const auto* all = document.find("requires")) requirements(*all);
        sections(document);
        if (const auto* name = document.find("script")) script(*name);
        if (report_.failed()) return nullptr;
        keep_tables();
        out_.expressions = expressions_.take_expressions();
        return std::make_shared<const Document>(std::move(out_));
    }

  private:
    void keep_tables() {
        out_.tables = expressions_.take_tables();
        if (!out_.script) return;
        for (const auto& table : out_.script->tables())
            if (std::find(out_.tables.begin(), out_.tables.end(), table) == out_.tables.end())
                out_.tables.push_back(table);
    }

    void sections(const Value& document) {
        if (const auto* section = document.find("patient")) patient(*section);
        if (const auto* section = document.find("visit")) visit(*section);
        if (const auto* section = document.find("merges")) all_merges(*section);
        if (const auto* section = document.find("orders")) orders(*section);
        if (const auto* section = document.find("schedule")) schedule(*section);
        if (const auto* section = document.find("reports")) reports(*section);
        for (const auto* needs_patient : {"visit", "merges", "orders", "schedule", "reports"})
            if (const auto* section = document.find(needs_patient); section && !document.find("patient"))
                report_.wrong(*section, child_pointer("", needs_patient), ErrorCode::config_missing_option,
                              "\"patient\": this section needs it");
    }

    void scope(const Value& document) {
        std::vector<std::string> beyond;
        if (const auto* added = document.find("beyond"))
            for (const auto& item : report_.items(*added, "/beyond"))
                beyond.push_back(segment(*item.value, item.pointer));
        // A message whose name is wrong was reported; what it would have had is not known.
        structures::PathScope messages;
        if (!report_.failed())
            for (const auto& name : out_.messages) messages.messages.push_back(name.type + "^" + name.event);
        expressions_.set_scope(std::move(messages), std::move(beyond));
    }

    void ignores(const Value& paths) {
        for (const auto& item : report_.items(paths, "/ignores")) {
            const auto path = hl7::Path::parse(item.value->string());
            if (!path)
                report_.wrong(*item.value, item.pointer, ErrorCode::config_bad_path, path.error().detail);
            else if (expressions_.can_be(*path, *item.value, item.pointer))
                out_.ignores.emplace_back(path->segment(), path->field());
        }
        std::sort(out_.ignores.begin(), out_.ignores.end());
    }

    void requirements(const Value& all) {
        if (!all.is_object())
            return report_.wrong(all, "/requires", ErrorCode::config_wrong_type,
                                 "an object of sentence: condition is expected here");
        for (const auto& [sentence, position, condition] : all.members())
            out_.requirements.push_back(
                {sentence, expressions_.condition(condition, child_pointer("/requires", sentence))});
    }

    void script(const Value& name) {
        if (!report_.text(name, "/script")) return;
        const auto found = scripts_.find(name.string());
        if (found != scripts_.end()) return void(out_.script = found->second);
        std::vector<std::string_view> known;
        for (const auto& [file, step] : scripts_) known.push_back(file);
        report_.unknown(name, "/script", ErrorCode::config_unknown_name, "beside the mappings there is no script",
                        name.string(), known);
    }

    std::vector<MessageName> messages(const Value& value, const std::string& pointer) {
        std::vector<MessageName> out;
        for (const auto& item : report_.items(value, pointer)) {
            if (auto name = message_name(item.value->string()))
                out.push_back(std::move(*name));
            else
                report_.wrong(
                    *item.value, item.pointer, ErrorCode::config_bad_mapping,
                    "\"" + item.value->string() + "\" is not a message: write type^event, for example ORM^O01");
        }
        return out;
    }

    OnlyFor only_for(const Value& section, const std::string& pointer, const char* member = "only_for") {
        const auto* names = section.find(member);
        return {names ? messages(*names, child_pointer(pointer, member)) : std::vector<MessageName>{}};
    }

    void needed(const Value& section, const std::string& pointer, const char* member, std::vector<Source>& into) {
        if (const auto* paths = section.find(member))
            into = expressions_.sources(*paths, child_pointer(pointer, member));
    }

    std::optional<Node> optional_value(const Value& section, const std::string& pointer, const char* member) {
        const auto* value = section.find(member);
        if (!value) return std::nullopt;
        return expressions_.compile(*value, child_pointer(pointer, member), {});
    }

    void patient(const Value& section) {
        auto& out = out_.patient.emplace();
        if (!report_.object(section, "/patient", patient_shape())) return;
        needed(section, "/patient", "identifiers", out.identifiers);
        if (const auto* flag = section.find("authoritative")) out.from_adt = flag->boolean();
        out.name_needed = only_for(section, "/patient", "name_needed").messages;
        out.clears_nothing = only_for(section, "/patient", "clears_nothing").messages;
        out.may_replace_person = optional_value(section, "/patient", "may_replace_person");
        out.fields_only_for = only_for(section, "/patient", "fields_only_for");
        out.fields = fields(*section.find("fields"), "/patient/fields", RecordKind::patient, nullptr);
    }

    void visit(const Value& section) {
        auto& out = out_.visit.emplace();
        if (!report_.object(section, "/visit", visit_shape())) return;
        out.only_for = only_for(section, "/visit");
        out.location = optional_value(section, "/visit", "location");
        out.admission_id = optional_value(section, "/visit", "admission_id");
        out.account = optional_value(section, "/visit", "account");
        out.flag = optional_value(section, "/visit", "flag");
    }

    // One section, or a list of them for different messages.
    void all_merges(const Value& value) {
        if (!value.is_array()) return merges(value, "/merges");
        for (std::size_t i = 0; i < value.items().size(); ++i) merges(value.items()[i], "/merges/" + std::to_string(i));
    }

    void merges(const Value& section, const std::string& at) {
        auto& out = out_.merges.emplace_back();
        if (!report_.object(section, at, merges_shape())) return;
        out.only_for = only_for(section, at);
        if (const auto* of = section.find("of")) out.of = merge_of(*of, at + "/of");
        out.each = segment(*section.find("each"), at + "/each");
        for (const auto& [member, into] :
             {std::pair("prior", &out.prior), std::pair("survivor", &out.survivor),
              std::pair("prior_number", &out.prior_number), std::pair("number", &out.number)})
            needed(section, at, member, *into);
        using Of = effects::PatientMerge::Of;
        const bool of_orders = out.of == Of::account || out.of == Of::visit;
        if (of_orders ? out.prior_number.empty() : out.prior.empty())
            report_.wrong(section, at, ErrorCode::config_missing_option, of_orders ? "\"prior_number\"" : "\"prior\"");
    }

    effects::PatientMerge::Of merge_of(const Value& value, const std::string& pointer) {
        if (const auto of = effects::merge_of(value.string()); of && *of != effects::PatientMerge::Of::undo) return *of;
        report_.unknown(value, pointer, ErrorCode::config_unknown_name, "a merge cannot be of", value.string(),
                        {"patient", "identifier", "new_identifier", "account", "visit"});
        return {};
    }

    void orders(const Value& section) {
        auto& out = out_.orders.emplace();
        const std::string at = "/orders";
        if (!report_.object(section, at, orders_shape())) return;
        out.own = segments_of_an_order;
        if (const auto* own = section.find("own")) out.own = report_.texts(*own, at + "/own");
        expressions_.set_own(out.own);
        out.each = segment(*section.find("each"), at + "/each");
        if (const auto* split = section.find("split")) out.split = segment(*split, at + "/split");
        if (const auto* prior = section.find("prior_results")) prior_results(*prior, out);
        out.control = expressions_.compile(*section.find("control"), at + "/control", {});
        out.status = expressions_.compile(*section.find("status"), at + "/status", {});
        actions(*section.find("actions"), out);
        needed(section, at, "placer", out.placer);
        needed(section, at, "filler", out.filler);
        needed(section, at, "parent", out.parent);
        needed(section, at, "event_time", out.event_time);
        std::vector<std::size_t> written;
        out.fields = fields(*section.find("fields"), at + "/fields", RecordKind::order, nullptr, &written);
        if (const auto* steps_section = section.find("steps")) steps(*steps_section, out, written);
        expressions_.set_own({});
    }

    void prior_results(const Value& section, OrderSection& out) {
        const std::string at = "/orders/prior_results";
        if (!report_.object(section, at, prior_results_shape())) return;
        out.prior_results_only_for = only_for(section, at);
        out.prior_results = report_.texts(*section.find("start"), at + "/start");
    }

    void actions(const Value& name, OrderSection& out) {
        const std::string at = "/orders/actions";
        out.actions = expressions_.table(name, at);
        if (!out.actions) return;
        const auto action = out.actions->column("action");
        const auto done = out.actions->column("reply_done"), unable = out.actions->column("reply_unable");
        if (out.actions->key().size() != 2 || !action || !done || !unable)
            return report_.wrong(name, at, ErrorCode::config_bad_mapping,
                                 "this table has two key columns (control, status) and the columns action, reply_done "
                                 "and reply_unable");
        out.reply_done = *done;
        out.reply_unable = *unable;
        for (std::size_t row = 0; row < out.actions->rows(); ++row)
            out.action_of_row.push_back(action_of<effects::OrderAction>(*out.actions, row, effects::order_action));
    }

    // What the row says becomes of an order or appointment; `note` is the last of either.
    template <class Action>
    Action action_of(const Table& table, std::size_t row, std::optional<Action> (*read)(std::string_view)) {
        const auto text = table.cell(row, *table.column("action")).value_or("");
        if (const auto action = read(text)) return *action;
        std::vector<std::string_view> known;
        for (int i = 0; i <= static_cast<int>(Action::note); ++i)
            known.push_back(effects::to_text(static_cast<Action>(i)));
        report_.wrong_cell(table, row, "action", "there is no action", text, known);
        return Action::note;
    }

    void steps(const Value& section, OrderSection& out, const std::vector<std::size_t>& of_order) {
        const std::string at = "/orders/steps";
        auto& into = out.steps.emplace();
        if (!report_.object(section, at, steps_shape())) return;
        if (const auto* each = section.find("each")) into.each = segment(*each, at + "/each");
        needed(section, at, "procedure", into.procedure);
        into.fields = fields(*section.find("fields"), at + "/fields", RecordKind::step, &of_order);
    }

    void schedule(const Value& section) {
        auto& out = out_.schedule.emplace();
        const std::string at = "/schedule";
        if (!report_.object(section, at, schedule_shape())) return;
        for (const auto& [member, into] :
             {std::pair("head", &out.head), std::pair("each", &out.each), std::pair("split", &out.split)})
            *into = segment(*section.find(member), child_pointer(at, member));
        out.services = report_.texts(*section.find("services"), at + "/services");
        schedule_actions(*section.find("actions"), out);
        out.event = expressions_.compile(*section.find("event"), at + "/event", {});
        out.status = expressions_.compile(*section.find("status"), at + "/status", {});
        for (const auto& [member, into] :
             {std::pair("placer", &out.placer), std::pair("filler", &out.filler),
              std::pair("event_time", &out.event_time), std::pair("procedure", &out.procedure),
              std::pair("appointment", &out.appointment)})
            needed(section, at, member, *into);
        if (const auto* rules = section.find("fields"))
            out.fields = fields(*rules, at + "/fields", RecordKind::order, nullptr);
        items(*section.find("items"), out);
    }

    void reports(const Value& section) {
        const auto read_fields = [this](const Value& value, const std::string& pointer, RecordKind kind) {
            return fields(value, pointer, kind, nullptr);
        };
        out_.reports = ReportCompiler(report_, expressions_, read_fields).compile(section);
    }

    void items(const Value& section, ScheduleSection& out) {
        const std::string at = "/schedule/items";
        if (!report_.object(section, at, items_shape())) return;
        if (const auto* action = section.find("action"))
            out.action_code = expressions_.compile(*action, at + "/action", {});
        out.items = fields(*section.find("fields"), at + "/fields", RecordKind::step, nullptr);
    }

    void schedule_actions(const Value& name, ScheduleSection& out) {
        const std::string at = "/schedule/actions";
        out.actions = expressions_.table(name, at);
        if (!out.actions) return;
        const auto action = out.actions->column("action"), status = out.actions->column("step_status");
        if (out.actions->key().size() != 2 || !action || !status)
            return report_.wrong(name, at, ErrorCode::config_bad_mapping,
                                 "this table has two key columns (event, status) and the columns action and "
                                 "step_status");
        out.step_status = *status;
        for (std::size_t row = 0; row < out.actions->rows(); ++row)
            out.action_of_row.push_back(
                action_of<effects::ScheduleAction>(*out.actions, row, effects::schedule_action));
    }

    std::string segment(const Value& value, const std::string& pointer) {
        const auto& text = value.string();
        const bool fits = text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) {
                              return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                          });
        if (!fits)
            report_.wrong(value, pointer, ErrorCode::config_bad_path,
                          "a segment has three characters, for example ORC");
        return text;
    }

    std::vector<FieldRule> fields(const Value& value, const std::string& pointer, RecordKind kind,
                                  const std::vector<std::size_t>* of_order,
                                  std::vector<std::size_t>* written = nullptr) {
        std::vector<FieldRule> out;
        if (!value.is_object()) {
            report_.wrong(value, pointer, ErrorCode::config_wrong_type,
                          "an object of field: expression is expected here");
            return out;
        }
        std::vector<std::size_t> own_list;
        auto& above = written ? *written : own_list;
        for (const auto& member : value.members()) {
            const auto place = child_pointer(pointer, member.key);
            const auto index = effects::field_index(kind, member.key);
            if (!index) {
                unknown_field(member, place, kind);
                continue;
            }
            out.push_back(field(member.value, place, kind, *index, above, of_order));
            above.push_back(*index);
        }
        return out;
    }

    FieldRule field(const Value& value, const std::string& pointer, RecordKind kind, std::size_t index,
                    const std::vector<std::size_t>& above, const std::vector<std::size_t>* of_order) {
        FieldRule rule;
        rule.field = index;
        rule.spec = &effects::field_table(kind)[index];
        const auto* content = &value;
        auto at = pointer;
        for (const auto& [word, policy] : {std::pair("cut", TooLong::cut), std::pair("if_fits", TooLong::leave_out)}) {
            const auto* inner = value.find(word);
            if (!inner) continue;
            (void)report_.object(value, pointer, std::vector<std::string_view>{word});
            if (rule.spec->type != effects::FieldType::text || rule.spec->longest == 0)
                report_.wrong(value, pointer, ErrorCode::config_bad_mapping,
                              "only a text with a longest length can be cut or left out");
            rule.too_long = policy;
            content = inner;
            at = child_pointer(pointer, word);
        }
        const Target target{rule.spec->type, rule.spec->choices, kind, &above, of_order};
        rule.value = expressions_.compile(*content, at, target);
        return rule;
    }

    void unknown_field(const json::Member& member, const std::string& pointer, RecordKind kind) {
        std::vector<std::string_view> names;
        for (const auto& row : effects::field_table(kind)) names.push_back(row.name);
        report_.unknown_at(member.position, pointer, ErrorCode::config_unknown_name,
                           "a " + std::string(effects::to_text(kind)) + " has no field", member.key, names);
    }

    const Scripts& scripts_;
    DocumentReader report_;
    ExpressionCompiler expressions_;
    Document out_;
};

}  // namespace

std::optional<MessageName> message_name(std::string_view text) {
    if (text.find('^') != 3 || text.size() < 5) return std::nullopt;
    return MessageName{std::string(text.substr(0, 3)), std::string(text.substr(4))};
}

bool MessageName::matches(std::string_view other_type, std::string_view other_event) const {
    return type == other_type && (event == "*" || event == other_event);
}

bool any_matches(const std::vector<MessageName>& names, std::string_view type, std::string_view event) {
    return std::any_of(names.begin(), names.end(), [&](const auto& name) { return name.matches(type, event); });
}

std::optional<Mapping> compile(std::string name, const json::Value& document, const Tables& tables,
                               json::Diagnostics& diagnostics, const Scripts& scripts) {
    auto compiled = MappingCompiler(std::move(name), tables, scripts, diagnostics).compile(document);
    if (!compiled) return std::nullopt;
    return Mapping(std::move(compiled));
}

}  // namespace gantry::mappings
