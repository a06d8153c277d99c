#include "engine/store/pgsql/document_rows.hpp"

#include "engine/store/pgsql/storable_text.hpp"

namespace gantry::store::pgsql {
namespace {

// Retention takes none of them away before the batch is committed; it has locked what it takes.
const Statement keep{"keep_documents",
                     R"(SELECT "digest" FROM "report_document" WHERE "digest" = ANY($1::text[]) ORDER BY "digest" )"
                     R"(FOR KEY SHARE)"};

const Columns attachment_columns{
    {"digest", Type::text}, {"media_type", Type::text}, {"content", Type::bytes}, {"encoding", Type::smallint}};
const Columns document_columns{{"digest", Type::text}, {"media_type", Type::text}, {"content", Type::bytes}};

}  // namespace

// In one order for all, so that two batches with the same documents do not wait for each other.
DocumentRows::DocumentRows()
    : attachments_("insert_attachments", "report_document", attachment_columns, "ORDER BY 1 ON CONFLICT DO NOTHING"),
      documents_("insert_report_documents", "report_document", document_columns,
                 R"(ORDER BY 1 ON CONFLICT ("digest") DO UPDATE SET "media_type" = excluded."media_type" )"
                 R"(WHERE "report_document"."media_type" = '')"),
      uses_("insert_document_uses", "document_use", {{"digest", Type::text}, {"message", Type::bigint}},
            "ORDER BY 1 ON CONFLICT DO NOTHING") {}

void DocumentRows::clear() {
    for (auto* rows : {&attachments_, &documents_, &uses_}) rows->clear();
    of_messages_.clear();
    of_reports_.clear();
}

void DocumentRows::add(const std::vector<Attachment>& attachments, std::int64_t message) {
    for (const auto& one : attachments) {
        uses_.row().text(one.digest).integer(message);
        if (!of_messages_.insert(one.digest).second) continue;
        // What the message is refused for may be the name of this.
        const auto media_type = made_storable(one.media_type);
        auto& row = attachments_.row().text(one.digest).text(media_type).text(one.bytes);
        row.integer(static_cast<std::int64_t>(one.encoding));
    }
}

void DocumentRows::add(const std::vector<effects::StoredDocument>& documents) {
    for (const auto& document : documents) {
        const auto& about = document.about;
        if (!of_reports_.insert(about.digest).second) continue;
        uses_.row().text(about.digest).integer(0);
        documents_.row().text(about.digest).text(about.media_type).text(document.bytes);
    }
}

void DocumentRows::send(Connection& connection) const {
    auto all = of_messages_;
    all.insert(of_reports_.begin(), of_reports_.end());
    if (all.empty()) return;
    attachments_.send(connection);
    documents_.send(connection);
    Array digests(Type::text);
    for (const auto& digest : all) digests.add(std::string_view(digest));
    connection.later(keep, Parameters().array(digests), [wanted = digests.size()](const Answer& answer) {
        if (answer.rows() != wanted) throw Failure(Trouble::conflict);
    });
    uses_.send(connection);
}

}  // namespace gantry::store::pgsql
