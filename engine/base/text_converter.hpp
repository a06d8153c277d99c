// Text in another character set to UTF-8, through the C library's iconv.
#pragma once
#include <iconv.h>

#include <string>
#include <string_view>

namespace gantry {

// What cannot be read becomes this, one for each byte.
inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

// One direction, one text at a time, one thread at a time. Shift states go on from one call to the next.
class TextConverter {
  public:
    // from: iconv's name of the character set.
    explicit TextConverter(const char* from) : handle_(iconv_open("UTF-8", from)) {}
    TextConverter(const TextConverter&) = delete;
    TextConverter& operator=(const TextConverter&) = delete;
    ~TextConverter() {
        if (known()) iconv_close(handle_);
    }

    // False: this system's library does not have it, and nothing can be read.
    // NOLINTNEXTLINE(performance-no-int-to-ptr): so iconv_open says that it has failed
    bool known() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

    // Appends to `utf8`; `replaced` becomes true when a replacement character had to stand in. Only while known().
    void convert(std::string_view bytes, std::string& utf8, bool& replaced);

  private:
    iconv_t handle_;
};

// Japanese as HL7 v2 (MSH-18, MSH-20) and DICOM (PS3.5 annex H) carry it: ISO 2022 escape sequences to JIS X 0201,
// 0208, 0212 and 0213, in whatever mixture. katakana: bytes A1 to DF are half-width katakana (ISO_IR 13), whatever the
// rest is.
struct JapaneseText {
    std::string utf8;
    bool replaced = false;  // a replacement character had to stand in
};
JapaneseText read_japanese(std::string_view bytes, bool katakana);

}  // namespace gantry
