"""Engine, transactions, the ledger writer, repositories and migrations."""
