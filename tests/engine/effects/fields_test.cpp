#include "engine/effects/fields.hpp"

#include <array>
#include <boost/test/unit_test.hpp>
#include <set>

using namespace gantry::effects;

namespace {

constexpr std::array kinds = {RecordKind::patient, RecordKind::order, RecordKind::step, RecordKind::report};

// The longest value a type can have in its canonical form; 0: the type sets no limit.
std::size_t longest_of(FieldType type) {
    switch (type) {
        case FieldType::date:
            return 8;
        case FieldType::time:
            return 6;
        case FieldType::moment:
            return 26;
        case FieldType::uid:
            return 64;
        case FieldType::flag:
            return 1;
        case FieldType::text:
        case FieldType::name:
        case FieldType::code:
        case FieldType::decimal:
            return 0;
    }
    return 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(effects_fields)

BOOST_AUTO_TEST_CASE(a_field_is_found_by_its_name) {
    for (const auto kind : kinds) {
        const auto table = field_table(kind);
        for (std::size_t i = 0; i < table.size(); ++i) {
            BOOST_REQUIRE(field_index(kind, table[i].name).has_value());
            BOOST_TEST(*field_index(kind, table[i].name) == i);
        }
        BOOST_TEST(!field_index(kind, "no_such_field").has_value());
        BOOST_TEST(!field_index(kind, "").has_value());
    }
}

BOOST_AUTO_TEST_CASE(rows_stand_where_the_enumerations_say) {
    const auto order = field_table(RecordKind::order);
    BOOST_TEST(field_table(RecordKind::patient)[static_cast<std::size_t>(PatientField::allergies)].name == "allergies");
    BOOST_TEST(order[static_cast<std::size_t>(OrderField::accession_number)].name == "accession_number");
    BOOST_TEST(order[order.size() - 1].name == "warnings");
    BOOST_TEST(static_cast<std::size_t>(OrderField::warnings) == order.size() - 1);
    BOOST_TEST(field_table(RecordKind::step)[static_cast<std::size_t>(StepField::status)].name == "status");
}

BOOST_AUTO_TEST_CASE(names_are_unique_words_with_a_meaning) {
    for (const auto kind : kinds) {
        std::set<std::string_view> names;
        for (const auto& field : field_table(kind)) {
            BOOST_TEST(names.insert(field.name).second, field.name);
            BOOST_TEST(field.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos,
                       field.name);
            BOOST_TEST(!field.meaning.empty(), field.name);
        }
    }
}

BOOST_AUTO_TEST_CASE(lengths_fit_types_and_choices) {
    for (const auto kind : kinds) {
        for (const auto& field : field_table(kind)) {
            const auto longest = longest_of(field.type);
            BOOST_TEST((longest == 0 || field.longest == longest), field.name);
            BOOST_TEST((field.choices.empty() || field.type == FieldType::code), field.name);
            for (const auto choice : field.choices)
                BOOST_TEST((!choice.empty() && choice.size() <= field.longest), field.name << " " << choice);
        }
    }
}

BOOST_AUTO_TEST_CASE(changes_and_values_have_a_place_per_field) {
    FieldChanges<OrderField> changes;
    BOOST_TEST(changes.size() == field_table(RecordKind::order).size());
    BOOST_TEST((changes[OrderField::modality].says == FieldChange::Says::nothing));
    changes.set(OrderField::modality, "CT", "OBR-24");
    BOOST_TEST(changes.value(OrderField::modality) == "CT");
    BOOST_TEST(changes[OrderField::modality].source == "OBR-24");
    FieldValues<StepField> one, other;
    BOOST_TEST((one == other));
    one[StepField::modality] = "MR";
    BOOST_TEST((one != other));
}

BOOST_AUTO_TEST_CASE(characters_are_counted_and_not_bytes) {
    BOOST_TEST(length_in_characters("") == 0u);
    BOOST_TEST(length_in_characters("M\xC3\xBCller") == 6u);
    BOOST_TEST(length_in_characters("\xE5\xB1\xB1\xE7\x94\xB0") == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
