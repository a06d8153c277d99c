// Somebody who looks after deliveries in doubt: asks the engine which there are, looks at the receiver whether each has
// arrived, and lets the engine discard it if so, and send it if not.
#pragma once
#include <string>

#include "tests/durability/receiver.hpp"

namespace gantry::durability {

class Clerk {
  public:
    // destination: "channel/name". The receiver must outlive this.
    Clerk(std::uint16_t http, std::string destination, const Receiver& receiver)
        : http_(http), destination_(std::move(destination)), receiver_(receiver) {}

    // What is in doubt now; answers how much that was. The receiver must have taken in whatever is on its way to it.
    // Throws std::runtime_error when the engine does not answer as it should.
    long decide();

  private:
    std::string control_id_of(const std::string& message) const;
    void decide(const std::string& delivery, bool arrived) const;
    std::uint16_t http_;
    std::string destination_;
    const Receiver& receiver_;
};

}  // namespace gantry::durability
