#include "engine/effects/field_form.hpp"

#include <boost/test/unit_test.hpp>

namespace gantry::effects {
namespace {

bool takes(RecordKind kind, std::string_view field, std::string_view value) {
    return check_form(field_table(kind)[*field_index(kind, field)], value).ok();
}

struct Row {
    RecordKind kind;
    std::string_view field;
    std::vector<std::string_view> right, wrong;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(field_form)

BOOST_AUTO_TEST_CASE(of_every_type) {
    const std::vector<Row> rows{
        {RecordKind::order, "study_instance_uid", {"1.2.840.0", "0"}, {"", "1.", ".1", "1..2", "1.02", "1.a"}},
        {RecordKind::order, "weight", {"72", "72.5", "-1", "0.5"}, {"", ".5", "5.", "1.2.3", "-", "1e5", "--1", "7 "}},
        {RecordKind::patient, "birth_date", {"19700101", "20240229"}, {"1970", "19700132", "20230229", "1970010a"}},
        {RecordKind::step, "start_time", {"0000", "2359", "235959"}, {"24", "2400", "2360", "235960", "23:59"}},
        {RecordKind::order,
         "ordered_date",
         {"20261123", "202611230930", "20261123093000", "20261123093000+0100", "202611230930-0530", "20261123+0100"},
         {"2026", "2026112309", "20261123250000", "20261123093000+01", "20261123093000+0160", "Y"}},
        {RecordKind::patient, "deceased", {"Y", "20261123"}, {"N", "yes"}},
        {RecordKind::patient,
         "name",
         {"SMITH^JOHN", "A^B^C^D^E", "YAMADA^TARO=\u5c71\u7530", "X==Y"},
         {"A^B^C^D^E^F", "A=B=C=D", "A\\B", "A\nB"}},
        {RecordKind::patient, "sex", {"M", "F", "O"}, {"", "X", "m"}},
        {RecordKind::order, "hold", {"Y"}, {"N", "1", ""}},
        {RecordKind::order, "reason", {"anything at all", ""}, {}},
    };
    for (const auto& row : rows) {
        for (const auto value : row.right) BOOST_TEST(takes(row.kind, row.field, value), row.field << " " << value);
        for (const auto value : row.wrong) BOOST_TEST(!takes(row.kind, row.field, value), row.field << " " << value);
    }
}

BOOST_AUTO_TEST_CASE(the_error_names_the_field_and_not_the_value) {
    const auto& sex = field_table(RecordKind::patient)[*field_index(RecordKind::patient, "sex")];
    const auto error = check_form(sex, "SECRET").error();
    BOOST_TEST((error.code == ErrorCode::hl7_unknown_code));
    BOOST_TEST(error.detail == "sex takes one of M, F, O only");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::effects
