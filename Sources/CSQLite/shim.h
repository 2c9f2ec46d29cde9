#pragma once
#include <sqlite3.h>

/* Macros that are expressions do not reach Swift. */
static const int shim_constraint_primary_key = SQLITE_CONSTRAINT_PRIMARYKEY;
static const int shim_constraint_unique = SQLITE_CONSTRAINT_UNIQUE;
static const int shim_constraint_rowid = SQLITE_CONSTRAINT_ROWID;
static const int shim_error_read = SQLITE_IOERR_READ;

/* SQLITE_TRANSIENT is one of them: SQLite copies before the call returns. An empty text may have
 * no address, which SQLite would take for null. */
static inline int shim_bind_text(sqlite3_stmt *statement, int index, const char *text, int count) {
    return sqlite3_bind_text(statement, index, text ? text : "", count, SQLITE_TRANSIENT);
}

static inline int shim_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return count == 0 ? sqlite3_bind_zeroblob(statement, index, 0)
                      : sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}
