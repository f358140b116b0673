"""The ledger and the money in it, over the real SQL."""
