// `gantry revisions`: what a channel, mapping or table looked like when, from the engine's database, which it only
// reads; and back to the file it came from.
#pragma once
#include <iosfwd>
#include <string>

#include "engine/main/configuration.hpp"

namespace gantry {

struct RevisionsCommand {
    std::string name;  // a channel, "mappings/NAME" or "tables/NAME"
    std::filesystem::path data = "var";
    // One of these, or none to list them: the number in the list, counted from 1 = the first there was, or the id that
    // message rows name.
    std::string show, diff, restore;
    bool json = false;
};

// Answers the exit code. The configuration may have errors: that is what a restore is for.
int run_revisions(const Configuration& configuration, const RevisionsCommand& command, std::ostream& out,
                  std::ostream& err);

}  // namespace gantry
