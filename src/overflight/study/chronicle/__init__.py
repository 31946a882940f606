"""The chronicle as it is asked: its direction of travel, and forecasts held to account."""
