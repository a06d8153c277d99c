#include "engine/hl7/draft.hpp"

#include "engine/hl7/escape.hpp"

namespace gantry::hl7 {
namespace {

// The nth (from 1) part of `text` between delimiters; `text` grows until there is one.
struct Range {
    std::size_t begin, end;
};
Range part(std::string& text, Range within, char delimiter, std::size_t n) {
    auto begin = within.begin, end = within.end;
    for (std::size_t i = 1;; ++i) {
        auto next = text.find(delimiter, begin);
        if (next == std::string::npos || next > end) next = end;
        if (i == n) return {begin, next};
        if (next == end) {
            text.insert(end, 1, delimiter);
            ++end;
        }
        begin = next + 1;
    }
}

void cut_empty_end(std::string& segment, char field) {
    while (segment.size() > 3 && segment.back() == field) segment.pop_back();
}

bool is_header(std::string_view id) {
    return id == "MSH" || id == "BHS" || id == "FHS";
}

}  // namespace

Draft::Draft(const Message& message) : delimiters_(message.delimiters()) {
    segments_.reserve(message.segments());
    for (std::size_t i = 0; i < message.segments(); ++i) segments_.emplace_back(message.segment(i).raw());
}

void Draft::set_raw(std::size_t segment, const DraftPlace& place, std::string_view raw) {
    auto& text = segments_[segment];
    const bool header = is_header(id(segment));
    if (header && place.field <= 2) return;
    // The id is part 1 of a segment; of a header, MSH-2 is part 2.
    Range range{0, text.size()};
    const auto narrow = [&](char delimiter, std::size_t n) {
        if (n == 0 || !delimiter) return;
        // HL7 null says that the whole is deleted: it is no first part of something.
        if (text.compare(range.begin, range.end - range.begin, "\"\"") == 0) {
            text.erase(range.begin, 2);
            range.end = range.begin;
        }
        range = part(text, range, delimiter, n);
    };
    narrow(delimiters_.field, header ? place.field : place.field + 1);
    narrow(delimiters_.repetition, place.component != 0 && place.repetition == 0 ? 1 : place.repetition);
    narrow(delimiters_.component, place.subcomponent != 0 && place.component == 0 ? 1 : place.component);
    narrow(delimiters_.subcomponent, place.subcomponent);
    text.replace(range.begin, range.end - range.begin, raw);
    cut_empty_end(text, delimiters_.field);
}

void Draft::set_text(std::size_t segment, const DraftPlace& place, std::string_view text) {
    set_raw(segment, place, escape(text, delimiters_));
}

void Draft::erase(std::size_t segment) {
    segments_.erase(segments_.begin() + static_cast<std::ptrdiff_t>(segment));
}

void Draft::insert(std::size_t before, std::string_view id) {
    segments_.insert(segments_.begin() + static_cast<std::ptrdiff_t>(before), std::string(id));
}

std::string Draft::text() const {
    std::string out;
    std::size_t size = 0;
    for (const auto& segment : segments_) size += segment.size() + 1;
    out.reserve(size);
    for (const auto& segment : segments_) out.append(segment).push_back('\r');
    return out;
}

}  // namespace gantry::hl7
