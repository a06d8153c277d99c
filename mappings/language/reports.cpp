// Results (ORU: OBR with its OBX) and documents (MDM: TXA with its OBX) into ReportChanges.
#include <algorithm>

#include "mappings/language/reading.hpp"
#include "mappings/language/report_groups.hpp"
#include "mappings/language/report_lines.hpp"
#include "mappings/language/sections.hpp"

namespace gantry::mappings {
namespace {

using effects::OrderChange;
using effects::OrderField;
using effects::ReportChange;
using effects::ReportField;
using effects::ResultStatus;
using Event = ReportSection::Event;

constexpr std::size_t longest_number = 199;
constexpr auto not_imaging = "it says itself that it is not about imaging";

using Group = ReportGroup;

// EIP: the placer's number in the first component, the filler's in the second, each divided by subcomponents.
effects::OrderNumber half_of(const hl7::Piece& eip, std::size_t component) {
    const auto half = eip.component(component);
    const auto part = [&](std::size_t n) { return trimmed(half.subcomponent(n).text()); };
    const auto number = part(1);
    if (number.empty()) return {};
    return {number, part(2).empty() ? part(3) : part(2)};
}

// The code that stands for a status nobody sent.
const char* code_of(ResultStatus status) {
    static constexpr const char* codes[] = {"I", "A", "P", "F", "C", "X"};
    return codes[static_cast<std::size_t>(status)];
}

class ReportEvaluation {
  public:
    ReportEvaluation(const ReportSection& section, Frame& outer, Instant received, effects::Effects& effects)
        : section_(section),
          outer_(outer),
          received_(received),
          effects_(effects),
          message_(*outer.place.all.message),
          groups_(section, message_) {}

    void run() {
        if (auto error = groups_.find())
            return outer_.remarks.fail(error->code, std::move(error->detail), {}, error->place);
        for (auto& group : groups_.all()) read_order(group);
        if (outer_.remarks.error()) return;
        auto wanted = combined();
        drop_what_is_not_imaging(wanted);
        for (const auto& report : wanted)
            if (!outer_.remarks.error()) add_report(report);
    }

  private:
    using Report = std::vector<Group*>;

    bool fail(ErrorCode code, std::string detail, const std::string& place) {
        outer_.remarks.fail(code, std::move(detail), {}, place);
        return false;
    }

    Frame frame_at(const Place& place) { return {outer_.context, outer_.remarks, place, outer_.type, outer_.event}; }

    void read_order(Group& group) {
        auto& order = group.order;
        order.place = group.name;
        order.number_place = group.name + "-" + std::to_string(section_.placer.front().path.field());
        auto frame = frame_at(group.place);
        frame.record = first_of(order.fields);
        std::string_view source;
        order.placer = read_number(section_.placer, frame, source);
        if (!order.placer.number.empty()) {
            if (order.placer.authority.empty()) order.placer.authority = placer_namespace(frame);
            order.fields.set(OrderField::placer_number, order.placer.number, source);
            order.fields.set(OrderField::placer_authority, order.placer.authority, source);
        }
        order.filler = read_number(section_.filler, frame, source);
        if (!order.filler.number.empty()) {
            order.fields.set(OrderField::filler_number, order.filler.number, source);
            order.fields.set(OrderField::filler_authority, order.filler.authority, source);
        }
        for (const auto& rule : section_.order_fields) apply(rule, frame, order.fields.at(rule.field));
        order.accession_issuer = order.fields.value(OrderField::accession_issuer);
        for (const auto* number : {&order.placer, &order.filler}) check_length(*number, order.number_place);
        if (section_.imaging) group.imaging = evaluate(*section_.imaging, frame).text;
    }

    void check_length(const effects::OrderNumber& number, const std::string& place) {
        for (const auto* text : {&number.number, &number.authority})
            if (effects::length_in_characters(*text) > longest_number)
                fail(ErrorCode::hl7_too_long, "a number takes at most 199 characters", place);
    }

    bool says_combined(const Group& group) {
        auto frame = frame_at(group.place);
        return section_.combined && holds(*section_.combined, frame);
    }

    static bool same_order(const OrderChange& a, const OrderChange& b) {
        return a.placer == b.placer && a.filler == b.filler && !(a.placer.number + a.filler.number).empty() &&
               a.fields.value(OrderField::procedure_code) == b.fields.value(OrderField::procedure_code);
    }

    // The groups of each report: those of a document, neighbours that say so (ORC-1 CN), and OBRs with one number and
    // procedure, which some senders write per section.
    std::vector<Report> combined() {
        std::vector<Report> out;
        std::size_t last = 0;  // the report of the group before
        bool before = !section_.document.empty();
        for (auto& group : groups_.all()) {
            const bool now = !section_.document.empty() || says_combined(group);
            auto with = out.size();
            for (std::size_t i = 0; i < out.size() && with == out.size(); ++i)
                if (same_order(out[i].front()->order, group.order)) with = i;
            if (now && before && !out.empty()) with = last;
            if (with == out.size()) out.emplace_back();
            out[with].push_back(&group);
            last = with;
            before = now;
        }
        return out;
    }

    static bool about_something_else(const Report& report) {
        return std::all_of(report.begin(), report.end(), [](const Group* group) { return group->imaging == "N"; });
    }

    void drop_what_is_not_imaging(std::vector<Report>& reports) {
        for (const auto& report : reports)
            if (about_something_else(report)) effects_.ignored.push_back(report.front()->name + ": " + not_imaging);
        std::erase_if(reports, about_something_else);
        if (!reports.empty()) return;
        effects_.disposition = effects::Disposition::filter;
        effects_.filtered_by = not_imaging;
    }

    void add_report(const Report& report) {
        ReportChange out;
        const bool result = section_.document.empty();
        out.place = result ? report.front()->name : section_.document + "[1]";
        const auto& numbers = result ? section_.placer : section_.number;
        out.number_place = out.place + "-" + std::to_string(numbers.empty() ? 2 : numbers.front().path.field());
        out.imaging_place = out.place + (result ? "-24" : "-2");
        ReportLines lines(section_.lines, outer_);
        read_lines(report, lines);
        if (outer_.remarks.error()) return;
        read_numbers(report, out);
        read_event(out);
        read_fields(report, out);
        read_status(report, lines, out);
        out.lines = lines.take_lines();
        out.documents = lines.take_documents();
        set_location(lines.location(), out);
        if (out.announces.empty() || !out.lines.empty() || !out.documents.empty()) out.announces.clear();
        for (const auto* group : report) add_order(*group, out);
        take_warnings(out);
        effects_.reports.push_back(std::move(out));
    }

    // A document's lines may stand anywhere; before them, notes are those of its orders.
    void read_lines(const Report& report, ReportLines& lines) {
        if (!section_.document.empty()) return lines.read(0, message_.segments(), false);
        for (const auto* group : report) lines.read(group->begin, group->end, true);
    }

    void read_numbers(const Report& report, ReportChange& out) {
        auto frame = frame_at(report.front()->place);
        std::string_view source, of_parent;
        out.document = read_number(section_.number, frame, source);
        out.parent_document = read_number(section_.parent_number, frame, of_parent);
        for (auto* number : {&out.document, &out.parent_document}) {
            if (!number->number.empty() && number->authority.empty()) number->authority = placer_namespace(frame);
            check_length(*number, out.number_place);
        }
        for (const auto& path : section_.parent) {
            const auto piece = find(path, frame).piece;
            if (out.parent_placer.number.empty()) out.parent_placer = half_of(piece, 1);
            if (out.parent_filler.number.empty()) out.parent_filler = half_of(piece, 2);
        }
        if (!out.parent_placer.number.empty() && out.parent_placer.authority.empty())
            out.parent_placer.authority = placer_namespace(frame);
        out.of_parent_result = section_.parent_result && find(*section_.parent_result, frame).piece.valued();
        const auto& of_order = report.front()->order;
        const auto& own = out.document.number.empty() ? of_order.filler : out.document;
        if (out.document.number.empty()) source = of_order.fields[OrderField::filler_number].source;
        if (!own.number.empty()) out.fields.set(ReportField::report_number, own.number, source);
        if (!own.number.empty()) out.fields.set(ReportField::report_authority, own.authority, source);
        const bool any = !out.document.number.empty() || std::any_of(report.begin(), report.end(), [](auto* group) {
            const auto& order = group->order;
            return !order.placer.number.empty() || !order.filler.number.empty() ||
                   !order.fields.value(OrderField::accession_number).empty();
        });
        if (!any) fail(ErrorCode::order_missing_number, "", out.number_place);
    }

    void read_event(ReportChange& out) {
        if (!section_.events) return;
        const std::string_view key[] = {outer_.event};
        const auto row = look_up(*section_.events, key, outer_.remarks);
        if (!row)
            return (void)fail(ErrorCode::hl7_unsupported_event, std::string(outer_.event.substr(0, 8)), "MSH[1]-9");
        event_ = section_.event_of_row[*row];
        out.addendum = event_ == Event::addendum;
        out.replaces_parent = event_ == Event::replacement;
        out.announces = section_.events->cell(*row, section_.announces).value_or("");
    }

    // The first order that says something about a field says it for all.
    void read_fields(const Report& report, ReportChange& out) {
        for (const auto* group : report) {
            auto frame = frame_at(group->place);
            frame.record = first_of(out.fields);
            for (const auto& rule : section_.fields)
                if (out.fields.at(rule.field).says == Value::Says::nothing)
                    apply(rule, frame, out.fields.at(rule.field));
            out.event_time = std::max(out.event_time, read_event_time(section_.event_time, frame, received_));
            out.imaging = out.imaging || group->imaging == "Y";
        }
        out.study_instance_uid = out.fields.value(ReportField::study_instance_uid);
    }

    struct Status {
        std::string code;
        std::string_view source, raw;
        std::optional<std::size_t> row;
    };

    Status status_of(const Group& group) {
        auto frame = frame_at(group.place);
        const auto said = evaluate(section_.status, frame);
        Status out{said.text, said.source, said.raw, std::nullopt};
        if (out.code.empty()) return out;
        out.row = row_of(out.code, frame);
        if (!out.row)
            outer_.remarks.fail(ErrorCode::hl7_unknown_code,
                                "a result status that is not in table " + section_.statuses->name(), said.raw,
                                said.source);
        return out;
    }

    std::optional<std::size_t> row_of(const std::string& code, Frame& frame) {
        const auto of_order = section_.order_status ? evaluate(*section_.order_status, frame).text : std::string();
        const std::string_view key[] = {code, of_order};
        return look_up(*section_.statuses, key, frame.remarks);
    }

    // The least final status that its orders have; where none has one, that of the lines.
    void read_status(const Report& report, const ReportLines& lines, ReportChange& out) {
        Status least;
        order_action_ = effects::OrderAction::note;
        for (const auto* group : report) {
            auto status = status_of(*group);
            if (!status.row) continue;
            if (!least.row || section_.status_of_row[*status.row] < section_.status_of_row[*least.row])
                least = std::move(status);
        }
        if (!least.row && !outer_.remarks.error()) least = status_of_lines(report, lines);
        if (event_ == Event::withdrawal) {
            out.status = ResultStatus::cancelled;
            out.status_sent = least.code;
            out.status_source = "MSH-9.2";
            return;
        }
        if (!least.row) {
            if (!outer_.remarks.error())
                fail(ErrorCode::hl7_missing_field, "the status of the result", status_place(out.place));
            return;
        }
        out.status = section_.status_of_row[*least.row];
        out.status_sent = least.code;
        out.status_source = least.source;
        order_action_ = section_.order_action_of_row[*least.row];
    }

    Status status_of_lines(const Report& report, const ReportLines& lines) {
        const auto least = lines.least_final();
        if (!least) return {};
        auto frame = frame_at(report.front()->place);
        Status out{{}, "OBX-11", {}, row_of(code_of(*least), frame)};
        return out;
    }

    std::string status_place(const std::string& place) const {
        return section_.document.empty() ? place + "-25" : place + "-17";
    }

    void set_location(const std::string& location, ReportChange& out) {
        if (location.empty()) return;
        const auto& spec =
            effects::field_table(effects::RecordKind::report)[static_cast<std::size_t>(ReportField::document_location)];
        if (effects::length_in_characters(location) > spec.longest)
            return (void)fail(ErrorCode::hl7_too_long, "document_location takes at most 1024 characters", "OBX-5");
        out.fields.set(ReportField::document_location, location, "OBX-5");
    }

    void add_order(const Group& group, ReportChange& out) {
        for (const auto& known : out.orders)
            if (same_order(known, group.order)) return;
        auto& order = out.orders.emplace_back(group.order);
        order.action = order_action_;
    }

    void take_warnings(ReportChange& out) {
        std::string text;
        for (const auto& sentence : outer_.remarks.take_warnings()) text += (text.empty() ? "" : "\n") + sentence;
        if (!text.empty()) out.fields.set(ReportField::warnings, std::move(text), "mapping");
    }

    const ReportSection& section_;
    Frame& outer_;
    Instant received_;
    effects::Effects& effects_;
    const hl7::Message& message_;
    ReportGroups groups_;
    Event event_ = Event::text;
    effects::OrderAction order_action_ = effects::OrderAction::note;
};

}  // namespace

void evaluate_reports(const ReportSection& section, Frame& frame, Instant received, effects::Effects& effects) {
    ReportEvaluation(section, frame, received, effects).run();
}

}  // namespace gantry::mappings
