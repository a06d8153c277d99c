#include "engine/store/text_index.hpp"

namespace gantry::store {

std::chrono::milliseconds TextProgress::lag() const {
    if (newest <= indexed || newest.micros == 0) return std::chrono::milliseconds(0);
    // Where nothing is found yet, since the oldest that waits nobody knows: as if it had just begun.
    if (indexed.micros == 0) return std::chrono::milliseconds(0);
    return std::chrono::milliseconds((newest.micros - indexed.micros) / 1000);
}

}  // namespace gantry::store
