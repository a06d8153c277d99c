#include "engine/structures/deidentification.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "engine/base/base64.hpp"
#include "engine/hl7/escape.hpp"
#include "engine/structures/date_shift.hpp"
#include "engine/structures/enclosed_data.hpp"
#include "engine/structures/leaf_kinds.hpp"
#include "engine/structures/pseudonyms.hpp"

namespace gantry::structures {
namespace {

using Kind = LeafKind;
using Words = std::unordered_set<std::string>;

constexpr std::size_t longest_affix = 4, longest_short_code = 3, longest_heading = 40, shortest_telling = 4;

bool is_null(std::string_view raw) {
    return raw == "\"\"";
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Some senders write ids in small letters; what stands in their fields is the same.
bool is_segment_id(std::string_view id) {
    return id.size() == 3 &&
           std::all_of(id.begin(), id.end(), [](unsigned char c) { return c < 0x80 && std::isalnum(c); });
}

std::string capitals(std::string_view id) {
    std::string out(id);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return out;
}

// parts joined again by what divided them.
template <class Change>
std::string each_part(std::string_view raw, char divider, Change&& change) {
    std::string out;
    for (std::size_t n = 1;; ++n) {
        const auto end = divider == 0 ? std::string_view::npos : raw.find(divider);
        out += change(raw.substr(0, end), n);
        if (end == std::string_view::npos) return out;
        out += divider;
        raw.remove_prefix(end + 1);
    }
}

// A message in its parts: leaf(raw, kind) says what stands there instead. Of a coded element the leaf is told what its
// neighbours leave it to be.
template <class Leaf>
class Walk {
  public:
    Walk(const hl7::Message& message, Leaf& leaf)
        : message_(message),
          delimiters_(message.delimiters()),
          kinds_(Version::nearest(message.msh().field(12).component(1).text())),
          leaf_(leaf) {}

    std::string run() {
        std::string out;
        for (std::size_t i = 0; i < message_.segments(); ++i) out += segment(message_.segment(i)) + "\r";
        return out;
    }

  private:
    std::string segment(const hl7::Segment& segment) {
        if (!is_segment_id(segment.id())) return stray_line(segment.raw());
        std::string out(segment.id());
        const bool header = segment.id() == "MSH" || segment.id() == "BHS" || segment.id() == "FHS";
        const auto name = capitals(segment.id());
        const auto value_type = segment.field(2).text();
        for (std::size_t n = 1; n <= segment.fields(); ++n) {
            const auto raw = segment.field(n).raw();
            if (header && n == 1) continue;
            out += delimiters_.field;
            if (header && n == 2) {
                out += raw;
                continue;
            }
            const auto place = kinds_.field(name, n, value_type);
            out += each_part(raw, delimiters_.repetition,
                             [&](std::string_view one, std::size_t) { return repetition(one, place); });
        }
        return out;
    }

    // A line that is no segment: text that somebody forgot to escape.
    std::string stray_line(std::string_view raw) {
        return each_part(raw, delimiters_.field, [&](std::string_view field, std::size_t) {
            return each_part(field, delimiters_.repetition, [&](std::string_view one, std::size_t) {
                return repetition(one, {Kind::text, {}});
            });
        });
    }

    std::string repetition(std::string_view raw, const Place& place) {
        if (raw.empty() || is_null(raw)) return std::string(raw);
        return composite(raw, place, delimiters_.component);
    }

    std::string composite(std::string_view raw, const Place& place, char divider) {
        const bool coded = is_coded_element(place.type);
        return each_part(raw, divider, [&](std::string_view one, std::size_t n) {
            if (one.empty() || is_null(one)) return std::string(one);
            auto inner = place.type.empty() ? place : kinds_.component(place.type, n);
            if (coded) inner.kind = coded_as(raw, n, inner.kind, divider);
            if (divider == delimiters_.component && delimiters_.subcomponent != 0)
                return composite(one, inner, delimiters_.subcomponent);
            return leaf_(one, inner.kind, delimiters_);
        });
    }

    // A text without a code beside it was written by somebody; so was a code that is several words and stands alone.
    Kind coded_as(std::string_view raw, std::size_t n, Kind kind, char divider) const {
        if (kind == Kind::description && part(raw, n - 1, divider).empty()) return Kind::text;
        if (kind != Kind::code || trimmed(raw).find(' ') == std::string_view::npos) return kind;
        const auto rest = raw.find_first_not_of(divider, part(raw, 1, divider).size());
        return n == 1 && rest == std::string_view::npos ? Kind::text : kind;
    }

    static std::string_view part(std::string_view raw, std::size_t n, char divider) {
        for (; n > 1; --n) {
            const auto end = raw.find(divider);
            if (end == std::string_view::npos) return {};
            raw.remove_prefix(end + 1);
        }
        return raw.substr(0, raw.find(divider));
    }

    const hl7::Message& message_;
    const hl7::Delimiters delimiters_;
    LeafKinds kinds_;
    Leaf& leaf_;
};

// text(run) for what is written, data(hexadecimal) for \X…\, and everything else as it stands.
template <class Text, class Data>
std::string around_escapes(std::string_view raw, char escape, Text&& text, Data&& data) {
    std::string out;
    while (!raw.empty()) {
        const auto begin = escape == 0 ? std::string_view::npos : raw.find(escape);
        if (begin != 0) out += text(raw.substr(0, begin));
        if (begin == std::string_view::npos) break;
        const auto end = raw.find(escape, begin + 1);
        if (end == std::string_view::npos || end - begin > 80) {  // no escape sequence
            out += escape;
            raw.remove_prefix(begin + 1);
            continue;
        }
        const auto inside = raw.substr(begin + 1, end - begin - 1);
        out += escape + (inside.starts_with('X') ? data(inside) : std::string(inside)) + escape;
        raw.remove_prefix(end + 1);
    }
    return out;
}

// What the messages tell of persons, gathered before anything is replaced.
struct Told {
    std::string everything;  // names, addresses, numbers of persons, to be avoided
    Words persons, identifiers;
    std::vector<std::string> dates;

    std::string operator()(std::string_view raw, Kind kind, const hl7::Delimiters& delimiters) {
        if (kind == Kind::date) dates.emplace_back(raw);
        if (kind != Kind::person && kind != Kind::identifier) return {};
        const auto text = hl7::unescape(raw, delimiters);
        everything += text + "\n";
        (kind == Kind::person ? persons : identifiers).merge(folded_words(text));
        return {};
    }
    bool tells(const std::string& word) const { return persons.contains(word) || identifiers.contains(word); }
};

// By how many days: whole weeks, so that days of the week stay; such that no date becomes one that was there.
int days_of(const Digest& key, const std::vector<std::string>& dates) {
    constexpr int weeks_at_least = 53, weeks_at_most = 520, tries = 200;
    std::unordered_set<std::string> whole;
    for (const auto& date : dates)
        if (date.size() >= 8) whole.insert(date.substr(0, 8));
    auto weeks = weeks_at_least + (key[2] << 8 | key[3]) % (weeks_at_most - weeks_at_least);
    for (int i = 0; i < tries; ++i, weeks = weeks >= weeks_at_most ? weeks_at_least : weeks + 1) {
        const bool meets = std::any_of(whole.begin(), whole.end(), [&](const auto& date) {
            const auto shifted = shifted_moment(date, -7 * weeks);
            return shifted && whole.contains(*shifted);
        });
        if (!meets) break;
    }
    return -7 * weeks;
}

Digest key_of(std::span<const hl7::Message> messages) {
    std::string all = "gantry deidentification 1";
    for (const auto& message : messages) {
        const auto digest = sha256(message.bytes());
        all.append(digest.begin(), digest.end());
    }
    return sha256(all);
}

class Replacement {
  public:
    Replacement(const Digest& key, const Told& told, const Deidentification& options)
        : told_(told), options_(options), words_(key), days_(days_of(key, told.dates)) {
        words_.avoid(told.everything);
        for (const auto& date : told.dates) words_.avoid(date.substr(0, 8));
        if (options.keep_identifiers)
            for (const auto& word : told.identifiers)
                if (!told.persons.contains(word)) words_.keep(word);
        for (const auto& code : options.codes) codes_.insert(folded(code));
    }
    int days() const { return days_; }

    std::string operator()(std::string_view raw, Kind kind, const hl7::Delimiters& delimiters) {
        switch (kind) {
            case Kind::kept:
                return std::string(raw);
            case Kind::number:
                return number(raw);
            case Kind::person:
                return words(raw, delimiters);
            case Kind::affix:
                return raw.size() <= longest_affix ? std::string(raw) : words(raw, delimiters);
            case Kind::identifier:
                return identifier(raw, delimiters);
            case Kind::date:
                return date(raw, delimiters);
            case Kind::text:
                return is_code(raw) ? std::string(raw) : text(raw, delimiters);
            case Kind::code:
                return std::string(raw);
            case Kind::description:
                return description(raw, delimiters);
            case Kind::data:
                return without_content(raw, delimiters);
            case Kind::unknown:
                return unknown(raw, delimiters);
        }
        return {};
    }

  private:
    std::string words(std::string_view raw, const hl7::Delimiters& delimiters) {
        return around_escapes(
            raw, delimiters.escape, [&](std::string_view run) { return words_.replaced(run); },
            [&](std::string_view inside) { return hexadecimal(inside); });
    }

    // \X…\ may hold letters: each stays a byte, and control characters stay what they are.
    std::string hexadecimal(std::string_view inside) {
        const auto bytes = from_hex(inside.substr(1));
        const bool controls = std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= 0 && c < ' '; });
        if (bytes.empty() || controls) return std::string(inside);
        std::string out = "X";
        for (const char c : bytes) out += hex(c < ' ' ? std::string_view(&c, 1) : std::string_view("x"));
        return out;
    }

    static std::string from_hex(std::string_view digits) {
        std::string out;
        for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
            out += static_cast<char>(std::strtol(std::string(digits.substr(i, 2)).c_str(), nullptr, 16));
        return out;
    }

    std::string identifier(std::string_view raw, const hl7::Delimiters& delimiters) {
        if (options_.keep_identifiers) return std::string(raw);
        return is_uid(raw) ? words_.replaced_uid(raw) : words(raw, delimiters);
    }

    std::string date(std::string_view raw, const hl7::Delimiters& delimiters) {
        auto shifted = shifted_moment(raw, days_);
        return shifted ? std::move(*shifted) : words(raw, delimiters);
    }

    // A number that somebody is known by is no quantity.
    std::string number(std::string_view raw) {
        const bool telling = raw.size() > shortest_telling && told_.tells(std::string(raw));
        const bool digits = raw.find_first_not_of("0123456789+-.<>=eE ") == std::string_view::npos;
        return telling || !digits ? words_.replaced(raw) : std::string(raw);
    }

    bool is_code(std::string_view raw) const {
        const auto text = folded(trimmed(raw));
        return codes_.contains(text) && !told_.tells(text);
    }

    // The words of persons are replaced in what a code is called, too.
    std::string description(std::string_view raw, const hl7::Delimiters& delimiters) {
        const auto told = folded_words(raw);
        const bool telling = std::any_of(told.begin(), told.end(), [&](const auto& word) {
            return word.size() >= shortest_telling && told_.tells(word);
        });
        if (!telling) return std::string(raw);
        return around_escapes(
            raw, delimiters.escape, [&](std::string_view run) { return told_words(run); },
            [&](std::string_view inside) { return hexadecimal(inside); });
    }

    std::string told_words(std::string_view run) {
        return each_part(run, ' ', [&](std::string_view part, std::size_t) {
            const auto found = folded_words(part);
            const bool telling = std::any_of(found.begin(), found.end(), [&](const auto& word) {
                return word.size() >= shortest_telling && told_.tells(word);
            });
            return telling ? words_.replaced(part) : std::string(part);
        });
    }

    std::string text(std::string_view raw, const hl7::Delimiters& delimiters) {
        if (is_uid(raw)) return words_.replaced_uid(raw);
        bool line_begins = true;
        return around_escapes(
            raw, delimiters.escape,
            [&](std::string_view run) {
                const auto heading = line_begins ? heading_length(run) : 0;
                line_begins = true;  // what follows an escape sequence may be a line of its own
                return std::string(run.substr(0, heading)) + free_text(run.substr(heading));
            },
            [&](std::string_view inside) { return hexadecimal(inside); });
    }

    // "IMPRESSION: …" is how a mapping divides a report; the heading stays.
    std::size_t heading_length(std::string_view run) const {
        const auto colon = run.substr(0, longest_heading + 1).find(':');
        if (colon != std::string_view::npos && codes_.contains(folded(trimmed(run.substr(0, colon))))) return colon + 1;
        return codes_.contains(folded(trimmed(run))) ? run.size() : 0;
    }

    // Dates in it are moved, as long as they are no number that somebody is known by.
    std::string free_text(std::string_view run) {
        std::string out, pending;
        while (!run.empty()) {
            const bool begins = run.front() >= '0' && run.front() <= '9' &&
                                (pending.empty() || !std::isalnum(static_cast<unsigned char>(pending.back())));
            auto found = begins ? shifted_date_in_text(run, days_) : DateInText{};
            if (found.length > 0 && !told_.tells(std::string(run.substr(0, found.length)))) {
                out += words_.replaced(pending) + found.shifted;
                pending.clear();
                run.remove_prefix(found.length);
                continue;
            }
            pending += run.front();
            run.remove_prefix(1);
        }
        return out + words_.replaced(pending);
    }

    std::string unknown(std::string_view raw, const hl7::Delimiters& delimiters) {
        const auto found = folded_words(raw);
        if (std::any_of(found.begin(), found.end(), [&](const auto& word) { return told_.tells(word); }))
            return words(raw, delimiters);
        if (trimmed(raw).size() <= longest_short_code || is_code(raw)) return std::string(raw);
        return text(raw, delimiters);
    }

    std::string without_content(std::string_view raw, const hl7::Delimiters& delimiters) {
        auto bytes = from_base64(hl7::unescape(raw, delimiters));
        if (!bytes || bytes->empty()) return text(raw, delimiters);
        return hl7::escape(to_base64(is_text(*bytes) ? free_text(*bytes) : emptied(*bytes)), delimiters);
    }

    const Told& told_;
    const Deidentification& options_;
    Words codes_;
    Pseudonyms words_;
    int days_;
};

}  // namespace

Deidentified deidentified(std::span<const hl7::Message> messages, const Deidentification& options) {
    Told told;
    for (const auto& message : messages) Walk(message, told).run();
    Replacement replacement(key_of(messages), told, options);
    Deidentified out;
    out.days = replacement.days();
    for (const auto& message : messages) out.messages.push_back(Walk(message, replacement).run());
    return out;
}

}  // namespace gantry::structures
