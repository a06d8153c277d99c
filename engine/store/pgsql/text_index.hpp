// Free-text search on PostgreSQL: a table of word lists with a GIN index. One node at a time adds to it.
#pragma once
#include <mutex>
#include <optional>

#include "engine/store/pgsql/connection.hpp"
#include "engine/store/text_index.hpp"

namespace gantry::store::pgsql {

class PgsqlTextIndex final : public TextIndex, public TextSearch {
  public:
    // Makes the tables, or empties them where they were made of other words. Failure: as of statements.
    PgsqlTextIndex(const std::string& target, Readable readable);
    // Takes away what a run with the index has left.
    static void drop(Connection& connection);

    Result<std::size_t> index_some(std::size_t most) override;
    Result<TextProgress> progress() override;
    Ids find(const std::vector<std::string>& words, std::int64_t from, std::int64_t before, std::size_t most) override;
    Ids having(const std::vector<std::string>& words, const Ids& ids) override;

    // Within a transaction of another session that has the messages locked. ids: an array of them.
    static void forget(Connection& connection, const Array& ids);

  private:
    Answer next_bodies(std::size_t most, bool& late);
    std::size_t add(const Answer& bodies, bool late);

    const Readable readable_;
    Connection indexing_;
    std::mutex mutex_;  // over the session below
    Connection searching_;
    std::chrono::steady_clock::time_point looked_back_{};
};

}  // namespace gantry::store::pgsql
