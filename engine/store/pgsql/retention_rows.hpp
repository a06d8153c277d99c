// Retention on PostgreSQL, on a session of its own. Messages are locked before they are looked at, as by everybody who
// changes a delivery; one that somebody else has locked is left to the next pass, so that nobody waits for anybody.
// Several nodes may do this at once.
//
// Disk: the server's autovacuum makes the room of removed rows free for new ones, and gives back what lies at the end
// of a table. There is nothing to do here.
#pragma once
#include "engine/store/ledger_tally.hpp"
#include "engine/store/pgsql/connection.hpp"
#include "engine/store/pgsql/ledger_slots.hpp"
#include "engine/store/retention_pass.hpp"

namespace gantry::store::pgsql {

class PgsqlRetentionRows final : public RetentionRows {
  public:
    // with_text: the words of contents that go are forgotten.
    PgsqlRetentionRows(const std::string& target, int node, bool with_text)
        : connection_(target, "SET enable_seqscan = off"),
          counts_from_(slot_of(node, LedgerWriter::retention) * LedgerTally::per_slot),
          with_text_(with_text) {}
    RetentionChoice remove(const RetentionPart& part) override;
    std::int64_t newest() override;
    std::int64_t messages() override;
    // Contents and rows, without the room that removed ones have left: estimated from some thousand pages of each
    // table.
    std::int64_t bytes_used() override;
    std::int64_t give_back() override { return 0; }

  private:
    std::vector<RetentionCandidate> candidates(const RetentionPart& part);
    // Of messages whose contents go.
    void remove_attachments(const Array& messages);
    std::int64_t ask(const Statement& statement);

    Connection connection_;
    const std::int64_t counts_from_;  // id of its rows of the ledger's sums
    const bool with_text_;
};

}  // namespace gantry::store::pgsql
