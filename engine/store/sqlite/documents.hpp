// Attachments and reports' documents inside the intake transaction (engine/store/attachments.hpp).
#pragma once
#include <vector>

#include "engine/effects/plan.hpp"
#include "engine/store/attachments.hpp"
#include "engine/store/sqlite/connection.hpp"

namespace gantry::store::sqlite {

class DocumentWriter {
  public:
    explicit DocumentWriter(sqlite3* connection);
    // Of the bodies of one message.
    void write(const std::vector<Attachment>& attachments, std::int64_t message);
    // Of a report. Says what kind it is where an attachment did not know.
    void write(const effects::StoredDocument& document);

  private:
    Statement insert_attachment_, insert_document_, insert_use_;
};

}  // namespace gantry::store::sqlite
