// The language a script has: what of Lua's library, and how it differs.
#include "tests/mappings/script/script_runs.hpp"

namespace gantry::mappings::testing {

BOOST_AUTO_TEST_SUITE(script_library)

BOOST_AUTO_TEST_CASE(searches_by_regular_expression) {
    check_traces({
        {"trace(('room 12'):find([[\\d+]]))", "6 7"},
        {"trace(('room 12'):find([[(\\w+) (\\d+)]]))", "1 7 room 12"},
        {"trace(('a.b'):find('.', 1, true), ('a.b'):find('x', 1, true))", "2 nil"},
        {"trace(('a.b'):find('.', 2, true))", "2 2"},
        {"trace(('abcabc'):find('c', 4), ('abc'):find('a', 9), ('abc'):find('c', -1))", "6 nil 3 3"},
        {"trace(('CT01/bed 3'):match([[^(\\w+)/bed (\\d)$]]))", "CT01 3"},
        {"trace(('xyz'):match('y'), ('xyz'):match('q'))", "y nil"},
        {"trace(('ac'):match('(a)(b)?(c)'))", "a nil c"},
        {"for w in ('one two  three'):gmatch([[\\w+]]) do trace(w) end", "one|two|three"},
        {"for k, v in ('a=1, b=2'):gmatch([[(\\w)=(\\d)]]) do trace(k, v) end", "a 1|b 2"},
        {"trace(('hello'):gsub('l', 'L'))", "heLLo 2"},
        {"trace(('hello'):gsub('l', 'L', 1))", "heLlo 1"},
        {"trace(('abc'):gsub('', '-'))", "-a-b-c- 4"},
        {"trace(('abc'):gsub('b*', '-'))", "-a-c- 3"},
        {"trace(('\\u{e4}\\u{f6}'):gsub('', '-'))", "-\u00e4-\u00f6- 3"},
        {"trace(('a b'):gsub([[(\\w) (\\w)]], '%2 %1 %0 100%%'))", "b a a b 100% 1"},
        {"trace(('a b'):gsub([[\\w]], '<%1>'))", "<a> <b> 2"},
        {"trace(('a b c'):gsub([[\\w]], {a = '1', b = false}))", "1 b c 3"},
        {"trace(('a b'):gsub([[\\w]], function(w) return w == 'a' and w:upper() or nil end))", "A b 2"},
        {"local p = '%$' trace(('50%'):match([[\\d+\\%]]), ('50%'):match(p))",
         "the script of the mapping stopped with an error: test.lua:1: patterns are regular expressions here: write \\ "
         "where Lua has %, and \\% for a percent sign"},
        {"trace(('x'):gsub('x', [[\\1]]))",
         "the script of the mapping stopped with an error: test.lua:1: a replacement names groups by %: write %1 and "
         "not "
         "\\1"},
        {"trace(('x'):gsub('x', '%5'))",
         "the script of the mapping stopped with an error: test.lua:1: a replacement has % with no group of that "
         "number "
         "(and %% for a percent sign)"},
        {"local p = '(' trace(pcall(string.find, 'x', p))", "false a pattern cannot be read: missing ): ("},
    });
}

BOOST_AUTO_TEST_CASE(makes_texts) {
    check_traces({
        {"trace(('aBc\\u{e4}'):upper(), ('aBc'):lower(), ('abc'):reverse(), ('ab'):rep(2, '-'))",
         "ABC\u00e4 abc cba ab-ab"},
        {"trace(#('x'):rep(0), #('x'):rep(-1), ('abc'):sub(2), ('abc'):byte(1), string.char(72, 105))", "0 0 bc 97 Hi"},
        {"trace(string.format('%s|%5.1f|%d|%q|%%|%x|%-4s|', 'a', 1.25, 3, 'q', 255, 'l'))",
         "a|  1.2|3|\"q\"|%|ff|l   |"},
        {"trace(string.format('%s %s %s', {}, null, message))", "table null message"},
        {"trace(tostring({}), tostring(trace), tostring(orders), tostring(nil), tostring(1.0), tostring(orders[1]))",
         "table function list nil 1.0 order"},
        {"trace(table.concat({1, 'b', 3}, ', '), table.concat({}), table.concat({'a', 'b', 'c'}, '', 2, 3))",
         "1, b, 3  bc"},
        {"trace(utf8.len('\\u{e4}b'), utf8.char(228), utf8.codepoint('\\u{e4}'))", "2 \u00e4 228"},
        {"trace(tonumber('12'), tonumber('0x10'), tonumber('z', 36), tonumber('q'))", "12 16 35 nil"},
    });
}

BOOST_AUTO_TEST_CASE(goes_through_tables_in_order) {
    check_traces({
        {"for k, v in pairs({b = 2, a = 1, [3] = 'c', [-1] = 'm', [1.5] = 'h', [true] = 't'}) do trace(k, v) end",
         "-1 m|1.5 h|3 c|a 1|b 2|true t"},
        {"local t = {a = 1, b = 2, c = 3} for k in pairs(t) do t.b = nil trace(k) end", "a|c"},
        {"for k in pairs({[{}] = 1}) do end",
         "the script of the mapping stopped with an error: test.lua:1: pairs goes through keys in order, and one of "
         "them "
         "is a table"},
        {"local t = {3, 1, 2} table.sort(t) trace(table.concat(t, ' '))", "1 2 3"},
        {"local t = {{'b', 1}, {'a', 1}, {'c', 0}} table.sort(t, function(x, y) return x[2] < y[2] end) "
         "trace(t[1][1], t[2][1], t[3][1])",
         "c b a"},
        {"local t = {} for i = 1, 100 do t[i] = (i * 37) % 101 end table.sort(t) "
         "for i = 2, 100 do assert(t[i - 1] <= t[i]) end trace('sorted')",
         "sorted"},
        {"local t = {1, 2} table.insert(t, 3) table.insert(t, 1, 0) trace(table.concat(t, ' '), table.remove(t), "
         "table.remove(t, 1))",
         "0 1 2 3 3 0"},
        {"trace(table.unpack({1, 2, 3}, 2)) trace(select('#', table.unpack({}, 1, 3)), table.pack(1, nil).n)",
         "2 3|3 2"},
    });
}

BOOST_AUTO_TEST_CASE(errors_can_be_caught) {
    check_traces({
        {"trace(pcall(error, 'x'))", "false x"},
        {"trace(pcall(function() error('x') end))", "false test.lua:1: x"},
        {"trace(pcall(function() local t = nil; return t.x end))",
         "false test.lua:1: attempt to index a nil value (local 't')"},
        {"local ok, e = pcall(error, {code = 7}) trace(ok, e.code)", "false 7"},
        {"trace(pcall(function() orders[1].reason = {} end))",
         "false test.lua:1: order.reason takes a text, and not a table"},
        {"error({})",
         "the script of the mapping stopped with an error: test.lua:1: error() with a table that nothing took care of"},
        {"assert(nil)", "the script of the mapping stopped with an error: test.lua:1: an assertion does not hold"},
        {"assert(false, 'as said')", "the script of the mapping stopped with an error: test.lua:1: as said"},
        {"trace(assert(1, 2))", "1 2"},
    });
}

BOOST_AUTO_TEST_CASE(what_reaches_outside_is_not_there) {
    for (const auto* name :
         {"io",         "os",     "package",        "require", "debug",     "load",         "loadfile",
          "loadstring", "dofile", "collectgarbage", "print",   "coroutine", "setmetatable", "getmetatable",
          "rawget",     "rawset", "rawequal",       "rawlen",  "next",      "xpcall",       "_G"}) {
        // By a name that is put together: what is written as it is, the check finds before.
        const auto script = "local function get() return " + std::string(name) + " end";
        const auto compiled = with_script(script);
        BOOST_TEST(!compiled.mapping, name);
        BOOST_TEST(compiled.problems.find("test.lua:1:29: error [config.unknown_name]") != std::string::npos,
                   compiled.problems);
    }
    for (const auto* name : {"dump", "pack", "unpack", "packsize"})
        BOOST_TEST(traced("local n = '" + std::string(name) + "' trace(string[n], (''):len())") == "nil 0", name);
    BOOST_TEST(traced("local n, m = 'random', 'randomseed' trace(math[n], math[m])") == "nil nil");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings::testing
