// The room of Texts; filled by the commits that follow.
