// The shared vocabulary: what one message means, as plain values. A mapper makes Effects from a message (pure); the
// store applies them in one transaction; `gantry try`, `gantry test` and the live engine do the same with the same
// values.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.hpp"
#include "engine/base/field_name.hpp"
#include "engine/effects/fields.hpp"
#include "engine/effects/report_content.hpp"

namespace gantry::effects {

// A patient identifier: PID-3 repetition, CX. Unique per (authority, value) when it identifies (imaging rule: only
// types MR, PI, PT or blank do).
struct Identifier {
    std::string value;
    std::string authority;  // CX-4, else the channel's default; may be empty
    std::string type;       // CX-5: MR, PI, PT, AN, VN, SS, …
    bool operator==(const Identifier&) const = default;
};
bool identifies(const Identifier& identifier);
// As they stand in PID-3: value^^^authority^type, repetitions separated by ~. For people and histories; no escapes.
std::string to_text(const Identifier& identifier);
std::string to_text(const std::vector<Identifier>& identifiers);
Identifier identifier_of(std::string_view text);

// A placer or filler number with its namespace. Empty number: none.
struct OrderNumber {
    std::string number, authority;
    bool operator==(const OrderNumber&) const = default;
};

// What a patient segment says.
struct PatientChange {
    std::string place = "PID";            // "PID[2]" where a message has several
    std::vector<Identifier> identifiers;  // the one the patient is filed under first
    FieldChanges<PatientField> fields;
    bool from_adt = false;            // ADT outranks the PID of orders, results and schedules
    bool may_replace_person = false;  // PID-31 = Y: name, birth date and sex may all change at once
    // ADT visit: moves the open orders of that admission, else of that account.
    std::string location, admission_id, account;
    bool location_deleted = false;  // PV1-3 ""
    std::string visit_flag;         // a sentence for people into those orders' warnings (A11)
    std::string number_place{};     // "Patient.identifier", for errors about its numbers; empty: place and "-3"

    std::string place_of_number() const { return number_place.empty() ? place + "-3" : number_place; }
};

// What a pair of PID and MRG says about who is who (imaging rule 2 and the ADT table).
struct PatientMerge {
    enum class Of : std::uint8_t {
        patient,         // A40 and its kin: everything known under `prior` belongs to `survivor` from now on
        undo,            // the merge of `prior` was wrong: what it took along goes back; no message says this
        identifier,      // A43: `prior` itself becomes a number of the patient `survivor`; no order moves
        new_identifier,  // A47: the patient has `survivor` instead of `prior`, which stays as an alias
        account,         // A44, A35, A41: the orders of one account, and no others, go to `survivor`
        visit            // A45, A42, A50: the orders of one visit
    };
    Identifier prior, survivor;
    Of of = Of::patient;
    std::string prior_number{}, number{};  // account: MRG-3, PID-18; visit: MRG-5, PV1-19
    std::string place{};                   // "MRG[2]", for ERR-2
    // What the PID of its pair says of the survivor, in a message with several; the same for all priors of one pair.
    // Null: Effects::patient says it.
    std::shared_ptr<const PatientChange> pid{};
};
std::string_view to_text(PatientMerge::Of of);
std::optional<PatientMerge::Of> merge_of(std::string_view text);

// What becomes of an order; the order status table maps (ORC-1, ORC-5) to one of these (total: unknown is an Error).
enum class OrderAction : std::uint8_t {
    create,            // NW
    create_held,       // NW, ORC-5 HD
    create_completed,  // NW, ORC-5 CM
    create_cancelled,  // NW, ORC-5 CA or DC
    create_or_update,  // XO
    start,             // in progress, steps STARTED
    partial_results,   // in progress, steps unchanged
    complete,
    cancel,
    discontinue,
    hold,
    release,
    replace_old,    // RP: this one is replaced; the replacing group follows
    status_only,    // SC
    parent,         // PA: groups children, is no order itself
    assign_number,  // SN
    note            // notices that change nothing
};
std::string_view to_text(OrderAction action);
std::optional<OrderAction> order_action(std::string_view text);

struct StepChange {
    FieldChanges<StepField> fields;
};

// One ORC group.
struct OrderChange {
    OrderAction action = OrderAction::note;
    std::string control, control_status;   // ORC-1, ORC-5 as sent
    std::string reply_done, reply_unable;  // ORC-1 of the application reply: OK/UA, CR/UC …; empty: plain AA
    std::string place;                     // "ORC[2]", for ERR-2 and messages to people
    std::string number_place;              // "ORC[2]-2", for errors about its number; empty: as place
    OrderNumber placer, filler;
    OrderNumber parent;  // ORC-8, the placer's half: its number finds this child, too
    std::string accession_issuer;
    std::string event_time;  // canonical moment in UTC, YYYYMMDDHHMMSS: ORC-9, else MSH-7; decides what is newer
    FieldChanges<OrderField> fields;
    std::vector<StepChange> steps;  // at least one when the action can open an order
    bool ends_hold = false;         // create_or_update: it says what the order is now, and that is not held

    const std::string& place_of_number() const { return number_place.empty() ? place : number_place; }
};

// What an appointment message does; the schedule table maps (event, SCH-25) to one of these.
enum class ScheduleAction : std::uint8_t {
    schedule,      // S12, S13, S14: booked, at another time, changed
    add_items,     // S18
    change_items,  // S19
    remove_items,  // S20, S21, S22
    unschedule,    // S15, S16, S17: the appointment is gone, the order stays
    no_show,       // S26
    note           // changes nothing
};
std::string_view to_text(ScheduleAction action);
std::optional<ScheduleAction> schedule_action(std::string_view text);

// One service or resource of an appointment: one step of an order.
struct ScheduleItem {
    std::string place;      // "AIS[2]"
    std::string procedure;  // tells orders of the appointment apart
    bool removed = false;
    FieldChanges<StepField> fields;
};

// An appointment for orders that are known. It never cancels an order.
struct ScheduleChange {
    struct OrderNumbers {
        OrderNumber placer, filler;
    };
    ScheduleAction action = ScheduleAction::note;
    std::string place;                 // "SCH[1]"
    std::string number_place;          // "SCH[1]-26"; empty: as place
    std::vector<OrderNumbers> orders;  // at least one
    std::string appointment;           // SCH-2: new steps are numbered after it
    std::string event_time;            // as of an OrderChange
    std::string step_status;           // of the steps booked: SCHEDULED, ARRIVED or READY; empty: SCHEDULED
    FieldChanges<OrderField> fields;
    std::vector<ScheduleItem> items;
    FieldChanges<StepField> every;  // said of every step, where there are no items

    const std::string& place_of_number() const { return number_place.empty() ? place : number_place; }
};

// A document as it was sent; its digest is computed when it is stored.
struct DocumentContent {
    std::string media_type, bytes;
    std::string code, sub_id;  // OBX-3, OBX-4
};

// A result (ORU: an OBR with its OBX) or a document (MDM: TXA with its OBX).
struct ReportChange {
    std::string place;          // "OBR[2]", "TXA[1]"
    std::string number_place;   // "OBR[2]-3", for errors about its numbers
    std::string imaging_place;  // "OBR[2]-24", for what does not say what it is about
    ResultStatus status = ResultStatus::registered;
    std::string status_sent;
    std::string_view status_source;  // "OBR-25"; owned by the mapping document
    std::string event_time;          // of this version, as of an OrderChange: OBR-22 or TXA-6, else MSH-7
    // The report it speaks of: the document's number (TXA-12), else the orders' filler numbers (OBR-3). What it adds to
    // or replaces: TXA-13, OBR-29.
    OrderNumber document, parent_document, parent_placer, parent_filler;
    bool addendum = false;          // MDM T05, T06; with OBR-29 or OBR-26 the rules decide
    bool of_parent_result = false;  // OBR-26 has a value
    bool replaces_parent = false;   // MDM T09, T10
    std::string announces;          // a sentence for people, for when no text is sent
    bool imaging = false;           // says itself that it is about imaging: OBR-24, TXA-2, the procedure table
    std::string study_instance_uid;
    // The orders it answers, the primary one first: their numbers, what is known of one nobody has sent, and what the
    // status does to it (complete, partial_results, else note).
    std::vector<OrderChange> orders;
    FieldChanges<ReportField> fields;
    std::vector<ReportLine> lines;
    std::vector<DocumentContent> documents;
};

// A resource as it was posted, for what no field of a record holds; records name it by its sum.
struct PostedResource {
    std::string sum;   // SHA-256 of the text, hexadecimal
    std::string text;  // fhir/mapping/posted_resource.hpp
};

// How a delivery stands to the others of its destination: that has them all in one row, or lets urgent ones go first.
enum class Urgency : std::uint8_t { unranked, ordinary, urgent };

struct DeliveryRequest {
    std::string destination;
    std::string payload;  // what to deliver; empty with as_received: the message's own bytes
    bool as_received = true;
    Urgency urgency = Urgency::unranked;
};

// What the message lost in the mapping: reported by try and test, counted live.
struct UnmappedCode {
    std::string table, code;
    bool operator==(const UnmappedCode&) const = default;
};
// A text that was longer than the field of the record that takes it.
struct LostText {
    std::string field, source;   // "reason", "OBR-31"
    std::size_t characters = 0;  // it had
    std::size_t kept = 0;        // of them; 0: the whole value was left out
    bool operator==(const LostText&) const = default;
};
struct Coverage {
    std::vector<FieldName> unread;             // fields with a value that no step read, each once
    std::vector<UnmappedCode> unmapped_codes;  // codes that a table did not know
    std::vector<LostText> lost_texts;          // shortened or left out
};
// What of a mapping document and its tables gave something for the message; empty unless somebody asked.
struct Usage {
    struct Row {
        std::string table;
        std::size_t row = 0;
        bool operator==(const Row&) const = default;
    };
    std::string document;
    std::vector<std::uint32_t> expressions;  // by their numbers in the document, from 1; ascending
    std::vector<Row> rows;
};
// For people: "reason (OBR-31): 80 characters, 64 kept".
std::string to_text(const LostText& text);
// For people: "PV1-44", "priority: XYZ".
std::vector<std::string> to_texts(const Coverage& coverage);

// Between the keys of a unit or lanes of a delivery that has several (a merge is about two patients). No identifier has
// it: control characters are refused at the door.
constexpr char key_separator = '\x1e';

enum class Disposition : std::uint8_t { apply, filter, reject };

// A record by one of its numbers: of a patient an identifier, of an order its placer, filler or accession number, of a
// report its own or its document's.
struct KnownBy {
    RecordKind kind = RecordKind::order;
    Identifier number;
};
// A record as somebody has read it.
struct KnownVersion {
    RecordKind kind = RecordKind::order;
    std::int64_t id = 0, last_change = 0;
};

struct Effects {
    Disposition disposition = Disposition::apply;
    std::string filtered_by;     // the rule, when filtered
    std::optional<Error> error;  // why, when rejected
    // Keys of what the message is about, as its sender says them, separated by key_separator. The order of deliveries
    // goes by the patients whom the records know, and by these where there are none; by these alone where the channel
    // chose them (ordered_by_key).
    std::string ordering_key;
    bool ordered_by_key = false;
    std::optional<PatientChange> patient;
    std::vector<PatientMerge> merges;
    std::vector<OrderChange> orders;
    std::optional<ScheduleChange> schedule;
    std::vector<ReportChange> reports;
    // Set: only while no such record is known; otherwise it is filtered, and its outcome names the record.
    std::optional<KnownBy> unless_known;
    // Set: only while the record's last change is this one.
    std::optional<KnownVersion> only_version;
    std::vector<DeliveryRequest> deliveries;
    std::vector<std::string> declined;  // destinations whose condition does not hold for it
    std::vector<std::string> ignored;   // why parts of it have no effect: "ADT^A09 is not used here"
    Coverage coverage;
    Usage usage;
    // What a script told whoever tries it; may quote the message, never stored or logged.
    std::vector<std::string> trace;
    // Named by the fields `posted…` of what the resources are about.
    std::vector<PostedResource> posted{};
};

// The state of a message in the ledger: received = the sum of these, always.
enum class Outcome : std::uint8_t { pending, delivered, filtered, rejected, duplicate, held, dead, in_doubt };
inline constexpr std::size_t outcome_count = 8;
std::string_view to_text(Outcome outcome);

// What happened to one record.
struct RecordOutcome {
    enum class What : std::uint8_t { created, updated, unchanged, ignored, conflict };
    RecordKind kind = RecordKind::order;
    What what = What::unchanged;
    std::string place;   // "ORC[2]"
    std::string reason;  // why ignored or in conflict; no patient data
    std::string reply;   // ORC-1 of the application reply
    OrderNumber filler, placer;
    std::int64_t id = 0;  // of the record; 0: there is none
};
std::string_view to_text(RecordOutcome::What what);

// What a commit did with one unit; everything an acknowledgment needs.
struct UnitOutcome {
    std::int64_t message = 0;
    Outcome outcome = Outcome::delivered;
    std::optional<Error> error;  // rejected or held: why
    std::string filtered_by;     // filtered: the rule
    // Of a sender that counts its messages (MSH-13): what is said about the number, MSA-4.
    std::optional<std::int64_t> expected_number{};
    std::vector<RecordOutcome> records;
    std::vector<std::string> warnings;
};

}  // namespace gantry::effects
