#include "engine/dicom/character_set.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>

#include "engine/base/text_converter.hpp"
#include "engine/base/utf8.hpp"
#include "engine/text/folding.hpp"

namespace gantry::dicom {
namespace {

enum class Scheme : std::uint8_t { single, katakana, japanese, japanese_and_katakana, korean };

struct CharacterSet {
    std::string_view number;    // what stands after ISO_IR or ISO 2022 IR, or the whole term
    const char* encoding;       // iconv's name
    std::string_view as_value;  // (0008,0005)
    Scheme scheme;
};

constexpr CharacterSet character_sets[] = {
    {"6", "US-ASCII", "", Scheme::single},
    {"100", "ISO-8859-1", "ISO_IR 100", Scheme::single},
    {"101", "ISO-8859-2", "ISO_IR 101", Scheme::single},
    {"109", "ISO-8859-3", "ISO_IR 109", Scheme::single},
    {"110", "ISO-8859-4", "ISO_IR 110", Scheme::single},
    {"144", "ISO-8859-5", "ISO_IR 144", Scheme::single},
    {"127", "ISO-8859-6", "ISO_IR 127", Scheme::single},
    {"126", "ISO-8859-7", "ISO_IR 126", Scheme::single},
    {"138", "ISO-8859-8", "ISO_IR 138", Scheme::single},
    {"148", "ISO-8859-9", "ISO_IR 148", Scheme::single},
    {"203", "ISO-8859-15", "ISO_IR 203", Scheme::single},
    {"166", "TIS-620", "ISO_IR 166", Scheme::single},
    {"192", "UTF-8", "ISO_IR 192", Scheme::single},
    {"GB18030", "GB18030", "GB18030", Scheme::single},
    {"GBK", "GBK", "GBK", Scheme::single},
    {"13", "US-ASCII", "ISO_IR 13", Scheme::katakana},
    {"87", "ISO-2022-JP", "\\ISO 2022 IR 87", Scheme::japanese},
    {"13\\ISO 2022 IR 87", "ISO-2022-JP", "ISO 2022 IR 13\\ISO 2022 IR 87", Scheme::japanese_and_katakana},
    {"149", "EUC-KR", "\\ISO 2022 IR 149", Scheme::korean},
};

const CharacterSet* find_set(std::string_view term) {
    term = trimmed(term);
    if (term.starts_with('\\')) term.remove_prefix(1);
    for (const std::string_view prefix : {"ISO_IR ", "ISO 2022 IR "}) {
        if (term.starts_with(prefix)) term.remove_prefix(prefix.size());
    }
    if (term.empty()) return &character_sets[0];
    const auto found = std::find_if(std::begin(character_sets), std::end(character_sets),
                                    [&](const CharacterSet& set) { return set.number == term; });
    return found == std::end(character_sets) ? nullptr : found;
}

// G0 and G1 go back to their initial sets at these (PS3.5 6.1.2.5.3).
bool resets_code_extensions(char32_t c) {
    return c == '\\' || c == '^' || c == '=' || c < 0x20;
}

constexpr std::string_view korean_in_g1 = "\x1b$)C";
constexpr std::string_view ascii_in_g0 = "\x1b(B", romaji_in_g0 = "\x1b(J";

bool has_katakana(Scheme scheme) {
    return scheme == Scheme::katakana || scheme == Scheme::japanese_and_katakana;
}
bool is_halfwidth_katakana(char32_t c) {
    return c >= 0xFF61 && c <= 0xFF9F;
}

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    for (;;) {
        const auto end = text.find(separator);
        out.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

// Alphabetic=ideographic=phonetic (PS3.5 6.2).
std::string sayable_name(TextEncoder& encoder, std::string_view name) {
    auto groups = parts_of(name, '=');
    groups.resize(3);
    if (groups[0].empty()) groups[0] = groups[2].empty() ? groups[1] : groups[2];
    for (std::size_t i = 1; i < 3; ++i)
        if (!encoder.can_say(groups[i])) groups[i] = {};
    std::string out(groups[0]);
    for (std::size_t i = 1; i < 3; ++i) out.append("=").append(groups[i]);
    out.erase(out.find_last_not_of('=') + 1);
    return out;
}

std::string utf8_of(char32_t character) {
    std::string out;
    append_utf8(out, character);
    return out;
}

}  // namespace

struct TextEncoder::State {
    State(const CharacterSet* found)
        : known(found != nullptr),
          set(found ? *found : character_sets[0]),
          converter(iconv_open(set.encoding, "UTF-8")) {}
    ~State() {
        if (usable()) iconv_close(converter);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): so iconv_open says that it has failed
    bool usable() const { return converter != reinterpret_cast<iconv_t>(-1); }

    // Appends one character; false: it cannot be said, nothing was appended.
    bool say(std::string& out, char32_t character) {
        if (character < 0x80 && (set.scheme == Scheme::single || set.scheme == Scheme::katakana))
            return out += static_cast<char>(character), true;
        // In G1, whatever G0 holds.
        if (has_katakana(set.scheme) && is_halfwidth_katakana(character))
            return out += static_cast<char>(character - 0xFF61 + 0xA1), true;
        if (!usable() || character == 0xFFFD) return false;
        std::string in = utf8_of(character);
        std::array<char, 32> buffer{};
        char* from = in.data();
        char* to = buffer.data();
        std::size_t left = in.size(), room = buffer.size();
        if (iconv(converter, &from, &left, &to, &room) != 0) return false;
        if (set.scheme == Scheme::korean && character >= 0x80 && !extended) out += korean_in_g1;
        extended = extended || character >= 0x80;
        append(out, {buffer.data(), to});
        return true;
    }

    // ISO 2022 IR 13 has the Romaji set where others have ASCII.
    void append(std::string& out, std::string_view bytes) const {
        const auto at = set.scheme == Scheme::japanese_and_katakana ? bytes.find(ascii_in_g0) : bytes.npos;
        if (at == bytes.npos) {
            out += bytes;
        } else {
            out.append(bytes.substr(0, at)).append(romaji_in_g0).append(bytes.substr(at + ascii_in_g0.size()));
        }
    }

    void reset(std::string& out) {
        std::array<char, 8> buffer{};
        char* to = buffer.data();
        std::size_t room = buffer.size();
        if (usable()) iconv(converter, nullptr, nullptr, &to, &room);
        append(out, {buffer.data(), to});
        extended = false;
    }

    // The next character of `rest` cannot be said: it, or the word it is in, is written in Latin letters.
    void say_somehow(std::string& out, std::string_view& rest) {
        auto after = rest;
        auto letters = text::base_letters_of(next_character(after));
        if (letters.empty())
            letters = text::in_latin_letters(take_word(rest));
        else
            rest = after;
        for (const char letter : letters) say(out, static_cast<unsigned char>(letter));
    }

    // What follows each other without ASCII between: letters are spelled by their neighbours.
    static std::u32string take_word(std::string_view& rest) {
        std::u32string word;
        while (!rest.empty() && (rest.front() & 0x80) != 0) word += next_character(rest);
        return word;
    }

    bool known;
    CharacterSet set;
    iconv_t converter;
    bool extended = false;  // the escape sequence of the component was written
};

TextEncoder::TextEncoder(std::string_view term) : state_(std::make_unique<State>(find_set(term))) {}
TextEncoder::~TextEncoder() = default;
TextEncoder::TextEncoder(TextEncoder&&) noexcept = default;
TextEncoder& TextEncoder::operator=(TextEncoder&&) noexcept = default;

bool TextEncoder::known() const {
    return state_->known;
}
std::string TextEncoder::attribute_value() const {
    return std::string(state_->set.as_value);
}

bool TextEncoder::can_say(std::string_view utf8) {
    std::string ignored;
    bool all = state_->known;
    while (all && !utf8.empty()) all = state_->say(ignored, next_character(utf8));
    state_->reset(ignored);
    return all;
}

std::string TextEncoder::encode(std::string_view utf8) {
    std::string out;
    out.reserve(utf8.size());
    while (!utf8.empty()) {
        auto after = utf8;
        const char32_t character = next_character(after);
        if (resets_code_extensions(character)) state_->reset(out);
        if (state_->say(out, character))
            utf8 = after;
        else
            state_->say_somehow(out, utf8);
    }
    state_->reset(out);
    return out;
}

std::string TextEncoder::encode_name(std::string_view utf8) {
    if (can_say(utf8)) return encode(utf8);
    std::string out;
    for (const auto& one : parts_of(utf8, '\\')) {
        if (!out.empty()) out += '\\';
        out += encode(sayable_name(*this, one));
    }
    return out;
}

std::optional<std::string> decoded_japanese(std::string_view bytes) {
    auto text = read_japanese(bytes, true);
    if (text.replaced) return std::nullopt;
    // In the Romaji set a yen sign stands where ASCII has the separator of values.
    constexpr std::string_view yen = "\xC2\xA5";
    auto& utf8 = text.utf8;
    for (auto at = utf8.find(yen); at != utf8.npos; at = utf8.find(yen, at)) utf8.replace(at, yen.size(), "\\");
    return std::move(utf8);
}

bool in_character_set(Vr vr) {
    constexpr std::array<std::string_view, 7> affected{"LO", "LT", "PN", "SH", "ST", "UC", "UT"};
    return std::find(affected.begin(), affected.end(), vr.text()) != affected.end();
}

namespace {

// Everything in the data set that has a character outside ASCII.
void collect_text(const Dataset& dataset, std::string& out) {
    for (const auto& element : dataset.elements) {
        const bool ascii =
            std::all_of(element.value.begin(), element.value.end(), [](char c) { return (c & 0x80) == 0; });
        if (!ascii && in_character_set(element.vr)) out += element.value + '\n';
        for (const auto& item : element.items) collect_text(item, out);
    }
}

const std::vector<std::string>& terms_or_default(const std::vector<std::string>& terms) {
    static const std::vector<std::string> otherwise{"ISO_IR 100", "ISO_IR 192"};
    return terms.empty() ? otherwise : terms;
}

}  // namespace

ReadableSets::ReadableSets(const std::vector<std::string>& terms) : ascii_("") {
    for (const auto& term : terms_or_default(terms)) sets_.emplace_back(term);
}

TextEncoder& ReadableSets::choose(const Dataset& answer) {
    std::string text;
    collect_text(answer, text);
    if (text.empty()) return ascii_;
    const auto found = std::find_if(sets_.begin(), sets_.end(), [&](TextEncoder& set) { return set.can_say(text); });
    return found == sets_.end() ? sets_.back() : *found;
}

std::vector<std::string> known_character_sets() {
    std::vector<std::string> out;
    for (const auto& set : character_sets) {
        if (set.as_value.empty())
            out.emplace_back("ISO_IR 6");
        else
            out.emplace_back(set.as_value.substr(set.as_value.starts_with('\\') ? 1 : 0));
    }
    return out;
}

}  // namespace gantry::dicom
