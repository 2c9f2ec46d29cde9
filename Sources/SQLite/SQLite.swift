// The room of SQLite; filled by the commits that follow.
