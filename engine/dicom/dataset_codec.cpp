#include "engine/dicom/dcmtk/dataset_codec.hpp"

#include "engine/dicom/dcmtk/dataset_lengths.hpp"

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcspchrs.h>

#include <algorithm>
#include <array>

#include "engine/base/utf8.hpp"
#include "engine/dicom/character_set.hpp"
#include "engine/dicom/tags.hpp"
#include "engine/text/folding.hpp"

namespace gantry::dicom {
namespace {

std::string as_latin1(std::string_view bytes) {
    std::string out;
    for (const char byte : bytes) append_utf8(out, static_cast<unsigned char>(byte));
    return out;
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0 && c != '\x1b'; });
}

bool is_utf8(std::string_view text) {
    return text::characters_of(text).find(U'\xFFFD') == std::u32string::npos;
}

class Decoder {
  public:
    explicit Decoder(const OFString& term) : japanese_(names_japanese({term.c_str(), term.size()})) {
        usable_ = converter_.selectCharacterSet(term, "ISO_IR 192").good();
    }

    std::string decode(const OFString& bytes, Vr vr) {
        const std::string_view raw(bytes.c_str(), bytes.size());
        if (is_ascii(raw)) return std::string(raw);
        // The C library, through which DCMTK converts, has these sets only together.
        if (japanese_ || switches_to_japanese(raw)) {
            if (const auto text = decoded_japanese(raw)) return *text;
        }
        OFString utf8;
        const char* delimiters = vr == Vr("PN") ? "\\^=" : "\\";
        if (usable_ && converter_.convertString(bytes, utf8, delimiters).good()) return {utf8.c_str(), utf8.size()};
        return is_utf8(raw) ? std::string(raw) : as_latin1(raw);
    }

  private:
    // ISO_IR 13, ISO 2022 IR 13, 87, 159; whatever else is named beside them.
    static bool names_japanese(std::string_view term) {
        constexpr std::array<std::string_view, 3> numbers{"IR 13", "IR 87", "IR 159"};
        const auto named = [&](std::string_view number) {
            const auto at = term.find(number);
            return at != term.npos && term.substr(at + number.size()).find_first_of("0123456789") != 0;
        };
        return std::any_of(numbers.begin(), numbers.end(), named);
    }
    static bool switches_to_japanese(std::string_view text) {
        return text.find("\x1b$B") != text.npos || text.find("\x1b$@") != text.npos;
    }

    DcmSpecificCharacterSet converter_;
    bool japanese_, usable_ = false;
};

Vr vr_of(DcmElement& element) {
    const char* name = DcmVR(element.ident()).getValidVRName();
    Vr vr;
    vr.letters = {name[0], name[1]};
    return vr;
}

bool is_binary(Vr vr) {
    constexpr std::array<std::string_view, 8> binary{"OB", "OD", "OF", "OL", "OV", "OW", "UN", "SQ"};
    return std::find(binary.begin(), binary.end(), vr.text()) != binary.end();
}

Dataset read_item(DcmItem& item, const OFString& inherited);

std::vector<Dataset> read_items(DcmElement& element, const OFString& charset) {
    std::vector<Dataset> items;
    auto& sequence = static_cast<DcmSequenceOfItems&>(element);
    for (unsigned long i = 0; i < sequence.card(); ++i) items.push_back(read_item(*sequence.getItem(i), charset));
    return items;
}

Element read_element(DcmElement& from, Decoder& decoder, const OFString& charset) {
    Element out{{from.getGTag(), from.getETag()}, vr_of(from), {}, {}};
    if (from.ident() == EVR_SQ) {
        out.items = read_items(from, charset);
        return out;
    }
    OFString value;
    if (is_binary(out.vr) || from.getOFStringArray(value, OFFalse).bad()) return out;
    out.value = in_character_set(out.vr) ? decoder.decode(value, out.vr) : std::string(value.c_str(), value.size());
    return out;
}

Dataset read_item(DcmItem& item, const OFString& inherited) {
    OFString charset = inherited;
    item.findAndGetOFStringArray(DCM_SpecificCharacterSet, charset);
    if (charset.empty()) charset = inherited;
    Decoder decoder(charset);
    Dataset out;
    for (unsigned long i = 0; i < item.card(); ++i) {
        if (DcmElement* element = item.getElement(i)) out.elements.push_back(read_element(*element, decoder, charset));
    }
    return out;
}

}  // namespace

Dataset from_dcmtk(DcmItem& item) {
    return read_item(item, "");
}

std::optional<Dataset> parse_dataset(std::string_view bytes, const char* transfer_syntax) {
    const auto xfer = DcmXfer(transfer_syntax);
    if (!lengths_fit(bytes, xfer.isExplicitVR() ? Encoding::explicit_vr : Encoding::implicit_vr)) return std::nullopt;
    DcmInputBufferStream stream;
    stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
    stream.setEos();
    DcmDataset dataset;
    dataset.transferInit();
    const auto condition = dataset.read(stream, xfer.getXfer());
    dataset.transferEnd();
    if (condition.bad() && condition != EC_EndOfStream) return std::nullopt;
    return from_dcmtk(dataset);
}

}  // namespace gantry::dicom
