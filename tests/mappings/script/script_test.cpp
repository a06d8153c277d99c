// What a script sees, and what becomes of what it says.
#include <thread>

#include "tests/mappings/script/script_runs.hpp"

namespace gantry::mappings::testing {
namespace {

using effects::Disposition;
using effects::FieldChange;
using effects::OrderField;
using effects::PatientField;
using effects::StepField;
using Says = FieldChange::Says;

}  // namespace

BOOST_AUTO_TEST_SUITE(script)

BOOST_AUTO_TEST_CASE(reads_the_message_by_path) {
    check_traces({
        {"trace(message['PID-3.1'], message['PID-5.2'])", "100001 JOHN"},
        {"trace(message['PID-3'])", "100001"},
        {"trace(message['PID-4'])", "nil"},
        {"trace(message['PID-13'], message['PID-13'] == null)", "null true"},
        {"trace(message['OBX[2]-5[2]'])", "73"},
        {"trace(message['OBX[3.1=8302-2]-5'])", "1.80"},
        {"trace(#message:all('OBX-5'), table.concat(message:all('OBX-5'), ' '))", "3 1.80 72 73"},
        {"trace(#message:all('ZZZ-1'))", "0"},
        {"trace(message:read('PID-5', 'name'))", "SMITH^JOHN"},
        {"trace(message:read('OBR-4', 'coded'), message:read('OBR-4', 'whole'))", "CHEST XRAY 71020^CHEST XRAY^CPT"},
        {"trace(message:read('ORC-9', 'date'), message:read('ORC-9', 'time'))", "20261122 075900"},
        {"trace(message:read('PID-5', 'nmae'))",
         "the script of the mapping stopped with an error: test.lua:1: what a path can be read as has no \"nmae\", "
         "did you mean \"name\"?"},
        {"trace(message.type, message.event, message.control_id, message.channel)", "ORM O01 M1 orders"},
        {"trace(message.received)", "20261123000000+0000"},
    });
}

BOOST_AUTO_TEST_CASE(sets_the_number_of_an_appointment_that_is_for_one_order) {
    const std::string
        head =
            "MSH|^~\\&|HIS|HOSPITAL|GANTRY|RAD|20261122080000||SIU^S12|M1|P|2.5\rSCH||B7^RIS||||||||||||||||||"
            "||||||",
        rest = "\rPID|1||100001^^^HOSPA^MR||SMITH^JOHN\rRGS|1\rAIS|1|A|CTABD^CT ABDOMEN^LOCAL\r";
    const auto scheduled = [&](const std::string& lua, const std::string& placers) {
        const auto compiled = with_script(lua, {}, "schedules-v2");
        BOOST_REQUIRE_MESSAGE(compiled.mapping, compiled.problems);
        return run(*compiled.mapping, head + placers + rest);
    };
    const auto one = scheduled("schedule.placer_number = 'X9'", "P7^HIS");
    BOOST_REQUIRE(one.schedule);
    BOOST_REQUIRE_EQUAL(one.schedule->orders.size(), 1u);
    BOOST_TEST(one.schedule->orders.front().placer.number == "X9");
    BOOST_CHECK(scheduled("schedule.placer_number = nil", "P7^HIS").error->code == ErrorCode::order_missing_number);
    const auto several = scheduled("schedule.placer_number = 'X9'", "P7^HIS~P8^HIS");
    BOOST_REQUIRE(several.error);
    BOOST_CHECK(several.error->code == ErrorCode::script_failed);
    BOOST_TEST(scheduled("schedule.reason = 'PAIN'", "P7^HIS~P8^HIS").schedule->orders.size() == 2u);
}

BOOST_AUTO_TEST_CASE(walks_through_segments) {
    check_traces({
        {"for s in message:segments('OBX') do trace(s.id, s.place, s[3], s['3.2'], s['5[2]']) end",
         "OBX OBX[1] 8302-2 HEIGHT nil|OBX OBX[2] 29463-7 WEIGHT 73"},
        {"local n = 0 for s in message:segments() do n = n + 1 end trace(n)", "12"},
        {"for s in message:segments('OBX') do trace(table.concat(s:all(5), ' ')) end", "1.80|72 73"},
        {"for s in message:segments('PID') do trace(s:read(5, 'name')) end", "SMITH^JOHN"},
        {"for s in message:segments('PID') do trace(s.nmae) end",
         "the script of the mapping stopped with an error: test.lua:1: a segment has no \"nmae\""},
    });
}

BOOST_AUTO_TEST_CASE(reads_the_group_of_an_order) {
    check_traces({
        {"for i, order in ipairs(orders) do trace(i, order.message['OBR-4'], order.message['NTE-3']) end",
         "1 71020 FIRST NOTE|2 70450 SECOND NOTE"},
        // What only the first has is not found from the second; what is everybody's is.
        {"trace(orders[2].message['OBX-5'], orders[2].message['PID-8'], orders[2].message['ZRX-3'])", "nil M LEFT"},
        {"for s in orders[2].message:segments('NTE') do trace(s.place) end", "NTE[2]"},
        {"trace(#orders, #orders[1].steps, orders[3])", "2 1 nil"},
        {"trace(orders[1].control, orders[1].control_status, orders[1].action, orders[1].place)",
         "NW SC create ORC[1]"},
        {"trace(orders[1].steps[1].message['OBR-4'])", "71020"},
    });
}

BOOST_AUTO_TEST_CASE(reads_the_effects_so_far) {
    check_traces({
        {"trace(patient.name, patient.sex, patient.telecom == null, patient.allergies)", "SMITH^JOHN M true nil"},
        {"trace(orders[1].accession_number, orders[2].steps[1].modality)", "A1 CT"},
        {"local id = patient.identifiers[1] trace(id.value, id.authority, id.type)", "100001 HOSPA MR"},
        {"trace(schedule)", "nil"},
    });
}

BOOST_AUTO_TEST_CASE(sets_fields_and_says_from_where) {
    const auto effects =
        run("patient.sex = 'F'\n"
            "patient.address = null\n"
            "patient.birth_date = nil\n"
            "orders[2].steps[1].station_ae = message['ZRX-2']\n"
            "orders[1].hold = true\n"
            "orders[1].weight = 72.5\n"
            "orders[2].requested_procedure_id = 17\n");
    BOOST_REQUIRE_MESSAGE(!effects.error, traced(effects));
    const auto& patient = effects.patient->fields;
    BOOST_TEST(patient.value(PatientField::sex) == "F");
    BOOST_TEST(patient[PatientField::sex].source == "script test.lua:1");
    BOOST_TEST((patient[PatientField::address].says == Says::clear));
    BOOST_TEST(patient[PatientField::address].source == "script test.lua:2");
    BOOST_TEST((patient[PatientField::birth_date].says == Says::nothing));
    BOOST_TEST(effects.orders[1].steps[0].fields.value(StepField::station_ae) == "CT01");
    BOOST_TEST(effects.orders[1].steps[0].fields[StepField::station_ae].source == "script test.lua:4");
    BOOST_TEST(effects.orders[0].fields.value(OrderField::hold) == "Y");
    BOOST_TEST(effects.orders[0].fields.value(OrderField::weight) == "72.5");
    BOOST_TEST(effects.orders[1].fields.value(OrderField::requested_procedure_id) == "17");
}

BOOST_AUTO_TEST_CASE(the_source_is_the_line_that_sets_within_functions_too) {
    const auto effects =
        run("local function set(order, value)\n"
            "  order.reason = value\n"
            "end\n"
            "for _, order in ipairs(orders) do set(order, 'PAIN') end\n");
    BOOST_TEST(effects.orders[1].fields[OrderField::reason].source == "script test.lua:2");
}

BOOST_AUTO_TEST_CASE(numbers_that_find_an_order_follow_its_fields) {
    const auto effects =
        run("orders[1].placer_number = 'X9' orders[1].filler_authority = 'OTHER' orders[1].accession_issuer = 'ISS'");
    BOOST_TEST(effects.orders[0].placer.number == "X9");
    BOOST_TEST(effects.orders[0].placer.authority == "HIS");
    BOOST_TEST(effects.orders[0].filler.authority == "OTHER");
    BOOST_TEST(effects.orders[0].accession_issuer == "ISS");
}

BOOST_AUTO_TEST_CASE(what_must_be_there_is_checked_after_the_script) {
    auto without_modality = order_message;
    without_modality.replace(without_modality.find("70450^CT HEAD^CPT||||||||||||||A2|RP2|S2||||CT"), 46, "99999^?");
    BOOST_TEST(traced("trace('')", without_modality).find("no modality") != std::string::npos);
    const auto supplied = run("orders[2].steps[1].modality = 'CT'", without_modality);
    BOOST_REQUIRE_MESSAGE(!supplied.error, traced(supplied));
    BOOST_TEST(supplied.orders[1].steps[0].fields.value(StepField::modality) == "CT");
    BOOST_TEST((run("orders[1].steps[1].modality = nil").error->code == ErrorCode::map_no_modality));
    BOOST_TEST((run("patient.name = null").error->code == ErrorCode::patient_missing_name));
    BOOST_TEST((run("orders[1].placer_number = nil orders[1].filler_number = nil").error->code ==
                ErrorCode::order_missing_number));
}

BOOST_AUTO_TEST_CASE(a_value_that_its_field_cannot_hold_names_the_field) {
    const std::string failed = "the script of the mapping stopped with an error: test.lua:1: ";
    const std::vector<Shown> rows{
        {"patient.sex = 'X'", "patient.sex takes one of M, F, O only"},
        {"patient.birth_date = '19701301'", "patient.birth_date takes a date, YYYYMMDD"},
        {"patient.name = 'A\\\\B'", "patient.name takes a DICOM name, family^given^middle^prefix^suffix"},
        {"patient.deceased = 'yesterday'", "patient.deceased takes a moment, YYYYMMDD[HHMM[SS]]"},
        {"orders[1].study_instance_uid = '1.02'", "order.study_instance_uid takes a UID"},
        {"orders[1].weight = 'heavy'", "order.weight takes a number"},
        {"orders[1].steps[1].start_time = '2515'", "step.start_time takes a time, HHMM or HHMMSS"},
        {"orders[1].accession_number = ('x'):rep(17)",
         "order.accession_number takes at most 16 characters, and this text has 17"},
        {"orders[1].hold = 'yes'", "order.hold takes Y"},
        {"orders[1].reason = true", "order.reason is no flag: it takes a text"},
        {"orders[1].reason = {}", "order.reason takes a text, and not a table"},
        {"orders[1].reason = 1.5", "order.reason takes a text; a number with a fraction has no one way to be written"},
        {"orders[1].reason = ''", "order.reason is set to an empty text: null deletes it, nil leaves it alone"},
        {"orders[1].reason = ('\\u{e4}'):sub(1, 1)",
         "order.reason takes characters, and this text is cut within one or is none"},
        {"orders[1].reason = 'a\\0b'", "order.reason takes characters, and this text is cut within one or is none"},
        {"orders[1].steps = nil", "order.steps cannot be changed"},
        {"orders[1] = nil", "a list of records cannot be changed, but the fields of its records can"},
        {"local o = orders[1] local f = 'reson' o[f] = 'x'", "an order has no \"reson\", did you mean \"reason\"?"},
        {"message['PID-3'] = 'x'", "the message cannot be changed"},
        {"string.upper = nil", "string cannot be changed"},
        {"tables.sex = nil", "tables cannot be changed"},
    };
    for (const auto& row : rows)
        BOOST_TEST(traced(row.script) == failed + row.says, row.script << " gives " << traced(row.script));
}

BOOST_AUTO_TEST_CASE(looks_into_code_tables) {
    check_traces({
        {"trace(tables.priority{code = 'S'}.urgency)", "STAT"},
        {"trace(tables.order_status{control = 'NW', status = 'SC'}.action)", "create"},
        {"trace(tables.sex{code = 'U'}.sex == null)", "true"},
        {"trace(tables.priority{code = 'no such'}, tables.priority{code = nil})", "nil nil"},
        {"local k = {} k['cdoe'] = 'S' trace(tables.priority(k))",
         "the script of the mapping stopped with an error: test.lua:1: the key of the table priority has no \"cdoe\", "
         "did you mean \"code\"?"},
        {"local row = tables.priority{code = 'S'} trace(row.urgenci)",
         "the script of the mapping stopped with an error: test.lua:1: a row of the table priority has no "
         "\"urgenci\", did you mean \"urgency\"?"},
    });
    const auto effects = run("tables.priority{code = 'no such'}");
    BOOST_REQUIRE_EQUAL(effects.coverage.unmapped_codes.size(), 1u);
    BOOST_TEST(effects.coverage.unmapped_codes[0].table == "priority");
    BOOST_TEST(effects.coverage.unmapped_codes[0].code == "no such");
}

BOOST_AUTO_TEST_CASE(what_a_script_reads_is_not_lost) {
    const auto unread = [](const std::string& lua) {
        const auto effects = run(lua);
        const auto& list = effects.coverage.unread;
        return std::find(list.begin(), list.end(), FieldName("ZRX", 3)) != list.end();
    };
    BOOST_TEST(unread("trace('')"));
    BOOST_TEST(!unread("trace(message['ZRX-3'])"));
}

BOOST_AUTO_TEST_CASE(refuses_filters_and_warns) {
    const auto refused = run("pcall(function() reject('no such ward', 'PV1-3') end) trace('never')");
    BOOST_TEST((refused.disposition == Disposition::reject));
    BOOST_TEST((refused.error->code == ErrorCode::script_refused));
    BOOST_TEST(refused.error->detail == "no such ward");
    BOOST_TEST(refused.error->place == "PV1-3");
    BOOST_TEST(refused.orders.empty());
    BOOST_TEST(refused.trace.empty());

    const auto filtered = run("pcall(filter, 'not for us')");
    BOOST_TEST((filtered.disposition == Disposition::filter));
    BOOST_TEST(filtered.filtered_by == "test.lua: not for us");
    BOOST_TEST(filtered.orders.empty());
    BOOST_TEST(!filtered.patient);

    const auto warned = run("warn('look here', 'PID-3') for s in message:segments('ZRX') do warn('and here', s) end");
    BOOST_REQUIRE_EQUAL(warned.ignored.size(), 2u);
    BOOST_TEST(warned.ignored[0] == "look here (PID-3)");
    BOOST_TEST(warned.ignored[1] == "and here (ZRX[1])");
    BOOST_TEST(warned.orders.size() == 2u);
}

BOOST_AUTO_TEST_CASE(nothing_of_a_patient_gets_into_a_sentence) {
    const std::string name = "message['PID-5']";
    for (const auto& script :
         {"local n = " + name + " reject(n)", "local n = 'Mr ' .. " + name + " warn(n)",
          "local n = " + name + " filter(n)", "error('Mr ' .. " + name + ")", "error(" + name + ")",
          "assert(false, " + name + ")", "local t = {} t[1] = patient[" + name + "]", "reject('x', " + name + ")",
          "local t = tables[" + name + "]", "local m = message['PID-' .. " + name + "]",
          "local s = message:read('PID-3', " + name + ")", "('x'):find('(' .. " + name + ")",
          "local x = " + name + " + 1", "local x = string[" + name + "]()", "string.format('%' .. " + name + ")"}) {
        const auto effects = run(script);
        BOOST_REQUIRE_MESSAGE(effects.error, script);
        BOOST_TEST((effects.error->code == ErrorCode::script_failed), script);
        BOOST_TEST(effects.error->text().find("SMITH") == std::string::npos, effects.error->text());
    }
    // Whoever tries it is told.
    const auto effects = run("error('Mr ' .. message['PID-5'])");
    BOOST_TEST(effects.error->detail == "test.lua:1: error() with a text that was put together; gantry try shows it");
    BOOST_TEST(effects.trace.back() == "test.lua:1: Mr SMITH");
    BOOST_TEST(run("\n\nerror('as it stands')").error->detail == "test.lua:3: as it stands");
}

BOOST_AUTO_TEST_CASE(traces_only_for_who_tries) {
    const auto compiled = with_script("trace('seen')");
    const auto message = message_of(order_message);
    BOOST_TEST(evaluate(*compiled.mapping, message, filler_context(), received_at).trace.empty());
    BOOST_TEST(run(*compiled.mapping).trace.size() == 1u);
    BOOST_TEST(run("for i = 1, 5000 do trace(i) end").trace.size() == 1000u);
}

BOOST_AUTO_TEST_CASE(nothing_is_left_for_the_next_message) {
    const auto compiled = with_script(
        "trace(pcall(function() return seen end))\n"
        "seen = message['PID-3']\n"
        "function leak() return seen end\n"
        "string2 = string\n"
        "trace(leak())\n");
    BOOST_REQUIRE_MESSAGE(compiled.mapping, compiled.problems);
    const auto first = traced(run(*compiled.mapping));
    for (int i = 0; i < 3; ++i) BOOST_TEST(traced(run(*compiled.mapping)) == first);
    BOOST_TEST(first.substr(0, 5) == "false");
}

BOOST_AUTO_TEST_CASE(many_threads_run_one_script) {
    const auto compiled = with_script("for i = 1, 200 do orders[1].reason = 'r' .. i end trace(orders[1].reason)");
    std::vector<std::thread> threads;
    std::vector<std::string> said(4);
    for (auto& out : said)
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) out = traced(run(*compiled.mapping));
        });
    for (auto& thread : threads) thread.join();
    for (const auto& out : said) BOOST_TEST(out == "r200");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings::testing
