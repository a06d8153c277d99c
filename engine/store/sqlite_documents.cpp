#include "engine/store/sqlite/documents.hpp"

namespace gantry::store::sqlite {

DocumentWriter::DocumentWriter(sqlite3* connection)
    : insert_attachment_(connection, R"(INSERT INTO "report_document" ("digest", "media_type", "content", "encoding") )"
                                     R"(VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING)"),
      // Only then is the row written anew.
      insert_document_(connection,
                       R"(INSERT INTO "report_document" ("digest", "media_type", "content") VALUES (?, ?, ?) )"
                       R"(ON CONFLICT ("digest") DO UPDATE SET "media_type" = excluded."media_type" )"
                       R"(WHERE "media_type" = '')"),
      insert_use_(connection,
                  R"(INSERT INTO "document_use" ("digest", "message") VALUES (?, ?) ON CONFLICT DO NOTHING)") {}

void DocumentWriter::write(const std::vector<Attachment>& attachments, std::int64_t message) {
    for (const auto& one : attachments) {
        insert_attachment_.start().text(one.digest).text(one.media_type).blob(one.bytes);
        insert_attachment_.integer(static_cast<std::int64_t>(one.encoding)).run();
        insert_use_.start().text(one.digest).integer(message).run();
    }
}

void DocumentWriter::write(const effects::StoredDocument& document) {
    insert_document_.start().text(document.about.digest).text(document.about.media_type).blob(document.bytes).run();
    insert_use_.start().text(document.about.digest).integer(0).run();
}

}  // namespace gantry::store::sqlite
