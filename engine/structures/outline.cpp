#include "engine/structures/outline.hpp"

#include <algorithm>
#include <cctype>

namespace gantry::structures {
namespace {

std::string_view note_on(Placement placement) {
    switch (placement) {
        case Placement::too_many:
            return "more often than the structure allows";
        case Placement::misplaced:
            return "not at its place";
        case Placement::not_in_structure:
            return "not in this structure";
        case Placement::site_defined:
            return "site-defined";
        case Placement::expected:
        case Placement::unknown_structure:
            break;
    }
    return {};
}

std::string labelled(std::string place, std::string_view name) {
    if (!name.empty()) place.append(" ").append(name);
    return place;
}

class Outline {
  public:
    Outline(const hl7::Message& message, const MessageTree& tree) : message_(message), tree_(tree) {}

    std::vector<OutlineLine> write() && {
        title();
        for (std::size_t i = 1; i < tree_.nodes.size(); ++i) {
            const auto& node = tree_.nodes[i];
            while (!open_.empty() && i >= open_.back()) open_.pop_back();
            const auto depth = open_.size() + 1;
            if (node.group)
                add(depth, std::string(tree_.group_name(node)), {}, note_on(node.placement));
            else
                write_segment(depth, message_.segment(node.segment), node.placement);
            if (node.group) open_.push_back(node.end);
        }
        return std::move(lines_);
    }

  private:
    void add(std::size_t depth, std::string label, std::string value, std::string_view note) {
        lines_.push_back({depth, std::move(label), std::move(value), std::string(note)});
    }

    void title() {
        const auto version = ", HL7 " + std::string(tree_.version.text());
        if (!tree_.found) return add(0, "Message of an unknown type" + version, {}, {});
        const auto& found = *tree_.found;
        const bool borrowed = !(found.version == tree_.version);
        add(0, labelled(std::string(found.structure.id()), found.structure.name()) + version, {},
            borrowed ? "structure of " + std::string(found.version.text()) : std::string());
    }

    void write_segment(std::size_t depth, const hl7::Segment& segment, Placement placement) {
        const auto definition = tree_.version.segment(segment.id());
        add(depth, labelled(std::string(segment.id()), definition ? definition->name : std::string_view()), {},
            note_on(placement));
        for (std::size_t n = 1; n <= segment.fields(); ++n)
            write_field(depth + 1, segment, n, definition ? definition->fields.at(n) : std::nullopt);
    }

    void write_field(std::size_t depth, const hl7::Segment& segment, std::size_t n,
                     const std::optional<Element>& field) {
        const auto value = segment.field(n);
        const auto place = std::string(segment.id()) + "-" + std::to_string(n);
        const auto repetitions = value.each_repetition();
        for (std::size_t i = 0; i < repetitions.size(); ++i) {
            if (repetitions[i].empty()) continue;
            const auto index = repetitions.size() > 1 ? "[" + std::to_string(i + 1) + "]" : std::string();
            const auto type = field && field->type == "Varies" ? segment.field(2).raw()
                              : field                          ? field->type
                                                               : std::string_view();
            write_value(depth, labelled(place + index, field ? field->name : std::string_view()), repetitions[i], type,
                        field ? field->table : 0);
        }
    }

    void write_value(std::size_t depth, std::string label, const hl7::Piece& value, std::string_view type,
                     unsigned table) {
        const auto definition = tree_.version.type(type);
        const bool divided = value.raw().find(message_.delimiters().component) != std::string_view::npos;
        const bool composite = definition && !definition->primitive();
        const auto code = value.component(1).text();
        const auto meaning = composite || divided ? std::nullopt : meaning_of(table, code);
        add(depth, std::move(label), divided ? std::string(value.raw()) : value.text(), meaning.value_or(""));
        if (!composite || !divided) return;
        for (std::size_t n = 1; n <= definition->components.size(); ++n)
            write_component(depth + 1, *definition, n, value.component(n));
    }

    void write_component(std::size_t depth, const DataType& type, std::size_t n, const hl7::Piece& value) {
        if (value.empty()) return;
        const auto element = *type.components.at(n);
        const auto label = labelled(std::string(type.id) + "." + std::to_string(n), element.name);
        const bool divided = value.raw().find(message_.delimiters().subcomponent) != std::string_view::npos;
        const auto meaning = divided ? std::nullopt : meaning_of(element.table, value.text());
        add(depth, label, divided ? std::string(value.raw()) : value.text(), meaning.value_or(""));
        const auto inner = divided ? tree_.version.type(element.type) : std::nullopt;
        if (!inner) return;
        for (std::size_t part = 1; part <= inner->components.size(); ++part)
            if (const auto one = value.subcomponent(part); !one.empty())
                add(depth + 1,
                    labelled(std::string(inner->id) + "." + std::to_string(part), inner->components.at(part)->name),
                    one.text(), meaning_of(inner->components.at(part)->table, one.text()).value_or(""));
    }

    static std::optional<std::string_view> meaning_of(unsigned number, const std::string& code) {
        const auto table = number ? Table::find(number) : std::nullopt;
        return table ? table->meaning(code) : std::nullopt;
    }

    const hl7::Message& message_;
    const MessageTree& tree_;
    std::vector<std::size_t> open_;  // ends of the open groups
    std::vector<OutlineLine> lines_;
};

}  // namespace

std::vector<OutlineLine> outline(const hl7::Message& message, const MessageTree& tree) {
    return Outline(message, tree).write();
}

std::string to_text(const std::vector<OutlineLine>& lines) {
    std::string out;
    for (const auto& line : lines) {
        auto text = line.label;
        if (!line.value.empty()) text += ": " + line.value;
        if (!line.note.empty()) text += " (" + line.note + ")";
        std::replace_if(
            text.begin(), text.end(), [](char c) { return std::iscntrl(static_cast<unsigned char>(c)); }, ' ');
        out.append(2 * line.depth, ' ').append(text).append("\n");
    }
    return out;
}

}  // namespace gantry::structures
