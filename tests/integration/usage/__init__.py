"""Reports over the ledger: sums that are kept, series, exports, and what is deleted in time."""
