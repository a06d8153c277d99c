#include "fhir/json/primitives.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace gantry::fhir::r4;

namespace {

struct Row {
    Primitive type;
    std::vector<std::string> right, wrong;
};

const Row rows[] = {
    {Primitive::boolean_, {"true", "false"}, {"", "True", "1", "yes", " true"}},
    {Primitive::integer_,
     {"0", "-1", "2147483647", "-2147483648"},
     {"", "2147483648", "-2147483649", "01", "+1", "1.0", "1e3", "-", " 1"}},
    {Primitive::unsignedInt_, {"0", "2147483647"}, {"-1", "2147483648", "00"}},
    {Primitive::positiveInt_, {"1", "2147483647"}, {"0", "-1"}},
    {Primitive::decimal_,
     {"0", "-0", "1.10", "0.00", "1e5", "1E+5", "-1.5e-7", "123456789012345678901234567890.1", "1e-99999999", "9.9e299",
      std::string(300, '9')},
     {"", ".5", "5.", "01", "+1", "1e", "1e+", "NaN", "0x1", "1,5", "1e300", "1e99999999999999999999",
      std::string(301, '9')}},
    {Primitive::date_,
     {"2024", "2024-02", "2024-02-29", "0001-01-01", "9999-12-31", "2000-02-29"},
     {"", "24", "0000", "2024-13", "2024-00", "2023-02-29", "1900-02-29", "2024-04-31", "2024-2-1",
      "2024-01-01T00:00:00Z", "2024-", "2024-01-", "20240101"}},
    {Primitive::dateTime_,
     {"2024", "2024-02", "2024-02-29", "2024-02-29T13:28:17Z", "2024-02-29T13:28:17.239+02:00", "2016-12-31T23:59:60Z",
      "2024-02-29T13:28:17-14:00"},
     {"2024-02-29T13:28:17", "2024-02-29T13:28Z", "2024-02-29T24:00:00Z", "2024-02-29T13:28:17.Z", "2024-02T10:00:00Z",
      "2024-02-29T13:28:61Z", "2024-02-29T13:28:17+15:00", "2024-02-29T13:28:17+14:30", "2024-02-29 13:28:17Z",
      "2024-02-29T13:28:17z"}},
    {Primitive::instant_,
     {"2015-02-07T13:28:17.239+02:00", "2017-01-01T00:00:00Z"},
     {"2015", "2015-02-07", "2015-02-07T13:28:17", "2015-02-30T13:28:17Z"}},
    {Primitive::time_,
     {"00:00:00", "23:59:59.999", "12:00:60"},
     {"24:00:00", "12:00", "12:00:00Z", "1:00:00", "12:00:00."}},
    {Primitive::id_, {"a", "A-1.b", std::string(64, 'x')}, {"", "a_b", "a b", std::string(65, 'x'), "a/b", "é"}},
    {Primitive::code_, {"a", "a b", "final", "<="}, {"", " a", "a ", "a  b", "a\tb", " "}},
    {Primitive::oid_,
     {"urn:oid:1.2.3", "urn:oid:2.16.840.1"},
     {"1.2.3", "urn:oid:1", "urn:oid:3.1", "urn:oid:1.02", "urn:oid:1..2", "urn:oid:1.2."}},
    {Primitive::uuid_,
     {"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
     {"c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:C757873D-ec9a-4326-a141-556f43239520", "urn:uuid:c757873d",
      "urn:uuid:c757873dxec9a-4326-a141-556f43239520"}},
    {Primitive::uri_,
     {"http://a", "urn:oid:1.2", "a", "#b", "mailto:x@y", "urn:oid:1.2|3"},
     {"", "a b", "a\n", "urn:oid:x"}},
    {Primitive::url_, {"http://a/b?c"}, {"", "http://a b"}},
    {Primitive::canonical_, {"http://a|1.0"}, {""}},
    {Primitive::base64Binary_,
     {"AAAA", "AA==", "AAA=", "AA AA", "QUJD\nREVG"},
     {"", "A", "AAA", "A===", "AA=A", "AA*A", "===="}},
    {Primitive::string_,
     {"a", " a ", "ä\n", "\t x"},
     {"", " ", "\n", std::string("a\0b", 3), "a\x01", std::string((1u << 20) + 1, 'a')}},
    {Primitive::markdown_, {"# a\n\nb"}, {"", " \n "}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(primitives)

BOOST_AUTO_TEST_CASE(every_type_by_its_own_rules) {
    for (const auto& row : rows) {
        for (const auto& text : row.right)
            BOOST_TEST(wrong_with(row.type, text).empty(), static_cast<int>(row.type) << " refuses " << text);
        for (const auto& text : row.wrong)
            BOOST_TEST(!wrong_with(row.type, text).empty(), static_cast<int>(row.type)
                                                                << " takes " << text.substr(0, 60));
    }
}

BOOST_AUTO_TEST_CASE(a_text_stands_in_json_as_what_it_is) {
    BOOST_TEST((value_kind(Primitive::decimal_, "1.10") == ValueKind::number));
    BOOST_TEST((value_kind(Primitive::decimal_, "1,10") == ValueKind::string));
    BOOST_TEST((value_kind(Primitive::boolean_, "TRUE") == ValueKind::string));
    BOOST_TEST((value_kind(Primitive::string_, "1") == ValueKind::string));
    BOOST_TEST((value_kind(Primitive::none, "1") == ValueKind::none));
}

BOOST_AUTO_TEST_SUITE_END()
