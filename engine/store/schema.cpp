#include "engine/store/schema.hpp"

namespace gantry::store {
namespace {

constexpr std::string_view sqlite_scripts[] = {
#include "engine/store/migrations_sqlite.inc"
};
constexpr std::string_view pgsql_scripts[] = {
#include "engine/store/migrations_pgsql.inc"
};

}  // namespace

std::span<const std::string_view> sqlite_migrations() {
    return sqlite_scripts;
}
std::span<const std::string_view> pgsql_migrations() {
    return pgsql_scripts;
}

}  // namespace gantry::store
