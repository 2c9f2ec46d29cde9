// The room of Hub; filled by the commits that follow.
