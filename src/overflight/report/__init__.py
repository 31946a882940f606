"""Findings and plans for people: text, tables, maps, PDF, HTML. One way, out."""
