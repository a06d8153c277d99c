#include "engine/hl7/path.hpp"

#include <algorithm>
#include <charconv>

namespace gantry::hl7 {
namespace {

// Component numbers of what a condition may name, per data type (HL7 v2.9 2A). 0: the type has no such component.
struct ComponentNames {
    std::size_t id, authority, type, use;
};
constexpr ComponentNames cx{1, 4, 5, 0}, xpn{1, 0, 7, 7}, xcn{1, 9, 13, 10}, xad{1, 0, 7, 7}, xtn{1, 0, 3, 2};

struct TypedField {
    std::string_view field;
    const ComponentNames& names;
};
constexpr TypedField typed_fields[] = {
    {"PID-5", xpn},  {"PID-6", xpn},  {"PID-9", xpn},  {"MRG-7", xpn},  {"NK1-2", xpn},  {"PID-11", xad},
    {"NK1-4", xad},  {"PID-13", xtn}, {"PID-14", xtn}, {"NK1-5", xtn},  {"ORC-14", xtn}, {"OBR-17", xtn},
    {"PV1-7", xcn},  {"PV1-8", xcn},  {"PV1-9", xcn},  {"PV1-17", xcn}, {"OBR-10", xcn}, {"OBR-16", xcn},
    {"OBR-28", xcn}, {"ORC-10", xcn}, {"ORC-11", xcn}, {"ORC-12", xcn}, {"ORC-19", xcn}, {"OBX-16", xcn}};

std::size_t component_named(std::string_view name, const std::string& segment, std::size_t field) {
    const auto here = segment + "-" + std::to_string(field);
    const auto* found = std::find_if(std::begin(typed_fields), std::end(typed_fields),
                                     [&](const TypedField& typed) { return typed.field == here; });
    const auto& names = found == std::end(typed_fields) ? cx : found->names;
    if (name == "id") return names.id;
    if (name == "authority") return names.authority;
    if (name == "type") return names.type;
    return name == "use" ? names.use : 0;
}

}  // namespace

class PathReader {
  public:
    explicit PathReader(std::string_view text) : text_(text), rest_(text) {}

    Result<Path> read() {
        path_.text_ = text_;
        if (!read_segment()) return wrong("it starts with the three characters of a segment");
        if (!read_segment_choice()) return wrong("in the brackets after the segment: a number, * or 3.1=code");
        if (!take('-') || !number(path_.field_)) return wrong("after the segment comes -field");
        if (!read_repetition_choice()) return wrong("in the brackets after the field: a number, *, type=MR or 5=MR");
        if (take('.') && !number(path_.component_)) return wrong("after the point comes the number of a component");
        if (path_.component_ && take('.') && !number(path_.subcomponent_))
            return wrong("after the second point comes the number of a subcomponent");
        if (!rest_.empty()) return wrong("nothing can follow here");
        return std::move(path_);
    }

  private:
    Error wrong(std::string_view why) const {
        return {ErrorCode::config_bad_path, "\"" + std::string(text_) + "\": " + std::string(why), {}};
    }

    bool take(char c) {
        if (rest_.empty() || rest_[0] != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    bool number(std::size_t& out) {
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
        if (error != std::errc() || out == 0 || out > 100'000) return false;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return true;
    }

    bool read_segment() {
        if (rest_.size() < 3) return false;
        path_.segment_ = rest_.substr(0, 3);
        rest_.remove_prefix(3);
        return std::all_of(path_.segment_.begin(), path_.segment_.end(),
                           [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
    }

    // What stands in brackets here: false when they are not closed; nothing when there are none.
    bool brackets(std::string_view& inside) {
        if (!take('[')) return true;
        const auto end = rest_.find(']');
        if (end == std::string_view::npos || end == 0) return false;
        inside = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return true;
    }

    static bool whole_number(std::string_view text, std::size_t& out) {
        PathReader reader(text);
        return reader.number(out) && reader.rest_.empty();
    }

    bool read_segment_choice() {
        std::string_view inside;
        if (!brackets(inside)) return false;
        if (inside.empty() || inside == "*") return true;
        const auto equals = inside.find('=');
        if (equals == std::string_view::npos) return whole_number(inside, path_.segment_index_);
        Path::Condition condition;
        condition.value = inside.substr(equals + 1);
        PathReader place(inside.substr(0, equals));
        if (!place.number(condition.field) || (place.take('.') && !place.number(condition.component))) return false;
        path_.segment_condition_ = condition;
        return place.rest_.empty();
    }

    bool read_repetition_choice() {
        std::string_view inside;
        if (!brackets(inside)) return false;
        path_.every_ = inside == "*";
        if (inside.empty() || path_.every_) return true;
        const auto equals = inside.find('=');
        if (equals == std::string_view::npos) return whole_number(inside, path_.repetition_);
        Path::Condition condition;
        condition.value = inside.substr(equals + 1);
        const auto name = inside.substr(0, equals);
        if (!whole_number(name, condition.component))
            condition.component = component_named(name, path_.segment_, path_.field_);
        path_.repetition_condition_ = condition;
        return condition.component != 0;
    }

    std::string_view text_, rest_;
    Path path_;
};

Result<Path> Path::parse(std::string_view text) {
    return PathReader(text).read();
}

bool Path::Condition::holds(const Piece& repetition) const {
    return repetition.component(component).subcomponent(1).text() == value;
}

std::vector<Segment> Path::segments_in(const Scope& scope, bool first_only) const {
    std::vector<Segment> out;
    std::size_t seen = 0;
    const auto end = std::min(scope.end, scope.message->segments());
    for (auto i = scope.begin; i < end; ++i) {
        const auto segment = scope.message->segment(i);
        if (segment.id() != segment_) continue;
        ++seen;
        if (segment_index_ != 0 && seen != segment_index_) continue;
        if (segment_condition_ && !segment_condition_->holds(segment.field(segment_condition_->field))) continue;
        out.push_back(segment);
        if (first_only || segment_index_ != 0) break;
    }
    if (seen == 0 && scope.outer && segment_ != "NTE") return segments_in(*scope.outer, first_only);
    return out;
}

Piece Path::narrowed(const Piece& repetition) const {
    if (component_ == 0) return repetition;
    const auto component = repetition.component(component_);
    return subcomponent_ == 0 ? component : component.subcomponent(subcomponent_);
}

void Path::collect(const Segment& segment, bool first_only, std::vector<Piece>& out) const {
    const auto field = segment.field(field_);
    if (!repetition_condition_ && (repetition_ != 0 || first_only)) {
        const auto repetition = field.repetition(std::max<std::size_t>(repetition_, 1));
        if (first_only || !repetition.empty()) out.push_back(narrowed(repetition));
        return;
    }
    for (const auto& repetition : field.each_repetition()) {
        if (repetition.empty()) continue;
        if (repetition_condition_ && !repetition_condition_->holds(repetition)) continue;
        out.push_back(narrowed(repetition));
        if (first_only) return;
    }
}

std::vector<Piece> Path::matches(const Scope& scope, bool first_only) const {
    std::vector<Piece> out;
    if (!scope.message) return out;
    for (const auto& segment : segments_in(scope, first_only && !repetition_condition_)) {
        collect(segment, first_only, out);
        if (first_only && !out.empty()) break;
    }
    return out;
}

Piece Path::find(const Scope& scope) const {
    const auto found = matches(scope, true);
    return found.empty() ? Piece() : found.front();
}

std::vector<Piece> Path::find_all(const Scope& scope) const {
    return matches(scope, false);
}

Scope whole(const Message& message) {
    return {&message, 0, message.segments(), nullptr};
}

namespace {

std::size_t next_start(const Scope& scope, std::size_t from, std::string_view first) {
    const auto end = std::min(scope.end, scope.message->segments());
    while (from < end && scope.message->segment(from).id() != first) ++from;
    return from;
}

}  // namespace

std::vector<Scope> groups(const Scope& scope, std::string_view first) {
    std::vector<Scope> out;
    if (!scope.message) return out;
    const auto end = std::min(scope.end, scope.message->segments());
    for (auto at = next_start(scope, scope.begin, first); at < end;) {
        const auto next = next_start(scope, at + 1, first);
        out.push_back({scope.message, at, next, scope.outer});
        at = next;
    }
    return out;
}

Scope head(const Scope& scope, std::string_view first) {
    if (!scope.message) return scope;
    return {scope.message, scope.begin, next_start(scope, scope.begin, first), scope.outer};
}

}  // namespace gantry::hl7
