"""Unit aliases. A name in a signature says what the number is measured in.

Angles are degrees unless a name ends in ``_rad``; times are timezone-aware UTC.
"""

from typing import TypeAlias

Metres: TypeAlias = float
Kilometres: TypeAlias = float
Degrees: TypeAlias = float
Hours: TypeAlias = float
Seconds: TypeAlias = float
KilometresPerHour: TypeAlias = float

KM_PER_NM = 1.852
"""One international nautical mile in km (exact, BIPM SI Brochure, table 8)."""

M_PER_FT = 0.3048
"""One international foot in m (exact)."""

TERRITORIAL_SEA_NM = 12.0
"""Widest territorial sea, nautical miles (UNCLOS, Article 3)."""
