// Retention on SQLite, through the one writer: a short transaction, and then whoever waits has his turn. Pages that are
// free are cut off the end of the file some at a time (auto_vacuum is INCREMENTAL from the first table on).
#pragma once
#include <odb/sqlite/database.hxx>

#include "engine/store/retention_pass.hpp"
#include "engine/store/sqlite/text_index.hpp"
#include "engine/store/sqlite/writer.hpp"

namespace gantry::store::sqlite {

class SqliteRetentionRows final : public RetentionRows {
  public:
    // text: what forgets the words of contents that go; none: there is no index.
    SqliteRetentionRows(odb::database& database, Writer& writer, SqliteTextIndex* text);
    RetentionChoice remove(const RetentionPart& part) override;
    std::int64_t newest() override;
    // Reads an index from end to end; on a connection of its own, because that may take seconds.
    std::int64_t messages() override;
    std::int64_t bytes_used() override;
    std::int64_t give_back() override;

  private:
    std::vector<RetentionCandidate> candidates(const RetentionPart& part);
    std::int64_t ask(Statement& statement);

    odb::sqlite::database& database_;
    Writer& writer_;
    SqliteTextIndex* const text_;
    Statement contents_, rows_, newest_, bytes_used_, bytes_free_;
    std::vector<Statement> remove_contents_, remove_rows_;
};

}  // namespace gantry::store::sqlite
