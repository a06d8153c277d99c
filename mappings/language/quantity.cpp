// Weight and height from observations, (0010,1030) in kg and (0010,1020) in m.
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "mappings/language/frame.hpp"

namespace gantry::mappings {
namespace {

struct Unit {
    std::string_view name, base;
    double factor;
};

// UCUM and what is written instead of it, in lower case.
constexpr std::array<Unit, 27> units{{{"kg", "kg", 1},
                                      {"kilogram", "kg", 1},
                                      {"kilograms", "kg", 1},
                                      {"g", "kg", 0.001},
                                      {"gram", "kg", 0.001},
                                      {"grams", "kg", 0.001},
                                      {"lb", "kg", 0.45359237},
                                      {"lbs", "kg", 0.45359237},
                                      {"[lb_av]", "kg", 0.45359237},
                                      {"pound", "kg", 0.45359237},
                                      {"pounds", "kg", 0.45359237},
                                      {"oz", "kg", 0.028349523125},
                                      {"[oz_av]", "kg", 0.028349523125},
                                      {"ounce", "kg", 0.028349523125},
                                      {"ounces", "kg", 0.028349523125},
                                      {"m", "m", 1},
                                      {"meter", "m", 1},
                                      {"metre", "m", 1},
                                      {"cm", "m", 0.01},
                                      {"mm", "m", 0.001},
                                      {"in", "m", 0.0254},
                                      {"[in_i]", "m", 0.0254},
                                      {"inch", "m", 0.0254},
                                      {"inches", "m", 0.0254},
                                      {"ft", "m", 0.3048},
                                      {"[ft_i]", "m", 0.3048},
                                      {"feet", "m", 0.3048}}};

std::string lower(std::string text) {
    for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

const Unit* unit_named(const std::string& name) {
    for (const auto& unit : units)
        if (unit.name == name) return &unit;
    return nullptr;
}

// A plain decimal number with point or comma; nothing else.
bool number(std::string text, double& out) {
    for (auto& c : text) c = c == ',' ? '.' : c;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, std::chars_format::fixed);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(out);
}

std::string decimal(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f", value);
    std::string out(text);
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
    return out;
}

std::string leaf(const hl7::Piece& piece) {
    return piece.component(1).subcomponent(1).text();
}

// OBX-3 by code, else by text: local systems often send the text alone.
bool is_about(const Node& node, const hl7::Segment& obx, const Frame& frame) {
    for (const std::size_t component : {1u, 2u}) {
        const auto code = obx.field(3).component(component).subcomponent(1).text();
        if (code.empty()) continue;
        const std::string_view key[] = {code};
        const auto row = node.table->find(key);
        if (!row || node.table->cell(*row, node.column) != node.text) continue;
        frame.remarks.used(*node.table, *row);
        return true;
    }
    return false;
}

bool withdrawn(const hl7::Segment& obx) {
    const auto status = obx.field(11).raw();
    return status == "D" || status == "W" || status == "X";
}

std::optional<hl7::Segment> observation(const Node& node, const Frame& frame) {
    for (const auto* scope = &frame.place.all; scope; scope = scope->outer)
        for (auto i = scope->begin; i < scope->end; ++i) {
            const auto segment = scope->message->segment(i);
            if (segment.id() == "OBX" && is_about(node, segment, frame) && !withdrawn(segment)) return segment;
        }
    return std::nullopt;
}

Value nothing(Frame& frame, const Node& node, std::string why) {
    frame.remarks.warn("The " + node.text + " in OBX was not used: " + std::move(why) + ".");
    return {};
}

}  // namespace

Value evaluate_quantity(const Node& node, Frame& frame) {
    const auto obx = observation(node, frame);
    if (!obx) return {};
    const auto value = obx->field(5), unit_sent = obx->field(6);
    for (const std::size_t field : {2u, 3u, 5u, 6u, 11u}) frame.remarks.read(obx->field(field).raw());
    if (value.is_null()) return {Value::Says::clear, {}, "OBX-5", value.raw()};
    if (value.empty()) return {};
    double amount = 0;
    if (!number(leaf(value), amount)) return nothing(frame, node, "it is not a number");
    const auto* unit = unit_named(lower(leaf(unit_sent)));
    if (!unit_sent.valued()) return nothing(frame, node, "it has no unit");
    const std::string_view base = node.text == "weight" ? "kg" : "m";
    if (!unit || unit->base != base) return nothing(frame, node, "its unit is not one of its kind");
    amount *= unit->factor;
    if (amount < node.least || amount > node.most) return nothing(frame, node, "it is outside what is possible");
    return {Value::Says::set, decimal(amount), "OBX-5", value.raw()};
}

}  // namespace gantry::mappings
