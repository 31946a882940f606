"""Fixtures of the pages; what they are made of is in ``pagewatching``."""

from pagewatching import browser, served, watched

__all__ = ["browser", "served", "watched"]
