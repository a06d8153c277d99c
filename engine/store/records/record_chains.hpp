// The messages that changed some records, newest first: each record names its last change, and each change the one
// before it of every record it touched (engine/store/patches.hpp), so this is a walk by primary key.
#pragma once
#include <odb/database.hxx>

#include <queue>
#include <set>
#include <tuple>

#include "engine/store/messages.hpp"

namespace gantry::store {

// Used inside one transaction.
class RecordChains {
  public:
    explicit RecordChains(odb::database& database) : database_(database) {}
    // Begins the chains of the records that the numbers of the query lead to.
    void begin(const MessageQuery& query);
    // 0: there are no more.
    std::int64_t next();

  private:
    struct Link {
        std::int64_t change = 0;
        effects::RecordKind kind = effects::RecordKind::order;
        std::int64_t record = 0;
        bool operator<(const Link& other) const {
            return std::tie(change, kind, record) < std::tie(other.change, other.kind, other.record);
        }
    };
    void begin_reports(const std::vector<std::int64_t>& orders);
    void follow(const std::set<Link>& touched, const std::string& patches);
    void add(const Link& link);

    odb::database& database_;
    std::priority_queue<Link> links_;
};

}  // namespace gantry::store
