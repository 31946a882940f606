"""The version of overflight, where every room may see it."""

from __future__ import annotations

VERSION = "0.1.0"
