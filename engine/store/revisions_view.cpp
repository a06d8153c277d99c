#include <odb/transaction.hxx>

#include <algorithm>

#include "engine/base/digest.hpp"
#include "engine/store/records/readers.hpp"
#include "records-odb.hxx"

namespace gantry::store {
namespace {

using Query = odb::query<records::ChannelRevision>;

std::string digest_of(const RevisionDraft& draft) {
    const auto sum = sha256(draft.depends.empty() ? draft.document : draft.document + "\n" + draft.depends);
    return hex({reinterpret_cast<const char*>(sum.data()), sum.size()});
}

// The newest row of the name, or one with id 0.
records::ChannelRevision newest_of(odb::database& database, const std::string& name) {
    records::ChannelRevision out;
    const auto newest = (Query::channel == name) + "ORDER BY" + Query::id + "DESC LIMIT 1";
    for (const auto& row : database.query<records::ChannelRevision>(newest)) out = row;
    return out;
}

std::int64_t largest_id(odb::database& database) {
    std::int64_t out = 0;
    const auto newest = Query(true) + "ORDER BY" + Query::id + "DESC LIMIT 1";
    for (const auto& row : database.query<records::ChannelRevision>(newest)) out = row.id;
    return out;
}

void write(odb::database& database, const RevisionDraft& draft, std::int64_t id, const std::string& digest,
           Instant now) {
    records::ChannelRevision row;
    row.id = id;
    row.channel = draft.name;
    row.digest = digest;
    row.author = draft.author;
    row.document = draft.document;
    row.created = now.micros;
    database.persist(row);
    if (draft.depends.empty()) return;
    records::RevisionDependencies dependencies;
    dependencies.id = id;
    dependencies.list = draft.depends;
    database.persist(dependencies);
}

}  // namespace

Result<std::vector<Revision>> revisions_of(odb::database& database, const std::string& name) {
    return fenced<std::vector<Revision>>([&] {
        odb::transaction transaction(database.begin());
        std::vector<Revision> out;
        const auto all = (Query::channel == name) + "ORDER BY" + Query::id + "DESC";
        for (const auto& row : database.query<records::ChannelRevision>(all))
            out.push_back({row.id, {row.created}, row.digest, {row.channel, row.document, row.author, {}}});
        for (auto& revision : out) {
            records::RevisionDependencies dependencies;
            if (database.find(revision.id, dependencies)) revision.content.depends = dependencies.list;
        }
        transaction.commit();
        return out;
    });
}

Result<std::vector<std::int64_t>> RevisionsView::keep(std::span<const RevisionDraft> drafts) {
    return fenced<std::vector<std::int64_t>>([&] {
        std::vector<std::int64_t> out;
        write_([&] {
            odb::transaction transaction(database_.begin());
            const auto now = clock_.now();
            // Several are stored within one millisecond, when the engine starts or the clock stands still.
            auto next = std::max(IdSource::first_at(now), largest_id(database_) + 1);
            out.clear();
            for (const auto& draft : drafts) {
                const auto digest = digest_of(draft);
                const auto newest = newest_of(database_, draft.name);
                const bool same = newest.id != 0 && newest.digest == digest;
                if (!same) write(database_, draft, next, digest, now);
                out.push_back(same ? newest.id : next++);
            }
            transaction.commit();
        });
        return out;
    });
}

}  // namespace gantry::store
