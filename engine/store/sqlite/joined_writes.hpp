// A VFS (sqlite.org/vfs.html) over the default one that writes a WAL in few large pieces. SQLite itself makes two calls
// for every page of a transaction, which cost more than its own work on them.
#pragma once

namespace gantry::store::sqlite {

// The name to open a database with; registered at the first call, for the life of the process. Any thread.
//
// What a WAL's file handle has not written yet is written before anything else happens to that handle: a read, a sync,
// a truncation, and with the last page of a transaction, whatever PRAGMA synchronous says. So nobody can see a commit
// (it is announced in shared memory afterwards) whose pages are not in the file. An error is returned by the call that
// had to write, and SQLite rolls the transaction back as it would have for its own call.
const char* joined_writes();

}  // namespace gantry::store::sqlite
