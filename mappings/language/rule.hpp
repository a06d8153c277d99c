// A condition that stands by itself, outside a mapping document: an accept rule of a channel, the `when` of one of its
// destinations. Conditions are those of docs/specs/mapping-language.md.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/hl7/message.hpp"
#include "engine/json/diagnostic.hpp"
#include "mappings/language/mapping.hpp"
#include "mappings/language/table.hpp"

namespace gantry::mappings {

struct Condition;

// Cheap to copy; immutable; any thread.
class Rule {
  public:
    // Problems go to `diagnostics` as those of compile() do. Empty when there was one.
    static std::optional<Rule> compile(const json::Value& condition, const std::string& pointer, const Tables& tables,
                                       json::Diagnostics& diagnostics);

    const Condition& condition() const;
    const std::vector<std::shared_ptr<const Table>>& tables() const;
    // False: whatever else a message says, this one cannot hold when MSH-9 names this type and event ("*": any).
    bool can_hold_for(std::string_view type, std::string_view event) const;

  private:
    struct Compiled;
    explicit Rule(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
    std::shared_ptr<const Compiled> compiled_;
};

// One message that several rules are asked about. Message and context must outlive it.
class Inquiry {
  public:
    Inquiry(const hl7::Message& message, const MappingContext& context);
    ~Inquiry();
    // Error: a table of the rule rejects a code it does not know (map_miss).
    Result<bool> holds(const Rule& rule);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// A path on its own, as a condition names it; its text, empty where the message does not say.
std::string text_at(const hl7::Path& path, const hl7::Message& message);

}  // namespace gantry::mappings
