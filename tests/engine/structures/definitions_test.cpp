#include "engine/structures/definitions.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <string>

using namespace gantry::structures;

namespace {

Version version(std::string_view text) {
    return Version::nearest(text);
}

Element field(std::string_view in, std::string_view segment, std::size_t n) {
    const auto found = version(in).segment(segment);
    BOOST_REQUIRE_MESSAGE(found, segment << " in " << in);
    const auto out = found->fields.at(n);
    BOOST_REQUIRE_MESSAGE(out, segment << "-" << n << " in " << in);
    return *out;
}

std::string structure(std::string_view in, std::string_view type, std::string_view event, std::string_view named = {}) {
    const auto found = version(in).message(type, event, named);
    return found ? std::string(found->id()) : "none";
}

// "ORC(1,1)" … of the children of the first group of that name.
std::string children(const Structure& structure, std::string_view group) {
    std::string out;
    for (std::size_t n = 0; n < structure.size(); ++n) {
        if (structure.node(n).name != group || structure.node(n).kind != Node::Kind::group) continue;
        for (auto child = n + 1; child < structure.node(n).end; child = structure.node(child).end) {
            const auto node = structure.node(child);
            out +=
                (out.empty() ? "" : " ") + std::string(node.name) + std::to_string(node.min) + std::to_string(node.max);
        }
        return out;
    }
    return "none";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(structure_definitions)

BOOST_AUTO_TEST_CASE(a_version_that_is_not_there_reads_as_the_one_before_it) {
    const std::pair<const char*, const char*> cases[] = {{"2.1", "2.1"},
                                                         {"2.3", "2.3"},
                                                         {"2.3.1", "2.3.1"},
                                                         {"2.3.2", "2.3.1"},
                                                         {"2.5.2", "2.5.1"},
                                                         {"2.7.1", "2.7.1"},
                                                         {"2.8", "2.8"},
                                                         {"2.8.2", "2.8"},
                                                         {"2.9", "2.8"},
                                                         {"2.10", "2.8"},
                                                         {"2.0", "2.1"},
                                                         {"2", "2.1"},
                                                         {"", "2.5.1"},
                                                         {"D", "2.5.1"},
                                                         {"3.0", "2.5.1"},
                                                         {"2.4x", "2.4"},
                                                         {"99999999999999", "2.5.1"}};
    for (const auto& [asked, got] : cases) BOOST_TEST(version(asked).text() == got, asked);
}

BOOST_AUTO_TEST_CASE(fields_are_those_of_the_version) {
    const auto identifiers = field("2.5.1", "PID", 3);
    BOOST_TEST(identifiers.name == "Patient Identifier List");
    BOOST_TEST(identifiers.type == "CX");
    BOOST_TEST(to_text(identifiers.usage) == "R");
    BOOST_TEST(identifiers.repetitions == 0u);
    BOOST_TEST(identifiers.length == 250u);
    BOOST_TEST(field("2.5.1", "PID", 8).table == 1u);
    BOOST_TEST(field("2.3.1", "PID", 7).type == "TS");
    BOOST_TEST(field("2.6", "PID", 7).type == "DTM");
    BOOST_TEST(to_text(field("2.4", "PID", 2).usage) == "B");
    BOOST_TEST(to_text(field("2.8", "OBR", 27).usage) == "W");
    BOOST_TEST(field("2.5", "OBX", 5).type == "Varies");
    BOOST_TEST(version("2.6").segment("OBR")->fields.size() == 50u);
    BOOST_TEST(version("2.7").segment("OBR")->fields.size() == 53u);
    BOOST_TEST(version("2.8").segment("ORC")->fields.size() == 34u);
    BOOST_TEST(version("2.8").segment("OBX")->fields.size() == 28u);
    BOOST_TEST(!version("2.3").segment("IPC"));
    BOOST_TEST(!version("2.5").segment("ZDS"));
    BOOST_TEST(!version("2.5.1").segment("PID")->fields.at(0));
    BOOST_TEST(!version("2.5.1").segment("PID")->fields.at(40));
}

BOOST_AUTO_TEST_CASE(data_types_have_components) {
    const auto cx = version("2.5.1").type("CX");
    BOOST_REQUIRE(cx);
    BOOST_TEST(cx->components.at(4)->name == "Assigning Authority");
    BOOST_TEST(cx->components.at(4)->type == "HD");
    BOOST_TEST(cx->components.at(5)->table == 203u);
    BOOST_TEST(version("2.5.1").type("ST")->primitive());
    BOOST_TEST(version("2.3.1").type("CX")->components.size() == 6u);
}

BOOST_AUTO_TEST_CASE(table_0354_gives_the_structure) {
    BOOST_TEST(structure("2.5.1", "ADT", "A08") == "ADT_A01");
    BOOST_TEST(structure("2.5.1", "ADT", "A40") == "ADT_A39");
    BOOST_TEST(structure("2.3", "ADT", "A40") == "ADT_A40");
    BOOST_TEST(structure("2.8", "ADT", "A44") == "ADT_A44");
    BOOST_TEST(structure("2.5.1", "SIU", "S26") == "SIU_S12");
    BOOST_TEST(structure("2.4", "MDM", "T08") == "MDM_T02");
    BOOST_TEST(structure("2.3.1", "ORM", "O01") == "ORM_O01");
    BOOST_TEST(structure("2.2", "ORU", "R99") == "ORU");
    BOOST_TEST(structure("2.5.1", "ACK", "O01") == "ACK");
    BOOST_TEST(structure("2.5.1", "ADT", "Z01", "ADT_A01") == "ADT_A01");
    BOOST_TEST(structure("2.5.1", "ADT", "A08", "ADT_A08") == "ADT_A01");
    BOOST_TEST(structure("2.5.1", "XXX", "X01") == "none");
    BOOST_TEST(structure("2.5.1", "", "") == "none");
}

BOOST_AUTO_TEST_CASE(a_message_of_another_version_is_found_there) {
    const auto imaging = find_structure(version("2.3.1"), "OMI", "O23");
    BOOST_REQUIRE(imaging);
    BOOST_TEST(imaging->version.text() == "2.5");
    const auto order = find_structure(version("2.8"), "ORM", "O01");
    BOOST_REQUIRE(order);
    BOOST_TEST(order->version.text() == "2.6");
    BOOST_TEST(!find_structure(version("2.5"), "QQQ", "Q99"));
}

// The groups of the messages that imaging lives on, written down by hand and not copied from the data.
BOOST_AUTO_TEST_CASE(groups_are_those_written_by_hand) {
    const auto tree = [](const char* in, const char* id) { return *version(in).structure(id); };
    BOOST_TEST(children(tree("2.3.1", "ORM_O01"), "ORDER") == "ORC11 ORDER_DETAIL01 CTI00 BLG01");
    BOOST_TEST(children(tree("2.3.1", "ORM_O01"), "ORDER_DETAIL") == "choice11 NTE00 DG100 OBSERVATION00");
    BOOST_TEST(children(tree("2.5.1", "OMI_O23"), "ORDER") ==
               "ORC11 TIMING00 OBR11 NTE00 CTD01 DG100 OBSERVATION00 IPC10");
    BOOST_TEST(
        children(tree("2.6", "OMG_O19"), "ORDER") ==
        "ORC11 TIMING00 OBR11 NTE00 ROL00 CTD01 DG100 OBSERVATION00 SPECIMEN00 PRIOR_RESULT00 FT100 CTI00 BLG01");
    BOOST_TEST(children(tree("2.8", "OMI_O23"), "ORDER") ==
               "ORC11 PRT00 TIMING00 OBR11 NTE00 PRT00 CTD01 DG100 OBSERVATION00 IPC10");
    BOOST_TEST(children(tree("2.5.1", "ORU_R01"), "ORDER_OBSERVATION") ==
               "ORC01 OBR11 NTE00 TIMING_QTY00 CTD01 OBSERVATION00 FT100 CTI00 SPECIMEN00");
    BOOST_TEST(children(tree("2.8", "ORU_R01"), "ORDER_OBSERVATION") ==
               "COMMON_ORDER01 OBR11 NTE00 PRT00 TIMING_QTY00 CTD01 OBSERVATION00 FT100 CTI00 SPECIMEN00");
    BOOST_TEST(children(tree("2.3.1", "SIU_S12"), "RESOURCES") ==
               "RGS11 SERVICE00 GENERAL_RESOURCE00 LOCATION_RESOURCE00 PERSONNEL_RESOURCE00");
    // Written {OBSERVATION: [OBX] [{NTE}]}, which may be empty.
    BOOST_TEST(children(tree("2.4", "ORU_R01"), "ORDER_OBSERVATION") ==
               "ORC01 OBR11 NTE00 CTD01 OBSERVATION00 FT100 CTI00");
    BOOST_TEST(children(tree("2.5.1", "ADT_A39"), "PATIENT") == "PID11 PD101 MRG11 PV101");
}

BOOST_AUTO_TEST_CASE(tables_say_who_defines_them) {
    BOOST_TEST(Table::find(1)->name() == "Administrative Sex");
    BOOST_TEST(!Table::find(1)->hl7_defined());
    BOOST_TEST(*Table::find(1)->meaning("F") == "Female");
    BOOST_TEST(!Table::find(1)->meaning("f"));
    BOOST_TEST(Table::find(123)->closed());
    BOOST_TEST(Table::find(119)->meaning("NW").has_value());
    BOOST_TEST(!Table::find(396)->closed());
    BOOST_TEST(!Table::find(9998));
}

// What the data must keep to, whatever was generated.
BOOST_AUTO_TEST_CASE(every_definition_is_whole) {
    std::size_t fields = 0, places = 0;
    for (std::size_t v = 0; v < Version::count(); ++v) {
        const auto here = Version::at(v);
        const auto known = [&](std::string_view type) { return type == "Varies" || here.type(type).has_value(); };
        for (std::size_t n = 0; n < here.segments(); ++n) {
            const auto segment = here.segment_at(n);
            BOOST_TEST(segment.id.size() == 3u, segment.id);
            BOOST_TEST(segment.fields.size() > 0u, segment.id);
            for (std::size_t i = 1; i <= segment.fields.size(); ++i, ++fields) {
                const auto one = *segment.fields.at(i);
                BOOST_TEST(known(one.type), here.text() << " " << segment.id << "-" << i << " " << one.type);
                BOOST_TEST(!one.name.empty(), here.text() << " " << segment.id << "-" << i);
            }
        }
        for (std::size_t n = 0; n < here.structures(); ++n) {
            const auto structure = here.structure_at(n);
            BOOST_TEST(structure.node(1).name == "MSH", here.text() << " " << structure.id());
            places += structure.size();
            for (std::size_t i = 0; i < structure.size(); ++i)
                BOOST_TEST((structure.node(i).end > i && structure.node(i).end <= structure.size()), structure.id());
        }
        for (std::size_t n = 0; n < here.events(); ++n)
            BOOST_TEST(here.event_at(n).key.size() == 7u, here.event_at(n).key);
    }
    BOOST_TEST(fields > 18'000u);
    BOOST_TEST(places > 30'000u);
}

BOOST_AUTO_TEST_SUITE_END()
