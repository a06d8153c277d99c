// Can a path into a message ever find anything? Asked when a mapping is read, not when a message comes.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/hl7/path.hpp"
#include "engine/structures/definitions.hpp"

namespace gantry::structures {

// What a path is asked about: messages as mappings name them ("ORM^O01", "ADT^*") and the versions that are accepted.
// Empty: all that there are.
struct PathScope {
    std::vector<std::string> messages, versions;
};

struct PathVerdict {
    enum class Answer : std::uint8_t {
        possible,
        not_in_structure,  // the segment exists, but not in these messages: only a sender that adds it fills the path
        impossible         // no accepted version has that segment, field, component or subcomponent
    };
    Answer answer = Answer::possible;
    std::string reason;  // "OBR has 50 fields in 2.6"; with a suggestion where there is a near one
    bool operator==(const PathVerdict&) const = default;
};

// Z segments, fields of type "Varies" (OBX-5) and CM are possible whatever they hold. A path is possible when one of
// the versions has it.
PathVerdict check_path(const hl7::Path& path, const PathScope& scope = {});

}  // namespace gantry::structures
