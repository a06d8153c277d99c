// What a search of records finds; the query is made when it is asked.
#pragma once
#include <cstdint>
#include <string>

namespace gantry {
namespace records {

#pragma db view
struct FoundRecord {
#pragma db type("INTEGER") pgsql:type("BIGINT")
    std::int64_t id = 0;
    std::string key_1, key_2, key_3, key_4;
};

#pragma db view
struct FoundCount {
#pragma db type("INTEGER") pgsql:type("BIGINT")
    std::int64_t records = 0;
};

}  // namespace records
}  // namespace gantry
