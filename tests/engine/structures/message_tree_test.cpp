#include "engine/structures/message_tree.hpp"

#include "engine/hl7/batch.hpp"
#include "engine/hl7/decode.hpp"
#include "tests/engine/hl7/corpus.hpp"

using namespace gantry;
using namespace gantry::structures;

namespace {

// "ORM^O01^…|2.3.1" and the segments that follow MSH.
hl7::Message made_of(const std::string& type, const std::string& version, std::initializer_list<const char*> ids) {
    std::string text = "MSH|^~\\&|A|B|C|D|20260101||" + type + "|1|P|" + version;
    for (const auto* id : ids) text.append("\r").append(id).append(std::string_view(id).size() == 3 ? "|1" : "");
    return std::move(hl7::Message::parse(text)).value();
}

// The tree in one line: groups in brackets, marks after what is not at its place.
std::string shape(const hl7::Message& message) {
    static const char* const marks[] = {"", "+", "?", "!", "~", ""};
    const auto tree = message_tree(message);
    std::string out;
    std::vector<std::size_t> open;
    for (std::size_t i = 1; i < tree.nodes.size(); ++i) {
        const auto& node = tree.nodes[i];
        for (; !open.empty() && i >= open.back(); open.pop_back()) out += "]";
        if (!out.empty() && out.back() != '[') out += " ";
        out += node.group ? std::string(tree.group_name(node)) : std::string(message.segment(node.segment).id());
        out += marks[static_cast<int>(node.placement)];
        if (!node.group) continue;
        out += "[";
        open.push_back(node.end);
    }
    return out.append(open.size(), ']');
}

std::string order(std::initializer_list<const char*> ids) {
    return shape(made_of("ORM^O01", "2.3.1", ids));
}
std::string result(std::initializer_list<const char*> ids) {
    return shape(made_of("ORU^R01^ORU_R01", "2.5.1", ids));
}
std::string general_order(std::initializer_list<const char*> ids) {
    return shape(made_of("OMG^O19^OMG_O19", "2.5.1", ids));
}

// Every segment once, in order; children inside their parents.
void require_whole(const hl7::Message& message, const MessageTree& tree) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
        const auto& node = tree.nodes[i];
        BOOST_REQUIRE(node.end > i && node.end <= tree.nodes[node.parent].end);
        BOOST_REQUIRE((i == 0 || node.parent < i));
        if (node.group)
            BOOST_REQUIRE_EQUAL(node.segment, next);
        else
            BOOST_REQUIRE_EQUAL(node.segment, next++);
    }
    BOOST_REQUIRE_EQUAL(next, message.segments());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message_trees)

BOOST_AUTO_TEST_CASE(orders) {
    BOOST_TEST(order({"PID", "PV1", "ORC", "OBR", "NTE", "OBX", "NTE", "ORC", "OBR"}) ==
               "MSH PATIENT[PID PATIENT_VISIT[PV1]] ORDER[ORC ORDER_DETAIL[OBR NTE OBSERVATION[OBX NTE]]] "
               "ORDER[ORC ORDER_DETAIL[OBR]]");
    BOOST_TEST(order({"ORC", "ORC", "ORC"}) == "MSH ORDER[ORC] ORDER[ORC] ORDER[ORC]");
    BOOST_TEST(order({"PID", "AL1", "AL1", "ORC", "RXO", "BLG"}) ==
               "MSH PATIENT[PID AL1 AL1] ORDER[ORC ORDER_DETAIL[RXO] BLG]");
}

BOOST_AUTO_TEST_CASE(results) {
    BOOST_TEST(result({"PID", "NTE", "PV1", "ORC", "OBR", "OBX", "OBX", "NTE", "OBR", "OBX", "SPM", "OBX"}) ==
               "MSH PATIENT_RESULT[PATIENT[PID NTE VISIT[PV1]] "
               "ORDER_OBSERVATION[ORC OBR OBSERVATION[OBX] OBSERVATION[OBX NTE]] "
               "ORDER_OBSERVATION[OBR OBSERVATION[OBX] SPECIMEN[SPM OBX]]]");
    BOOST_TEST(
        result({"PID", "OBR", "PID", "OBR"}) ==
        "MSH PATIENT_RESULT[PATIENT[PID] ORDER_OBSERVATION[OBR]] PATIENT_RESULT[PATIENT[PID] ORDER_OBSERVATION[OBR]]");
}

BOOST_AUTO_TEST_CASE(appointments_and_merges) {
    BOOST_TEST(shape(made_of("SIU^S12", "2.5.1", {"SCH", "PID", "RGS", "AIS", "NTE", "AIG", "AIP", "RGS", "AIS"})) ==
               "MSH SCH PATIENT[PID] RESOURCES[RGS SERVICE[AIS NTE] GENERAL_RESOURCE[AIG] PERSONNEL_RESOURCE[AIP]] "
               "RESOURCES[RGS SERVICE[AIS]]");
    BOOST_TEST(shape(made_of("ADT^A40^ADT_A39", "2.5.1", {"EVN", "PID", "MRG", "PID", "PD1", "MRG"})) ==
               "MSH EVN PATIENT[PID MRG] PATIENT[PID PD1 MRG]");
    // ROL stands three times in ADT_A01.
    BOOST_TEST(shape(made_of("ADT^A01", "2.5.1", {"EVN", "PID", "ROL", "PV1", "ROL", "ROL", "IN1", "ROL", "IN1"})) ==
               "MSH EVN PID ROL PV1 ROL ROL INSURANCE[IN1 ROL] INSURANCE[IN1]");
}

// A second order must never be taken for a prior result, which may begin with ORC too.
BOOST_AUTO_TEST_CASE(a_second_order_is_no_prior_result) {
    BOOST_TEST(general_order({"PID", "ORC", "OBR", "OBX", "ORC", "OBR"}) ==
               "MSH PATIENT[PID] ORDER[ORC OBR OBSERVATION[OBX]] ORDER[ORC OBR]");
    BOOST_TEST(general_order({"PID", "ORC", "OBR", "PID", "ORC", "OBR", "OBX", "ORC", "OBR"}) ==
               "MSH PATIENT[PID] ORDER[ORC OBR PRIOR_RESULT[PATIENT_PRIOR[PID] ORDER_PRIOR[ORC OBR "
               "OBSERVATION_PRIOR[OBX]] ORDER_PRIOR[ORC OBR]]]");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_stays_where_it_is) {
    // One ORC with several OBR.
    BOOST_TEST(order({"PID", "ORC", "OBR", "OBX", "OBR", "OBX"}) ==
               "MSH PATIENT[PID] ORDER[ORC ORDER_DETAIL[OBR OBSERVATION[OBX]] ORDER_DETAIL+[OBR OBSERVATION[OBX]]]");
    BOOST_TEST(order({"PID", "OBR", "ZDS"}) == "MSH PATIENT[PID] ORDER[ORDER_DETAIL[OBR ZDS~]]");
    BOOST_TEST(order({"PV1", "ORC", "OBR", "SCH", "PID"}) ==
               "MSH PATIENT[PATIENT_VISIT[PV1]] ORDER[ORC ORDER_DETAIL[OBR SCH! PID?]]");
    BOOST_TEST(order({"PID", "PID", "ORC"}) == "MSH PATIENT[PID] PATIENT+[PID] ORDER[ORC]");
    BOOST_TEST(order({"PID", "ORC", "OBR", "OBR", "NTE"}) ==
               "MSH PATIENT[PID] ORDER[ORC ORDER_DETAIL[OBR] ORDER_DETAIL+[OBR NTE]]");
    BOOST_TEST(general_order({"PID", "PID", "ORC", "OBR"}) == "MSH PATIENT[PID] PATIENT+[PID] ORDER[ORC OBR]");
    BOOST_TEST(order({"PID", "PD1", "PD1", "ORC"}) == "MSH PATIENT[PID PD1 PD1+] ORDER[ORC]");
    BOOST_TEST(result({"PID", "ORC", "PV1", "OBR"}) ==
               "MSH PATIENT_RESULT[PATIENT[PID] ORDER_OBSERVATION[ORC PV1? OBR]]");
    // What follows another segment in every group never begins one.
    BOOST_TEST(shape(made_of("OMG^O19", "2.8", {"ORC", "OBR", "OBX", "NTE", "PRT", "SPM"})) ==
               "MSH ORDER[ORC OBR OBSERVATION[OBX NTE PRT?] SPECIMEN[SPM]]");
    BOOST_TEST(order({"AL1", "ORC"}) == "MSH AL1? ORDER[ORC]");
    BOOST_TEST(order({"nonsense", "", "ORC"}) == "MSH nonsense! ORDER[ORC]");
    BOOST_TEST(shape(made_of("XXX^X01", "2.5", {"PID", "ORC"})) == "MSH PID ORC");
}

BOOST_AUTO_TEST_CASE(groups_are_found_by_name) {
    const auto message = made_of("ORU^R01", "2.5.1", {"PID", "ORC", "OBR", "OBX", "NTE", "OBR", "OBX", "ZAA"});
    const auto found = groups_named(message_tree(message), "ORDER_OBSERVATION");
    BOOST_REQUIRE_EQUAL(found.size(), 2u);
    BOOST_TEST((found[0] == SegmentRun{2, 6}));
    BOOST_TEST((found[1] == SegmentRun{6, 9}));
    BOOST_TEST(groups_named(message_tree(message), "ORDER").empty());
}

BOOST_AUTO_TEST_CASE(hostile_messages_take_linear_time_and_no_stack) {
    for (const auto* id : {"OBX", "ORC", "PID", "NTE", "ABC", "SPM", "MSH"}) {
        std::string text = "MSH|^~\\&|||||||OMG^O19|1|P|2.5.1";
        for (int i = 0; i < 50'000; ++i) text.append("\r").append(id).append("|");
        const auto message = std::move(hl7::Message::parse(text)).value();
        require_whole(message, message_tree(message));
    }
}

BOOST_AUTO_TEST_CASE(corpus_messages_are_whole) {
    std::size_t messages = 0, known = 0;
    for (const auto& file : hl7_corpus()) {
        const auto text = hl7::decode(file.bytes).utf8;
        for (const auto part : hl7::split_batch(text).messages) {
            const auto message = hl7::Message::parse(std::string(part));
            if (!message) continue;
            const auto tree = message_tree(*message);
            require_whole(*message, tree);
            ++messages;
            known += tree.found.has_value();
        }
    }
    if (messages == 0) return;
    BOOST_TEST(messages > 300u);
    BOOST_TEST(known * 100 > messages * 95, known << " of " << messages << " have a structure");
}

BOOST_AUTO_TEST_SUITE_END()
