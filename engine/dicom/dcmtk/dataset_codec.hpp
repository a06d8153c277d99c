// From DCMTK's data sets to ours. Private to the room.
#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <optional>
#include <string>
#include <string_view>

#include "engine/dicom/dataset.hpp"

namespace gantry::dicom {

// Decodes text by (0008,0005); what is not in the character set it names is taken as UTF-8, else as Latin-1.
Dataset from_dcmtk(DcmItem& item);

// bytes: one data set in `transfer_syntax`, little endian. Nothing when it cannot be read to its end, or claims lengths
// that it does not have.
std::optional<Dataset> parse_dataset(std::string_view bytes, const char* transfer_syntax);

}  // namespace gantry::dicom
