#include <algorithm>
#include <functional>

#include "mappings/language/frame.hpp"

namespace gantry::mappings {
namespace {

bool within(std::string_view inner, std::string_view outer) {
    const std::less_equal<const char*> at_or_before;
    return at_or_before(outer.data(), inner.data()) &&
           at_or_before(inner.data() + inner.size(), outer.data() + outer.size());
}

constexpr std::size_t most_unread = 10'000;  // of one message, before repeated segments are counted as one

// Set ids number the segments of a message; nobody misses them.
bool is_set_id(std::string_view segment, std::size_t field) {
    static constexpr std::string_view numbered[] = {"PID", "PV1", "OBR", "OBX", "NTE", "AL1",
                                                    "DG1", "TQ1", "NK1", "IN1", "GT1"};
    return field == 1 && std::find(std::begin(numbered), std::end(numbered), segment) != std::end(numbered);
}

}  // namespace

Remarks::Remarks(const hl7::Message& message, bool coverage, std::size_t expressions)
    : message_(message), coverage_(coverage) {
    if (expressions > 0) used_.resize(expressions + 1);
    if (coverage_) read_.resize(message.field_places() + 1);
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
    effects::UnmappedCode entry{table, std::string(code.substr(0, longest))};
    if (unmapped_.size() < most && std::find(unmapped_.begin(), unmapped_.end(), entry) == unmapped_.end())
        unmapped_.push_back(std::move(entry));
}

void Remarks::read(std::string_view raw) {
    if (coverage_ && !raw.empty()) read_[message_.field_place(raw)] = true;
}

void Remarks::used(const Table& table, std::size_t row) {
    if (used_.empty() || only_looking_) return;
    effects::Usage::Row entry{table.name(), row};
    if (std::find(rows_.begin(), rows_.end(), entry) == rows_.end()) rows_.push_back(std::move(entry));
}

void Remarks::lost(effects::LostText text) {
    constexpr std::size_t most = 100;
    if (coverage_ && lost_.size() < most) lost_.push_back(std::move(text));
}

std::optional<std::size_t> look_up(const Table& table, std::span<const std::string_view> codes, Remarks& remarks) {
    const auto row = table.find(codes);
    if (row) remarks.used(table, *row);
    return row;
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

effects::Coverage Remarks::report(const std::vector<FieldName>& ignores) const {
    effects::Coverage out;
    out.unmapped_codes = unmapped_;
    out.lost_texts = lost_;
    if (!coverage_) return out;
    for (std::size_t i = 1; i < message_.segments(); ++i) {
        const auto segment = message_.segment(i);
        const auto fields = segment.fields();
        for (std::size_t field = 1; field <= fields; ++field) {
            if (read_[message_.field_place(i, field)] || segment.field(field).empty()) continue;
            const FieldName name(segment.id(), field);
            if (is_set_id(segment.id(), field) || std::binary_search(ignores.begin(), ignores.end(), name)) continue;
            if (out.unread.size() < most_unread) out.unread.push_back(name);
        }
    }
    std::sort(out.unread.begin(), out.unread.end());
    out.unread.erase(std::unique(out.unread.begin(), out.unread.end()), out.unread.end());
    return out;
}

effects::Usage Remarks::usage(const std::string& document) const {
    effects::Usage out;
    if (used_.empty()) return out;
    out.document = document;
    out.rows = rows_;
    for (std::size_t i = 1; i < used_.size(); ++i)
        if (used_[i]) out.expressions.push_back(static_cast<std::uint32_t>(i));
    return out;
}

}  // namespace gantry::mappings
