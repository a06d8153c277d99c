// Whatever parses is written and parsed again as the same tree, compact, pretty and formatted with its comments;
// whatever does not parse says where.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "engine/json/format.hpp"
#include "engine/json/value.hpp"
#include "engine/json/writer.hpp"

using namespace gantry::json;

namespace {

void must(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", property);
    std::abort();
}

bool same(const Value& a, const Value& b) {
    const bool alike = a.kind() == b.kind() && a.boolean() == b.boolean() && a.string() == b.string() &&
                       a.number() == b.number() && a.is_integer() == b.is_integer() && a.integer() == b.integer() &&
                       a.items().size() == b.items().size() && a.members().size() == b.members().size();
    if (!alike) return false;
    for (std::size_t i = 0; i < a.items().size(); ++i)
        if (!same(a.items()[i], b.items()[i])) return false;
    for (std::size_t i = 0; i < a.members().size(); ++i)
        if (a.members()[i].key != b.members()[i].key || !same(a.members()[i].value, b.members()[i].value)) return false;
    return true;
}

// The character at the position is the first of the value.
void stands_where_it_says(std::string_view text, const Value& value) {
    std::size_t line_start = text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
    for (auto line = value.position().line; line > 1; --line) line_start = text.find('\n', line_start) + 1;
    const char first = text[line_start + value.position().column - 1];
    switch (value.kind()) {
        case Kind::null:
            return must(first == 'n', "position of null");
        case Kind::boolean:
            return must(first == (value.boolean() ? 't' : 'f'), "position of a boolean");
        case Kind::number:
            return must(first == '-' || (first >= '0' && first <= '9'), "position of a number");
        case Kind::string:
            return must(first == '"', "position of a string");
        case Kind::array:
            must(first == '[', "position of an array");
            break;
        case Kind::object:
            must(first == '{', "position of an object");
            break;
    }
    for (const auto& item : value.items()) stands_where_it_says(text, item);
    for (const auto& member : value.members()) stands_where_it_says(text, member.value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)quoted(text);
    const auto tree = parse(text);
    if (!tree) {
        must(tree.error().place.find(':') != std::string::npos, "an error has a place");
        return 0;
    }
    stands_where_it_says(text, *tree);
    for (const auto form : {Form::compact, Form::pretty}) {
        const auto again = parse(serialise(*tree, form));
        must(again.ok() && same(*tree, *again), "parse, write, parse gives the same tree");
    }
    const auto formatted = format(text);
    must(formatted.ok(), "what parses can be formatted");
    const auto again = parse(*formatted);
    must(again.ok() && same(*tree, *again), "formatting changes no value");
    must(*format(*formatted) == *formatted, "what is formatted stays so");
    return 0;
}
