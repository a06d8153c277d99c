#include "engine/dicom/character_set.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>

#include "engine/dicom/folding.hpp"

namespace gantry::dicom {
namespace {

enum class Scheme : std::uint8_t { single, japanese, korean };

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
    {"87", "ISO-2022-JP", "\\ISO 2022 IR 87", Scheme::japanese},
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

std::string utf8_of(char32_t character) {
    std::string out;
    append_character(out, character);
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
    bool usable() const { return converter != reinterpret_cast<iconv_t>(-1); }

    // Appends one character; false: it cannot be said, nothing was appended.
    bool say(std::string& out, char32_t character) {
        if (character < 0x80 && set.scheme == Scheme::single) return out += static_cast<char>(character), true;
        if (!usable() || character == 0xFFFD) return false;
        std::string in = utf8_of(character);
        std::array<char, 32> buffer{};
        char* from = in.data();
        char* to = buffer.data();
        std::size_t left = in.size(), room = buffer.size();
        if (iconv(converter, &from, &left, &to, &room) != 0) return false;
        if (set.scheme == Scheme::korean && character >= 0x80 && !extended) out += korean_in_g1;
        extended = extended || character >= 0x80;
        out.append(buffer.data(), to);
        return true;
    }

    void reset(std::string& out) {
        std::array<char, 8> buffer{};
        char* to = buffer.data();
        std::size_t room = buffer.size();
        if (usable()) iconv(converter, nullptr, nullptr, &to, &room);
        out.append(buffer.data(), to);
        extended = false;
    }

    void say_somehow(std::string& out, char32_t character) {
        const auto letters = base_letters_of(character);
        for (const char letter : letters.empty() ? std::string("?") : letters)
            say(out, static_cast<unsigned char>(letter));
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

std::string TextEncoder::encode(std::string_view utf8, bool* lossy) {
    std::string out;
    out.reserve(utf8.size());
    while (!utf8.empty()) {
        const char32_t character = next_character(utf8);
        if (resets_code_extensions(character)) state_->reset(out);
        if (state_->say(out, character)) continue;
        state_->say_somehow(out, character);
        if (lossy) *lossy = true;
    }
    state_->reset(out);
    return out;
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

bool can_say(std::string_view text, const std::string& term) {
    TextEncoder encoder(term);
    bool lossy = !encoder.known();
    if (!lossy) encoder.encode(text, &lossy);
    return !lossy;
}

}  // namespace

std::string choose_character_set(const Dataset& answer, const std::vector<std::string>& readable) {
    std::string text;
    collect_text(answer, text);
    if (text.empty()) return {};
    static const std::vector<std::string> otherwise{"ISO_IR 100", "ISO_IR 192"};
    const auto& candidates = readable.empty() ? otherwise : readable;
    const auto found =
        std::find_if(candidates.begin(), candidates.end(), [&](const auto& term) { return can_say(text, term); });
    return found == candidates.end() ? candidates.back() : *found;
}

}  // namespace gantry::dicom
