// Held messages that nobody will deliver or reprocess, because a person said so.
#pragma once
#include <odb/core.hxx>

#include <cstdint>
#include <string>

namespace gantry {
namespace records {

#pragma db object table("discarded_message")
struct DiscardedMessage {
#pragma db id
    std::int64_t id = 0;  // of the message
    std::int64_t at = 0;  // microseconds since 1970, UTC
    std::string decided_by, reason;
};

}  // namespace records
}  // namespace gantry
