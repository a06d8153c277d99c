// What one segment holds: fields, their repetitions, components and subcomponents against the data types.
#include "engine/structures/segment_rules.hpp"

#include <algorithm>

#include "engine/structures/value_format.hpp"

namespace gantry::structures {
namespace {

constexpr int required_missing = 101, wrong_type = 102, not_in_table = 103, too_long = 104, wrong_cardinality = 198;

bool counts_separator(std::string_view id) {
    return id == "MSH" || id == "BHS" || id == "FHS";
}

class SegmentCheck {
  public:
    SegmentCheck(const hl7::Segment& segment, std::size_t occurrence, const Version& version, Problems& problems)
        : segment_(segment), version_(version), problems_(problems) {
        where_.segment = segment.id();
        where_.sequence = occurrence;
        since_2_7_ = version.text() >= "2.7";
    }

    void run(const Segment& definition) {
        const auto first = counts_separator(segment_.id()) ? 3u : 1u;
        const auto known = definition.fields.size();
        for (std::size_t n = first; n <= known && !problems_.full(); ++n) check_field(n, *definition.fields.at(n));
        for (auto n = known + 1; n <= segment_.fields(); ++n)
            if (segment_.field(n).valued()) return unknown_field(n, known);
    }

  private:
    void add(int condition, std::string text, bool error = true) {
        problems_.add({where_, condition, error, std::move(text)});
    }
    std::string in_version() const { return " in " + std::string(version_.text()); }

    void at(std::size_t field, std::size_t repetition = 0, std::size_t component = 0, std::size_t subcomponent = 0) {
        where_.field = field;
        where_.repetition = repetition;
        where_.component = component;
        where_.subcomponent = subcomponent;
    }

    void unknown_field(std::size_t n, std::size_t known) {
        at(n);
        add(wrong_type, where_.segment + " has " + std::to_string(known) + " fields" + in_version(), false);
    }

    void check_field(std::size_t n, const Element& field) {
        at(n);
        const auto value = segment_.field(n);
        if (value.empty() && field.usage == Usage::required)
            return add(required_missing, std::string(field.name) + " is required" + in_version());
        if (!value.valued()) return;
        if (field.usage == Usage::withdrawn || field.usage == Usage::not_supported)
            return add(wrong_type, std::string(field.name) + " is no longer used" + in_version(), false);
        // MSH-9 was judged with the structure.
        if (segment_.id() == "MSH" && n == 9) return;
        check_repetitions(n, field, value);
    }

    void check_repetitions(std::size_t n, const Element& field, const hl7::Piece& value) {
        const auto repetitions = value.repetitions();
        if (field.repetitions != 0 && repetitions > field.repetitions) {
            at(n, field.repetitions + 1);
            add(since_2_7_ ? wrong_cardinality : wrong_type,
                std::string(field.name) + " does not repeat" +
                    (field.repetitions > 1 ? " more than " + std::to_string(field.repetitions) + " times" : "") +
                    in_version());
        }
        std::size_t repetition = 0;
        for (const auto& one : value.each_repetition()) {
            if (++repetition, problems_.full()) return;
            at(n, repetition);
            if (one.valued()) check_value(field, one, type_of(field));
        }
    }

    // The type, which OBX-2 names for OBX-5.
    std::string_view type_of(const Element& field) const {
        const bool named_elsewhere = field.type == "Varies" && segment_.id() == "OBX" && where_.field == 5;
        return named_elsewhere ? segment_.field(2).raw() : field.type;
    }

    // What the components may hold together, 0 when that is not said (before v2.5). Where a field is said to be shorter
    // than its type, the type counts: the chapters never agreed.
    std::size_t room_of(std::string_view type) const {
        const auto definition = version_.type(type);
        std::size_t room = 0;
        for (std::size_t n = 1; definition && n <= definition->components.size(); ++n) {
            const auto length = definition->components.at(n)->length;
            if (length == 0) return 0;
            room += length + (n > 1 ? 1 : 0);
        }
        return room;
    }

    void check_length(const Element& element, const hl7::Piece& value) {
        if (element.length == 0 || value.raw().size() <= element.length) return;
        if (characters(code_of(value)) <= std::max(element.length, room_of(element.type))) return;
        add(since_2_7_ ? too_long : wrong_type,
            std::string(element.name) + " is longer than " + std::to_string(element.length) + " characters");
    }

    void check_value(const Element& field, const hl7::Piece& value, std::string_view type) {
        check_length(field, value);
        const auto definition = version_.type(type);
        if (!definition || type == "CM") return;
        if (definition->primitive()) return check_undivided(field, type, value);
        if (type == "CNE") check_table(field, value.component(1));
        check_components(*definition, value);
    }

    void check_components(const DataType& type, const hl7::Piece& value) {
        for (std::size_t n = 1; n <= type.components.size() && !problems_.full(); ++n) {
            where_.component = n;
            where_.subcomponent = 0;
            check_component(type, *type.components.at(n), value.component(n));
        }
        where_.component = type.components.size() + 1;
        where_.subcomponent = 0;
        if (value.component(where_.component).valued())
            add(wrong_type,
                std::string(type.id) + " has " + std::to_string(type.components.size()) + " components" + in_version(),
                false);
        where_.component = 0;
    }

    // A receiver reads the first component of what should have none.
    void check_undivided(const Element& field, std::string_view type, const hl7::Piece& value) {
        check_primitive(field, type, value.component(1).subcomponent(1));
        if (!value.component(2).valued()) return;
        where_.component = 2;
        add(wrong_type,
            std::string(field.name) + " is " + std::string(type) + in_version() + ", which has no components", false);
        where_.component = 0;
    }

    void check_component(const DataType& type, const Element& component, const hl7::Piece& value) {
        if (value.empty() && component.usage == Usage::required)
            return add(required_missing, missing_part(component, type.id));
        if (!value.valued()) return;
        check_length(component, value);
        // The first component of TS is the time, which old versions call ST.
        const auto written_as = type.id == "TS" && where_.component == 1 ? std::string_view("TS") : component.type;
        const auto definition = version_.type(component.type);
        if (!definition || definition->primitive())
            return check_primitive(component, written_as, value.subcomponent(1));
        check_subcomponents(*definition, value);
    }

    void check_subcomponents(const DataType& type, const hl7::Piece& value) {
        for (std::size_t n = 1; n <= type.components.size() && !problems_.full(); ++n) {
            where_.subcomponent = n;
            const auto part = *type.components.at(n);
            const auto one = value.subcomponent(n);
            if (one.empty() && part.usage == Usage::required)
                add(required_missing, missing_part(part, type.id));
            else if (one.valued())
                check_primitive(part, type.id == "TS" && n == 1 ? "TS" : part.type, one);
        }
        where_.subcomponent = 0;
    }

    std::string missing_part(const Element& part, std::string_view type) const {
        return std::string(part.name) + " of " + std::string(type) + " is required" + in_version();
    }

    void check_primitive(const Element& element, std::string_view type, const hl7::Piece& value) {
        const auto text = value.text();
        if (text.empty() || value.is_null()) return;
        if (!well_formed(type, text)) add(wrong_type, std::string(element.name) + " is no " + std::string(type));
        if (type == "ID") check_table(element, value);
    }

    // Blanks at the end are padding.
    static std::string code_of(const hl7::Piece& value) {
        auto text = value.text();
        text.erase(text.find_last_not_of(' ') + 1);
        return text;
    }

    void check_table(const Element& element, const hl7::Piece& value) {
        const auto table = element.table ? Table::find(element.table) : std::nullopt;
        if (!table || !table->closed() || !value.valued() || table->meaning(code_of(value))) return;
        const auto number = std::to_string(table->number());
        add(not_in_table, std::string(element.name) + ": not in table " +
                              std::string(4 - std::min<std::size_t>(4, number.size()), '0') + number + ", " +
                              std::string(table->name()));
    }

    const hl7::Segment& segment_;
    Version version_;
    Problems& problems_;
    hl7::ErrorLocation where_;
    bool since_2_7_ = false;
};

}  // namespace

void check_segment(const hl7::Segment& segment, std::size_t occurrence, const Version& version, Problems& problems) {
    if (const auto definition = version.segment(segment.id()))
        SegmentCheck(segment, occurrence, version, problems).run(*definition);
}

}  // namespace gantry::structures
