// The room of Uplink; filled by the commits that follow.
