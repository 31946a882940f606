"""What must be done when, by whom, and what a year still allows: the clock and the ledger."""
