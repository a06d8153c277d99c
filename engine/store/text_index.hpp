// Free-text search over the contents of messages: an index built behind intake, by a worker that calls index_some()
// when it has time. Off unless the store was opened with search_text; then nothing is written, and what an earlier run
// wrote is dropped at the opening.
//
// How far it is stands in the database, with the index, in the same transaction: after kill -9 it goes on where it was.
// Where retention removes a content, its words go in the same transaction.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/clock.hpp"
#include "engine/base/result.hpp"

namespace gantry::store {

// What of a message's bytes is searched for, as UTF-8. Pure; whatever the bytes are.
using Readable = std::function<std::string(const std::string& content)>;

struct TextProgress {
    Instant newest, indexed;   // when the newest message was stored, and the newest that is found; 0: there is none
    std::int64_t waiting = 0;  // messages that are not found yet; 10,001: more than 10,000
    std::chrono::milliseconds lag() const;
};

class TextIndex {
  public:
    virtual ~TextIndex() = default;
    // One transaction over as many contents as `most`, and some megabytes; answers how many there were. One thread.
    // Errors: storage_unavailable; nothing was done.
    virtual Result<std::size_t> index_some(std::size_t most) = 0;
    // Any thread. Errors: storage_unavailable.
    virtual Result<TextProgress> progress() = 0;
};

// Used by readers of messages. Any thread; failures are exceptions. words: as search_words() makes them, at least one;
// all must be there.
class TextSearch {
  public:
    virtual ~TextSearch() = default;
    using Ids = std::vector<std::int64_t>;
    // Newest first, below `before`, not below `from`.
    virtual Ids find(const std::vector<std::string>& words, std::int64_t from, std::int64_t before,
                     std::size_t most) = 0;
    // Those of the ids that have the words, in no order.
    virtual Ids having(const std::vector<std::string>& words, const Ids& ids) = 0;
};

}  // namespace gantry::store
