#include "engine/structures/leaf_kinds.hpp"

#include <algorithm>

namespace gantry::structures {
namespace {

using Kind = LeafKind;

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

// Segments whose texts belong to a person.
bool speaks_of_persons(std::string_view segment) {
    return one_of(segment, {"PID", "PD1", "NK1", "GT1", "IN1", "IN2", "IN3", "MRG", "STF", "PDA"});
}

// A type of the early versions by the name it has later, where the early one says less.
std::string_view later_name(std::string_view type) {
    if (one_of(type, {"CM_PLACER", "CM_FILLER", "CM_GROUP_ID"})) return "EI";
    if (type == "CM_EIP") return "EIP";
    if (one_of(type, {"CK", "CK_ACCOUNT_NO", "CM_PAT_ID", "CM_PAT_ID_0192"})) return "CX";
    if (one_of(type, {"CM_PLN", "PLN", "CM_LICENSE_NO", "DLN"})) return "DLN";
    if (one_of(type, {"CN", "CN_PERSON", "PPN"})) return "XCN";
    if (type == "PN") return "XPN";
    return type;
}

// Fields that are texts by their type and something else by what they are for.
std::optional<Place> exception(std::string_view segment, std::size_t n) {
    if (segment == "MSH") {
        if (n == 7) return Place{Kind::date, {}};
        if (n == 10) return Place{Kind::identifier, {}};
        return Place{n == 8 || n == 14 ? Kind::text : Kind::kept, {}};
    }
    if (segment == "OBX" && (n == 4 || n == 7)) return Place{Kind::kept, {}};
    if (segment == "IPC" && n == 9) return Place{Kind::kept, {}};          // AE title
    if (segment == "ZDS" && n == 1) return Place{Kind::identifier, "RP"};  // IHE RAD TF-2 4.4: study instance UID
    if (segment == "MSA" && n == 2) return Place{Kind::identifier, {}};    // a control id
    return std::nullopt;
}

// Components that are somebody's, by type. Nothing: the component's own type says what it is.
std::optional<Kind> component_kind(std::string_view type, std::size_t n) {
    if (type == "XPN") {
        if (n <= 3 || n == 15) return Kind::person;
        if (n <= 6 || n == 14) return Kind::affix;
    } else if (type == "XCN" || type == "CNN") {
        if (n == 1) return Kind::identifier;
        if (n <= 4) return Kind::person;
        if (n <= 7 || (n == 21 && type == "XCN")) return Kind::affix;
        if (type == "CNN" || n == 11) return Kind::kept;
    } else if (type == "CX") {
        if (n == 1) return Kind::identifier;
        if (n == 2) return Kind::kept;
    } else if (type == "EI" || type == "RP" || type == "DLN") {
        if (n == 1) return Kind::identifier;
        if (type != "DLN") return Kind::kept;
    } else if (type == "OSD") {
        return n == 2 || n == 4 ? Kind::identifier : Kind::kept;
    } else if (type == "XAD" || type == "AD") {
        if (n == 4) return Kind::affix;
        if (n <= 5 || (n >= 8 && n <= 10)) return Kind::person;
        if (n <= 7 || n == 11) return Kind::kept;
    } else if (type == "SAD" || type == "FN") {
        return Kind::person;
    } else if (type == "XTN") {
        if (n == 2 || n == 3) return Kind::kept;
        if (n <= 12) return Kind::person;
    } else if (type == "XON") {
        if (n == 1) return Kind::person;
        return n == 3 || n == 10 ? Kind::identifier : Kind::kept;
    } else if (type == "ED") {
        return n == 5 ? Kind::data : Kind::kept;
    } else if (type == "TQ") {
        if (n == 3 || n == 6) return Kind::kept;
    } else if (type == "PL" || type == "CM_INTERNAL_LOCATION") {
        return n == 9 ? Kind::text : Kind::kept;
    } else if (one_of(type,
                      {"HD", "CQ", "CQ_QUANTITY", "RI", "CM_RI", "SN", "MSG", "CM_MSG", "VID", "PT", "NR", "MO"})) {
        return Kind::kept;
    }
    return std::nullopt;
}

// Of a coded element: 1-3 the code with its text and system, 4-6 another, 9 what was there before it was coded, and
// from 10 on a third.
Kind coded_kind(std::size_t n) {
    if (n == 1 || n == 4 || n == 10) return Kind::code;
    if (n == 2 || n == 5 || n == 11) return Kind::description;
    return n == 9 || n == 13 ? Kind::text : Kind::kept;
}

}  // namespace

bool is_coded_element(std::string_view type) {
    return one_of(type, {"CE", "CWE", "CNE", "CF", "CD"});
}

std::optional<DataType> LeafKinds::find_type(std::string_view type) const {
    if (auto found = version_.type(type)) return found;
    if (auto found = Version::nearest("2.5.1").type(type)) return found;
    return Version::nearest("2.8").type(type);
}

// By the message's own version; where that does not know the field, or says less of it than a later one (2.1 calls
// every code a text), by the later one.
std::optional<Element> LeafKinds::find_field(std::string_view segment, std::size_t n) const {
    auto in = [&](const Version& version) {
        const auto found = version.segment(segment);
        return found ? found->fields.at(n) : std::nullopt;
    };
    const auto own = in(version_);
    if (own && own->table == 0 && !one_of(own->type, {"ST", "CM"})) return own;
    if (own && own->table != 0) return own;
    if (const auto later = in(Version::nearest("2.5.1"))) return later;
    if (const auto later = in(Version::nearest("2.8"))) return later;
    return own;
}

Place LeafKinds::of_type(std::string_view type, unsigned table, bool of_person) const {
    if (one_of(type, {"DT", "DTM", "TS"})) return {Kind::date, {}};
    if (one_of(type, {"NM", "SI"})) return {Kind::number, {}};
    if (one_of(type, {"ID", "IS", "TM", "GTS"})) return {Kind::kept, {}};
    if (type == "TN") return {Kind::person, {}};
    if (type == "Varies" || type.empty()) return {Kind::unknown, {}};
    if (one_of(type, {"FT", "TX"})) return {Kind::text, {}};
    if (type == "ST") return {table != 0 ? Kind::kept : of_person ? Kind::person : Kind::text, {}};
    const auto name = later_name(type);
    if (component_kind(name, 1)) return {Kind::text, name};
    const auto found = find_type(name);
    if (!found || found->primitive()) return {Kind::unknown, {}};
    return {Kind::text, name};
}

Place LeafKinds::of_element(const Element& element, bool of_person) const {
    return of_type(element.type, element.table, of_person);
}

Place LeafKinds::field(std::string_view segment, std::size_t n, std::string_view value_type) const {
    if (const auto found = exception(segment, n)) return *found;
    const auto element = find_field(segment, n);
    if (!element) return {};
    if (element->type == "Varies" && segment == "OBX") return of_type(value_type, 0, false);
    return of_element(*element, speaks_of_persons(segment));
}

Place LeafKinds::component(std::string_view type, std::size_t n) const {
    if (is_coded_element(type)) return {coded_kind(n), {}};
    if (const auto kind = component_kind(type, n)) return {*kind, {}};
    const auto found = find_type(type);
    const auto element = found ? found->components.at(n) : std::nullopt;
    return element ? of_element(*element, type == "XAD" || type == "XPN" || type == "XCN") : Place{};
}

}  // namespace gantry::structures
