// Scripts that want to stay, to take everything, to get out, or to leave something behind. Each ends, its message is
// rejected, and the next message finds everything as it was.
#include "tests/mappings/script/script_runs.hpp"

namespace gantry::mappings::testing {
namespace {

struct Hostile {
    const char* name;
    const char* script;
    ErrorCode code;
};

constexpr auto limit = ErrorCode::script_limit, failed = ErrorCode::script_failed;

const std::vector<Hostile>& endless() {
    static const std::vector<Hostile> all{
        {"a loop", "while true do end", limit},
        {"a loop of goto", "::again:: goto again", limit},
        {"repeat", "repeat until false", limit},
        {"a loop to infinity", "for i = 1, math.huge do end", limit},
        {"a loop with step 0", "local z = 0 for i = 1, 2, z do end", failed},
        {"a loop of pcall", "while true do pcall(error) end", limit},
        {"pcall around a loop", "while true do pcall(function() while true do end end) end", limit},
        {"pcall in pcall around a loop", "pcall(pcall, pcall, function() while true do end end) while true do end",
         limit},
        {"pcall keeps on", "local function f() pcall(f) end while true do f() end", limit},
        {"recursion", "local function f() return 1 + f() end f()", limit},
        {"recursion without end", "local function f() return f() end f()", limit},
        {"recursion caught", "local function f() return 1 + f() end while true do pcall(f) end", limit},
        {"recursion through gsub", "local function f(s) return (s:gsub('x', f)) end f('x')", failed},
        {"recursion through sort", "local function f() table.sort({1, 2, 3}, f) end f()", limit},
        {"a comparison that calls itself", "local function c(a, b) while true do end end table.sort({2, 1}, c)", limit},
        {"an iterator that never ends", "for x in function() return 1 end do end", limit},
        {"segments over and over", "while true do for s in message:segments() do end end", limit},
        {"reading over and over", "while true do local x = message['PID-3'] end", limit},
        {"tables over and over", "while true do local x = tables.sex{code = 'M'} end", limit},
        {"setting over and over", "while true do orders[1].reason = 'x' end", limit},
        {"warnings over and over", "while true do warn('x') end", limit},
        {"traces over and over", "while true do trace('x') end", limit},
        {"a graph of closures", "local f = function() end while true do local g = f f = function() return g end end",
         limit},
    };
    return all;
}

const std::vector<Hostile>& large() {
    static const std::vector<Hostile> all{
        {"rep", "local s = ('x'):rep(1e9)", limit},
        {"rep of rep", "local s = ('x'):rep(1000):rep(1000):rep(1000)", limit},
        {"rep of nothing, often", "local s = (''):rep(math.maxinteger) while true do s = (''):rep(math.maxinteger) end",
         limit},
        {"rep with a separator", "local s = ('x'):rep(1e8, ('y'):rep(1e5))", limit},
        {"rep over and over", "while true do local s = ('x'):rep(1000000) end", limit},
        {"rep caught", "while true do pcall(string.rep, 'x', 1e9) end", limit},
        {"doubling", "local s = 'x' while true do s = s .. s end", limit},
        {"doubling caught", "local s = 'x' while true do pcall(function() s = s .. s end) end", limit},
        {"a table of tables", "local t = {} while true do t = {t, t} end", limit},
        {"a table that grows", "local t = {} for i = 1, math.huge do t[i] = i end", limit},
        {"a table of texts", "local t = {} for i = 1, math.huge do t['k' .. i] = i end", limit},
        {"a table that grows, caught",
         "local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end", limit},
        {"a sparse table",
         "local t = {} for i = 1, 62 do t[1 << i] = i end while true do t[#t + 1] = ('x'):rep(1e5) .. #t end", limit},
        {"concat", "local t = {} for i = 1, 100 do t[i] = ('x'):rep(100000) end table.concat(t)", limit},
        {"concat far away", "table.concat({}, '', 1, math.maxinteger)", failed},
        {"unpack", "table.unpack({}, 1, 1e8)", limit},
        {"unpack of everything", "table.unpack({}, math.mininteger, math.maxinteger)", limit},
        {"many arguments",
         "local t = {} for i = 1, 300000 do t[i] = i end while true do select('#', table.unpack(t)) end", limit},
        {"inserting in front", "local t = {} for i = 1, 100000 do t[i] = i end while true do table.insert(t, 1, 0) end",
         limit},
        {"format", "local s = ('x'):rep(1000000) while true do local f = ('%s%s%s'):format(s, s, s) end", limit},
        {"format of widths", "while true do local s = ('%99.99f'):format(1e308) end", limit},
        {"byte of everything", "local s = ('x'):rep(900000) while true do select('#', s:byte(1, -1)) end", limit},
        {"long texts compared",
         "local a, b = ('x'):rep(1000000) .. 'a', ('x'):rep(1000000) .. 'b' while true do local c = a < b end", limit},
        {"long texts found equal",
         "local a, b = ('x'):rep(1000000) .. 'a', ('x'):rep(1000000) .. 'b' while true do local c = a == b end", limit},
        {"long texts made numbers", "local a = ('1'):rep(1000000) while true do local c = tonumber(a) end", limit},
        {"long texts in capitals", "local a = ('a'):rep(1000000) while true do local c = a:upper() end", limit},
        {"long texts counted", "local a = ('a'):rep(1000000) while true do local c = utf8.len(a) end", limit},
        {"sorting keys over and over",
         "local t = {} for i = 1, 10000 do t['k' .. i] = i end while true do pairs(t) end", limit},
        {"sorting a long list", "local t = {} for i = 1, 1e9 do t[i] = -i if i % 1000 == 0 then table.sort(t) end end",
         limit},
        {"a set of paths", "for i = 1, 1e9 do local x = message['OBX[' .. i .. ']-5'] end", limit},
    };
    return all;
}

const std::vector<Hostile>& patterns() {
    static const std::vector<Hostile> all{
        {"stars on stars", "local s = ('a'):rep(100000) .. 'b' while true do s:find('(a*)*(a*)*c') end", limit},
        {"counted repetition", "local s = ('a'):rep(100000) while true do s:find('(a{1,30}){1,30}$') end", limit},
        {"repetition beyond all", "local p = '((a{1000}){1000}){1000}' local s = ('a'):find(p)", failed},
        {"gsub that grows", "local s = 'x' while true do s = s:gsub('x', 'xx') end", limit},
        {"gsub by a long text", "local s = ('x'):rep(100000):gsub('x', ('y'):rep(100000))", limit},
        {"gsub of nothing", "local s = ('x'):rep(1000000) while true do s:gsub('', '') end", limit},
        {"gsub that looks far", "local s = ('a'):rep(1000000) s:gsub('a.*z|a', 'b')", limit},
        {"gsub calls", "while true do (('x'):rep(10000)):gsub('x', function() while true do end end) end", limit},
        {"gmatch without end",
         "for m in ('x'):rep(1000000):gmatch('') do for n in ('x'):rep(1000000):gmatch('') do end end", limit},
        {"many patterns", "for i = 1, 1000 do ('x'):find('x' .. i) end", failed},
        {"long patterns", "for i = 1, 60 do ('x'):find(('x'):rep(100000) .. i) end", failed},
        {"plain search", "local s = ('a'):rep(500000) while true do s:find(('a'):rep(250000) .. 'b', 1, true) end",
         limit},
    };
    return all;
}

const std::vector<Hostile>& escapes() {
    static const std::vector<Hostile> all{
        {"the metatable of texts", "local g = ('x').__index trace(g) g.x = 1", failed},
        {"bytecode", "local d = 'dump' string[d](function() end)", failed},
        {"a to-be-closed value", "local x <close> = {}", failed},
        {"an error with a method", "error({__tostring = function() while true do end end})", failed},
        {"writing into the library", "string.find = function() end", failed},
        {"writing into a table of the library", "table.concat = nil", failed},
        {"writing into the tables", "tables.sex = {}", failed},
        {"writing into a row",
         "local row = tables.sex{code = 'M'} row.sex = 'F' assert(tables.sex{code = 'M'}.sex == 'F')", failed},
        {"writing into the message", "message['PID-3'] = 'x'", failed},
        {"writing into null", "null.x = 1", failed},
        {"reading from null", "local x = null.x", failed},
        {"a method of one on another", "local a = message.all a(patient, 'PID-3')", failed},
        {"a method of one on nothing", "local a = message.all a()", failed},
        {"a path that is no text", "local x = message[{}]", failed},
        {"a number of many digits", "local x = orders[1e300]", failed},
        {"a format with an address", "local p = '%p' trace(p:format({}))", failed},
        {"a long name", "local n = ('x'):rep(100000) local x = orders[1][n]", failed},
    };
    return all;
}

const ScriptLimits& limits() {
    static const ScriptLimits small = [] {
        ScriptLimits out;
        out.steps = 2'000'000;
        out.memory = 16u << 20;
        out.allocated = 64u << 20;
        return out;
    }();
    return small;
}

// The script misbehaves for one patient only.
std::string only_for_one(const std::string& script) {
    return "if message['PID-3'] == 'HOSTILE' then " + script + "\nelse orders[1].reason = 'fine' end";
}

std::string hostile_message() {
    auto out = order_message;
    out.replace(out.find("100001"), 6, "HOSTILE");
    return out;
}

void check(const std::vector<Hostile>& rows) {
    for (const auto& row : rows) {
        const auto compiled = with_script(only_for_one(row.script), limits());
        BOOST_REQUIRE_MESSAGE(compiled.mapping, row.name << ": " << compiled.problems);
        for (int round = 0; round < 2; ++round) {
            const auto effects = run(*compiled.mapping, hostile_message());
            BOOST_TEST((effects.disposition == effects::Disposition::reject), row.name);
            BOOST_TEST(effects.orders.empty(), row.name);
            if (effects.error) BOOST_TEST((effects.error->code == row.code), row.name << ": " << effects.error->text());
            const auto next = run(*compiled.mapping);
            BOOST_REQUIRE_MESSAGE(!next.error, row.name << ": " << traced(next));
            BOOST_TEST(next.orders[0].fields.value(effects::OrderField::reason) == "fine", row.name);
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(script_hostile)

BOOST_AUTO_TEST_CASE(whatever_does_not_end_is_ended) {
    check(endless());
}
BOOST_AUTO_TEST_CASE(whatever_grows_is_ended) {
    check(large());
}
BOOST_AUTO_TEST_CASE(no_pattern_takes_long) {
    check(patterns());
}
BOOST_AUTO_TEST_CASE(nothing_gets_out) {
    check(escapes());
}

BOOST_AUTO_TEST_CASE(a_limit_says_what_ran_out_and_where) {
    const auto effects = run("\nwhile true do end", order_message, limits());
    BOOST_TEST(effects.error->text() ==
               "the script of the mapping needed more than it may: test.lua:2: more than 2000000 steps");
    BOOST_TEST(run("local s = ('x'):rep(1e9)").error->detail == "test.lua:1: a text longer than 1MiB");
    BOOST_TEST(run("local t = {} while true do t = {t} end").error->detail ==
               "test.lua: more than 16MiB of memory at once");
    ScriptLimits short_time;
    short_time.steps = 1'000'000'000;
    short_time.time = std::chrono::milliseconds(5);
    BOOST_TEST(run("while true do end", order_message, short_time).error->detail ==
               "test.lua:1: more than 5ms of processor time");
}

BOOST_AUTO_TEST_CASE(a_value_longer_than_a_script_may_read_is_a_limit) {
    auto text = order_message;
    text.replace(text.find("FIRST NOTE"), 10, std::string(2u << 20, 'N'));
    BOOST_TEST((run("local x = message['NTE-3']", text).error->code == ErrorCode::script_limit));
    ScriptLimits wide;
    wide.text = 4u << 20;
    BOOST_TEST(traced(run("trace(#message['NTE-3'])", text, wide)) == "2097152");
}

// Twice in one sandbox and once in a new one: not a step more or less, and the same effects.
BOOST_AUTO_TEST_CASE(the_same_message_gives_the_same) {
    const std::string script =
        "local seen = {}\n"
        "for i = 1, 300 do seen['key' .. (i * 7919) % 1009] = i end\n"
        "local out = {}\n"
        "for k, v in pairs(seen) do out[#out + 1] = k .. v end\n"
        "orders[1].comments = table.concat(out, ' ')\n"
        "trace(tostring({}), tostring(trace), string.format('%s', {}))\n";
    const auto first = with_script(script), second = with_script(script);
    const auto one = run(*first.mapping), two = run(*first.mapping), three = run(*second.mapping);
    BOOST_REQUIRE(!one.error);
    for (const auto* other : {&two, &three}) {
        BOOST_TEST(other->orders[0].fields.value(effects::OrderField::comments) ==
                   one.orders[0].fields.value(effects::OrderField::comments));
        BOOST_TEST(other->trace == one.trace, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(the_limit_on_steps_is_exact) {
    const std::string loop = "local n = 0 while true do n = n + 1 trace(n) end";
    const auto compiled = with_script(loop, limits());
    const auto first = run(*compiled.mapping);
    for (int i = 0; i < 3; ++i) {
        const auto again = run(*compiled.mapping);
        BOOST_TEST(again.trace == first.trace, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace gantry::mappings::testing
