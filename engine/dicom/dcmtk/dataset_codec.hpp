// Between DCMTK's data sets and ours. Private to the room.
#pragma once
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/dicom/character_set.hpp"
#include "engine/dicom/dataset.hpp"

namespace gantry::dicom {

// Decodes text by (0008,0005); what is not in the character set it names is taken as UTF-8, else as Latin-1.
Dataset from_dcmtk(DcmItem& item);

// bytes: one data set in `transfer_syntax`. Nothing when it cannot be read to its end.
std::optional<Dataset> parse_dataset(std::string_view bytes, const char* transfer_syntax);

// Writes text with `encoder`, and (0008,0005) when it is needed.
std::unique_ptr<DcmDataset> to_dcmtk(const Dataset& dataset, TextEncoder& encoder);

}  // namespace gantry::dicom
