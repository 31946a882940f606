"""Simulated frames of a simulated flight: every one of them says SIMULATED in its pixels."""
