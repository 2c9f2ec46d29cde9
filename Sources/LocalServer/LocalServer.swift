// The room of LocalServer; filled by the commits that follow.
