// Which messages are on disk, and which were acknowledged: the same control ids, seen in what is written and in what is
// sent. A control id of these tests looks like K7-3C12 and stands whole in a database page.
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace gantry::durability {

// Not thread-safe.
class AcknowledgmentWatch {
  public:
    void written(std::string_view bytes);
    void synced();
    // What was written since the last sync was not.
    void lost() { unsynced_.clear(); }

    struct Sent {
        std::uint64_t acknowledged = 0, early = 0;  // early: of a message that is not on disk
    };
    // Bytes to a peer: the positive acknowledgments in it.
    Sent sent(std::string_view bytes) const;

  private:
    std::set<std::string, std::less<>> unsynced_, synced_;
};

}  // namespace gantry::durability
