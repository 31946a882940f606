"""A side's own folder for one mission: what it did, what it was sent, what it keeps to itself.

Two seats know of each other only what they hand over: files that one puts into its ``outbox`` and
the other receives.
"""
