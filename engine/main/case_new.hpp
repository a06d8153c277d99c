// `gantry case new`: a case file from messages as a sender sends them, with no person left in them, that passes at
// once.
#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>

#include "engine/main/configuration.hpp"

namespace gantry {

// The text of a case file. bytes: one message or several, as `gantry send` takes them. Persons are replaced
// (engine/structures/deidentification.hpp); its clock is the time of the first message; what is expected is what comes
// of it. The same bytes give the same text.
// Errors: those of hl7::Message::parse, with the number of the message as place; those of the case that cannot be run.
Result<std::string> new_case(const Configuration& configuration, const channels::ChannelDocument& channel,
                             std::string_view bytes, bool keep_identifiers);

struct NewCaseOptions {
    std::string channel;
    std::filesystem::path file;
    std::filesystem::path out;  // must not exist; empty: the case goes to the output
    bool keep_identifiers = false;
};

// Answers the exit code: 0; 1 the file holds no message; 2 no such channel, or `out` exists; 74 a file cannot be read
// or written.
int run_case_new(const Configuration& configuration, const NewCaseOptions& options, std::ostream& out,
                 std::ostream& err);

}  // namespace gantry
