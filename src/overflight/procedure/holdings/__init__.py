"""The ledger of holdings: what Parties said they hold, what changed, and what follows from it."""

from overflight.procedure.holdings.check import check_holdings, holdings_state
from overflight.procedure.holdings.ledger import HoldingsLedger
from overflight.procedure.holdings.stock import Stock, stock

__all__ = ["HoldingsLedger", "Stock", "check_holdings", "holdings_state", "stock"]
