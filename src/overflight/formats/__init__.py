"""Two-way codecs and JSON Schemas: plans, sites, hazards, GeoJSON, KML, GPX, ICAO text.

What is written for the other side is made from a ``MissionPlan`` alone; no writer of such a
document takes a working plan.
"""
