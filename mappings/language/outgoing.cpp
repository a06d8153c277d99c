#include "mappings/language/outgoing.hpp"

#include <algorithm>

#include "engine/base/utf8.hpp"
#include "mappings/language/frame.hpp"
#include "mappings/language/outgoing_document.hpp"

namespace gantry::mappings {
namespace {

bool is_one_of(std::string_view id, const std::vector<std::string>& patterns) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        const bool many = pattern.back() == '*';
        return many ? id.substr(0, pattern.size() - 1) == std::string_view(pattern).substr(0, pattern.size() - 1)
                    : id == pattern;
    });
}

constexpr std::string_view hl7_null = "\"\"";

}  // namespace

// One message. Segments are gone through from the last to the first, so that what comes and goes moves none that is
// still to be looked at.
class OutgoingWriter {
  public:
    OutgoingWriter(const Outgoing::Compiled& rules, const hl7::Message& message, const MappingContext& context)
        : rules_(rules),
          message_(message),
          remarks_(message, false),
          whole_(Place::of(hl7::whole(message))),
          common_(Place::of(hl7::head(whole_.own, rules.groups))),
          frame_{context, remarks_, whole_, message.type(), message.event()},
          draft_(message) {}

    Result<std::string> write() {
        for (std::size_t i = message_.segments(); i-- > 0;) segment(i);
        if (const auto& error = remarks_.error()) return *error;
        return declared(draft_.text());
    }

  private:
    void segment(std::size_t i) {
        const auto id = message_.segment(i).id();
        if (is_one_of(id, rules_.without)) return draft_.erase(i);
        const auto group = group_of(i);
        frame_.place = group.inside(i, i + 1);
        for (auto added = rules_.add.rbegin(); added != rules_.add.rend(); ++added)
            if (added->after == id) add(*added, i);
        for (const auto& rule : rules_.set)
            if (rule.segment == id) apply(rule, i);
    }

    // What is said of another order is never seen from this one.
    Place group_of(std::size_t i) const {
        if (rules_.groups.empty()) return whole_;
        if (i < common_.own.end) return common_;
        auto begin = i, end = i + 1;
        while (message_.segment(begin).id() != rules_.groups) --begin;
        while (end < message_.segments() && message_.segment(end).id() != rules_.groups) ++end;
        return common_.inside(begin, end);
    }

    // One that would say nothing is not written.
    void add(const AddedSegment& added, std::size_t after) {
        draft_.insert(after + 1, added.segment);
        bool says_something = false;
        for (const auto& rule : added.set) says_something |= apply(rule, after + 1);
        if (!says_something) draft_.erase(after + 1);
    }

    // False: it says nothing, and what is there stays.
    bool apply(const SetRule& rule, std::size_t segment) {
        if (rule.empties) return draft_.set_raw(segment, rule.place, {}), true;
        if (rule.copy) {
            const auto found = find(*rule.copy, frame_);
            if (found.piece.empty()) return false;
            draft_.set_raw(segment, rule.place, found.null_here ? hl7_null : found.piece.raw());
            return true;
        }
        const auto value = evaluate(rule.value, frame_);
        if (value.says == Value::Says::nothing) return false;
        if (value.says == Value::Says::clear)
            draft_.set_raw(segment, rule.place, hl7_null);
        else
            draft_.set_text(segment, rule.place, value.text);
        return true;
    }

    std::string declared(std::string text) {
        if (is_ascii(text)) return text;
        draft_.set_raw(0, {18}, "UNICODE UTF-8");
        return draft_.text();
    }

    const Outgoing::Compiled& rules_;
    const hl7::Message& message_;
    Remarks remarks_;
    Place whole_, common_;  // common: what stands before the first group
    Frame frame_;
    hl7::Draft draft_;
};

const std::string& Outgoing::name() const {
    return compiled_->name;
}

const std::vector<std::shared_ptr<const Table>>& Outgoing::tables() const {
    return compiled_->tables;
}

bool Outgoing::writes(std::string_view type, std::string_view event) const {
    return compiled_->messages.empty() || any_matches(compiled_->messages, type, event);
}

Result<std::string> Outgoing::write(const hl7::Message& message, const MappingContext& context) const {
    return OutgoingWriter(*compiled_, message, context).write();
}

}  // namespace gantry::mappings
