#include "mappings/language/rule.hpp"

#include <algorithm>

#include "mappings/language/expression_compiler.hpp"
#include "mappings/language/frame.hpp"
#include "mappings/language/reading.hpp"

namespace gantry::mappings {
namespace {

enum class Truth : std::uint8_t { no, maybe, yes };

Truth truth(bool known) {
    return known ? Truth::yes : Truth::no;
}

// What MSH-9 alone says about a condition.
class Foresight {
  public:
    Foresight(std::string_view type, std::string_view event) : type_(type), event_(event) {}

    Truth of(const Condition& condition) const {
        switch (condition.op) {
            case Condition::Op::in:
                return among(known(condition.operand.front()), condition.values);
            case Condition::Op::event:
                return among(known_event(), condition.values);
            case Condition::Op::matches:
            case Condition::Op::exists:
                return Truth::maybe;
            case Condition::Op::negation:
                return opposite(of(condition.parts.front()));
            case Condition::Op::all:
                return worst(condition.parts);
            case Condition::Op::any:
                return best(condition.parts);
        }
        return Truth::maybe;
    }

  private:
    using Known = std::optional<std::string_view>;

    static Truth among(Known text, const std::vector<std::string>& values) {
        return text ? truth(std::find(values.begin(), values.end(), *text) != values.end()) : Truth::maybe;
    }
    static Truth opposite(Truth other) { return other == Truth::maybe ? other : truth(other == Truth::no); }
    Truth worst(const std::vector<Condition>& parts) const {
        auto out = Truth::yes;
        for (const auto& part : parts) out = std::min(out, of(part));
        return out;
    }
    Truth best(const std::vector<Condition>& parts) const {
        auto out = Truth::no;
        for (const auto& part : parts) out = std::max(out, of(part));
        return out;
    }

    Known known_event() const { return event_ == "*" ? Known() : Known(event_); }

    Known known(const Node& node) const {
        if (node.op != Node::Op::path || !node.source->plain) return std::nullopt;
        const auto& path = node.source->path;
        if (path.segment() != "MSH" || path.field() != 9 || path.subcomponent() > 1) return std::nullopt;
        if (path.component() <= 1) return type_;
        return path.component() == 2 ? known_event() : std::nullopt;
    }

    std::string_view type_, event_;
};

}  // namespace

struct Rule::Compiled {
    Condition condition;
    std::vector<std::shared_ptr<const Table>> tables;
};

std::optional<Rule> Rule::compile(const json::Value& condition, const std::string& pointer, const Tables& tables,
                                  json::Diagnostics& diagnostics) {
    DocumentReader report(diagnostics);
    ExpressionCompiler expressions(tables, report);
    auto compiled = expressions.condition(condition, pointer);
    if (report.failed()) return std::nullopt;
    return Rule(std::make_shared<const Compiled>(Compiled{std::move(compiled), expressions.take_tables()}));
}

const Condition& Rule::condition() const {
    return compiled_->condition;
}

const std::vector<std::shared_ptr<const Table>>& Rule::tables() const {
    return compiled_->tables;
}

bool Rule::can_hold_for(std::string_view type, std::string_view event) const {
    return Foresight(type, event).of(compiled_->condition) != Truth::no;
}

struct Inquiry::State {
    State(const hl7::Message& message, const MappingContext& context)
        : remarks(message, false),
          frame{context, remarks, Place::of(hl7::whole(message)), message.type(), message.event()} {}
    Remarks remarks;
    Frame frame;
};

Inquiry::Inquiry(const hl7::Message& message, const MappingContext& context)
    : state_(std::make_unique<State>(message, context)) {}

Inquiry::~Inquiry() = default;

Result<bool> Inquiry::holds(const Rule& rule) {
    const bool answer = mappings::holds(rule.condition(), state_->frame);
    if (const auto& error = state_->remarks.error()) return *error;
    return answer;
}

std::string text_at(const hl7::Path& path, const hl7::Message& message) {
    const auto piece = path.find(hl7::whole(message));
    return piece.valued() ? trimmed(piece.subcomponent(1).text()) : std::string();
}

}  // namespace gantry::mappings
