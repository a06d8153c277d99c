// A compiled mapping document: its sections with fields resolved. Made by the compiler, read by the evaluator.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/effects/effects.hpp"
#include "engine/json/value.hpp"
#include "mappings/language/expression.hpp"
#include "mappings/language/script_step.hpp"

namespace gantry::mappings {

// "ORM^O01" or "ADT^*".
struct MessageName {
    std::string type, event;
    bool matches(std::string_view type, std::string_view event) const;
};
// "ORM^O01"; nothing: it is not a message's name.
std::optional<MessageName> message_name(std::string_view text);
bool any_matches(const std::vector<MessageName>& names, std::string_view type, std::string_view event);

// What becomes of a value that is longer than its field takes.
enum class TooLong { reject, cut, leave_out };

struct FieldRule {
    std::size_t field = 0;
    const effects::FieldSpec* spec = nullptr;
    Node value;
    TooLong too_long = TooLong::reject;
};

// A part of the document that holds for some of its messages; none named: for all.
struct OnlyFor {
    std::vector<MessageName> messages;
    bool applies(std::string_view type, std::string_view event) const {
        return messages.empty() || any_matches(messages, type, event);
    }
};

struct PatientSection {
    std::vector<Source> identifiers;  // CX, every repetition; the first path that gives an identifying one
    bool from_adt = false;
    std::vector<MessageName> name_needed, clears_nothing;  // clears_nothing: a merge's PID does not blank the survivor
    std::optional<Node> may_replace_person;
    std::vector<FieldRule> fields;
    OnlyFor fields_only_for;

    bool needs_name(std::string_view type, std::string_view event) const {
        return any_matches(name_needed, type, event);
    }
    bool keeps_for(std::string_view type, std::string_view event) const {
        return any_matches(clears_nothing, type, event);
    }
};

struct VisitSection {
    OnlyFor only_for;
    std::optional<Node> location, admission_id, account, flag;
};

struct MergeSection {
    OnlyFor only_for;
    effects::PatientMerge::Of of = effects::PatientMerge::Of::patient;
    std::string each;                     // the segment that starts a pair
    std::vector<Source> prior, survivor;  // no prior: the orders stay with the survivor
    std::vector<Source> prior_number, number;
};

struct StepSection {
    std::string each;               // empty: one step, the order itself
    std::vector<Source> procedure;  // steps that differ here belong to different requested procedures
    std::vector<FieldRule> fields;
};

struct OrderSection {
    std::string each, split;                 // "ORC", "OBR"
    std::vector<std::string> own;            // segments that are never looked for outside the group
    OnlyFor prior_results_only_for;          // where prior results are possible
    std::vector<std::string> prior_results;  // segments that start them once an order was read
    Node control, status;
    std::vector<Source> placer, filler, parent, event_time;
    const Table* actions = nullptr;
    std::size_t reply_done = 0, reply_unable = 0;  // columns
    std::vector<effects::OrderAction> action_of_row;
    const Table* urgency = nullptr;
    std::vector<FieldRule> fields;
    std::optional<StepSection> steps;
};

struct ScheduleSection {
    std::string head;                   // "SCH"
    std::string each, split;            // "RGS", "AIS"
    std::vector<std::string> services;  // a group without one of these makes no step; what it says holds for all
    Node event, status;
    std::optional<Node> action_code;  // AIS-2, HL7 table 0206
    std::vector<Source> placer, filler, event_time, procedure, appointment;
    const Table* actions = nullptr;
    std::size_t step_status = 0;  // column
    std::vector<effects::ScheduleAction> action_of_row;
    std::vector<FieldRule> fields, items;
};

// What a row of the table of sections says of an OBX-3, a suffix, or a heading.
struct SectionRow {
    bool in_text = true;  // false: no text for readers (a UID)
    effects::ReportField section = effects::ReportField::findings;
    bool headings = false;  // what stands there may be divided by headings all the same
};

// The lines of a report: OBX and their notes.
struct LineSection {
    std::string each, notes;  // "OBX", "NTE"
    const Table* sections = nullptr;
    std::vector<std::optional<SectionRow>> section_of_row;
    effects::ReportField otherwise = effects::ReportField::findings;
    const Table* statuses = nullptr;  // OBX-11
    std::vector<std::optional<effects::ResultStatus>> status_of_row;
    std::vector<effects::ReportLine::Says> says_of_row;
};

struct ReportSection {
    enum class Event : std::uint8_t { text, addendum, replacement, withdrawal };

    std::string document;               // "TXA": the message is one document; empty: a report per `each`
    std::string head, each;             // "ORC", "OBR"
    std::optional<Condition> combined;  // neighbours that say so are one report for several orders
    const Table* events = nullptr;      // of documents, by MSH-9.2
    std::vector<Event> event_of_row;
    std::size_t announces = 0;  // column
    std::vector<Source> number, parent_number, parent, event_time, placer, filler;
    std::optional<Source> parent_result;
    Node status;
    std::optional<Node> order_status, imaging;
    const Table* statuses = nullptr;
    std::vector<effects::ResultStatus> status_of_row;
    std::vector<effects::OrderAction> order_action_of_row;
    LineSection lines;
    std::vector<FieldRule> order_fields, fields;
};

// Where an expression stands in the document as it was written.
struct ExpressionPlace {
    std::string pointer;
    json::Position position;
};

// What the whole message must be like.
struct Requirement {
    std::string sentence;
    Condition condition;
};

struct Document {
    std::string name, description;
    std::vector<ExpressionPlace> expressions;  // every path and every function
    std::shared_ptr<const ScriptStep> script;  // after the sections; null: none
    std::vector<MessageName> messages, unused;
    std::vector<FieldName> ignores;  // known to be unneeded, not reported by coverage; sorted
    std::vector<Requirement> requirements;
    std::optional<PatientSection> patient;
    std::optional<VisitSection> visit;
    std::vector<MergeSection> merges;
    std::optional<OrderSection> orders;
    std::optional<ScheduleSection> schedule;
    std::optional<ReportSection> reports;
    std::vector<std::shared_ptr<const Table>> tables;  // what the sections point into
};

}  // namespace gantry::mappings
