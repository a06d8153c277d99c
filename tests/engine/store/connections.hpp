// The SQLite connections that the store opens in this process, seen from inside: to fill the disk under its writer, and
// to read the statements it runs.
#pragma once
#include <sqlite3.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace gantry::store::testing {

// While one lives, every connection opened is known to it; none may be closed before its last use. One at a time.
class Connections {
  public:
    Connections() {
        opened().clear();
        sqlite3_auto_extension(reinterpret_cast<void (*)()>(&on_open));
    }
    ~Connections() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&on_open)); }
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    // As if the disk held no more than so many pages; no fewer than there are.
    void limit_pages(int pages) const {
        const auto sql = "PRAGMA max_page_count = " + std::to_string(pages);
        for (auto* connection : opened()) {
            if (sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) std::abort();
        }
    }

    // Every statement from now on, with its values in it.
    std::vector<std::string>& trace() {
        for (auto* connection : opened()) sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, on_statement, &statements_);
        return statements_;
    }

  private:
    static std::vector<sqlite3*>& opened() {
        static std::vector<sqlite3*> all;
        return all;
    }
    static int on_open(sqlite3* connection, char**, const void*) {
        opened().push_back(connection);
        return SQLITE_OK;
    }
    static int on_statement(unsigned, void* into, void* statement, void*) {
        char* text = sqlite3_expanded_sql(static_cast<sqlite3_stmt*>(statement));
        if (text) static_cast<std::vector<std::string>*>(into)->emplace_back(text);
        sqlite3_free(text);
        return 0;
    }
    std::vector<std::string> statements_;
};

}  // namespace gantry::store::testing
