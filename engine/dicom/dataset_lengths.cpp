#include "engine/dicom/dcmtk/dataset_lengths.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace gantry::dicom {
namespace {

constexpr std::size_t deepest = 16;
constexpr std::uint32_t undefined = 0xFFFFFFFF;
constexpr std::string_view long_forms[] = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ",
                                           "SV", "UC", "UN", "UR", "UT", "UV"};
constexpr std::string_view short_forms[] = {"AE", "AS", "AT", "CS", "DA", "DS", "DT", "FL", "FD", "IS", "LO",
                                            "LT", "PN", "SH", "SL", "SS", "ST", "TM", "UI", "UL", "US"};

template <std::size_t N>
bool among(const std::string_view (&names)[N], std::string_view name) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

class Walk {
  public:
    Walk(std::string_view bytes, Encoding encoding) : bytes_(bytes) {
        open_.push_back({bytes.size(), false, false, encoding == Encoding::explicit_vr});
    }

    bool run() {
        for (;;) {
            while (!here().undefined && at_ == here().end) {
                open_.pop_back();
                if (open_.empty()) return true;
            }
            if (here().end - at_ < 8 || !step()) return false;
        }
    }

  private:
    // What is open: the whole data set or an item (of elements), or a sequence (of items).
    struct Level {
        std::size_t end;  // undefined: of what it stands in
        bool undefined, sequence, explicit_vr;
    };
    struct Header {
        std::size_t size;
        std::uint32_t length;
        bool sequence, explicit_inside;
    };
    const Level& here() const { return open_.back(); }

    std::uint32_t number(std::size_t at, int size) const {
        std::uint32_t out = 0;
        for (int i = size - 1; i >= 0; --i)
            out = out << 8 | static_cast<unsigned char>(bytes_[at + static_cast<std::size_t>(i)]);
        return out;
    }

    bool step() {
        const auto group = number(at_, 2), element = number(at_ + 2, 2);
        if (group == 0xFFFE) return delimiter(element, number(at_ + 4, 4));
        if (here().sequence) return false;
        const auto header = here().explicit_vr ? explicit_header() : implicit_header(group, element);
        if (!header) return false;
        at_ += header->size;
        if (header->sequence) return enter(header->length, true, header->explicit_inside);
        return pass(header->length);
    }

    bool delimiter(std::uint32_t element, std::uint32_t length) {
        at_ += 8;
        if (element == 0xE000) return here().sequence && enter(length, false, here().explicit_vr);
        const bool ends_sequence = element == 0xE0DD;
        if ((!ends_sequence && element != 0xE00D) || length != 0 || !here().undefined ||
            here().sequence != ends_sequence)
            return false;
        open_.pop_back();
        return true;
    }

    std::optional<Header> explicit_header() const {
        const auto vr = bytes_.substr(at_ + 4, 2);
        if (among(short_forms, vr)) return Header{8, number(at_ + 6, 2), false, true};
        if (!among(long_forms, vr) || here().end - at_ < 12) return std::nullopt;
        const auto length = number(at_ + 8, 4);
        // PS3.5 6.2.2, note 2: UN of undefined length is a sequence in implicit VR.
        const bool unknown_sequence = vr == "UN" && length == undefined;
        return Header{12, length, vr == "SQ" || unknown_sequence, !unknown_sequence};
    }

    Header implicit_header(std::uint32_t group, std::uint32_t element) const {
        const auto length = number(at_ + 4, 4);
        const DcmTag tag(static_cast<Uint16>(group), static_cast<Uint16>(element));
        return {8, length, length == undefined || tag.getEVR() == EVR_SQ, false};
    }

    bool pass(std::uint32_t length) {
        if (length > here().end - at_) return false;
        at_ += length;
        return true;
    }

    bool enter(std::uint32_t length, bool sequence, bool explicit_vr) {
        const bool open_ended = length == undefined;
        if (open_.size() > 2 * deepest || (!open_ended && length > here().end - at_)) return false;
        open_.push_back({open_ended ? here().end : at_ + length, open_ended, sequence, explicit_vr});
        return true;
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    std::vector<Level> open_;
};

}  // namespace

bool lengths_fit(std::string_view bytes, Encoding encoding) {
    return Walk(bytes, encoding).run();
}

}  // namespace gantry::dicom
