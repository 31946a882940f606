"""Designated people: lists with their terms, objections, visas, and data that end on a day."""
