// Free-text search on SQLite: an FTS5 table without contents, whose rows are found by the ids of messages. Bodies are
// read and taken apart on a connection of their own; only the words are written by the one writer.
#pragma once
#include <odb/sqlite/database.hxx>

#include "engine/store/sqlite/writer.hpp"
#include "engine/store/text_index.hpp"

namespace gantry::store::sqlite {

class SqliteTextIndex final : public TextIndex, public TextSearch {
  public:
    // Makes the tables, or empties them where they were made of other words. Failure: as of statements.
    SqliteTextIndex(odb::database& database, Writer& writer, Readable readable);
    // Takes away what a run with the index has left.
    static void drop(Writer& writer);

    Result<std::size_t> index_some(std::size_t most) override;
    Result<TextProgress> progress() override;
    Ids find(const std::vector<std::string>& words, std::int64_t from, std::int64_t before, std::size_t most) override;
    Ids having(const std::vector<std::string>& words, const Ids& ids) override;

    // Within a transaction of the writer, while the content is still there.
    void forget(std::int64_t message);

  private:
    struct Entry {
        std::int64_t message;
        std::string words;
    };
    std::vector<Entry> next_entries(std::size_t most);
    std::string words_of(std::int64_t encoding, std::string_view stored) const;

    odb::sqlite::database& database_;
    Writer& writer_;
    const Readable readable_;
    Statement mark_, set_mark_, insert_, body_, remove_;
};

}  // namespace gantry::store::sqlite
