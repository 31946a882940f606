"""What a year of flights sees, and beside it, never mixed with it, what satellites pass."""
