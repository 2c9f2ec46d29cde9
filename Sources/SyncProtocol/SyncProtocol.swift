// The room of SyncProtocol; filled by the commits that follow.
