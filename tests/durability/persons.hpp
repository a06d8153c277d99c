// Persons who decide at random about deliveries and destinations: told to the store and to the model, which must agree
// about what that changes. Throws Broken.
#pragma once
#include <functional>

#include "tests/durability/draws.hpp"
#include "tests/durability/ledger_model.hpp"

namespace gantry::durability {

class Persons {
  public:
    using Say = std::function<void(std::string)>;
    // Tells the worker of a destination that something was decided. Now and then that is left out, as by whoever
    // decides on another node.
    using LookAgain = std::function<void(const std::string& destination)>;
    // store: as it is open now. They, model and draws must outlive this.
    Persons(std::vector<std::string> places, std::function<store::Store&()> store, LedgerModel& model, Draws& draws,
            LookAgain look_again, Say say)
        : places_(std::move(places)),
          store_(std::move(store)),
          model_(model),
          draws_(draws),
          look_again_(std::move(look_again)),
          say_(std::move(say)) {}

    void decide();
    void decide_all(const store::QueuePart& part, const store::Instruction& instruction);
    void stop_or_go_on(const std::string& place);
    void go_on(const std::string& place);

  private:
    void decide_some(const store::Instruction& instruction);
    void decide_part(store::Instruction instruction);
    void stop(const std::string& place);
    void tell(const std::string& destination);

    std::vector<std::string> places_;
    std::function<store::Store&()> store_;
    LedgerModel& model_;
    Draws& draws_;
    LookAgain look_again_;
    Say say_;
    unsigned edits_ = 0;
};

}  // namespace gantry::durability
