#include "engine/hl7/types.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/hl7/moment.hpp"
#include "engine/hl7/person_name.hpp"

using namespace gantry;
using namespace gantry::hl7;

namespace {

const Delimiters usual;
Piece piece(std::string_view raw) {
    return {raw, &usual};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(types)

BOOST_AUTO_TEST_CASE(identifiers) {
    BOOST_TEST((identifier(piece("4711^^^HOSP&1.2&ISO^MR")) == Identifier{"4711", "HOSP", "1.2", "ISO", "MR"}));
    BOOST_TEST((identifier(piece("4711^^^&1.2&ISO^MR")) == Identifier{"4711", "1.2", "1.2", "ISO", "MR"}));
    BOOST_TEST((identifier(piece("4711")) == Identifier{"4711", "", "", "", ""}));
    BOOST_TEST((identifier(piece("\"\"")) == Identifier{}));
    BOOST_TEST((identifier(Piece()) == Identifier{}));
    const auto number = entity_identifier(piece("P1^^1.2.3^ISO"));
    BOOST_TEST(number.number == "P1");
    BOOST_TEST(number.authority() == "1.2.3");
    BOOST_TEST(entity_identifier(piece("P1^HIS^1.2.3^ISO")).authority() == "HIS");
    BOOST_TEST(hierarchic_designator(piece("&1.2&ISO")) == "1.2");
}

BOOST_AUTO_TEST_CASE(codes) {
    BOOST_TEST((coded_element(piece("CT1^CT \\T\\ more^L^C2^alt^S2")) == CodedElement{"CT1", "CT & more", "L"}));
    BOOST_TEST((coded_element(piece("^^^C2^alt^S2")) == CodedElement{"C2", "alt", "S2"}));
    BOOST_TEST((coded_element(piece("^only text")) == CodedElement{"", "only text", ""}));
}

BOOST_AUTO_TEST_CASE(names_of_patients) {
    const std::pair<const char*, const char*> rows[] = {
        {"Meier^Anna^Maria^Jr.^Dr.", "Meier^Anna^Maria^Dr.^Jr."},
        {"Meier^Anna", "Meier^Anna"},
        {"Meier", "Meier"},
        {"", ""},
        {"\"\"", ""},
        {"von Meier&von&Meier^Anna^^^^PhD", "von Meier^Anna^^^PhD"},
        {"Meier^Anna^^Jr.^^PhD", "Meier^Anna^^^Jr. PhD"},
        {"a\\S\\b^c=d^e\\E\\f", "a b^c d^e f"},
        {" Meier ^ Anna ", "Meier^Anna"},
        {"Yamada^Taro^^^^^L^A~\xE5\xB1\xB1^\xE5\xA4\xAA^^^^^L^I~\xE3\x82\x84^\xE3\x81\x9F^^^^^L^P",
         "Yamada^Taro=\xE5\xB1\xB1^\xE5\xA4\xAA=\xE3\x82\x84^\xE3\x81\x9F"},
        {"\xE5\xB1\xB1^\xE5\xA4\xAA^^^^^L^I", "=\xE5\xB1\xB1^\xE5\xA4\xAA"},
        {"Meier^Anna^^^^^L~Schmidt^Anna^^^^^M", "Meier^Anna"},
    };
    for (const auto& [raw, expected] : rows) BOOST_TEST(dicom_name_of_xpn(piece(raw)) == expected, raw);
}

BOOST_AUTO_TEST_CASE(names_of_staff) {
    BOOST_TEST(dicom_name_of_xcn(piece("17^House^Gregory^^III^Dr.^MD~18^Wilson^James")) == "House^Gregory^^Dr.^III MD");
    BOOST_TEST(dicom_name_of_xcn(piece("1^A^B~2^C^D^^^^^^^^^^^^I")) == "A^B");
    BOOST_TEST(dicom_name_of_cnn(piece("17&House&Gregory&&III&Dr.&MD^20260101")) == "House^Gregory^^Dr.^III MD");
    BOOST_TEST(dicom_name_of_cnn(piece("17^House^Gregory")) == "House^Gregory");
    BOOST_TEST(dicom_name_of_cnn(piece("&House")) == "House");
    BOOST_TEST(dicom_name_of_cnn(piece("17^202601011200+0100")).empty());
    BOOST_TEST(dicom_name_of_cnn(piece("17")).empty());
}

BOOST_AUTO_TEST_CASE(moments) {
    struct Row {
        const char *text, *date, *time, *fraction, *offset;
        bool valid, iso;
    };
    const Row rows[] = {
        {"2026", "2026", "", "", "", true, false},
        {"202611", "202611", "", "", "", true, false},
        {"20261123", "20261123", "", "", "", true, false},
        {"2026112309", "20261123", "09", "", "", true, false},
        {"202611230900", "20261123", "0900", "", "", true, false},
        {"20261123090000", "20261123", "090000", "", "", true, false},
        {"20261123090000.1234+0100", "20261123", "090000", "1234", "+0100", true, false},
        {"202611230900-0530", "20261123", "0900", "", "-0530", true, false},
        {"2026-0500", "2026", "", "", "-0500", true, false},
        {" 20261123 ", "20261123", "", "", "", true, false},
        {"2026-11-23", "20261123", "", "", "", true, true},
        {"2026-11", "202611", "", "", "", true, true},
        {"2026-11-23T09:00:00Z", "20261123", "090000", "", "+0000", true, true},
        {"2026-11-23 09:00:00.5+01:00", "20261123", "090000", "5", "+0100", true, true},
        {"2026-11-23T09:00-05:00", "20261123", "0900", "", "-0500", true, true},
        {"20261123T090000", "20261123", "090000", "", "", true, true},
        {"20240229", "20240229", "", "", "", true, false},
        {"20230229", "", "", "", "", false, false},
        {"20261323", "", "", "", "", false, false},
        {"20261100", "", "", "", "", false, false},
        {"00000000", "", "", "", "", false, false},
        {"202611232400", "", "", "", "", false, false},
        {"202611230960", "", "", "", "", false, false},
        {"2026112", "", "", "", "", false, false},
        {"20261123090000.", "", "", "", "", false, false},
        {"202611230900.5", "", "", "", "", false, false},
        {"20261123+9900", "", "", "", "", false, false},
        {"20261123+", "", "", "", "", false, false},
        {"23.11.2026", "", "", "", "", false, false},
        {"11/23/2026", "", "", "", "", false, false},
        {"2026-11-23T09ab", "", "", "", "", false, false},
        {"2026-11-23T09-30", "", "", "", "", false, false},
        {"2026-", "", "", "", "", false, false},
        {"Z", "", "", "", "", false, false},
        {"yesterday", "", "", "", "", false, false},
    };
    for (const auto& row : rows) {
        const auto m = moment(std::string_view(row.text));
        BOOST_TEST(m.valid == row.valid, row.text);
        BOOST_TEST(!m.empty(), row.text);
        if (!row.valid) {
            BOOST_TEST(m.date.empty(), row.text);
            continue;
        }
        BOOST_TEST(m.date == row.date, row.text);
        BOOST_TEST(m.time == row.time, row.text);
        BOOST_TEST(m.fraction == row.fraction, row.text);
        BOOST_TEST(m.offset == row.offset, row.text);
        BOOST_TEST(m.iso == row.iso, row.text);
    }
    for (const char* nothing : {"", "  ", "\"\""}) {
        BOOST_TEST(moment(std::string_view(nothing)).empty());
        BOOST_TEST(!moment(std::string_view(nothing)).valid);
    }
    BOOST_TEST(moment(piece("20261123^D")).date == "20261123");
}

BOOST_AUTO_TEST_CASE(at_the_site) {
    const Zone berlin("Europe/Berlin");
    BOOST_REQUIRE_MESSAGE(berlin.known(), "the tz database is needed");
    auto at = [&](std::string_view text) { return to_site(moment(text), berlin); };
    auto shown = [&](std::string_view text) { return at(text).date + " " + at(text).time; };
    BOOST_TEST(shown("20261123090000") == "20261123 090000");
    BOOST_TEST(shown("20261123230000-0500") == "20261124 050000");
    BOOST_TEST(shown("202611230900Z") == "20261123 1000");
    BOOST_TEST(at("202611230900Z").converted);
    BOOST_TEST(at("202611230900Z").offset_minutes == 60);
    BOOST_TEST(!at("20261123").converted);
    BOOST_TEST(shown("20261123+0900") == "20261123 ");
    BOOST_TEST(shown("2026") == "2026 ");
    BOOST_TEST(at("20261025023000").ambiguous);
    BOOST_TEST(at("20261025023000").offset_minutes == 120);
    BOOST_TEST(at("20260329023000").missing);
    BOOST_TEST(shown("20260329023000") == "20260329 023000");
    BOOST_TEST(!at("20261301").valid);
}

BOOST_AUTO_TEST_CASE(which_is_newer) {
    const Zone berlin("Europe/Berlin"), utc("UTC");
    BOOST_REQUIRE_MESSAGE(berlin.known(), "the tz database is needed");
    auto in = [](std::string_view text, const Zone& zone) { return to_utc(moment(text), zone); };
    BOOST_TEST(in("20261123090000", berlin) == "20261123080000");
    BOOST_TEST(in("20260623090000", berlin) == "20260623070000");
    BOOST_TEST(in("20261123090000-0500", berlin) == "20261123140000");
    BOOST_TEST(in("20270101000000+0100", utc) == "20261231230000");
    BOOST_TEST(in("19691231235959", utc) == "19691231235959");
    BOOST_TEST(in("20261123", utc) == "20261123000000");
    BOOST_TEST(in("202611", utc).empty());
    BOOST_TEST(in("nonsense", utc).empty());
}

BOOST_AUTO_TEST_SUITE_END()
