#include "engine/text/spellings.hpp"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "engine/text/folding.hpp"

namespace gantry::text {
namespace {

std::string utf8_of(const icu::UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

icu::UnicodeString with_capitals(const icu::UnicodeString& small) {
    icu::UnicodeString out;
    bool inside = false;
    for (int32_t i = 0; i < small.length(); i = small.moveIndex32(i, 1)) {
        const auto c = small.char32At(i);
        out.append(inside ? c : u_totitle(c));
        inside = u_isalpha(c) != 0;
    }
    return out;
}

}  // namespace

std::vector<std::string> spellings_of(std::string_view utf8) {
    const auto written = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
    auto small = written, capitals = written;
    small.toLower(icu::Locale::getRoot());
    capitals.toUpper(icu::Locale::getRoot());
    std::vector<std::string> out;
    for (const auto& one :
         {std::string(utf8), utf8_of(small), utf8_of(capitals), utf8_of(with_capitals(small)), folded_text(utf8)})
        if (std::find(out.begin(), out.end(), one) == out.end()) out.push_back(one);
    return out;
}

}  // namespace gantry::text
