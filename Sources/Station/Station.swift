// The room of Station; filled by the commits that follow.
