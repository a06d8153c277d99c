#include "tests/durability/persons.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace gantry::durability {

using Action = store::Instruction::Action;

void Persons::decide() {
    if (model_.deliveries().empty()) return;
    store::Instruction instruction;
    instruction.action =
        std::array{Action::release, Action::release, Action::hold, Action::discard, Action::again}[draws_.below(5)];
    instruction.by = "somebody";
    if (instruction.action == Action::release && draws_.one_in(3))
        instruction.payload = "edition " + std::to_string(++edits_);
    draws_.one_in(4) ? decide_part(instruction) : decide_some(instruction);
}

void Persons::decide_some(const store::Instruction& instruction) {
    std::vector<DeliveryId> asked;
    const auto& all = model_.deliveries();
    for (unsigned count = 1 + draws_.below(3); count > 0; --count)
        asked.push_back({std::next(all.begin(), draws_.below(static_cast<unsigned>(all.size())))->first});
    std::sort(asked.begin(), asked.end());
    asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
    const auto changed = store_().control().decide(asked, instruction);
    require(changed.ok(), "a decision was not taken");
    for (const auto id : asked) {
        const bool now = model_.decide(id.value, instruction.action, instruction.payload);
        say_(std::string(to_text(instruction.action)) + " " + std::to_string(id.value) + (now ? "" : ": left alone"));
        require(now == (std::find(changed->begin(), changed->end(), id) != changed->end()),
                "a decision changed something else");
    }
    std::set<std::string> destinations;
    for (const auto id : asked) destinations.insert(model_.deliveries().at(id.value).destination);
    for (const auto& destination : destinations) tell(destination);
}

void Persons::tell(const std::string& destination) {
    if (draws_.one_in(3)) return;
    say_("  the worker of " + destination + " is told");
    look_again_(destination);
    model_.look_again(destination);
}

void Persons::decide_part(store::Instruction instruction) {
    if (instruction.action == Action::again) return;
    instruction.payload.reset();
    store::QueuePart part{draws_.any(places_), {store::waiting_states[draws_.below(4)]}, {}};
    if (draws_.one_in(2)) part.lane = "lane " + std::to_string(draws_.below(4));
    decide_all(part, instruction);
}

void Persons::decide_all(const store::QueuePart& part, const store::Instruction& instruction) {
    say_(std::string(to_text(instruction.action)) + " all " + std::string(to_text(part.states[0])) + " of " +
         part.destination + " " + part.lane);
    std::vector<std::int64_t> meant;
    for (const auto& [id, delivery] : model_.deliveries())
        if (delivery.destination == part.destination && delivery.state == part.states[0] &&
            (part.lane.empty() || delivery.lanes.count(part.lane) > 0))
            meant.push_back(id);
    const auto changed = store_().control().decide(part, instruction);
    std::int64_t expected = 0;
    for (const auto id : meant) expected += model_.decide(id, instruction.action, {}) ? 1 : 0;
    require(changed.ok() && *changed == expected, "a decision changed more or less than it names");
    tell(part.destination);
}

void Persons::stop_or_go_on(const std::string& place) {
    if (model_.is_stopped(place)) return go_on(place);
    if (draws_.one_in(3)) stop(place);
}
void Persons::stop(const std::string& place) {
    say_("stop " + place);
    const auto fresh = store_().control().stop(place, "somebody", "drawn");
    require(fresh.ok() && *fresh, "a destination could not be stopped");
    model_.stop(place, true);
    tell(place);
}
void Persons::go_on(const std::string& place) {
    say_("go on " + place);
    const auto was = store_().control().go_on(place);
    require(was.ok() && *was, "a destination was not stopped");
    model_.stop(place, false);
    tell(place);
}

}  // namespace gantry::durability
