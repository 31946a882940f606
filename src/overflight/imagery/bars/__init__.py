"""Ground resolution from bar targets: find the bars, fit them, say what is still told apart."""
