// The room of Drivers; filled by the commits that follow.
