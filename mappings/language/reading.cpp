#include "mappings/language/reading.hpp"

#include <algorithm>

#include "engine/hl7/moment.hpp"
#include "engine/hl7/person_name.hpp"
#include "engine/hl7/types.hpp"
#include "mappings/language/frame.hpp"

namespace gantry::mappings {
namespace {

const Zone& zone_or_utc(const Zone* zone) {
    static const Zone utc("UTC");
    return zone ? *zone : utc;
}

std::string leaf(const hl7::Piece& piece) {
    return trimmed(piece.subcomponent(1).text());
}

// Most values have nothing to divide, unescape or trim.
bool is_simple(std::string_view raw, const hl7::Delimiters& d) {
    return std::none_of(raw.begin(), raw.end(), [&](char c) {
        return c == d.component || c == d.repetition || c == d.escape || c == d.subcomponent || c == d.truncation ||
               c == ' ' || (c >= 0 && c < ' ');
    });
}

std::string text_of(const hl7::Piece& piece, const Frame& frame) {
    if (is_simple(piece.raw(), frame.place.all.message->delimiters())) return std::string(piece.raw());
    return leaf(piece);
}

// CWE: the text a person would read: 2, else the original text 9, else the alternate text 5, else the code.
std::string coded(const hl7::Piece& cwe) {
    for (const std::size_t component : {2u, 9u, 5u, 1u})
        if (auto text = leaf(cwe.component(component)); !text.empty()) return text;
    return {};
}

// XTN: the number as one text, else its parts, else the mail address.
std::string phone(const hl7::Piece& xtn) {
    for (const std::size_t component : {1u, 12u})
        if (auto text = leaf(xtn.component(component)); !text.empty()) return text;
    auto out = leaf(xtn.component(6));
    if (const auto number = leaf(xtn.component(7)); !number.empty()) out += (out.empty() ? "" : " ") + number;
    return out.empty() ? leaf(xtn.component(4)) : out;
}

std::string parts(const hl7::Piece& piece, const Node& node) {
    std::string out;
    for (const auto component : node.components) {
        const auto text = leaf(piece.component(component));
        if (text.empty()) continue;
        if (!out.empty()) out += node.separator;
        out += text;
    }
    return out;
}

bool usable(const hl7::Moment& moment, const Node& node, Frame& frame) {
    if (moment.valid && moment.date.size() == 8) return true;
    frame.remarks.warn(node.text + (moment.valid ? " is only part of a date; it was not used."
                                                 : " is not a date or time; it was not used."));
    return false;
}

std::string time_at_site(const hl7::Piece& piece, const Node& node, Frame& frame) {
    const auto sent = hl7::moment(piece);
    if (sent.empty() || !usable(sent, node, frame)) return {};
    if (node.read == Read::birth_date) return sent.date;
    const auto site = hl7::to_site(sent, zone_or_utc(frame.context.zone));
    if (site.ambiguous)
        frame.remarks.warn(node.text + ": this time of day happens twice on that date; the first is meant.");
    if (site.missing)
        frame.remarks.warn(node.text + ": this time of day does not exist on that date; it was kept as sent.");
    const auto time = site.time.size() >= 4 ? site.time : std::string();
    if (node.read == Read::date) return site.date;
    return node.read == Read::time ? time : site.date + time;
}

// In a list of names a group that only writes the name before in other characters is no name of its own.
bool other_representation(const hl7::Piece& xpn) {
    const auto code = leaf(xpn.component(8));
    return code == "I" || code == "P";
}

}  // namespace

std::string trimmed(std::string text) {
    constexpr const char* blanks = " \t\r\n";
    text.erase(text.find_last_not_of(blanks) + 1);
    return text.erase(0, std::min(text.find_first_not_of(blanks), text.size()));
}

std::string read_piece(const hl7::Piece& piece, const Node& node, Frame& frame) {
    if (piece.empty()) return {};
    switch (node.read) {
        case Read::text:
            return text_of(piece, frame);
        case Read::whole:
            return piece.text();
        case Read::coded:
            return coded(piece);
        case Read::parts:
            return parts(piece, node);
        case Read::xpn:
            return hl7::dicom_name_of_xpn(piece);
        case Read::other_xpn:
            return other_representation(piece) ? std::string() : hl7::dicom_name(hl7::xpn(piece));
        case Read::xcn:
            return hl7::dicom_name_of_xcn(piece);
        case Read::cnn:
            return hl7::dicom_name_of_cnn(piece);
        case Read::phone:
            return phone(piece);
        case Read::birth_date:
        case Read::date:
        case Read::time:
        case Read::moment:
            return time_at_site(piece, node, frame);
    }
    return {};
}

std::optional<std::string> utc_stamp(const hl7::Piece& dtm, const Zone* zone) {
    auto stamp = hl7::to_utc(hl7::moment(dtm), zone_or_utc(zone));
    if (stamp.empty()) return std::nullopt;
    return stamp;
}

std::string utc_stamp(Instant at) {
    const auto utc = zone_or_utc(nullptr).local(at);
    return utc.date() + utc.time();
}

}  // namespace gantry::mappings
