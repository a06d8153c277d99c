#include "engine/hl7/ack.hpp"

#include <boost/test/unit_test.hpp>

#include "engine/hl7/message.hpp"
#include "engine/hl7/order_reply.hpp"
#include "tests/engine/hl7/corpus.hpp"

using namespace gantry;
using namespace gantry::hl7;

namespace {

Reply reply(AcknowledgmentCode code) {
    Reply out;
    out.code = code;
    out.own_control_id = "G1";
    out.when = {2026, 11, 23, 9, 0, 0, 0, 60};
    return out;
}

Reply missing_field() {
    auto out = refusal({ErrorCode::hl7_missing_field, "PID-5", "PID-3[2].1"});
    out.own_control_id = "G1";
    out.when = {2026, 11, 23, 9, 0, 0, 0, 60};
    return out;
}

AckContext context(const std::string& version, const std::string& rest = "") {
    return read_ack_context("MSH|^~\\&|HIS^1.2^ISO|A\\T\\B|RIS|RAD|20261123||ORM^O01^ORM_O01|id-1|T|" + version + rest +
                            "\rPID|1\r");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ack)

BOOST_AUTO_TEST_CASE(positive_by_version) {
    const std::string head = "MSH|^~\\&|RIS|RAD|HIS^1.2^ISO|A\\T\\B|20261123090000+0100||";
    const std::pair<const char*, const char*> rows[] = {{"2.1", "ACK"},         {"2.2", "ACK"},
                                                        {"2.3", "ACK^O01"},     {"2.3.1", "ACK^O01^ACK"},
                                                        {"2.5", "ACK^O01^ACK"}, {"2.9", "ACK^O01^ACK"}};
    for (const auto& [version, type] : rows)
        BOOST_TEST(acknowledge(context(version), reply(AcknowledgmentCode::AA)) ==
                   head + type + "|G1|T|" + version + "\rMSA|AA|id-1\r");
    BOOST_TEST(acknowledge(context("2.5^DEU"), reply(AcknowledgmentCode::CA)) ==
               head + "ACK^O01^ACK|G1|T|2.5\rMSA|CA|id-1\r");
}

BOOST_AUTO_TEST_CASE(an_error_from_2_5_and_before) {
    const auto modern = acknowledge(context("2.5.1"), missing_field());
    BOOST_TEST(modern.find("MSA|AE|id-1\r") != std::string::npos);
    BOOST_TEST(
        modern.find(
            "ERR||PID^1^3^2^1|101^Required field missing^HL70357|E|hl7.missing_field||the field named must have a "
            "value|a required field is missing: PID-5 (at PID-3[2].1)\r") != std::string::npos);
    const auto old = acknowledge(context("2.3.1"), missing_field());
    BOOST_TEST(old.find("MSA|AE|id-1|a required field is missing: PID-5 (at PID-3[2].1)\r"
                        "ERR|PID^1^3^101&Required field missing&HL70357\r") != std::string::npos);
    auto two = missing_field();
    two.errors.push_back({error_location("OBR[2]-4"), 103});
    BOOST_TEST(acknowledge(context("2.4"), two).find("HL70357~OBR^2^4^103&Table") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_character_set_is_the_senders) {
    auto r = reply(AcknowledgmentCode::AE);
    r.errors.push_back({{},
                        207,
                        'E',
                        {},
                        {},
                        "Gr\xC3\xB6\xC3\x9F"
                        "e"});
    BOOST_TEST(acknowledge(context("2.5", "||||||8859/1"), r).find("|Gr??e\r") != std::string::npos);
    const auto utf8 = acknowledge(context("2.5", "||||||UNICODE UTF-8"), r);
    BOOST_TEST(utf8.find("|Gr\xC3\xB6\xC3\x9F"
                         "e\r") != std::string::npos);
    BOOST_TEST(utf8.find("|2.5||||||UNICODE UTF-8\r") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_delimiters_are_the_senders) {
    const auto c = read_ack_context("MSH#!@%*#A#B#C#D#2026##ORM!O01#id#P#2.5\r");
    auto r = reply(AcknowledgmentCode::AE);
    r.errors.push_back({error_location("PID-3.1"), 101, 'E', {}, {}, "50% #1"});
    const auto text = acknowledge(c, r);
    BOOST_TEST(text.substr(0, 17) == "MSH#!@%*#C#D#A#B#");
    BOOST_TEST(text.find("ERR##PID!1!3!1!1#101!Required field missing!HL70357#E####50%E% %F%1\r") != std::string::npos);
    const auto parsed = Message::parse(text);
    BOOST_REQUIRE(parsed.ok());
    BOOST_TEST(parsed->segment("ERR").field(8).text() == "50% #1");
}

BOOST_AUTO_TEST_CASE(garbage_is_answered) {
    std::string rubbish;
    for (int i = 0; i < 1000; ++i) rubbish.push_back(static_cast<char>(i * 37));
    for (const std::string& text :
         {std::string(), std::string("GET / HTTP/1.1"), rubbish, std::string("MSH"), std::string("MSH|"),
          std::string("MSHX^~\\&|A"), std::string("MSH|^^^^|A|B|C|D|||ORM^O01|i^d|P|2.3"),
          std::string("x\rMSH|^~\\&|A|B|C|D|||ORM^O01|id|P|2.3\r")}) {
        const auto answer = acknowledge(read_ack_context(text), refusal({ErrorCode::hl7_not_hl7, {}, {}}));
        const auto parsed = Message::parse(answer);
        BOOST_REQUIRE(parsed.ok());
        BOOST_TEST(parsed->segment("MSA").field(1).raw() == "AE");
        BOOST_TEST(bool(parsed->segment("ERR")));
        for (const char c : answer) BOOST_REQUIRE((c == '\r' || static_cast<unsigned char>(c) >= 0x20));
    }
    const auto broken = read_ack_context("MSH|^^^^|A|B|C|D|||ORM^O01|i^d|P|2.3");
    BOOST_TEST(broken.found);
    BOOST_TEST(!broken.usable);
    BOOST_TEST(broken.control_id == "i\\S\\d");
    BOOST_TEST(read_ack_context("x\rMSH|^~\\&|A|B|C|D|||ORM^O01|id|P|2.3\r").control_id == "id");
    BOOST_TEST(read_ack_context("MSH|^~\\&|||||||ADT|" + std::string(100000, 'x')).control_id.size() == 4096);
}

BOOST_AUTO_TEST_CASE(modes) {
    using enum AcknowledgmentCode;
    const auto original = context("2.5"), enhanced = context("2.5", "|||AL|NE"), errors = context("2.5", "|||ER|SU"),
               null = context("2.5", "|||\"\"|\"\"");
    BOOST_TEST(!original.enhanced());
    BOOST_TEST(!null.enhanced());
    BOOST_TEST(enhanced.enhanced());
    BOOST_TEST(!wants_accept_ack(original, AA));
    BOOST_TEST(wants_application_ack(original, AA));
    BOOST_TEST(wants_accept_ack(enhanced, CA));
    BOOST_TEST(!wants_application_ack(enhanced, AE));
    BOOST_TEST(!wants_accept_ack(errors, CA));
    BOOST_TEST(wants_accept_ack(errors, CR));
    BOOST_TEST(wants_application_ack(errors, AA));
    BOOST_TEST(!wants_application_ack(errors, AR));
    BOOST_TEST(!wants_accept_ack(context("2.5", "||||AL"), CE));
    BOOST_TEST((accept_level(AA) == CA && accept_level(AE) == CE && accept_level(AR) == CR && accept_level(CE) == CE));
    BOOST_TEST(text(AR) == "AR");
}

BOOST_AUTO_TEST_CASE(every_error_of_the_catalogue_has_a_condition) {
    for (const auto& row : error_catalogue()) {
        BOOST_TEST(!condition_text(row.hl7_condition).empty(), row.name);
        BOOST_TEST(text(refusal({row.code, {}, {}}).code) == row.hl7_ack, row.name);
    }
}

BOOST_AUTO_TEST_CASE(locations) {
    BOOST_TEST((error_location("PID-5") == ErrorLocation{"PID", 1, 5, 1, 0, 0}));
    BOOST_TEST((error_location("OBR[2]-4.1") == ErrorLocation{"OBR", 2, 4, 1, 1, 0}));
    BOOST_TEST((error_location("PID-3[2].4.1") == ErrorLocation{"PID", 1, 3, 2, 4, 1}));
    BOOST_TEST((error_location("PID-3[type=MR].1") == ErrorLocation{"PID", 1, 3, 0, 1, 0}));
    BOOST_TEST((error_location("OBX[3.1=8302-2]-5") == ErrorLocation{"OBX", 0, 5, 1, 0, 0}));
    BOOST_TEST((error_location("PID") == ErrorLocation{"PID", 1, 0, 0, 0, 0}));
    BOOST_TEST((error_location("ORC[3]") == ErrorLocation{"ORC", 3, 0, 0, 0, 0}));
    for (const char* other : {"", "/destinations/0", "MSH-", "a"})
        BOOST_TEST((error_location(other) == ErrorLocation{}));
    for (const char* path : {"PID-5", "OBR[2]-4.1", "PID-3[2].4.1", "PID", "ORC[3]"})
        BOOST_TEST(error_location(path).text() == path);
}

BOOST_AUTO_TEST_CASE(orders) {
    const std::vector<OrderVerdict> verdicts = {{"OK", {"P1", "HIS", "", ""}, {"F1", "GANTRY", "", ""}, "SC"},
                                                {"UC", {"P2", "", "1.2", "ISO"}, {}, ""}};
    const auto text = order_reply(context("2.5.1"), reply(AcknowledgmentCode::AA), "PID|1||4711", verdicts);
    BOOST_TEST(text.find("|ORR^O02^ORR_O02|G1|T|2.5.1\rMSA|AE|id-1\rPID|1||4711\rORC|OK|P1^HIS|F1^GANTRY||SC\r"
                         "ORC|UC|P2^^1.2^ISO\r") != std::string::npos);
    BOOST_TEST(order_reply(context("2.5.1"), reply(AcknowledgmentCode::AA), "OBX|1", {verdicts[0]})
                   .find("MSA|AA|id-1\rORC|OK") != std::string::npos);
    BOOST_TEST(order_reply(context("2.5"), reply(AcknowledgmentCode::AA), "", {}).find("|ACK^O01^ACK|") !=
               std::string::npos);
    const auto siu = read_ack_context("MSH|^~\\&|||||||SIU^S12|1|P|2.5\r");
    BOOST_TEST(order_reply(siu, reply(AcknowledgmentCode::AA), "", verdicts).find("|ACK^S12^ACK|") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_message_of_the_corpus_can_be_answered) {
    for (const auto& file : hl7_corpus()) {
        const auto c = read_ack_context(file.bytes);
        const auto answer = Message::parse(acknowledge(c, missing_field()));
        BOOST_REQUIRE(answer.ok());
        BOOST_TEST(answer->type() == "ACK", file.name);
        BOOST_TEST(answer->segment("MSA").field(2).raw() == c.control_id, file.name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
