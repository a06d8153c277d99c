// SCH and its resource groups into one ScheduleChange.
#include <algorithm>
#include <deque>

#include "mappings/language/reading.hpp"
#include "mappings/language/sections.hpp"

namespace gantry::mappings {
namespace {

using effects::ScheduleAction;
using effects::ScheduleChange;

constexpr std::size_t most_items = 1000;

class ScheduleEvaluation {
  public:
    ScheduleEvaluation(const ScheduleSection& section, Frame& outer, Instant received, ScheduleChange& out)
        : section_(section), outer_(outer), received_(received), out_(out), message_(*outer.place.all.message) {}

    void run() {
        if (!check_segments()) return;
        groups();
        // The order speaks in what stands before the groups: a note about a room is none about the order.
        auto frame = frame_at(shared_.front());
        read_head(frame);
        frame.record = first_of(out_.fields);
        for (const auto& rule : section_.fields) apply(rule, frame, out_.fields.at(rule.field));
        if (items_.empty()) {
            auto every = frame_at(shared_.back());
            item_fields(every, out_.every);
        }
        for (const auto& place : items_) add_item(place);
    }

  private:
    bool fail(ErrorCode code, std::string detail, const std::string& place) {
        outer_.remarks.fail(code, std::move(detail), {}, place);
        return false;
    }

    bool check_segments() {
        std::size_t patients = 0, items = 0;
        for (std::size_t i = 0; i < message_.segments(); ++i) {
            const auto id = message_.segment(i).id();
            if (id == "PID" && ++patients > 1)
                return fail(ErrorCode::hl7_bad_value, "a second patient in one appointment",
                            place_of_segment(message_, i));
            if (is_service(id) && ++items > most_items)
                return fail(ErrorCode::hl7_too_many, "at most 1000 items in one appointment", std::string(id));
        }
        return message_.segment(section_.head) || fail(ErrorCode::hl7_missing_segment, section_.head, section_.head);
    }

    bool is_service(std::string_view id) const {
        return std::find(section_.services.begin(), section_.services.end(), id) != section_.services.end();
    }

    std::size_t next(std::size_t from, std::size_t end, std::string_view id) const {
        while (from < end && message_.segment(from).id() != id) ++from;
        return from;
    }

    std::size_t next_service(std::size_t from, std::size_t end) const {
        while (from < end && !is_service(message_.segment(from).id())) ++from;
        return from;
    }

    // What stands before the first group is everybody's. Without resource groups (before v2.3) the services are one.
    void groups() {
        const auto end = message_.segments();
        auto begin = std::min(next(0, end, section_.each), next_service(0, end));
        shared_.push_back({{&message_, 0, begin, nullptr}, {&message_, 0, begin, nullptr}});
        std::vector<std::pair<std::size_t, std::size_t>> with_service;
        while (begin < end) {
            const auto past = next(begin + 1, end, section_.each);
            if (next_service(begin, past) < past)
                with_service.emplace_back(begin, past);
            else
                shared_.push_back(shared_.back().inside(begin, past));
            begin = past;
        }
        for (const auto& [first, past] : with_service) split(first, past);
    }

    // Several services in one group are several items; what stands before the first one is theirs in common.
    void split(std::size_t begin, std::size_t end) {
        auto at = next(begin, end, section_.split);
        if (at == end || next(at + 1, end, section_.split) == end)
            return items_.push_back(shared_.back().inside(begin, end));
        heads_.push_back(shared_.back().inside(begin, at));
        while (at < end) {
            const auto past = next(at + 1, end, section_.split);
            items_.push_back(heads_.back().inside(at, past));
            at = past;
        }
    }

    Frame frame_at(const Place& place) { return {outer_.context, outer_.remarks, place, outer_.type, outer_.event}; }

    void read_head(Frame& frame) {
        out_.place = section_.head + "[1]";
        out_.number_place = out_.place + "-" + std::to_string(section_.placer.front().path.field());
        const auto event = evaluate(section_.event, frame).text, status = evaluate(section_.status, frame).text;
        const std::string_view key[] = {event, status};
        if (const auto row = look_up(*section_.actions, key, frame.remarks)) {
            out_.action = section_.action_of_row[*row];
            out_.step_status = section_.actions->cell(*row, section_.step_status).value_or("");
        }
        std::string_view source;
        read_orders(frame);
        out_.appointment = read_number(section_.appointment, frame, source).number;
        out_.event_time = read_event_time(section_.event_time, frame, received_);
        if (out_.orders.empty())
            fail(ErrorCode::order_missing_number, section_.placer.front().path.text(), out_.number_place);
    }

    // SCH-26 and SCH-27 repeat, one for each order of the appointment.
    void read_orders(Frame& frame) {
        auto placers = read_numbers(section_.placer, frame), fillers = read_numbers(section_.filler, frame);
        if (std::max(placers.size(), fillers.size()) > most_items) {
            fail(ErrorCode::hl7_too_many, "at most 1000 orders in one appointment", out_.place);
            return;
        }
        for (auto& placer : placers)
            if (placer.authority.empty()) placer.authority = placer_namespace(frame);
        out_.orders.resize(std::max(placers.size(), fillers.size()));
        for (std::size_t i = 0; i < placers.size(); ++i) out_.orders[i].placer = std::move(placers[i]);
        for (std::size_t i = 0; i < fillers.size(); ++i) out_.orders[i].filler = std::move(fillers[i]);
    }

    void item_fields(Frame& frame, effects::FieldChanges<effects::StepField>& into) {
        const auto* const record = frame.record;
        frame.record = first_of(into);
        for (const auto& rule : section_.items) apply(rule, frame, into.at(rule.field));
        frame.record = record;
    }

    // HL7 table 0206: D is an item that is gone, anything else one that is there.
    void add_item(const Place& place) {
        auto frame = frame_at(place);
        const auto code = section_.action_code ? evaluate(*section_.action_code, frame).text : std::string();
        auto& item = out_.items.emplace_back();
        item.place = place_of_segment(message_, next_service(place.own.begin, place.own.end));
        std::string_view source;
        item.procedure = read_number(section_.procedure, frame, source).number;
        item.removed = code == "D" || (code.empty() && out_.action == ScheduleAction::remove_items);
        item_fields(frame, item.fields);
    }

    const ScheduleSection& section_;
    Frame& outer_;
    Instant received_;
    ScheduleChange& out_;
    const hl7::Message& message_;
    std::deque<Place> shared_, heads_;  // inner places point at these
    std::vector<Place> items_;
};

}  // namespace

void evaluate_schedule(const ScheduleSection& section, Frame& frame, Instant received, effects::Effects& effects) {
    ScheduleEvaluation(section, frame, received, effects.schedule.emplace()).run();
}

}  // namespace gantry::mappings
