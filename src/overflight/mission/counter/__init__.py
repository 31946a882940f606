"""The four hours: the observed side's changes to a mission plan, and what they would do."""
