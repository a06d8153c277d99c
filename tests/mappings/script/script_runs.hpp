// Scripts behind the shipped mapping of general orders, and messages for them.
#pragma once
#include "mappings/script/script.hpp"
#include "tests/mappings/language/shipped.hpp"

namespace gantry::mappings::testing {

inline const std::string order_message =
    "MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||ORM^O01|M1|P|2.3.1\n"
    "PID|1||100001^^^HOSPA^MR||SMITH^JOHN||19700101|M|||1 MAIN ST^^TOWN||\"\"\n"
    "PV1|1|I|WARD^101^A^HOSP\n"
    "ORC|NW|P1^HIS|F1^RIS||SC||||20261122075900\n"
    "OBR|1|P1^HIS|F1^RIS|71020^CHEST XRAY^CPT||||||||||||||A1|RP1|S1||||CR\n"
    "OBX|1|NM|8302-2^HEIGHT^LN||1.80|m\n"
    "OBX|2|NM|29463-7^WEIGHT^LN||72~73|kg\n"
    "NTE|1||FIRST NOTE\n"
    "ORC|NW|P2^HIS|F2^RIS||SC||||20261122075900\n"
    "OBR|1|P2^HIS|F2^RIS|70450^CT HEAD^CPT||||||||||||||A2|RP2|S2||||CT\n"
    "NTE|1||SECOND NOTE\n"
    "ZRX|1|CT01^STATION|LEFT\n";

struct Compiled {
    std::optional<Mapping> mapping;
    std::string problems;  // one in a line
};

// lua as the script of a shipped mapping.
inline Compiled with_script(const std::string& lua, const ScriptLimits& limits = {},
                            const std::string& name = "orders-v2") {
    Compiled out;
    json::Diagnostics diagnostics("test.lua");
    const Scripts scripts{{"test.lua", compile_script("test.lua", lua, shipped_tables(), limits, diagnostics)}};
    for (const auto& one : diagnostics.all()) out.problems += one.text() + "\n";
    if (diagnostics.has_errors()) return out;
    auto text = file_text(std::string(GANTRY_SOURCE_DIR) + "/mappings/documents/" + name + ".json");
    text.insert(text.find("\"reads\""), "\"script\": \"test.lua\", ");
    const auto document = json::parse(text);
    BOOST_REQUIRE(document.ok());
    json::Diagnostics of_document(name + ".json");
    out.mapping = compile(name, *document, shipped_tables(), of_document, scripts);
    show(of_document);
    BOOST_REQUIRE(out.mapping);
    return out;
}

inline effects::Effects run(const Mapping& mapping, const std::string& text = order_message) {
    auto context = filler_context();
    context.trace = true;
    const auto message = message_of(text);
    return evaluate(mapping, message, context, received_at);
}

inline effects::Effects run(const std::string& lua, const std::string& text = order_message,
                            const ScriptLimits& limits = {}) {
    static std::vector<Mapping> kept;  // sources of effects point into them
    const auto compiled = with_script(lua, limits);
    BOOST_REQUIRE_MESSAGE(compiled.mapping, compiled.problems);
    kept.push_back(*compiled.mapping);
    return run(*compiled.mapping, text);
}

// What the script traced, without the place in front; or why the message was rejected.
inline std::string traced(const effects::Effects& effects) {
    if (effects.error) return effects.error->text();
    std::string out;
    for (const auto& line : effects.trace) out += (out.empty() ? "" : "|") + line.substr(line.find(": ") + 2);
    return out;
}
inline std::string traced(const std::string& lua, const std::string& text = order_message) {
    return traced(run(lua, text));
}

struct Shown {
    std::string script, says;
};

inline void check_traces(const std::vector<Shown>& rows) {
    for (const auto& row : rows)
        BOOST_TEST(traced(row.script) == row.says, row.script << " gives " << traced(row.script));
}

}  // namespace gantry::mappings::testing
