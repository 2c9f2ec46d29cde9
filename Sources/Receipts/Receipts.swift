// The room of Receipts; filled by the commits that follow.
