// The room of HTTPExchange; filled by the commits that follow.
