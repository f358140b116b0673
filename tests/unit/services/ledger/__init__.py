"""What the ledger keeps of calls."""
