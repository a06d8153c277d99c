// Urgency: the one function for every consumer. The most urgent of all priority codes present, HL7 tables 0485 and
// 0027.
#include <algorithm>
#include <charconv>

#include "mappings/language/frame.hpp"

namespace gantry::mappings {
namespace {

constexpr std::string_view ranks[] = {"", "ROUTINE", "URGENT", "STAT"};

// TS, TM, TH, TD, TW, TL + n: within n seconds, minutes, hours, days, weeks, months. At most an hour is STAT.
std::string_view timed(std::string_view code) {
    if (code.size() < 2 || code[0] != 'T') return {};
    long count = 1;
    const auto digits = code.substr(2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (!digits.empty() && (error != std::errc() || end != digits.data() + digits.size() || count < 0)) return {};
    switch (code[1]) {
        case 'S':
            return count <= 3600 ? ranks[3] : ranks[2];
        case 'M':
            return count <= 60 ? ranks[3] : ranks[2];
        case 'H':
            return count <= 1 ? ranks[3] : ranks[2];
        case 'D':
        case 'W':
        case 'L':
            return count == 0 ? ranks[3] : ranks[2];
        default:
            return {};
    }
}

struct Codes {
    std::size_t rank = 0;
    bool disagree = false, cleared = false;
    std::string unknown;
    std::string_view source, raw;  // of the most urgent, else of the last unknown
};

std::size_t rank_of(const Node& node, const std::string& code, Frame& frame) {
    const std::string_view key[] = {code};
    std::string_view urgency = timed(code);
    if (const auto row = look_up(*node.table, key, frame.remarks))
        if (const auto& cell = node.table->cell(*row, node.column)) urgency = *cell;
    return static_cast<std::size_t>(std::find(std::begin(ranks), std::end(ranks), urgency) - std::begin(ranks)) %
           std::size(ranks);
}

void consider(const Node& node, const Node& child, const hl7::Piece& piece, Frame& frame, Codes& codes) {
    if (piece.is_null()) {
        codes.cleared = true;
        return;
    }
    const auto code = read_piece(piece, child, frame);
    if (code.empty()) return;
    const auto rank = rank_of(node, code, frame);
    if (rank == 0) {
        frame.remarks.unmapped(node.table->name(), code);
        if (!codes.unknown.empty()) codes.unknown += ", ";
        codes.unknown += code;
    }
    codes.disagree = codes.disagree || (rank && codes.rank && rank != codes.rank);
    if (rank < codes.rank) return;
    codes.rank = rank;
    codes.source = child.text;
    codes.raw = piece.raw();
}

Codes collect(const Node& node, Frame& frame) {
    Codes codes;
    for (const auto& child : node.children)
        for (const auto& piece : find_all(*child.source, frame)) consider(node, child, piece, frame, codes);
    return codes;
}

}  // namespace

Value evaluate_most_urgent(const Node& node, Frame& frame) {
    const auto codes = collect(node, frame);
    const bool wants_unknown = node.number == 1;
    if (wants_unknown && !codes.unknown.empty()) return {Value::Says::set, codes.unknown, codes.source, codes.raw};
    if (wants_unknown)
        return codes.rank || codes.cleared ? Value{Value::Says::clear, {}, codes.source, codes.raw} : Value{};
    if (codes.disagree) frame.remarks.warn("The priority codes of the order disagree; the most urgent one counts.");
    if (!codes.unknown.empty()) frame.remarks.warn("A priority code is not in the priority table.");
    // An unknown code may be the more urgent one: ROUTINE would be a guess.
    const bool certain = codes.rank > 1 || (codes.rank == 1 && codes.unknown.empty());
    if (certain) return {Value::Says::set, std::string(ranks[codes.rank]), codes.source, codes.raw};
    if (codes.unknown.empty() && !codes.cleared) return {};
    return {Value::Says::clear, {}, codes.source, codes.raw};
}

}  // namespace gantry::mappings
