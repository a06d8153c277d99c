#include "engine/runtime/delivery_verdict.hpp"

namespace gantry::runtime {

using effects::Outcome;
using Verdict = Destination::Verdict;
using Attempt = store::Deliveries::Attempt;

Outcome state_after(Verdict verdict, DeliveryWorker::InDoubt policy) {
    switch (verdict) {
        case Verdict::delivered:
            return Outcome::delivered;
        case Verdict::refused:
            return Outcome::dead;
        case Verdict::held:
            return Outcome::held;
        case Verdict::in_doubt:
            return policy == DeliveryWorker::InDoubt::hold ? Outcome::in_doubt : Outcome::pending;
        case Verdict::accepted:
        case Verdict::retry:
        case Verdict::away:
            return Outcome::pending;
    }
    return Outcome::pending;
}

Attempt::Kind kind_of(Verdict verdict) {
    if (verdict == Verdict::away) return Attempt::Kind::not_made;
    return verdict == Verdict::in_doubt ? Attempt::Kind::doubtful : Attempt::Kind::made;
}

Lanes::End end_of(const Attempt& attempt) {
    const auto state = attempt.state;
    // Until its answer is there, which the queue says, or the time for it is over.
    if (state == Outcome::pending && attempt.answer_until.micros != 0) return Lanes::End::blocked;
    if (state == Outcome::pending) return Lanes::End::again;
    return state == Outcome::held || state == Outcome::in_doubt ? Lanes::End::blocked : Lanes::End::done;
}

Destination::Answer unreadable() {
    return {Verdict::refused, "its stored content cannot be read", {}};
}

}  // namespace gantry::runtime
