"""The ledger: what was distributed, moved, notified and flown, and what a year still allows."""

from overflight.procedure.ledger.ledger import Ledger
from overflight.procedure.ledger.opening import enacted_wishes, opening_entries
from overflight.procedure.ledger.standing import standing

__all__ = ["Ledger", "enacted_wishes", "opening_entries", "standing"]
