#include "engine/structures/pseudonyms.hpp"

#include <algorithm>

#include "engine/base/utf8.hpp"

namespace gantry::structures {
namespace {

using CodePoints = std::u32string;

constexpr std::size_t shortest_avoided = 4;
constexpr unsigned attempts = 512, pronounceable_attempts = 64;
constexpr std::u32string_view consonants = U"bcdfghjklmnprstvwz", vowels = U"aeiou";

// The letters of a script, without capitals, and those that may stand for them: such as every character set has that
// has the script at all.
struct Script {
    char32_t first, last;
    std::u32string_view letters;
};
constexpr Script scripts[] = {
    {0xAA, 0xAA, U"aeio"},
    {0xB5, 0xB5, U"aeio"},
    {0xBA, 0xBA, U"aeio"},
    {0xDF, 0x24F, U"äöüé"},
    {0x386, 0x3CE, U"αβγδεζηθικλμνξοπρστυφχψω"},
    {0x400, 0x45F, U"абвгдежзиклмнопрстуфхцчшэюя"},
    {0x5D0, 0x5EA, U"אבגדהוזחטילמנסעפצקרשת"},
    {0x621, 0x64A, U"بتثجحخدذرزسشصضطظعغفقكلمنهوي"},
    {0xE01, 0xE2E, U"กขคงจฉชซญณดตถทธนบปผฝพฟภมยรลวศษสหอ"},
    {0x3041, 0x3096, U"かきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもらりるれろ"},
    {0x30A1, 0x30FA, U"カキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモラリルレロ"},
    {0xFF66, 0xFF6F, U"ｱｲｳｴｵｶｷｸｹｺ"},
    {0xFF71, 0xFF9D, U"ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾗﾘﾙﾚﾛ"},
    {0xFF10, 0xFF19, U"１２３４５６７８９"},
    {0xFF21, 0xFF3A, U"ＡＢＣＤＥＦＧＨＩＫＬＭＮＯＰＲＳＴ"},
    {0xFF41, 0xFF5A, U"ａｂｃｄｅｆｇｈｉｋｌｍｎｏｐｒｓｔ"},
    {0xAC00, 0xD7A3, U"가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주"},
    {0x3400, 0x9FFF, U"山川田中村木林森石井上下大小西南北春秋花月星水火土金日天地人王高原野白光明安平文正"},
    {0xF900, 0xFAFF, U"山川田中村木林森石井上下大小西南北春秋花月星水火土金日天地人王高原野白光明安平文正"},
    {0x20000, 0x3FFFF, U"山川田中村木林森石井上下大小西南北春秋花月星水火土金日天地人王高原野白光明安平文正"},
};

bool is_digit(char32_t c) {
    return c >= U'0' && c <= U'9';
}

bool is_latin(char32_t c) {
    return c >= U'a' && c <= U'z';
}

bool is_capital(char32_t c) {
    return (c >= U'A' && c <= U'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) ||
           (c >= 0x400 && c <= 0x42F);
}

char32_t folded(char32_t c) {
    if (!is_capital(c)) return c;
    return c >= 0x400 && c <= 0x40F ? c + 0x50 : c + 0x20;
}

// Letters and digits of any script, and what may be one; punctuation, symbols and marks that stand alone are not.
bool in_word(char32_t c) {
    if (c < 0x80) return is_digit(c) || is_latin(folded(c));
    if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
    if (c >= 0xFF00 && c <= 0xFFEF)
        return (c >= 0xFF10 && c <= 0xFF19) || (c >= 0xFF21 && c <= 0xFF3A) || (c >= 0xFF41 && c <= 0xFF5A) ||
               (c >= 0xFF66 && c <= 0xFF9D && c != 0xFF70);
    const bool mark = c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c <= 0x2BFF) || (c >= 0x3000 && c <= 0x3040) ||
                      c == 0x30FB || c == 0x30FC || (c >= 0xFE00 && c <= 0xFE6F) || c >= 0xFFF0;
    return !mark || c >= 0x10000;
}

CodePoints decoded(std::string_view text) {
    CodePoints out;
    while (!text.empty()) out += next_character(text);
    return out;
}

std::string encoded(const CodePoints& points) {
    std::string out;
    for (const auto point : points) append_utf8(out, point);
    return out;
}

CodePoints folded(CodePoints text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char32_t c) { return folded(c); });
    return text;
}

// take(run, whether it is a word), in order.
template <class Take>
void each_run(const CodePoints& text, Take&& take) {
    for (std::size_t at = 0; at < text.size();) {
        const bool word = in_word(text[at]);
        auto end = at;
        while (end < text.size() && in_word(text[end]) == word) ++end;
        take(text.substr(at, end - at), word);
        at = end;
    }
}

bool says_nothing(const CodePoints& word) {
    return word.find_first_not_of(U'0') == CodePoints::npos;
}

// Bytes that follow from a key and a word, without end.
class Bytes {
  public:
    Bytes(const Digest& key, const CodePoints& word, unsigned attempt)
        : seed_(std::string(key.begin(), key.end()) + encoded(word) + '\0' + std::to_string(attempt) + '\0') {}
    std::size_t below(std::size_t limit) {
        if (at_ == block_.size()) {
            block_ = sha256(seed_ + std::to_string(number_++));
            at_ = 0;
        }
        // Two bytes, so that the first choices are not preferred.
        const auto value = static_cast<std::size_t>(block_[at_]) << 8 | block_[at_ + 1];
        at_ += 2;
        return value % limit;
    }

  private:
    std::string seed_;
    Digest block_{};
    std::size_t at_ = sizeof(Digest);
    unsigned number_ = 0;
};

char32_t one_of(std::u32string_view letters, Bytes& bytes) {
    return letters[bytes.below(letters.size())];
}

char32_t other_letter(char32_t c, Bytes& bytes) {
    const auto* script = std::find_if(std::begin(scripts), std::end(scripts),
                                      [&](const auto& one) { return c >= one.first && c <= one.last; });
    if (script != std::end(scripts)) return one_of(script->letters, bytes);
    return (c & ~char32_t{0xF}) + static_cast<char32_t>(bytes.below(16));
}

// A letter or digit alone: the alphabet turned by one amount, so that different ones stay different.
char32_t turned(char32_t c, const Digest& key) {
    if (is_digit(c)) return c == U'0' ? c : U'1' + (c - U'1' + 1 + key[0] % 8) % 9;
    return U'a' + (c - U'a' + 1 + key[1] % 25) % 26;
}

}  // namespace

std::string folded(std::string_view text) {
    return encoded(folded(decoded(text)));
}

std::unordered_set<std::string> folded_words(std::string_view text) {
    std::unordered_set<std::string> out;
    each_run(folded(decoded(text)), [&](const CodePoints& run, bool word) {
        if (word) out.insert(encoded(run));
    });
    return out;
}

bool is_uid(std::string_view text) {
    if (text.size() > 64 || text.find_first_not_of("0123456789.") != std::string_view::npos) return false;
    if (text.empty() || text.front() > '2' || text.front() == '.' || text.back() == '.') return false;
    return text.find("..") == std::string_view::npos && std::count(text.begin(), text.end(), '.') >= 5 &&
           text[1] == '.';
}

void Pseudonyms::avoid(std::string_view text) {
    each_run(folded(decoded(text)), [&](const CodePoints& run, bool word) {
        if (!word || run.size() < shortest_avoided) return;
        longest_avoided_ = std::max(longest_avoided_, run.size());
        avoided_.insert(run);
    });
}

void Pseudonyms::keep(std::string_view text) {
    each_run(folded(decoded(text)), [&](const CodePoints& run, bool word) {
        if (!word || !known_.emplace(run, run).second) return;
        taken_.insert(run);
    });
}

bool Pseudonyms::avoided(const CodePoints& word) const {
    for (std::size_t at = 0; at + shortest_avoided <= word.size(); ++at) {
        const auto longest = std::min(word.size() - at, longest_avoided_);
        for (auto length = shortest_avoided; length <= longest; ++length)
            if (avoided_.contains(word.substr(at, length))) return true;
    }
    return false;
}

std::optional<CodePoints> Pseudonyms::candidate(const CodePoints& word, unsigned attempt) const {
    Bytes bytes(key_, word, attempt);
    CodePoints out;
    bool zeros = true;  // no digit of this run but zeros so far
    bool vowel = bytes.below(2) == 0;
    for (const auto c : word) {
        if (is_digit(c)) {
            zeros = zeros && c == U'0';
            const bool first = out.empty() || !is_digit(out.back()) || out.back() == U'0';
            out += zeros ? U'0' : static_cast<char32_t>(first ? U'1' + bytes.below(9) : U'0' + bytes.below(10));
            continue;
        }
        zeros = true;
        if (is_latin(c)) {
            vowel = !vowel;
            out += attempt >= pronounceable_attempts ? static_cast<char32_t>(U'a' + bytes.below(26))
                                                     : one_of(vowel ? vowels : consonants, bytes);
        } else {
            out += other_letter(c, bytes);
        }
    }
    if (out == word || avoided(out)) return std::nullopt;
    return out;
}

const CodePoints& Pseudonyms::pseudonym(const CodePoints& word) {
    if (const auto found = known_.find(word); found != known_.end()) return found->second;
    CodePoints out;
    if (word.size() == 1 && word.front() < 0x80) {
        out = turned(word.front(), key_);
    } else {
        for (unsigned attempt = 0; attempt < attempts; ++attempt) {
            auto one = candidate(word, attempt);
            if (!one) continue;
            out = std::move(*one);
            if (!taken_.contains(out)) break;
        }
    }
    if (out.empty()) out.assign(word.size(), U'x');  // of what is one letter in a script with few of them
    taken_.insert(out);
    return known_.emplace(word, std::move(out)).first->second;
}

std::string Pseudonyms::replaced_word(const CodePoints& word) {
    auto out = pseudonym(folded(word));
    for (std::size_t i = 0; i < word.size(); ++i)
        if (is_capital(word[i]) && folded(out[i]) == out[i] && out[i] >= 0x61) out[i] -= 0x20;
    return encoded(out);
}

std::string Pseudonyms::replaced(std::string_view text) {
    std::string out;
    each_run(decoded(text), [&](const CodePoints& run, bool word) {
        out += word && !says_nothing(run) ? replaced_word(run) : encoded(run);
    });
    return out;
}

std::string Pseudonyms::replaced_uid(std::string_view uid) {
    std::size_t at = 0;
    for (int numbers = 0; numbers < 4; ++numbers) at = uid.find('.', at) + 1;
    return std::string(uid.substr(0, at)) + replaced(uid.substr(at));
}

}  // namespace gantry::structures
