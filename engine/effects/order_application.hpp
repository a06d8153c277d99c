// One ORC group being applied to one order: private to order_rules.cpp (which action), order_transitions.cpp (what it
// does in this state), order_family.cpp (orders that replace and group others) and order_content.cpp (what the order is
// made of). Others call apply_order.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "engine/effects/order_rules.hpp"

namespace gantry::effects {

// Used once, on one thread; everything it refers to outlives it. An Error refuses the whole message; otherwise exactly
// one RecordOutcome has been added to the plan.
class OrderApplication {
  public:
    OrderApplication(const OrderChange& change, const Subject& subject, Workspace& records, const OrderPolicy& policy,
                     Plan& plan)
        : change_(change), subject_(subject), records_(records), policy_(policy), plan_(plan) {}

    // Errors: order_ambiguous when the order is another patient's, and those of the transitions below.
    Result<void> run(const FoundOrder& found);

  private:
    using What = RecordOutcome::What;

    static constexpr std::string_view replaced = "replaced by the order that follows";
    static constexpr std::string_view groups = "a parent order only groups its children";

    // order_rules.cpp. Orders nobody has seen yet, and those that are known.
    Result<void> run_unknown();
    Result<void> run_known();
    bool older() const;
    // Older than what was applied: nothing happens. Who asked for something to be taken away must not believe that it
    // was. Errors: order_older.
    Result<void> leave_as_it_is();

    Result<void> report(What what, std::string reason = {});
    Result<void> report_update();
    Result<void> report_after_status();
    Result<void> conflict(const std::string& why);
    Error refuse(ErrorCode code) const;
    // What cannot be done is refused to who asked for it. A notice of what happened elsewhere asks for nothing, and
    // becomes a recorded conflict.
    Result<void> refuse_request(ErrorCode code);
    bool is_request() const { return !change_.reply_unable.empty(); }
    // UX: the message is answered with an error, although its harmless parts were applied.
    Result<void> refuse_but_keep(ErrorCode code);

    // order_transitions.cpp. `status` is the order's before the group; an empty one asks create for an open order.
    // Errors: order_started and order_final when the state forbids it, order_unknown, and those of the contents.
    Result<void> create(const std::string& status, const std::string& step_status, bool held = false);
    // A further pair for the same requested procedure: one order, one more step.
    Result<void> join_procedure();
    // NW for an order that is known: a resend, or a change sent the wrong way. Errors: order_exists, by policy.
    Result<void> update_by_new(const std::string& status);
    // Results told of the order before it came: it brings everything but the status.
    bool only_result_known() const;
    Result<void> complete_from_order(const std::string& status);
    Result<void> update(const std::string& status);
    Result<void> update_started(const std::string& status);
    // The order was cancelled and a newer message wants it: legal, and the only way out of CANCELLED.
    Result<void> reopen(bool held = false);
    Result<void> cancel(const std::string& status, const std::string& step_status);
    void end_own_steps(const std::string& waiting_become);
    Result<void> complete(const std::string& status);
    Result<void> progress(const std::string& status, bool steps_too);
    Result<void> hold();
    Result<void> release();
    Result<void> touch();
    Result<void> assign_number();

    // order_family.cpp.
    Result<void> replace(const std::string& status);
    // The groups before this one replaced orders: their placer numbers, separated by \. This is the order in their
    // place.
    std::string replaced_numbers() const;
    bool replaces_itself() const;
    // PA: an order that was known as one of its own leaves the worklist to its children.
    void retire_parent();
    void add_keys(const FoundOrder& found);

    // order_content.cpp. Where a value came from that the message does not give as such.
    void note(OrderField field, std::string_view source);
    void note(const StepRecord& step, StepField field, std::string_view source);
    // Fields and providers.
    void fill_new(const std::string& status, const std::string& step_status);
    void apply_all(bool reopening);
    // What may still change once the procedure has started.
    void apply_harmless();
    // Of an XO that is a status as well: what may change in this state.
    void apply_content_of_change();
    // When it was done, and by whom, unless an MPPS said so.
    void apply_performed();
    void apply_fields();
    void apply_field(OrderField field);
    // What was posted stays beside the record, whatever of it the state of the order lets in.
    void keep_posted();
    void apply_providers();
    std::string open_status() const;
    void remember_time();
    // Values of the order that follow from its steps.
    void settle();

    // Steps.
    void add_step(const StepChange& said, const std::string& status);
    void apply_step(StepRecord& step, const StepChange& said);
    void leave_catch_all(StepRecord& step, const FieldChange& station);
    void apply_steps(bool reopen);
    // The steps a group means: those it names, else those its placer number made, else all.
    StepRecord* step_meant(const StepChange& said, std::size_t position);
    std::vector<StepRecord*> own_steps();
    StepRecord* only_step_without_a_name();
    bool shared_step_number(const std::string& number) const;
    bool has_step(const std::string& number, StepId but) const;
    // Enough to show a step again whose appointment was taken away.
    bool says_scheduled(const StepChange& said) const;
    bool same_steps(const std::vector<StepRecord>& before) const;

    // What no worklist answer may lack and nobody can make up (PS3.4 K.6, type 1). Errors: map_no_modality,
    // patient_missing_name.
    Result<void> can_be_shown();
    // What the message did not say and the worklist cannot do without (PS3.4 K.6, type 1). Errors: order_no_accession.
    Result<void> complete_numbers(bool tombstone);
    // The accession number stands in where it names one procedure.
    std::string procedure_id();
    // Belongs to the requested procedure, so its name says which one; stored once and never computed again. An
    // accession number that is used again, after a cancellation or for somebody else, is a new study.
    std::string study_uid();

    const OrderChange& change_;
    const Subject& subject_;
    Workspace& records_;
    const OrderPolicy& policy_;
    Plan& plan_;
    OrderWrite* order_ = nullptr;
    bool identity_differs_ = false;  // the group wanted to change a number that is given once
};

}  // namespace gantry::effects
