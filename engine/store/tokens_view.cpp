#include <odb/transaction.hxx>

#include "engine/store/records/readers.hpp"
#include "records-odb.hxx"

namespace gantry::store {
namespace {

using Query = odb::query<records::AccessToken>;

Token token_of(const records::AccessToken& row) {
    Token out;
    out.id = row.id;
    out.what = {row.digest, row.scopes, row.label, row.issued_by, row.patient, {row.issued}, {row.expires}};
    out.revoked = {row.revoked};
    return out;
}

std::int64_t largest_id(odb::database& database) {
    std::int64_t out = 0;
    const auto newest = Query(true) + "ORDER BY" + Query::id + "DESC LIMIT 1";
    for (const auto& row : database.query<records::AccessToken>(newest)) out = row.id;
    return out;
}

}  // namespace

Result<std::int64_t> TokensView::issue(const TokenDraft& draft) {
    return fenced<std::int64_t>([&] {
        records::AccessToken row;
        write_([&] {
            odb::transaction transaction(database_.begin());
            row.id = largest_id(database_) + 1;
            row.digest = draft.digest;
            row.scopes = draft.scopes;
            row.label = draft.label;
            row.issued_by = draft.issued_by;
            row.patient = draft.patient;
            row.issued = draft.issued.micros;
            row.expires = draft.expires.micros;
            database_.persist(row);
            transaction.commit();
        });
        return row.id;
    });
}

Result<std::optional<Token>> TokensView::with_digest(const std::string& digest) {
    return fenced<std::optional<Token>>([&] {
        odb::transaction transaction(database_.begin());
        std::optional<Token> out;
        for (const auto& row : database_.query<records::AccessToken>(Query::digest == digest)) out = token_of(row);
        transaction.commit();
        return out;
    });
}

Result<std::vector<Token>> TokensView::all() {
    return fenced<std::vector<Token>>([&] {
        odb::transaction transaction(database_.begin());
        std::vector<Token> out;
        for (const auto& row : database_.query<records::AccessToken>(Query(true) + "ORDER BY" + Query::id))
            out.push_back(token_of(row));
        transaction.commit();
        return out;
    });
}

Result<bool> TokensView::revoke(std::int64_t id, Instant at) {
    return fenced<bool>([&] {
        bool found = false;
        write_([&] {
            odb::transaction transaction(database_.begin());
            records::AccessToken row;
            found = database_.find(id, row);
            if (found && row.revoked == 0) {
                row.revoked = at.micros;
                database_.update(row);
            }
            transaction.commit();
        });
        return found;
    });
}

}  // namespace gantry::store
