#include <odb/transaction.hxx>

#include <algorithm>

#include "engine/store/records/message_rows.hpp"
#include "engine/store/records/message_views.hpp"
#include "engine/store/records/readers.hpp"
#include "engine/store/records/record_chains.hpp"
#include "engine/store/search_words.hpp"

namespace gantry::store {
namespace {

using Query = odb::query<records::Message>;
using NumberQuery = odb::query<records::MessageNumber>;

using Ids = std::vector<std::int64_t>;

constexpr std::int64_t newest_of_all = INT64_MAX;
// Rows, or links of a chain, that one page compares at most. A page must not keep a snapshot open for long.
constexpr std::size_t most_compared = 50'000;
constexpr std::size_t most_links = 5'000;
constexpr std::size_t chain_page = 100;

// Above it, an outcome is in the index of its own.
constexpr auto rare = effects::Outcome::filtered;

bool is_type(const std::string& stored, const std::string& asked) {
    return stored == asked ||
           (stored.size() > asked.size() && stored.starts_with(asked) && stored[asked.size()] == '^');
}

struct Range {
    std::int64_t from = 0, before = newest_of_all;
};

Range range_of(const MessageQuery& query) {
    Range out;
    if (query.from) out.from = IdSource::first_at(*query.from);
    if (query.to) out.before = IdSource::first_at(*query.to);
    if (query.before) out.before = std::min(out.before, query.before.value);
    return out;
}

// The narrowest index that fits; its condition as text, where the planner must see that a partial one does. T: of
// messages or of their numbers alone.
template <class T>
T by_index(const MessageQuery& query) {
    if (query.outcome && *query.outcome >= rare)
        return T("\"message\".\"outcome\" >= 2") &&
               T("\"message\".\"outcome\" = " + std::to_string(static_cast<int>(*query.outcome)));
    if (!query.channel.empty()) return T::channel == query.channel;
    return T(true);
}

// What the index leaves to compare. A range of one value, because an equation would make SQLite take its index instead.
bool has_rest(const MessageQuery& query) {
    const bool by_outcome = query.outcome && *query.outcome >= rare;
    return !query.type.empty() || (query.outcome && !by_outcome) || (by_outcome && !query.channel.empty());
}

Query rest(const MessageQuery& query) {
    Query out(true);
    const bool by_outcome = query.outcome && *query.outcome >= rare;
    if (!query.type.empty()) out = out && (Query::type == query.type || Query::type.like(query.type + "^%"));
    if (query.outcome && !by_outcome) {
        const auto wanted = static_cast<std::int16_t>(*query.outcome);
        out = out && Query::outcome >= wanted && Query::outcome <= wanted;
    }
    if (by_outcome && !query.channel.empty())
        out = out && Query::channel >= query.channel && Query::channel <= query.channel;
    return out;
}

bool fits(const records::Message& row, const MessageQuery& query) {
    return (query.channel.empty() || row.channel == query.channel) &&
           (query.type.empty() || is_type(row.type, query.type)) &&
           (query.control_id.empty() || row.control_id == query.control_id) &&
           (!query.outcome || row.outcome == static_cast<std::int16_t>(*query.outcome));
}

void take(odb::database& database, const Query& wanted, MessagePage& page) {
    for (const auto& row : database.query<records::Message>(wanted)) page.messages.push_back(row_of(row));
}

// A full page may go on at its last message.
void end_page(MessagePage& page, const MessageQuery& query, std::int64_t searched_to) {
    page.next = page.messages.size() == query.most ? page.messages.back().id : MessageId{searched_to};
}

MessagePage in_order(odb::database& database, const MessageQuery& query) {
    MessagePage page;
    auto range = range_of(query);
    std::int64_t searched_to = 0;
    if (has_rest(query)) {
        const auto last =
            (by_index<NumberQuery>(query) && NumberQuery::id < range.before && NumberQuery::id >= range.from) +
            "ORDER BY" + NumberQuery::id + std::string("DESC LIMIT 1 OFFSET ") + std::to_string(most_compared);
        for (const auto& number : database.query<records::MessageNumber>(last)) searched_to = number.id;
    }
    const auto from = std::max(range.from, searched_to);
    take(database,
         (by_index<Query>(query) && rest(query) && Query::id < range.before && Query::id >= from) + "ORDER BY" +
             Query::id + std::string("DESC LIMIT ") + std::to_string(query.most),
         page);
    end_page(page, query, searched_to);
    return page;
}

// The same control id is given to few messages. An expression as the order, because by the ids themselves a planner may
// read all messages instead.
MessagePage by_control_id(odb::database& database, const MessageQuery& query) {
    MessagePage page;
    const auto range = range_of(query);
    auto wanted = Query::control_id == query.control_id &&
                  Query("\"message\".\"id\" + 0 < " + std::to_string(range.before)) &&
                  Query("\"message\".\"id\" + 0 >= " + std::to_string(range.from)) && rest(query);
    if (!query.channel.empty()) wanted = wanted && Query::channel >= query.channel && Query::channel <= query.channel;
    if (query.outcome) {
        const auto outcome = static_cast<std::int16_t>(*query.outcome);
        wanted = wanted && Query::outcome >= outcome && Query::outcome <= outcome;
    }
    take(database, wanted + "ORDER BY \"message\".\"id\" + 0 DESC LIMIT " + std::to_string(query.most), page);
    end_page(page, query, 0);
    return page;
}

// Appends those of the ids that fit, in their order, until the page is full; answers whether it is.
bool take_fitting(odb::database& database, const std::vector<std::int64_t>& ids, const MessageQuery& query,
                  MessagePage& page) {
    if (ids.empty()) return false;
    const auto wanted = Query::id.in_range(ids.begin(), ids.end()) + "ORDER BY" + Query::id + std::string("DESC");
    for (const auto& row : database.query<records::Message>(wanted)) {
        if (!fits(row, query)) continue;
        page.messages.push_back(row_of(row));
        if (page.messages.size() == query.most) return true;
    }
    return false;
}

// A text to search for; none: anything fits.
struct Text {
    TextSearch* index = nullptr;
    std::vector<std::string> words;

    // Those of the ids, in their order, whose messages have the words.
    Ids fitting(Ids ids) const {
        if (words.empty() || ids.empty()) return ids;
        auto found = index->having(words, ids);
        std::sort(found.begin(), found.end());
        std::erase_if(ids, [&](auto id) { return !std::binary_search(found.begin(), found.end(), id); });
        return ids;
    }
};

MessagePage by_text(odb::database& database, const MessageQuery& query, const Text& text) {
    MessagePage page;
    auto range = range_of(query);
    bool full = false, more = true;
    for (std::size_t links = 0; more && !full && links < most_links; links += chain_page) {
        const auto ids = text.index->find(text.words, range.from, range.before, chain_page);
        full = take_fitting(database, ids, query, page);
        more = ids.size() == chain_page;
        if (!ids.empty()) range.before = ids.back();
    }
    end_page(page, query, more && !full ? range.before : 0);
    return page;
}

MessagePage by_records(odb::database& database, const MessageQuery& query, const Text& text) {
    MessagePage page;
    const auto range = range_of(query);
    RecordChains chains(database);
    chains.begin(query);
    std::vector<std::int64_t> ids;
    std::size_t links = 0;
    bool full = false;
    auto id = chains.next();
    for (; id >= range.from && id != 0 && !full && links < most_links; id = chains.next()) {
        if (id >= range.before) continue;
        ++links;
        ids.push_back(id);
        if (ids.size() < chain_page) continue;
        full = take_fitting(database, text.fitting(std::move(ids)), query, page);
        ids.clear();
    }
    if (!full) (void)take_fitting(database, text.fitting(std::move(ids)), query, page);
    // `id` was not looked at yet.
    end_page(page, query, id >= range.from && id != 0 ? id + 1 : 0);
    return page;
}

}  // namespace

bool MessageQuery::by_records() const {
    return !accession_number.empty() || !study_instance_uid.empty() || !placer.number.empty() ||
           !filler.number.empty() || !patient.value.empty();
}

Result<MessagePage> MessagesView::find(const MessageQuery& query) {
    Text text{text_, {}};
    if (!query.text.empty()) {
        if (!text_) return Error{ErrorCode::api_bad_request, "contents are not indexed: search_text is off", "text"};
        text.words = search_words(query.text);
        if (text.words.empty()) return Error{ErrorCode::api_bad_request, "there is no word in it", "text"};
    }
    return fenced<MessagePage>([&] {
        odb::transaction transaction(database_.begin());
        auto page = query.by_records()          ? by_records(database_, query, text)
                    : !text.words.empty()       ? by_text(database_, query, text)
                    : !query.control_id.empty() ? by_control_id(database_, query)
                                                : in_order(database_, query);
        transaction.commit();
        return page;
    });
}

}  // namespace gantry::store
