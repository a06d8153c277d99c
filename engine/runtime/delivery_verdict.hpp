// What an attempt's verdict means for the delivery and its lanes. Pure.
#pragma once
#include "engine/runtime/delivery_worker.hpp"

namespace gantry::runtime {

// pending: it is tried again, as long as the retry policy lets it.
effects::Outcome state_after(Destination::Verdict verdict, DeliveryWorker::InDoubt policy);
store::Deliveries::Attempt::Kind kind_of(Destination::Verdict verdict);
Lanes::End end_of(const store::Deliveries::Attempt& attempt);

// Of one whose stored content cannot be read: nobody can repair it here, and what waits behind it must not wait for
// ever.
Destination::Answer unreadable();

// What a receiver may ask for at a time: one that is wrong about it must not stop a lane for days.
inline constexpr std::chrono::seconds most_asked{3600};

}  // namespace gantry::runtime
