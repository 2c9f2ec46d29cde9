// The room of Crypto; filled by the commits that follow.
