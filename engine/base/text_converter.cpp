#include "engine/base/text_converter.hpp"

#include <algorithm>
#include <cerrno>

namespace gantry {

void TextConverter::convert(std::string_view bytes, std::string& utf8, bool& replaced) {
    std::string in(bytes);
    char* from = in.data();
    std::size_t left = in.size();
    char piece[4096];
    while (left > 0) {
        char* to = piece;
        std::size_t room = sizeof piece;
        const bool failed = iconv(handle_, &from, &left, &to, &room) == static_cast<std::size_t>(-1);
        const bool full = failed && errno == E2BIG;
        utf8.append(piece, sizeof piece - room);
        if (!failed || full) continue;
        utf8 += replacement_character;
        replaced = true;
        ++from;
        --left;
    }
}

namespace {

constexpr char escape = '\x1B';
constexpr std::string_view to_supplement = "\x1B$(D";  // JIS X 0212

bool is_katakana(char byte) {
    const auto value = static_cast<unsigned char>(byte);
    return value >= 0xA1 && value <= 0xDF;
}

// U+FF61 to FF9F.
void append_katakana(std::string& utf8, char byte) {
    const unsigned code = 0xFF61 + static_cast<unsigned char>(byte) - 0xA1u;
    utf8 += '\xEF';
    utf8 += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    utf8 += static_cast<char>(0x80 | (code & 0x3F));
}

// From one escape sequence to the next. Katakana do not change what the sequence has called up.
void read_run(TextConverter& converter, std::string_view run, bool katakana, JapaneseText& out) {
    while (!run.empty()) {
        const auto end = katakana ? std::find_if(run.begin(), run.end(), is_katakana) : run.end();
        const auto plain = run.substr(0, static_cast<std::size_t>(end - run.begin()));
        converter.convert(plain, out.utf8, out.replaced);
        run.remove_prefix(plain.size());
        if (run.empty()) return;
        append_katakana(out.utf8, run.front());
        run.remove_prefix(1);
    }
}

}  // namespace

// No converter knows all of the sets: the supplement goes to the one that has it, everything else to the other.
JapaneseText read_japanese(std::string_view bytes, bool katakana) {
    TextConverter supplement("ISO-2022-JP-2"), rest("ISO-2022-JP-3");
    JapaneseText out;
    if (!supplement.known() || !rest.known()) {
        for (std::size_t i = 0; i < bytes.size(); ++i) out.utf8 += replacement_character;
        out.replaced = true;
        return out;
    }
    while (!bytes.empty()) {
        const auto run = bytes.substr(0, bytes.find(escape, 1));
        read_run(run.substr(0, to_supplement.size()) == to_supplement ? supplement : rest, run, katakana, out);
        bytes.remove_prefix(run.size());
    }
    return out;
}

}  // namespace gantry
