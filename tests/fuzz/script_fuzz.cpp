// Whatever a script is, it ends within its limits, the same message gives the same effects in the same sandbox and in a
// new one, and what it set has the form its fields demand. An input that begins with a zero byte chooses among the
// words of a small grammar, so that most of it runs; any other is a script as it stands.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/effects/field_form.hpp"
#include "mappings/language/mapping.hpp"
#include "mappings/script/script.hpp"

using namespace gantry;
using namespace gantry::mappings;

namespace {

void must(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", property);
    std::abort();
}

constexpr std::string_view order =
    "MSH|^~\\&|HIS|HOSP|RIS|RAD|20261122080000||ORM^O01|M1|P|2.3.1\r"
    "PID|1||100001^^^HOSPA^MR||SMITH^JOHN||19700101|M|||1 MAIN ST^^TOWN||\"\"\r"
    "ORC|NW|P1^HIS|F1^RIS||SC||||20261122075900\r"
    "OBR|1|P1^HIS|F1^RIS|71020^CHEST XRAY^CPT||||||||||||||A1\r"
    "OBX|1|NM|29463-7^WEIGHT^LN||72~73|kg\rNTE|1||FIRST NOTE\r"
    "ORC|NW|P2^HIS|F2^RIS||SC||||20261122075900\rOBR|1|P2^HIS|F2^RIS|70450^CT HEAD^CPT\rZRX|1|CT01^STATION|LEFT\r";

constexpr std::string_view document = R"({"reads": "hl7", "messages": ["ORM^O01"], "script": "fuzz.lua",
  "patient": {"identifiers": "PID-3", "fields": {"name": "PID-5", "sex": "PID-8", "address": "PID-11", "telecom": "PID-13"}},
  "orders": {"each": "ORC", "control": "ORC-1", "status": "ORC-5", "actions": "order_status", "placer": "ORC-2",
    "filler": "ORC-3", "event_time": "ORC-9", "fields": {"reason": "OBR-31"},
    "steps": {"fields": {"modality": {"constant": "CT"}}}}})";

constexpr std::string_view status_table = R"({"key": ["control", "status"],
  "rows": [{"control": "NW", "status": "*", "action": "create", "reply_done": "OK", "reply_unable": "UA"}]})";

constexpr std::string_view sex_table =
    R"({"key": ["code"], "rows": [{"code": "M", "sex": "M"}, {"code": "U", "sex": ""}]})";

const Tables& tables() {
    static const Tables all = [] {
        Tables out;
        for (const auto& [name, text] : {std::pair("order_status", status_table), std::pair("sex", sex_table)}) {
            json::Diagnostics problems(name);
            auto table = Table::load(name, *json::parse(text), problems);
            must(table.has_value(), "the tables of the target can be read");
            out.add(std::move(*table));
        }
        return out;
    }();
    return all;
}

// Bytes as choices; after the last one always the first.
class Choices {
  public:
    Choices(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    std::size_t of(std::size_t count) { return at_ < size_ ? data_[at_++] % count : 0; }
    template <std::size_t N>
    std::string word(const char* const (&words)[N]) {
        return words[of(N)];
    }
    bool none_left() const { return at_ >= size_; }

  private:
    const std::uint8_t* data_;
    std::size_t size_, at_ = 0;
};

class Grammar {
  public:
    explicit Grammar(Choices choices) : choices_(choices) {}

    std::string script() {
        std::string out = "local a, b, c, d = 1, 'x', {}, orders[1]\n";
        while (!choices_.none_left() && out.size() < 4000) out += statement(0);
        return out;
    }

  private:
    std::string name() {
        static const char* const names[] = {"a", "b", "c", "d"};
        return choices_.word(names);
    }

    std::string simple() {
        static const char* const words[] = {"nil",
                                            "true",
                                            "0",
                                            "1",
                                            "-1",
                                            "3.5",
                                            "1e308",
                                            "math.maxinteger",
                                            "''",
                                            "'x'",
                                            "'a b'",
                                            "null",
                                            "message",
                                            "patient",
                                            "orders",
                                            "{}",
                                            "{1, 2, 3}",
                                            "{b = 1, a = 2}",
                                            "message['PID-5']",
                                            "message['OBX-5[*]']",
                                            "message['ZRX-2']",
                                            "patient.name",
                                            "orders[1].reason",
                                            "orders[2].steps[1].modality",
                                            "#orders",
                                            "string",
                                            "tostring",
                                            "error",
                                            "reject",
                                            "('x'):rep(1000)",
                                            "'\\xff'",
                                            "'\\0'",
                                            "'%d'",
                                            "[[\\d+]]",
                                            "'(a*)*b'"};
        return choices_.of(3) == 0 ? name() : choices_.word(words);
    }

    std::string expression(int depth) {
        static const char* const binary[] = {"+",  "-",  "*", "/",   "//", "%", "^",
                                             "..", "==", "<", "and", "or", "&", "<<"};
        static const char* const functions[] = {
            "tostring",      "tonumber",     "type",         "select",       "pcall",        "string.format",
            "string.rep",    "string.sub",   "string.byte",  "string.find",  "string.match", "string.gsub",
            "string.gmatch", "string.upper", "table.concat", "table.unpack", "table.sort",   "table.insert",
            "table.remove",  "utf8.len",     "utf8.char",    "math.floor",   "tables.sex",   "pairs",
            "ipairs",        "assert",       "error",        "message.all",  "message.read", "message.segments"};
        if (depth > 3) return simple();
        switch (choices_.of(8)) {
            case 0:
                return "(" + expression(depth + 1) + " " + choices_.word(binary) + " " + expression(depth + 1) + ")";
            case 1:
                return choices_.word(functions) + "(" + expression(depth + 1) + ", " + expression(depth + 1) + ")";
            case 2:
                return choices_.word(functions) + "(" + simple() + ", " + simple() + ", " + simple() + ")";
            case 3:
                return "(" + expression(depth + 1) + ")[" + simple() + "]";
            case 4:
                return "function(...) " + block(depth + 1) + " return ... end";
            case 5:
                return "(#" + name() + ")";
            default:
                return simple();
        }
    }

    std::string block(int depth) {
        std::string out;
        for (auto n = choices_.of(3); n > 0; --n) out += statement(depth);
        return out;
    }

    std::string target() {
        static const char* const fields[] = {"patient.sex",
                                             "patient.name",
                                             "patient.address",
                                             "patient.birth_date",
                                             "orders[1].reason",
                                             "orders[2].comments",
                                             "orders[1].placer_number",
                                             "orders[1].steps[1].start_date",
                                             "orders[2].weight",
                                             "orders[1].hold",
                                             "global",
                                             "c[1]",
                                             "c.x"};
        return choices_.of(2) == 0 ? name() : choices_.word(fields);
    }

    std::string statement(int depth) {
        if (depth > 3) return name() + " = " + simple() + "\n";
        switch (choices_.of(12)) {
            case 0:
                return "if " + expression(depth + 1) + " then " + block(depth + 1) + "else " + block(depth + 1) +
                       "end\n";
            case 1:
                return "while " + expression(depth + 1) + " do " + block(depth + 1) + "end\n";
            case 2:
                return "for i = 1, " + simple() + " do " + block(depth + 1) + "end\n";
            case 3:
                return "for k, v in pairs(" + expression(depth + 1) + ") do " + block(depth + 1) + "end\n";
            case 4:
                return "for s in message:segments() do " + block(depth + 1) + "end\n";
            case 5:
                return "pcall(function() " + block(depth + 1) + "end)\n";
            case 6:
                return "local function f(...) " + block(depth + 1) + "return f end f(" + simple() + ")\n";
            case 7:
                return "trace(" + expression(depth + 1) + ")\n";
            case 8:
                return "do local _ = " + expression(depth + 1) + " end\n";
            default:
                return target() + " = " + expression(depth + 1) + "\n";
        }
    }

    Choices choices_;
};

std::optional<Mapping> mapping_of(const std::string& script) {
    ScriptLimits limits;
    limits.steps = 200'000;
    limits.time = std::chrono::seconds(60);  // the sanitizers are slow, and steps must be enough
    limits.memory = 4u << 20;
    limits.allocated = 8u << 20;
    limits.text = 64u << 10;
    json::Diagnostics problems("fuzz.lua"), of_document("fuzz.json");
    const Scripts scripts{{"fuzz.lua", compile_script("fuzz.lua", script, tables(), limits, problems)}};
    if (problems.has_errors()) return std::nullopt;
    auto out = compile("fuzz", *json::parse(document), tables(), of_document, scripts);
    must(out.has_value(), "the document of the target can be compiled");
    return out;
}

template <class Field>
std::string text_of(const effects::FieldChanges<Field>& fields) {
    std::string out;
    const auto table = effects::field_table(effects::kind_of<Field>());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto& field = fields.at(i);
        out += std::to_string(static_cast<int>(field.says)) + field.value + "\x1f" + std::string(field.source) + "\x1e";
        if (field.source.substr(0, 7) != "script " || field.says != effects::FieldChange::Says::set) continue;
        must(effects::check_form(table[i], field.value).ok(), "a field has the form it demands");
        must(table[i].longest == 0 || effects::length_in_characters(field.value) <= table[i].longest,
             "a field is not too long");
    }
    return out;
}

std::string text_of(const effects::Effects& effects) {
    auto out = std::to_string(static_cast<int>(effects.disposition)) + effects.filtered_by;
    if (effects.error) out += effects.error->text();
    if (effects.patient) out += text_of(effects.patient->fields);
    for (const auto& change : effects.orders) {
        out += text_of(change.fields) + change.placer.number + change.filler.number;
        for (const auto& step : change.steps) out += text_of(step.fields);
    }
    for (const auto& line : effects.ignored) out += line + "\n";
    for (const auto& line : effects.trace) out += line + "\n";
    return out;
}

effects::Effects run(const Mapping& mapping) {
    static const auto message = hl7::Message::parse(std::string(order));
    MappingContext context;
    context.channel = "fuzz";
    context.trace = context.coverage = true;
    return evaluate(mapping, *message, context, {1'795'392'000'000'000});
}

// What ran out is exact for steps; memory depends a little on how Lua lays out its tables, which is not the same twice.
bool ran_out(const effects::Effects& effects) {
    return effects.error && effects.error->code == ErrorCode::script_limit;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto script = size > 0 && data[0] == 0 ? Grammar(Choices(data + 1, size - 1)).script()
                                                 : std::string(reinterpret_cast<const char*>(data), size);
    const auto first = mapping_of(script);
    if (!first) return 0;
    const auto one = run(*first), two = run(*first);
    const auto second = mapping_of(script);
    must(second.has_value(), "the same script compiles again");
    const auto three = run(*second);
    if (ran_out(one) || ran_out(two) || ran_out(three)) return 0;
    const auto expected = text_of(one);
    must(text_of(two) == expected, "the same message gives the same effects in the same sandbox");
    must(text_of(three) == expected, "the same message gives the same effects in a new sandbox");
    return 0;
}
