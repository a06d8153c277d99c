// From what a message says to what is written: the rules that keep patients safe, as functions of values.
//
// reconcile() reads records through the port, decides, and answers a Plan. It has no other effect, so `try`, `test` and
// the live engine call it alike. All order groups of a message apply, or none (Plan::refused).
#pragma once
#include <string>
#include <vector>

#include "engine/effects/plan.hpp"

namespace gantry::effects {

// What becomes of a result for an order that nobody has sent. One that says itself that it is not about imaging never
// gets that far.
enum class ResultWithoutOrder : std::uint8_t {
    imaging,  // makes a minimal order where it says that it is about imaging; refused where nothing says so
    all,      // makes a minimal order: nothing but imaging comes this way
    filter,   // as `imaging`, but filtered where nothing says so: laboratory results come this way as well
    reject
};

// What a channel decides about its orders; IHE actor names.
struct OrderPolicy {
    // An Order Filler owns the schedule: it generates missing numbers and refuses to cancel what has started. An Image
    // Manager obeys the filler: a cancel after the start discontinues.
    bool order_filler = true;
    bool generate_accession = true;            // only as Order Filler; otherwise an order without one is held
    bool refuse_changes_once_started = false;  // answer UX instead of XR
    bool refuse_changed_resends = false;       // answer UA to an NW for an order that is known with other content
    std::vector<std::string> temporary_identifier_prefixes{
        "TEMP"};  // such a patient's name, birth date and sex may all change
    ResultWithoutOrder result_without_order = ResultWithoutOrder::imaging;
};

// ids: of the committer that will write the plan. Order numbers and UIDs that the engine must generate come from it.
Plan reconcile(const Effects& effects, RecordReader& records, IdSource& ids, const OrderPolicy& policy);

}  // namespace gantry::effects
