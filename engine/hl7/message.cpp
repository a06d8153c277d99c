#include "engine/hl7/message.hpp"

#include <algorithm>
#include <cstdint>

#include "engine/hl7/escape.hpp"
#include "engine/hl7/index.hpp"

namespace gantry::hl7 {
namespace {

// The nth (from 1) part of raw. A delimiter that was not declared divides nothing.
std::string_view part(std::string_view raw, char delimiter, std::size_t n) {
    if (n == 0) return {};
    if (!delimiter) return n == 1 ? raw : std::string_view();
    for (; n > 1; --n) {
        const auto end = raw.find(delimiter);
        if (end == std::string_view::npos) return {};
        raw.remove_prefix(end + 1);
    }
    return raw.substr(0, raw.find(delimiter));
}

// MSH, BHS and FHS count their own separator as their first field.
bool counts_separator(std::string_view id) {
    if (id.size() != 3 || (id[2] != 'H' && id[2] != 'S')) return false;
    return id == "MSH" || id == "BHS" || id == "FHS";
}

// Segments are looked up for every field that is read, and their ids have three characters: no call for those.
bool same_id(std::string_view a, std::string_view b) {
    return a.size() == 3 && b.size() == 3 ? a[0] == b[0] && a[1] == b[1] && a[2] == b[2] : a == b;
}

}  // namespace

struct MessageBody {
    std::string bytes;
    Delimiters delimiters;
    LineIndex index;

    std::string_view view() const { return bytes; }
    std::string_view id(std::size_t segment) const {
        const auto& line = index.lines[segment];
        return view().substr(line.begin, index.marks[line.first_mark] - line.begin);
    }
    Piece field(std::size_t segment, std::size_t n) const {
        const auto& line = index.lines[segment];
        if (n == 0 || n > line.separators) return {};
        const auto* marks = index.marks.data() + line.first_mark;
        return {view().substr(marks[n - 1] + 1, marks[n] - marks[n - 1] - 1), &delimiters};
    }
};

std::string Piece::text() const {
    if (!delimiters_ || raw_.find(delimiters_->escape) == std::string_view::npos) return std::string(raw_);
    return unescape(raw_, *delimiters_);
}

std::size_t Piece::repetitions() const {
    if (raw_.empty()) return 0;
    if (!delimiters_ || !delimiters_->repetition) return 1;
    std::size_t count = 1;
    for (const char c : raw_) count += c == delimiters_->repetition;
    return count;
}

std::vector<Piece> Piece::each_repetition() const {
    std::vector<Piece> out;
    if (raw_.empty()) return out;
    const char delimiter = delimiters_ ? delimiters_->repetition : '\0';
    for (auto rest = raw_;;) {
        const auto end = delimiter ? rest.find(delimiter) : std::string_view::npos;
        out.emplace_back(rest.substr(0, end), delimiters_);
        if (end == std::string_view::npos) return out;
        rest.remove_prefix(end + 1);
    }
}

Piece Piece::repetition(std::size_t n) const {
    return {part(raw_, delimiters_ ? delimiters_->repetition : '\0', n), delimiters_};
}

Piece Piece::component(std::size_t n) const {
    if (!delimiters_) return n == 1 ? *this : Piece();
    return {part(part(raw_, delimiters_->repetition, 1), delimiters_->component, n), delimiters_};
}

Piece Piece::from_component(std::size_t n) const {
    const auto first = component(n).raw_;
    if (n <= 1 || !first.data()) return n <= 1 ? *this : Piece();
    return {raw_.substr(static_cast<std::size_t>(first.data() - raw_.data())), delimiters_};
}

Piece Piece::subcomponent(std::size_t n) const {
    if (!delimiters_) return n == 1 ? *this : Piece();
    return {part(component(1).raw_, delimiters_->subcomponent, n), delimiters_};
}

std::string_view Segment::raw() const {
    if (!body_) return {};
    const auto& line = body_->index.lines[index_];
    return body_->view().substr(line.begin, line.end - line.begin);
}

std::string_view Segment::id() const {
    return body_ ? body_->id(index_) : std::string_view();
}

std::size_t Segment::fields() const {
    return body_ ? body_->index.lines[index_].separators + (counts_separator(id()) ? 1u : 0u) : 0;
}

Piece Segment::field(std::size_t n) const {
    if (!body_ || n == 0) return {};
    if (!counts_separator(id())) return body_->field(index_, n);
    // The encoding characters are not text: they are not divided or unescaped by themselves.
    if (n == 1) return {raw().substr(3, 1), nullptr};
    if (n == 2) return {body_->field(index_, 1).raw(), nullptr};
    return body_->field(index_, n - 1);
}

namespace {

// What a sender may have taken for HL7; says nothing of what is in it.
std::string what_it_is(std::string_view bytes) {
    const auto id = bytes.substr(0, 3);
    const bool named =
        bytes.size() > 3 && std::all_of(id.begin(), id.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (bytes.empty()) return "it is empty";
    if (bytes[0] == '<') return "it looks like XML";
    if (bytes[0] == '{' || bytes[0] == '[') return "it looks like JSON";
    if (bytes.substr(0, 200).find(" HTTP/1.") != std::string_view::npos) return "it looks like HTTP";
    return named && bytes[3] == '|' ? "it starts with " + std::string(id) + ", not with MSH"
                                    : "it does not start with MSH";
}

}  // namespace

Message::Message(std::unique_ptr<const MessageBody> body) : body_(std::move(body)) {}
Message::Message(Message&&) noexcept = default;
Message& Message::operator=(Message&&) noexcept = default;
Message::~Message() = default;

Result<Message> Message::parse(std::string bytes, const Limits& limits) {
    if (bytes.size() > limits.bytes || bytes.size() >= UINT32_MAX) return Error{ErrorCode::net_too_large, {}, {}};
    if (const auto start = start_of_message(bytes); start > 0) bytes.erase(0, start);
    const auto head = std::string_view(bytes).substr(0, 3);
    if (head == "FHS" || head == "BHS") return Error{ErrorCode::hl7_not_hl7, "a batch, not one message", "MSH"};
    if (head != "MSH") return Error{ErrorCode::hl7_not_hl7, what_it_is(bytes), "MSH"};
    auto delimiters = read_delimiters(bytes);
    if (!delimiters) return std::move(delimiters).error();
    auto body = std::make_unique<MessageBody>();
    body->bytes = std::move(bytes);
    body->delimiters = *delimiters;
    if (!index_lines(body->view(), delimiters->field, limits.segments, limits.fields, body->index))
        return Error{ErrorCode::hl7_too_many, {}, {}};
    return Message(std::move(body));
}

// A field lies before the mark that ends it.
std::size_t Message::field_places() const {
    return body_->index.marks.size();
}
std::size_t Message::field_place(std::string_view piece) const {
    const auto& marks = body_->index.marks;
    const auto offset = static_cast<std::uint32_t>(piece.data() - body_->bytes.data());
    return static_cast<std::size_t>(std::upper_bound(marks.begin(), marks.end() - 1, offset) - marks.begin());
}
std::size_t Message::field_place(std::size_t segment, std::size_t n) const {
    return body_->index.lines[segment].first_mark + n;
}

std::string_view Message::bytes() const& {
    return body_->bytes;
}
const Delimiters& Message::delimiters() const& {
    return body_->delimiters;
}
std::size_t Message::segments() const {
    return body_->index.lines.size();
}

Segment Message::segment(std::size_t index) const& {
    return index < segments() ? Segment(body_.get(), index) : Segment();
}

Segment Message::segment(std::string_view id, std::size_t n) const& {
    const auto count = segments();
    for (std::size_t i = 0; i < count; ++i)
        if (same_id(body_->id(i), id) && n-- == 1) return Segment(body_.get(), i);
    return {};
}

std::string_view Message::type() const& {
    return msh().field(9).component(1).raw();
}
std::string_view Message::event() const& {
    const auto said = msh().field(9).component(2).raw();
    if (!said.empty()) return said;
    if (const auto event = segment("EVN")) return event.field(1).component(1).raw();
    return type() == "ORM" ? std::string_view("O01") : said;
}

}  // namespace gantry::hl7
