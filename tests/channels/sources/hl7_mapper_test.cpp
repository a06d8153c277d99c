#include "channels/sources/hl7_mapper.hpp"

#include "tests/mappings/language/shipped.hpp"

using namespace gantry;
using channels::Hl7Handling;
using effects::Disposition;

namespace {

const std::string msh = "MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||ORM^O01|M1|P|2.3.1\r";
const std::string rest =
    "PID|1||100001^^^HOSPA^MR||SMITH^JOHN||19700101|M\r"
    "ORC|NW|P1^HIS|F1^RIS||SC||||20261122075900\r"
    "OBR|1|P1^HIS|F1^RIS|71020^CHEST XRAY^CPT||||||||||||||A1|RP1|S1\r";

Hl7Handling handling() {
    Hl7Handling out;
    out.channel = "orders";
    out.revision = 5;
    out.mappings = mappings::testing::shipped_mappings();
    out.context = mappings::testing::filler_context();
    out.queued = {{"orders/archive", {}}, {"orders/pacs", {}}};
    return out;
}

runtime::Inbound inbound(std::string bytes) {
    return {std::move(bytes), "127.0.0.1:40000", mappings::testing::received_at, {}};
}

store::Unit interpret(const std::string& bytes, Hl7Handling how = handling()) {
    const channels::Hl7Mapper mapper(std::move(how));
    auto unit = mapper.interpret(inbound(bytes));
    // What is asked of a unit after its mapper has gone belongs to the unit.
    unit.policy = nullptr;
    return unit;
}

mappings::Rule rule(const std::string& condition) {
    json::Diagnostics problems("rule");
    auto out = mappings::Rule::compile(*json::parse(condition), "", mappings::testing::shipped_tables(), problems);
    mappings::testing::show(problems);
    BOOST_REQUIRE(out);
    return *out;
}

std::string rejection(const store::Unit& unit) {
    const auto& effects = unit.effects;
    if (effects.disposition != Disposition::reject || !effects.error) return "taken";
    return std::string(info(effects.error->code).name) + " at " + effects.error->place;
}

std::string reply_to(const store::Unit& unit) {
    effects::UnitOutcome outcome;
    outcome.message = 77;
    outcome.error = unit.effects.error;
    if (outcome.error) outcome.outcome = effects::Outcome::rejected;
    outcome.filtered_by = unit.effects.filtered_by;
    if (!outcome.filtered_by.empty()) outcome.outcome = effects::Outcome::filtered;
    return unit.reply(outcome, mappings::testing::received_at);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(channels_hl7_mapper)

BOOST_AUTO_TEST_CASE(an_order_becomes_a_unit_with_all_that_identifies_it) {
    const channels::Hl7Mapper mapper(handling());
    const auto unit = mapper.interpret(inbound(msh + rest));
    BOOST_TEST(unit.channel == "orders");
    BOOST_TEST(unit.revision == 5);
    BOOST_TEST(unit.peer == "127.0.0.1:40000");
    BOOST_TEST(unit.sender.find("HIS|HOSP") != std::string::npos);
    BOOST_TEST(unit.control_id == "M1");
    BOOST_TEST(unit.type == "ORM^O01");
    BOOST_TEST(unit.content == msh + rest);
    BOOST_TEST(unit.received.micros == mappings::testing::received_at.micros);
    BOOST_CHECK(unit.policy == &mapper.handling().orders);
    BOOST_TEST(rejection(unit) == "taken");
    BOOST_REQUIRE_EQUAL(unit.effects.orders.size(), 1u);
    BOOST_REQUIRE_EQUAL(unit.effects.deliveries.size(), 2u);
    BOOST_TEST(unit.effects.deliveries[1].destination == "orders/pacs");
    BOOST_TEST(unit.effects.deliveries[1].as_received);
    BOOST_TEST(reply_to(unit).find("\rMSA|AA|M1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_destination_may_say_what_is_urgent) {
    using effects::Urgency;
    const struct {
        const char* urgent_when;
        Urgency urgency;
    } rows[] = {{R"({"event": "O01"})", Urgency::urgent}, {R"({"event": "O19"})", Urgency::ordinary}};
    for (const auto& row : rows) {
        auto how = handling();
        how.queued[1].urgent_when = rule(row.urgent_when);
        const auto unit = interpret(msh + rest, std::move(how));
        BOOST_REQUIRE_EQUAL(unit.effects.deliveries.size(), 2u);
        BOOST_CHECK(unit.effects.deliveries[0].urgency == Urgency::unranked);
        BOOST_CHECK(unit.effects.deliveries[1].urgency == row.urgency);
    }
}

BOOST_AUTO_TEST_CASE(the_character_set_that_the_transport_says_counts) {
    auto bytes = "MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||ORM^O01|M1|P|2.3.1||||||8859/1\r" + rest;
    bytes.replace(bytes.find("SMITH"), 5, "M\xc3\xbcLLER");
    const auto name = [&](const std::string& character_set, Hl7Handling how = handling()) {
        const channels::Hl7Mapper mapper(std::move(how));
        auto message = inbound(bytes);
        message.character_set = character_set;
        return mapper.interpret(std::move(message)).effects.patient->fields.value(effects::PatientField::name);
    };
    BOOST_TEST(name("ISO-8859-2") == "M\xc4\x82\xc5\xbaLLER^JOHN");
    BOOST_TEST(name("utf-8") == "M\xc3\xbcLLER^JOHN");
    // The analyst knows better still.
    auto how = handling();
    how.always_character_set = "UNICODE UTF-8";
    BOOST_TEST(name("ISO-8859-2", how) == "M\xc3\xbcLLER^JOHN");
}

BOOST_AUTO_TEST_CASE(what_is_no_message_of_the_channel_is_rejected_and_answered) {
    auto broken_text = msh + rest;
    broken_text.replace(broken_text.find("SMITH"), 5, "M\xfcLLER");
    auto utf8 = "MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||ORM^O01|M1|P|2.3.1||||||UNICODE UTF-8\r" + rest;
    utf8.replace(utf8.find("SMITH"), 5, "M\xc3\xbc\xfcLLER");
    auto other_type = msh + rest;
    other_type.replace(other_type.find("ORM^O01"), 7, "DFT^P03");
    auto training = msh + rest;
    training.replace(training.find("|P|"), 3, "|T|");
    const struct {
        std::string bytes, rejection, code;
    } rows[] = {{utf8, "hl7.bad_charset at MSH-18", "AE"},
                {"GET / HTTP/1.1\r\n\r\n", "hl7.not_hl7", "AE"},
                {"", "hl7.not_hl7", "AE"},
                {std::string(5000, '\0'), "hl7.not_hl7", "AE"},
                {other_type, "hl7.unsupported", "AR"},
                {training, "hl7.wrong_processing_id at MSH[1]-11", "AR"},
                {msh, "hl7.missing_segment", "AE"}};
    for (const auto& row : rows) {
        const auto unit = interpret(row.bytes);
        BOOST_TEST(rejection(unit).substr(0, row.rejection.size()) == row.rejection);
        BOOST_TEST(unit.effects.deliveries.empty());
        BOOST_CHECK(unit.content == row.bytes);
        BOOST_TEST(reply_to(unit).find("\rMSA|" + row.code) != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(the_character_set_of_the_channel_stands_in_for_a_missing_one) {
    auto latin = msh + rest;
    latin.replace(latin.find("SMITH"), 5, "M\xfcLLER");
    auto how = handling();
    how.character_set = "8859/1";
    const auto unit = interpret(latin, how);
    BOOST_REQUIRE(unit.effects.patient.has_value());
    BOOST_TEST(unit.effects.patient->fields.value(effects::PatientField::name) == "M\xc3\xbcLLER^JOHN");
}

BOOST_AUTO_TEST_CASE(a_frame_that_is_too_large_is_recorded_with_what_can_be_read_of_it) {
    const channels::Hl7Mapper mapper(handling());
    auto message = inbound(msh + rest);
    message.broken = Error{ErrorCode::net_too_large, {}, {}};
    const auto unit = mapper.interpret(message);
    BOOST_TEST(rejection(unit) == "net.too_large at ");
    BOOST_TEST(unit.control_id == "M1");
    BOOST_TEST(reply_to(unit).find("\rMSA|AE|M1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(immediate_destinations_that_the_channel_has_not_get_nothing) {
    auto no_worklist = handling(), no_records = handling();
    no_worklist.worklist.exists = false;
    no_records.records.exists = false;
    const auto stepless = interpret(msh + rest, no_worklist);
    BOOST_REQUIRE_EQUAL(stepless.effects.orders.size(), 1u);
    BOOST_TEST(stepless.effects.orders[0].steps.empty());
    BOOST_TEST(stepless.effects.patient.has_value());
    const auto forwarded = interpret(msh + rest, no_records);
    BOOST_TEST(forwarded.effects.orders.empty());
    BOOST_TEST(!forwarded.effects.patient.has_value());
    BOOST_TEST(forwarded.effects.deliveries.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_not_accepted_is_filtered_by_the_first_rule_that_does_not_hold) {
    auto how = handling();
    how.accept.push_back({"for radiology", rule(R"({"equals": ["MSH-6", "RAD"]})")});
    BOOST_TEST(rejection(interpret(msh + rest, how)) == "taken");
    BOOST_TEST(interpret(msh + rest, how).effects.filtered_by == "");
    how.accept.push_back({"no tests", rule(R"({"not": {"equals": ["PID-5.1", "SMITH"]}})")});
    how.accept.push_back({"never", rule(R"({"equals": ["MSH-6", "LAB"]})")});
    const auto unit = interpret(msh + rest, how);
    BOOST_CHECK(unit.effects.disposition == Disposition::filter);
    BOOST_TEST(unit.effects.filtered_by == "no tests");
    BOOST_TEST(unit.effects.orders.empty());
    BOOST_TEST(unit.effects.deliveries.empty());
    BOOST_TEST(reply_to(unit).find("\rMSA|AA|M1|filtered: no tests") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(rules_are_asked_after_the_control_id_and_before_type_and_processing_id) {
    auto how = handling();
    how.accept.push_back({"orders", rule(R"({"equals": ["MSH-9.1", "ORM"]})")});
    auto nameless = msh + rest, training = msh + rest, result = msh + rest;
    nameless.replace(nameless.find("|M1|"), 4, "||");
    nameless.replace(nameless.find("ORM^O01"), 7, "ORU^R01");
    training.replace(training.find("|P|"), 3, "|T|");
    result.replace(result.find("ORM^O01"), 7, "ORU^R01");
    BOOST_TEST(rejection(interpret(nameless, how)) == "hl7.missing_control_id at MSH[1]-10");
    BOOST_TEST(rejection(interpret(training, how)) == "hl7.wrong_processing_id at MSH[1]-11");
    BOOST_TEST(interpret(result, how).effects.filtered_by == "orders");
}

BOOST_AUTO_TEST_CASE(a_rule_that_cannot_be_asked_rejects_the_message) {
    auto how = handling();
    how.accept.push_back({"known sex", rule(R"({"exists": {"table": "sex", "of": "MSH-6", "miss": "reject"}})")});
    BOOST_TEST(rejection(interpret(msh + rest, how)) == "map.miss at MSH[1]-6");
    const auto unanswerable = how.accept[0].rule;
    how = handling();
    how.queued[0].when = unanswerable;
    BOOST_TEST(rejection(interpret(msh + rest, how)) == "map.miss at MSH[1]-6");
}

BOOST_AUTO_TEST_CASE(a_destination_gets_the_messages_its_condition_holds_for) {
    const auto yes = rule(R"({"event": ["O01"]})"), no = rule(R"({"event": ["O02"]})");
    auto how = handling();
    how.queued[0].when = no;
    how.queued[1].when = yes;
    how.worklist.when = no;
    const auto unit = interpret(msh + rest, how);
    BOOST_REQUIRE_EQUAL(unit.effects.deliveries.size(), 1u);
    BOOST_TEST(unit.effects.deliveries[0].destination == "orders/pacs");
    BOOST_REQUIRE_EQUAL(unit.effects.orders.size(), 1u);
    BOOST_TEST(unit.effects.orders[0].steps.empty());
    const std::vector<std::string> declined{"worklist", "orders/archive"};
    BOOST_TEST(unit.effects.declined == declined, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_no_destination_wants_is_filtered) {
    const auto no = rule(R"({"event": ["O02"]})");
    auto how = handling();
    how.records.when = how.worklist.when = no;
    how.queued = {{"orders/archive", no}};
    const auto unit = interpret(msh + rest, how);
    BOOST_CHECK(unit.effects.disposition == Disposition::filter);
    BOOST_TEST(unit.effects.filtered_by == "no destination wants it");
}

BOOST_AUTO_TEST_CASE(the_ordering_key_is_what_the_channel_says_else_patient_accession_number_or_peer) {
    using By = channels::Ordering::By;
    const auto key = [](By by, const char* path, const std::string& message) {
        auto how = handling();
        how.ordering.by = by;
        if (by == By::path) how.ordering.path = *hl7::Path::parse(path);
        return interpret(message, how).effects.ordering_key;
    };
    const auto message = msh + rest;
    BOOST_TEST(key(By::patient, "", message) == "HOSPA|100001");
    BOOST_TEST(key(By::accession, "", message) == "A1");
    BOOST_TEST(key(By::peer, "", message) == "127.0.0.1");
    BOOST_TEST(key(By::path, "OBR-19", message) == "RP1");
    BOOST_TEST(key(By::path, "PV1-19", message) == "HOSPA|100001");
    auto unused = message;
    unused.replace(unused.find("ORM^O01"), 7, "ADT^A20");
    BOOST_TEST(key(By::patient, "", unused) == "127.0.0.1");
}

BOOST_AUTO_TEST_CASE(what_the_channel_orders_by_stands_above_the_patients_of_the_records) {
    using By = channels::Ordering::By;
    const auto chosen = [](By by, const char* path) {
        auto how = handling();
        how.ordering.by = by;
        if (by == By::path) how.ordering.path = *hl7::Path::parse(path);
        return interpret(msh + rest, how).effects.ordered_by_key;
    };
    BOOST_TEST(!chosen(By::patient, ""));
    BOOST_TEST(chosen(By::accession, ""));
    BOOST_TEST(chosen(By::peer, ""));
    BOOST_TEST(chosen(By::path, "OBR-19"));
    BOOST_TEST(!chosen(By::path, "PV1-19"));
}

BOOST_AUTO_TEST_CASE(accession_numbers_of_all_orders_are_lanes_of_the_message) {
    auto how = handling();
    how.ordering.by = channels::Ordering::By::accession;
    auto second = rest.substr(rest.find("ORC|"));
    for (const auto& [from, to] : {std::pair("P1", "P2"), std::pair("A1", "A2")})
        for (auto at = second.find(from); at != std::string::npos; at = second.find(from)) second.replace(at, 2, to);
    BOOST_TEST(interpret(msh + rest + second, how).effects.ordering_key ==
               std::string("A1") + effects::key_separator + "A2");
}

BOOST_AUTO_TEST_CASE(a_long_key_of_the_message_is_kept_short) {
    auto how = handling();
    how.ordering.by = channels::Ordering::By::path;
    how.ordering.path = *hl7::Path::parse("ZZZ-1");
    const auto key = interpret(msh + rest + "ZZZ|" + std::string(100'000, 'x') + "\r", how).effects.ordering_key;
    BOOST_TEST(key.size() <= 200u);
    BOOST_TEST(key != interpret(msh + rest + "ZZZ|" + std::string(100'001, 'x') + "\r", how).effects.ordering_key);
}

BOOST_AUTO_TEST_CASE(order_responses_carry_the_patient_of_the_message) {
    auto how = handling();
    how.acknowledgments.order_responses = true;
    const auto unit = interpret(msh + rest, how);
    effects::UnitOutcome outcome;
    outcome.message = 77;
    outcome.records.push_back({effects::RecordKind::order,
                               effects::RecordOutcome::What::created,
                               "ORC[1]",
                               {},
                               "OK",
                               {"F1", "RIS"},
                               {"P1", "HIS"}});
    const auto reply = unit.reply(outcome, mappings::testing::received_at);
    BOOST_TEST(reply.find("ORR^O02") != std::string::npos);
    BOOST_TEST(reply.find("\rPID|1||100001^^^HOSPA^MR||SMITH^JOHN") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(strict_validation_rejects_with_an_err_for_each_problem) {
    auto strict = handling();
    strict.validation = channels::Validation::strict;
    BOOST_TEST(rejection(interpret(msh + rest, strict)) == "taken");
    auto wrong = msh + rest;
    wrong.replace(wrong.find("2.3.1"), 5, "2.5.1");
    wrong.replace(wrong.find("19700101"), 8, "1.1.1970");
    wrong.replace(wrong.find("ORC|NW"), 6, "ORC|QQ");
    const auto unit = interpret(wrong, strict);
    BOOST_TEST(rejection(unit) == "hl7.not_valid at PID-7.1");
    BOOST_TEST(unit.effects.error->detail == "Time is no TS, and 1 more");
    BOOST_TEST(unit.effects.orders.empty());
    const auto reply = reply_to(unit);
    BOOST_TEST(reply.find("\rMSA|AE|M1\r") != std::string::npos, reply);
    BOOST_TEST(reply.find("\rERR||PID^1^7^1^1|102^Data type error^HL70357|E|hl7.not_valid||") != std::string::npos,
               reply);
    BOOST_TEST(reply.find("\rERR||ORC^1^1^1|103^Table value not found^HL70357|E|hl7.not_valid||") != std::string::npos,
               reply);
    // What happened otherwise is said as ever.
    effects::UnitOutcome full;
    full.error = Error{ErrorCode::storage_unavailable, {}, {}};
    BOOST_TEST(unit.reply(full, mappings::testing::received_at).find("\rMSA|AR|M1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(validation_as_a_warning_takes_the_message) {
    auto warn = handling();
    warn.validation = channels::Validation::warn;
    auto wrong = msh + rest;
    wrong.replace(wrong.find("|M\r"), 3, "|MALE\r");
    const auto unit = interpret(wrong, warn);
    BOOST_TEST(rejection(unit) == "taken");
    BOOST_REQUIRE_EQUAL(unit.effects.ignored.size(), 1u);
    BOOST_TEST(unit.effects.ignored.front() == "PID-8: Sex is longer than 1 characters");
    BOOST_TEST(interpret(wrong).effects.ignored.empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_for_the_channel_is_not_validated) {
    auto strict = handling();
    strict.validation = channels::Validation::strict;
    auto training = msh + "PID|x\r";
    training.replace(training.find("|P|"), 3, "|T|");
    BOOST_TEST(rejection(interpret(training, strict)) == "hl7.wrong_processing_id at MSH[1]-11");
}

BOOST_AUTO_TEST_CASE(a_message_with_an_msa_is_a_reply_where_the_channel_takes_them) {
    const std::string header = "MSH|^~\\&|RIS|RAD|HIS|HOSP|20261122080000||ORR^O02|R1|P|2.5.1";
    const std::string ack = "MSA|AE| M\\T\\1 \rERR|||207^error^HL70357|E\r";
    auto how = handling();
    BOOST_TEST(!interpret(header + "\r" + ack, how).reply_to);
    how.replies_to = {"orders/archive"};
    BOOST_TEST(!interpret(msh + rest, how).reply_to);
    const auto unit = interpret(header + "|||AL|NE\r" + ack, how);
    BOOST_REQUIRE(unit.reply_to);
    BOOST_TEST(unit.reply_to->control_id == "M&1");
    BOOST_TEST(unit.reply_to->answer == "AE 207");
    BOOST_TEST(unit.reply_to->names == store::reply_names("RIS", "RAD", "HIS", "HOSP"));
    BOOST_TEST(unit.reply_to->destinations == how.replies_to, boost::test_tools::per_element());
    BOOST_TEST(unit.effects.deliveries.empty());
    BOOST_TEST(reply_to(unit).find("\rMSA|CA|R1") != std::string::npos);
    BOOST_TEST(reply_to(interpret(header + "\r" + ack, how)).empty());
    how.accept = {{"for us", rule(R"({"equals": ["MSH-5", "LIS"]})")}};
    BOOST_TEST(!interpret(header + "\r" + ack, how).reply_to);
}

BOOST_AUTO_TEST_CASE(both_acknowledgments_go_where_the_channel_says) {
    const std::string header = "MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||ORM^O01|M1|P|2.5.1|||AL|AL\r";
    const auto here = interpret(header + rest);
    BOOST_TEST(!here.answer);
    const auto text = reply_to(here);
    const auto accept = text.find("\rMSA|CA|M1"), application = text.find("\rMSA|AA|M1");
    BOOST_TEST((accept < application && application != std::string::npos));
    auto how = handling();
    how.acknowledgments.application_to = "orders/his";
    const auto apart = interpret(header + rest, how);
    BOOST_TEST(apart.answer_to == "orders/his");
    BOOST_TEST(reply_to(apart).find("\rMSA|AA|") == std::string::npos);
    BOOST_TEST(apart.answer({}, mappings::testing::received_at).find("\rMSA|AA|M1") != std::string::npos);
    BOOST_TEST(!interpret(msh + rest, how).answer);  // original mode
}

BOOST_AUTO_TEST_CASE(a_sender_that_counts_is_counted_where_the_channel_says_so) {
    const auto with = [](const std::string& number) {
        return "MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||ORM^O01|M1|P|2.3.1|" + number + "\r";
    };
    BOOST_TEST(!interpret(with("7") + rest).number);
    auto how = handling();
    how.sequence_numbers = true;
    BOOST_TEST(interpret(with("7") + rest, how).number.value() == 7);
    BOOST_TEST(!interpret(with("") + rest, how).number);
    for (const auto* wrong : {"x", "7x", "-2", "1.5", "99999999999999999999"})
        BOOST_TEST(rejection(interpret(with(wrong) + rest, how)) == "hl7.bad_value at MSH-13");
    // These speak of the numbers alone; the standard lets the rest be empty.
    for (const std::string number : {"0", "-1"}) {
        const auto unit = interpret("MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||^|M1|P|2.3.1|" + number + "\r", how);
        BOOST_TEST(std::to_string(unit.number.value()) == number);
        BOOST_CHECK(unit.effects.disposition == Disposition::filter);
        effects::UnitOutcome outcome;
        outcome.outcome = effects::Outcome::filtered;
        outcome.expected_number = 8;
        const auto reply = unit.reply(outcome, mappings::testing::received_at);
        BOOST_TEST(reply.find("\rMSA|AA|M1|") != std::string::npos);
        BOOST_TEST(reply.find("|8\r") != std::string::npos);  // MSA-4
    }
    effects::UnitOutcome outcome;
    outcome.outcome = effects::Outcome::rejected;
    outcome.error = Error{ErrorCode::hl7_out_of_sequence, "8 is expected", "MSH-13"};
    outcome.expected_number = 8;
    BOOST_TEST(interpret(with("7") + rest, how).reply(outcome, mappings::testing::received_at).find("\rMSA|AE|M1|") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
