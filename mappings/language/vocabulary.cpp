#include "mappings/language/vocabulary.hpp"

#include <algorithm>

namespace gantry::mappings {
namespace {

using effects::RecordKind;

constexpr bool required = true;

Member of_shape(std::string_view name, Content content, std::string_view meaning, const Shape& shape,
                bool needed = false) {
    return {name, content, meaning, needed, {}, RecordKind::order, &shape};
}

Member of_record(std::string_view name, RecordKind record, std::string_view meaning, bool needed = false) {
    return {name, Content::fields, meaning, needed, {}, record};
}

}  // namespace

std::vector<std::string_view> Shape::names() const {
    std::vector<std::string_view> out;
    for (const auto& member : members) out.push_back(member.name);
    return out;
}

std::vector<std::string_view> Shape::required() const {
    std::vector<std::string_view> out;
    for (const auto& member : members)
        if (member.required) out.push_back(member.name);
    return out;
}

const Shape& document_shape() {
    static const Shape shape{
        "mapping",
        "What a message means: which field of which record takes its value from where.",
        {
            {"description", Content::text, "for people"},
            {"reads", Content::text, "the kind of message", required, {"hl7"}},
            {"messages", Content::messages, "those this document maps", required},
            {"unused", Content::messages, "those that are accepted without effect"},
            {"beyond", Content::texts,
             "segments that HL7 does not have in these messages and senders add, such as AL1"},
            {"ignores", Content::texts, "fields that nobody misses, such as PID-1: not reported as unread"},
            {"requires", Content::conditions, "what must hold, each with the sentence the sender gets if it does not"},
            of_shape("patient", Content::section, "who the message is about", patient_shape()),
            of_shape("visit", Content::section, "where the patient's open orders are now", visit_shape()),
            of_shape("merges", Content::sections, "who is who", merges_shape()),
            of_shape("orders", Content::section, "the orders of the message", orders_shape()),
            of_shape("schedule", Content::section, "an appointment of an order that is known", schedule_shape()),
            of_shape("reports", Content::section, "results and documents: radiology reports", reports_shape()),
            {"script", Content::text, "the file of a script that runs after the sections, such as \"ward.lua\""},
        }};
    return shape;
}

const Shape& patient_shape() {
    static const Shape shape{
        "patient",
        "Who the message is about.",
        {
            {"identifiers", Content::paths, "of type CX; the first path that gives an identifying one", required},
            {"authoritative", Content::flag, "outranks what orders and results say (ADT)"},
            {"name_needed", Content::messages, "that are refused without a name"},
            {"clears_nothing", Content::messages, "in which a \"\" deletes nothing"},
            {"may_replace_person", Content::expression, "Y: name, birth date and sex may all change at once"},
            of_record("fields", RecordKind::patient, "of the patient", required),
            {"fields_only_for", Content::messages, "the only ones whose fields are taken"},
        }};
    return shape;
}

const Shape& visit_shape() {
    static const Shape shape{"visit",
                             "Where the patient's open orders are now.",
                             {
                                 {"only_for", Content::messages, "the only ones this holds for"},
                                 {"location", Content::expression, "where the patient is"},
                                 {"admission_id", Content::expression, "finds the open orders whose location changes"},
                                 {"account", Content::expression, "finds them where no order has that admission"},
                                 {"flag", Content::expression, "a sentence for their warnings"},
                             }};
    return shape;
}

const Shape& merges_shape() {
    static const Shape shape{"merges",
                             "Pairs of a patient, account or visit and what it replaces.",
                             {
                                 {"only_for", Content::messages, "the only ones this holds for"},
                                 {"of",
                                  Content::text,
                                  "what a pair means",
                                  false,
                                  {"patient", "identifier", "new_identifier", "account", "visit"}},
                                 {"each", Content::segment, "starts a pair", required},
                                 {"prior", Content::paths, "the numbers that are replaced"},
                                 {"survivor", Content::paths, "the numbers that stay", required},
                                 {"prior_number", Content::paths, "of the account or visit"},
                                 {"number", Content::paths, "its new number"},
                             }};
    return shape;
}

const Shape& prior_results_shape() {
    static const Shape shape{"prior_results",
                             "Earlier results in a message that look like orders.",
                             {
                                 {"only_for", Content::messages, "the only ones that may have them"},
                                 {"start", Content::texts, "segments that start them once an order was read", required},
                             }};
    return shape;
}

const Shape& steps_shape() {
    static const Shape shape{"steps",
                             "The scheduled procedure steps of an order.",
                             {
                                 {"each", Content::segment, "one per step; without it the order is its only step"},
                                 {"procedure", Content::paths, "steps that differ here are different orders"},
                                 of_record("fields", RecordKind::step, "of the step", required),
                             }};
    return shape;
}

const Shape& orders_shape() {
    static const Shape shape{
        "orders",
        "The orders of the message.",
        {
            {"each", Content::segment, "starts an order group", required},
            {"split", Content::segment, "several of these in a group make an order each"},
            {"own", Content::texts, "segments that are not looked for outside the group"},
            of_shape("prior_results", Content::section, "earlier results that look like orders", prior_results_shape()),
            {"control", Content::expression, "ORC-1", required},
            {"status", Content::expression, "ORC-5", required},
            {"actions", Content::table, "control and status to what becomes of the order", required},
            {"placer", Content::paths, "the placer number, type EI", required},
            {"filler", Content::paths, "the filler number, type EI"},
            {"parent", Content::paths, "the number of the parent, type EIP: finds a child order, too"},
            {"event_time", Content::paths, "when it happened; decides what is newer", required},
            of_record("fields", RecordKind::order, "of the order", required),
            of_shape("steps", Content::section, "its scheduled procedure steps", steps_shape()),
        }};
    return shape;
}

const Shape& items_shape() {
    static const Shape shape{"items",
                             "The services and resources of an appointment: a step each.",
                             {
                                 {"action", Content::expression, "HL7 table 0206; D removes"},
                                 of_record("fields", RecordKind::step, "of the step", required),
                             }};
    return shape;
}

const Shape& schedule_shape() {
    static const Shape shape{
        "schedule",
        "An appointment of an order that is known.",
        {
            {"head", Content::segment, "of the appointment", required},
            {"each", Content::segment, "starts a group", required},
            {"split", Content::segment, "several of these in a group are an item each", required},
            {"services", Content::texts, "a group without one of these makes no item", required},
            {"event", Content::expression, "what happened", required},
            {"status", Content::expression, "SCH-25", required},
            {"actions", Content::table, "event and status to what becomes of the steps", required},
            {"placer", Content::paths, "the placer number of the order, type EI", required},
            {"filler", Content::paths, "its filler number, type EI"},
            {"event_time", Content::paths, "when it happened; decides what is newer", required},
            {"procedure", Content::paths, "tells orders under one number apart"},
            {"appointment", Content::paths, "new steps are numbered after it"},
            of_record("fields", RecordKind::order, "of the order"),
            of_shape("items", Content::section, "its services and resources", items_shape(), required),
        }};
    return shape;
}

const Shape& added_segment_shape() {
    static const Shape shape{"added segment",
                             "A segment that the message did not have.",
                             {
                                 {"segment", Content::segment, "which", required},
                                 {"after", Content::segment, "it comes after each of these", required},
                                 {"set", Content::places, "its fields; without any value it is not written", required},
                             }};
    return shape;
}

const Shape& report_orders_shape() {
    static const Shape shape{"orders",
                             "The orders that a report answers.",
                             {
                                 {"placer", Content::paths, "the placer number, type EI", required},
                                 {"filler", Content::paths, "the filler number, type EI", required},
                                 of_record("fields", RecordKind::order, "of an order that nobody has sent", required),
                             }};
    return shape;
}

const Shape& report_lines_shape() {
    static const Shape shape{
        "lines",
        "The lines of a report, and the section each belongs to.",
        {
            {"each", Content::segment, "one per line", required},
            {"notes", Content::segment, "that belong to the line before"},
            {"sections", Content::table, "the code of a line to its section, and whether its headings count", required},
            {"otherwise", Content::text, "the section of what the table does not know", required},
            {"statuses", Content::table, "the status of a line to that of the report, and what becomes of it",
             required},
        }};
    return shape;
}

const Shape& reports_shape() {
    static const Shape shape{
        "reports",
        "Results and documents: radiology reports.",
        {
            {"document", Content::segment, "of a document, TXA; without it, results"},
            {"head", Content::segment, "starts an order group"},
            {"each", Content::segment, "starts a result", required},
            {"combined", Content::condition, "all results of the message are one report"},
            {"events", Content::table, "the event to what becomes of the document; documents need it"},
            {"number", Content::paths, "of the document, type EI"},
            {"parent_number", Content::paths, "of the document it adds to or replaces, type EI"},
            {"parent", Content::paths, "the number of the order it adds to, type EIP"},
            {"parent_result", Content::path, "has a value in what adds to another result"},
            {"status", Content::expression, "of the result or document", required},
            {"order_status", Content::expression, "of the order, where it counts beside it"},
            {"statuses", Content::table, "both to the report's status and what becomes of the order", required},
            {"event_time", Content::paths, "when this version was made; decides what is newer", required},
            {"imaging", Content::expression, "Y or N: whether it is about imaging"},
            of_shape("orders", Content::section, "the orders it answers", report_orders_shape(), required),
            of_shape("lines", Content::section, "its lines", report_lines_shape(), required),
            of_record("fields", RecordKind::report, "of the report", required),
        }};
    return shape;
}

const Shape& outgoing_shape() {
    static const Shape shape{
        "outgoing mapping",
        "What a destination gets instead of the message as it came: a copy of it, changed.",
        {
            {"description", Content::text, "for people"},
            {"reads", Content::text, "the kind of message", required, {"hl7"}},
            {"writes", Content::text, "the kind of message that is made", required, {"hl7"}},
            {"messages", Content::messages, "the only ones its destinations get; without it all"},
            {"groups", Content::segment, "starts a group; paths see their own group first"},
            {"without", Content::texts, "segments that are left out: NTE, or Z* for all that begin with Z"},
            {"clear", Content::paths, "fields that are emptied"},
            {"set", Content::places, "what to write into each such segment"},
            of_shape("add", Content::sections, "segments the message did not have", added_segment_shape()),
        }};
    return shape;
}

const std::vector<Member>& conditions() {
    static const std::vector<Member> all{
        {"equals", Content::expression, "[expression, value]: it is this value"},
        {"in", Content::expression, "[expression, [values]]: it is one of these; with [*] in the path: any repetition"},
        {"matches", Content::expression,
         "[expression, regular expression in the syntax of RE2]: something of it matches; with [*]: any repetition"},
        {"exists", Content::expression, "it has a value"},
        {"event", Content::texts, "the trigger event is one of these"},
        {"not", Content::condition, "it does not hold"},
        {"all", Content::condition, "[conditions]: every one holds"},
        {"any", Content::condition, "[conditions]: one of them holds"},
    };
    return all;
}

}  // namespace gantry::mappings
