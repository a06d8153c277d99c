// Attachments and reports' documents of a batch, each once (engine/store/attachments.hpp). What somebody else has just
// stored is not stored again; what somebody has just removed is a conflict: the batch comes again, and stores it.
#pragma once
#include <set>
#include <vector>

#include "engine/effects/plan.hpp"
#include "engine/store/attachments.hpp"
#include "engine/store/pgsql/bulk_statements.hpp"

namespace gantry::store::pgsql {

class DocumentRows {
  public:
    DocumentRows();
    void clear();
    void add(const std::vector<Attachment>& attachments, std::int64_t message);
    void add(const std::vector<effects::StoredDocument>& documents);
    void send(Connection& connection) const;

  private:
    BulkInsert attachments_, documents_, uses_;
    std::set<std::string> of_messages_, of_reports_;
};

}  // namespace gantry::store::pgsql
