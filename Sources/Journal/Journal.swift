// The room of Journal; filled by the commits that follow.
