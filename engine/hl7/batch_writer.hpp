// Several messages as one batch (HL7 v2.9 2.10.3): BHS, the messages, BTS; in a file of its own, FHS and FTS around it.
// Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace gantry::hl7 {

// Whether it can be one of a batch: it begins with MSH (start_of_message), and nothing in it begins another message or
// envelope, or ends one. A line end at its end may be missing.
bool is_single_message(std::string_view bytes);

// messages: each is_single_message(), byte for byte from its MSH on; what ends without a line end gets one. name: of
// the batch and its file (BHS-11, FHS-11); no delimiters in it. The envelope is written with the delimiters of the
// first message and says nothing that differs when the same is written again: no time.
std::string write_batch(const std::vector<std::string_view>& messages, std::string_view name, bool file_envelope);

}  // namespace gantry::hl7
