#include <algorithm>
#include <functional>
#include <set>

#include "mappings/language/frame.hpp"

namespace gantry::mappings {
namespace {

bool within(std::string_view inner, std::string_view outer) {
    const std::less_equal<const char*> at_or_before;
    return at_or_before(outer.data(), inner.data()) &&
           at_or_before(inner.data() + inner.size(), outer.data() + outer.size());
}

// Set ids number the segments of a message; nobody misses them.
bool is_set_id(std::string_view segment, std::size_t field) {
    static constexpr std::string_view numbered[] = {"PID", "PV1", "OBR", "OBX", "NTE", "AL1",
                                                    "DG1", "TQ1", "NK1", "IN1", "GT1"};
    return field == 1 && std::find(std::begin(numbered), std::end(numbered), segment) != std::end(numbered);
}

std::string name_of(std::string_view segment, std::size_t field) {
    return std::string(segment) + "-" + std::to_string(field);
}

}  // namespace

Remarks::Remarks(const hl7::Message& message, bool coverage) : message_(message), coverage_(coverage) {
    segment_ids_.reserve(message.segments());
    for (std::size_t i = 0; i < message.segments(); ++i) segment_ids_.push_back(packed_id(message.segment(i).id()));
}

void Remarks::fail(ErrorCode code, std::string detail, std::string_view raw, std::string_view path) {
    if (error_) return;
    auto place = raw.data() ? place_of(raw) : std::string();
    error_ = Error{code, std::move(detail), place.empty() ? std::string(path) : std::move(place)};
}

void Remarks::warn(std::string sentence) {
    if (std::find(warnings_.begin(), warnings_.end(), sentence) == warnings_.end())
        warnings_.push_back(std::move(sentence));
}

void Remarks::unmapped(const std::string& table, std::string_view code) {
    constexpr std::size_t longest = 64, most = 100;  // hostile input has no say in how much is remembered
    auto entry = table + ": " + std::string(code.substr(0, longest));
    if (unmapped_.size() < most && std::find(unmapped_.begin(), unmapped_.end(), entry) == unmapped_.end())
        unmapped_.push_back(std::move(entry));
}

void Remarks::read(std::string_view raw) {
    if (coverage_ && !raw.empty()) read_.push_back(raw);
}

std::string Remarks::place_of(std::string_view raw) const {
    for (std::size_t i = 0; i < message_.segments(); ++i) {
        const auto segment = message_.segment(i);
        if (!within(raw, segment.raw())) continue;
        std::size_t number = 1, field = 1;
        for (std::size_t before = 0; before < i; ++before) number += message_.segment(before).id() == segment.id();
        while (field < segment.fields() && !within(raw, segment.field(field).raw())) ++field;
        return std::string(segment.id()) + "[" + std::to_string(number) + "]-" + std::to_string(field);
    }
    return {};
}

effects::Coverage Remarks::report(const std::vector<std::string>& ignores) const {
    effects::Coverage out;
    out.unmapped_codes = unmapped_;
    if (!coverage_) return out;
    auto pieces = read_;
    const auto earlier = [](std::string_view a, std::string_view b) { return a.data() < b.data(); };
    std::sort(pieces.begin(), pieces.end(), earlier);
    // Pieces never reach over the end of their field: the first one that starts in it is part of it.
    const auto was_read = [&](std::string_view raw) {
        const auto at = std::lower_bound(pieces.begin(), pieces.end(), raw, earlier);
        return at != pieces.end() && within(*at, raw);
    };
    std::set<std::string> known(ignores.begin(), ignores.end());
    for (std::size_t i = 1; i < message_.segments(); ++i) {
        const auto segment = message_.segment(i);
        for (std::size_t field = 1; field <= segment.fields(); ++field) {
            const auto raw = segment.field(field).raw();
            if (raw.empty() || is_set_id(segment.id(), field) || was_read(raw)) continue;
            if (auto name = name_of(segment.id(), field); known.insert(name).second)
                out.unread.push_back(std::move(name));
        }
    }
    return out;
}

}  // namespace gantry::mappings
