#include <algorithm>

#include "engine/hl7/types.hpp"
#include "mappings/language/notes.hpp"
#include "mappings/language/reading.hpp"
#include "mappings/language/sections.hpp"

namespace gantry::mappings {
namespace {

using effects::OrderAction;
using effects::OrderChange;
using effects::OrderField;
using effects::StepField;

bool opens(OrderAction action) {
    return action == OrderAction::create || action == OrderAction::create_held;
}

bool may_create(OrderAction action) {
    return opens(action) || action == OrderAction::create_completed || action == OrderAction::create_cancelled ||
           action == OrderAction::create_or_update;
}

std::vector<std::size_t> segments_of(const hl7::Scope& scope, std::string_view id) {
    std::vector<std::size_t> out;
    for (auto i = scope.begin; i < scope.end && !id.empty(); ++i)
        if (scope.message->segment(i).id() == id) out.push_back(i);
    return out;
}

// Far more than any sender puts into one message; what a hostile one could make of sixteen megabytes.
constexpr std::size_t most_groups = 1000;

// The steps of one requested procedure within one order group.
struct Procedure {
    std::string key;
    std::vector<std::size_t> steps;  // segment indexes
};

class OrderEvaluation {
  public:
    OrderEvaluation(const OrderSection& section, Frame& outer, Instant received, effects::Effects& effects)
        : section_(section),
          outer_(outer),
          received_(received),
          effects_(effects),
          message_(*outer.place.all.message) {}

    void run() {
        const auto everything = current_orders();
        const auto orders = segments_of(everything, section_.each);
        const auto many =
            std::max({orders.size(), segments_of(everything, section_.split).size(), steps_in(everything)});
        if (many > most_groups)
            return outer_.remarks.fail(ErrorCode::hl7_too_many, "at most 1000 orders or steps in one message", {},
                                       section_.each);
        const auto first = orders.empty() ? everything.end : orders.front();
        if (orders.empty() || has_segment(everything.begin, first, section_.split))
            return outer_.remarks.fail(ErrorCode::hl7_missing_segment, section_.each, {}, section_.each);
        // What stands before the first order is everybody's, but its notes are not the order's.
        common_.all = {&message_, 0, first, nullptr};
        common_.own = {&message_, 0, 0, nullptr};
        for (std::size_t i = 0; i < orders.size(); ++i)
            order_group(orders[i], i + 1 < orders.size() ? orders[i + 1] : everything.end);
    }

  private:
    std::size_t steps_in(const hl7::Scope& scope) const {
        return section_.steps ? segments_of(scope, section_.steps->each).size() : 0;
    }

    bool has_segment(std::size_t begin, std::size_t end, std::string_view id) const {
        for (auto i = begin; i < end; ++i)
            if (message_.segment(i).id() == id) return true;
        return false;
    }

    // Up to where prior results begin, which look like orders and are none (OMG^O19 since v2.5).
    hl7::Scope current_orders() {
        auto scope = hl7::whole(message_);
        const auto orders = segments_of(scope, section_.each);
        if (orders.empty()) return scope;
        for (auto i = orders.front(); i < scope.end; ++i) {
            const auto id = message_.segment(i).id();
            const auto& starts = section_.prior_results;
            const bool prior = section_.prior_results_only_for.applies(outer_.type, outer_.event) &&
                               std::find(starts.begin(), starts.end(), id) != starts.end();
            if (prior) {
                effects_.ignored.push_back("from " + place_of_segment(message_, i) + " on: prior results, not orders");
                scope.end = i;
            } else if (id == "PID") {
                outer_.remarks.fail(ErrorCode::hl7_bad_value, "a second patient in one order message", {},
                                    place_of_segment(message_, i));
            }
        }
        return scope;
    }

    // One ORC with what follows; every OBR of it is an order of its own.
    void order_group(std::size_t begin, std::size_t end) {
        const hl7::Scope group{&message_, begin, end, nullptr};
        const auto splits = segments_of(group, section_.split);
        if (splits.size() < 2) return one_order(common_.inside(begin, end), place_of_segment(message_, begin));
        const auto head = common_.inside(begin, splits.front());
        for (std::size_t i = 0; i < splits.size(); ++i)
            one_order(head.inside(splits[i], i + 1 < splits.size() ? splits[i + 1] : end),
                      place_of_segment(message_, splits[i]));
    }

    void one_order(const Place& place, const std::string& name) {
        if (!section_.steps) return procedure(place, place, {}, name);
        const auto steps = segments_of(place.all, section_.steps->each);
        if (steps.empty()) return procedure(place, place, {}, name);
        for (const auto& one : procedures(place, steps))
            procedure(place, place.inside(one.steps.front(), one.steps.front() + 1), one.steps, name);
    }

    std::vector<Procedure> procedures(const Place& place, const std::vector<std::size_t>& steps) {
        std::vector<Procedure> out;
        for (const auto step : steps) {
            auto frame = frame_at(place.inside(step, step + 1));
            std::string key;
            for (const auto& source : section_.steps->procedure)
                key += std::string(find(source, frame).piece.raw()) + "\x1f";
            auto found = std::find_if(out.begin(), out.end(), [&](const Procedure& one) { return one.key == key; });
            if (found == out.end()) found = out.insert(out.end(), Procedure{key, {}});
            found->steps.push_back(step);
        }
        return out;
    }

    Frame frame_at(const Place& place) { return {outer_.context, outer_.remarks, place, outer_.type, outer_.event}; }

    void procedure(const Place& group, const Place& place, const std::vector<std::size_t>& steps,
                   const std::string& name) {
        OrderChange order;
        order.place = name;
        order.number_place = number_place(name);
        auto frame = frame_at(place);
        if (!read_action(order, frame)) return;
        read_numbers(order, frame);
        order.event_time = read_event_time(section_.event_time, frame, received_);
        frame.may_create = may_create(order.action);
        frame.record = first_of(order.fields);
        for (const auto& rule : section_.fields) apply(rule, frame, order.fields.at(rule.field));
        order.accession_issuer = order.fields.value(OrderField::accession_issuer);
        if (outer_.notes->wants_parts) outer_.notes->orders.push_back({MessagePart::of(place.all), {}});
        if (steps.empty()) add_step(order, frame);
        for (const auto step : steps) {
            auto inner = frame_at(group.inside(step, step + 1));
            inner.may_create = frame.may_create;
            add_step(order, inner);
        }
        take_warnings(order);
        effects_.orders.push_back(std::move(order));
    }

    bool read_action(OrderChange& order, Frame& frame) {
        order.control = evaluate(section_.control, frame).text;
        order.control_status = evaluate(section_.status, frame).text;
        if (order.control.empty()) {
            frame.remarks.fail(ErrorCode::hl7_missing_field, section_.control.text, {}, order.place + "-1");
            return false;
        }
        const std::string_view key[] = {order.control, order.control_status};
        const auto row = look_up(*section_.actions, key, frame.remarks);
        if (!row) {
            frame.remarks.fail(ErrorCode::order_unknown_control, section_.control.text, {}, order.place + "-1");
            return false;
        }
        order.action = section_.action_of_row[*row];
        order.reply_done = section_.actions->cell(*row, section_.reply_done).value_or("");
        order.reply_unable = section_.actions->cell(*row, section_.reply_unable).value_or("");
        return true;
    }

    // "ORC[2]-2" of "ORC[2]": where its number is, or is missed.
    std::string number_place(const std::string& segment) const {
        for (const auto& source : section_.placer)
            if (segment.compare(0, 3, source.path.segment()) == 0)
                return segment + "-" + std::to_string(source.path.field());
        return segment;
    }

    void read_numbers(OrderChange& order, Frame& frame) {
        std::string_view source;
        order.placer = read_number(section_.placer, frame, source);
        if (!order.placer.number.empty()) {
            if (order.placer.authority.empty()) order.placer.authority = placer_namespace(frame);
            keep(order, OrderField::placer_number, order.placer.number, source, frame);
            keep(order, OrderField::placer_authority, order.placer.authority, source, frame);
        }
        order.parent = read_parent(frame);
        order.filler = read_number(section_.filler, frame, source);
        if (order.filler.number.empty()) return;
        keep(order, OrderField::filler_number, order.filler.number, source, frame);
        if (!order.filler.authority.empty())
            keep(order, OrderField::filler_authority, order.filler.authority, source, frame);
    }

    effects::OrderNumber read_parent(Frame& frame) {
        for (const auto& source : section_.parent) {
            const auto piece = find(source, frame).piece;
            if (!piece.valued()) continue;
            const auto read = hl7::placer_of_pair(piece);
            const auto authority = read.authority();
            if (!read.number.empty()) return {read.number, authority.empty() ? placer_namespace(frame) : authority};
        }
        return {};
    }

    static void keep(OrderChange& order, OrderField field, const std::string& value, std::string_view source,
                     Frame& frame) {
        const auto& spec = effects::field_table(effects::RecordKind::order)[static_cast<std::size_t>(field)];
        if (effects::length_in_characters(value) > spec.longest)
            frame.remarks.fail(
                ErrorCode::hl7_too_long,
                std::string(spec.name) + " takes at most " + std::to_string(spec.longest) + " characters", {}, source);
        order.fields.set(field, value, source);
    }

    void add_step(OrderChange& order, Frame& frame) {
        if (!section_.steps) return;
        auto& step = order.steps.emplace_back();
        if (outer_.notes->wants_parts) outer_.notes->orders.back().steps.push_back(MessagePart::of(frame.place.all));
        const auto* const record = frame.record;
        frame.record = first_of(step.fields);
        frame.order = first_of(order.fields);
        for (const auto& rule : section_.steps->fields) apply(rule, frame, step.fields.at(rule.field));
        frame.record = record;
        if (step.fields.value(StepField::modality).empty() && opens(order.action)) note_modality(frame);
    }

    // Said if nothing that comes after gives it one.
    void note_modality(Frame& frame) {
        const auto of_step = missed_field(section_.steps->fields, static_cast<std::size_t>(StepField::modality), frame);
        const auto of_order = missed_field(section_.fields, static_cast<std::size_t>(OrderField::modality), frame);
        if (!of_step && !of_order) return;
        auto out = of_step.value_or(Missed());
        if (out.place.empty() && of_order) out.place = of_order->place;
        if (out.codes.empty() && of_order) out.codes = of_order->codes;
        outer_.notes->no_modality.try_emplace(effects_.orders.size(), std::move(out));
    }

    // Nothing: the mapping has no rule for it.
    static std::optional<Missed> missed_field(const std::vector<FieldRule>& rules, std::size_t field, Frame& frame) {
        const auto rule = std::find_if(rules.begin(), rules.end(), [&](const auto& one) { return one.field == field; });
        if (rule == rules.end()) return std::nullopt;
        return missed(rule->value, frame);
    }

    // A message that says the whole order again also says that earlier warnings are gone.
    void take_warnings(OrderChange& order) {
        const auto sentences = outer_.remarks.take_warnings();
        if (sentences.empty()) {
            if (may_create(order.action)) order.fields[OrderField::warnings] = {Value::Says::clear, {}, "mapping"};
            return;
        }
        std::string text;
        for (const auto& sentence : sentences) text += (text.empty() ? "" : "\n") + sentence;
        order.fields.set(OrderField::warnings, std::move(text), "mapping");
    }

    const OrderSection& section_;
    Frame& outer_;
    Instant received_;
    effects::Effects& effects_;
    const hl7::Message& message_;
    Place common_;
};

}  // namespace

std::string placer_namespace(Frame& frame) {
    Node node;
    node.op = Node::Op::channel;
    node.setting = Node::Setting::placer_namespace;
    return evaluate(node, frame).text;
}

// A time that is still to come would make everything that is sent until then look old, a cancel too. A day is for
// clocks and zones that are set wrong.
std::string read_event_time(const std::vector<Source>& sources, Frame& frame, Instant received) {
    const auto latest = utc_stamp(Instant{received.micros + std::chrono::microseconds(std::chrono::hours(24)).count()});
    for (const auto& source : sources) {
        const auto piece = find(source, frame).piece;
        const auto stamp = utc_stamp(piece, frame.context.zone);
        if (!stamp) continue;
        if (*stamp <= latest) return *stamp;
        frame.remarks.warn(source.path.text() + " lies in the future; it does not say what is newer.");
    }
    return utc_stamp(received);
}

void evaluate_orders(const OrderSection& section, Frame& frame, Instant received, effects::Effects& effects) {
    OrderEvaluation(section, frame, received, effects).run();
}

}  // namespace gantry::mappings
