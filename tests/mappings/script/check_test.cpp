// What an analyst is told about a script before it runs: the line, the column, and what was probably meant.
#include "tests/mappings/script/script_runs.hpp"

namespace gantry::mappings::testing {
namespace {

struct Broken {
    std::string script, says;
};

void check(const std::vector<Broken>& rows) {
    for (const auto& row : rows) {
        const auto problems = with_script(row.script).problems;
        BOOST_TEST(problems == "test.lua:" + row.says + "\n", row.script << "\n" << problems);
    }
}

const std::string bad = ": error [config.bad_script] this script cannot run: ";
const std::string unknown = ": error [config.unknown_name] something is named here that does not exist: ";

}  // namespace

BOOST_AUTO_TEST_SUITE(script_check)

BOOST_AUTO_TEST_CASE(syntax) {
    check({
        {"local x = = 1", "1:11" + bad + "unexpected symbol near '='"},
        {"\n  if x then\n", "3:1" + bad + "'end' expected (to close 'if' at line 2) near <eof>"},
        {"x = 'a\n", "1:5" + bad + "unfinished string near ''a'"},
        {"local s = '\\d'", "1:11" + bad + "invalid escape sequence near ''\\d'"},
        {"\x1bLua", "1:1" + bad + "attempt to load a binary chunk (mode is 't')"},
    });
    // Releases of Lua differ in how they write the rest.
    const auto without_label = with_script("goto nowhere").problems;
    BOOST_TEST(without_label.find("test.lua:1:1" + bad + "no visible label 'nowhere' for ") == 0u, without_label);
}

BOOST_AUTO_TEST_CASE(names) {
    check({
        {"local x = mesage['PID-3']",
         "1:11" + unknown + "nothing here is called \"mesage\", did you mean \"message\"?"},
        {"trace(string.uper('x'))", "1:14" + unknown + "string has no \"uper\", did you mean \"upper\"?"},
        {"trace(math.random())", "1:12" + unknown + "math has no \"random\""},
        {"print('x')", "1:1" + unknown + "scripts have no \"print\"; trace shows what gantry try prints"},
        {"local t = os.time()", "1:11" + unknown + "scripts have no \"os\"; message.received is the time"},
        {"local _ENV = {}", "1:7" + unknown + "scripts have no \"_ENV\"; a global is named by its name"},
        {"\n\n  patient.nmae = 'x'", "3:11" + unknown + "a patient has no \"nmae\", did you mean \"name\"?"},
        {"orders[1].reson = 'x'", "1:11" + unknown + "an order has no \"reson\", did you mean \"reason\"?"},
        {"for _, o in ipairs(orders) do\n o.modalty = 'CT'\nend",
         "2:4" + unknown + "an order has no \"modalty\", did you mean \"modality\"?"},
        {"for _, o in ipairs(orders) do for i, s in ipairs(o.steps) do s.station = 'x' end end",
         "1:64" + unknown + "a step has no \"station\""},
        {"local o = orders[1]\no.placr_number = 'x'",
         "2:3" + unknown + "an order has no \"placr_number\", did you mean \"placer_number\"?"},
        {"trace(message.recieved)", "1:15" + unknown + "a message has no \"recieved\", did you mean \"received\"?"},
        {"trace(tables.prioriti{code = 'S'})",
         "1:14" + unknown + "there is no table \"prioriti\", did you mean \"priority\"?"},
        {"trace(tables.priority{cod = 'S'})",
         "1:23" + unknown + "the key of the table priority has no column \"cod\", did you mean \"code\"?"},
        {"schedule.statu = 'x'", "1:10" + unknown + "a schedule has no \"statu\", did you mean \"status\"?"},
    });
}

BOOST_AUTO_TEST_CASE(paths_patterns_and_sentences) {
    const std::string path = ": error [config.bad_path] ", pattern = ": error [config.bad_pattern] ";
    const auto says = [](const std::string& script) { return with_script(script).problems; };
    const auto begins = [](const std::string& text, const std::string& with) {
        return text.compare(0, with.size(), with) == 0;
    };
    for (const auto& script : {"local x = message['PID']", "local x = message:all('PID-')",
                               "trace(orders[1].message['OBR4'])", "trace(message:read('pid-5', 'name'))"})
        BOOST_TEST(says(script).find(path) != std::string::npos, script << " " << says(script));
    BOOST_TEST(begins(says("local x = message['PID']"), "test.lua:1:19" + path));
    BOOST_TEST(
        says("trace(message['PID-41'])") ==
        "test.lua:1:15: error [config.no_such_place] no message that comes here has this place: PID has 40 fields "
        "in 2.8\n");
    for (const auto& script : {"('x'):match('(')", "string.gsub('x', '[', '')", "('x'):match('%d+')",
                               "('x'):find([[(?<=a)b]])", "for w in ('x'):gmatch([[(a)\\1]]) do end"})
        BOOST_TEST(says(script).find(pattern) != std::string::npos, script << " " << says(script));
    BOOST_TEST(begins(says("('x'):match('(')"), "test.lua:1:13" + pattern));
    BOOST_TEST(begins(says("reject('no ward ' .. message['PV1-3'])"), "test.lua:1:8" + bad));
}

BOOST_AUTO_TEST_CASE(what_may_be_right_is_not_called_wrong) {
    for (const auto* script :
         {"local function f(a, b, ...) local c <const>, d = a, b return c, d, ... end f()",
          "function helper(message2) return message2 end helper(1)", "a, b = 1, 2 trace(a, b)",
          "local t = {name = 1, ['x'] = 2, y = {z = 3}} trace(t.name, t.y.z)",
          "for i = 1, 3 do goto continue trace(i) ::continue:: end", "local order = {nmae = 1} trace(order.nmae)",
          "local patient = {nmae = 1} trace(patient.nmae)", "local string = {uper = 1} trace(string.uper)",
          "local message = {a = 1} trace(message['a'], message.b)",
          "for _, o in ipairs(orders) do end for _, o in ipairs({1}) do end", "local o = orders[1].steps trace(#o)",
          "('50%'):find('%d', 1, true)", "local f = string.find f('x', 'y')",
          "-- mesage['x']\n--[[ mesage ]] --[==[ ]] mesage ]==] trace([==[ mesage ]==], 'mesage', \"\\\"mesage\")",
          "trace(0x1p4, 1e-5, 3 .. 4, .5)", "trace(tables.priority{code = ({code2 = 1}).code2})",
          "local t <close> = nil", "local self2 = {} function self2:method() return self end self2:method()"}) {
        const auto compiled = with_script(script);
        BOOST_TEST(compiled.problems.empty(), script << "\n" << compiled.problems);
    }
}

BOOST_AUTO_TEST_CASE(every_mistake_is_told_at_once) {
    const auto problems = with_script("mesage = mesage2['x']\nlocal y = strng.x\npatient.nmae = 'x'").problems;
    BOOST_TEST(std::count(problems.begin(), problems.end(), '\n') == 3);
}

BOOST_AUTO_TEST_CASE(a_document_names_its_script) {
    const auto problems = [](const std::string& name, const Scripts& scripts) {
        const auto document =
            json::parse("{\"reads\": \"hl7\", \"messages\": [\"ADT^A08\"],\n\"script\": \"" + name + "\"}");
        json::Diagnostics diagnostics("m.json");
        (void)compile("m", *document, shipped_tables(), diagnostics, scripts);
        std::string out;
        for (const auto& one : diagnostics.all()) out += one.text();
        return out;
    };
    BOOST_TEST(problems("warf.lua", {{"ward.lua", nullptr}}) ==
               "m.json:2:11: error [config.unknown_name] something is named here that does not exist: beside the "
               "mappings there is no "
               "script \"warf.lua\", did you mean \"ward.lua\"? (at /script)");
    // A script with mistakes has told them already.
    BOOST_TEST(problems("ward.lua", {{"ward.lua", nullptr}}).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings::testing
