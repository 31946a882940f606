"""Planners that overflight's own is measured and checked against; not part of the program."""
